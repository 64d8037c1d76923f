/* print.c - see print.h. */
#include "print.h"

#include <math.h>
#include <string.h>
#include <sys/ioctl.h>

#include "vigie/base/str.h"
#include "vigie/base/utf8.h"

int print_columns(FILE *f, int otherwise)
{
    struct winsize w;
    int fd = fileno(f);
    return fd >= 0 && ioctl(fd, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : otherwise;
}

void print_clean(FILE *out, const char *s)
{
    struct str t = {0};
    utf8_clean(&t, s ? s : "-", strlen(s ? s : "-"));
    fwrite(str_c(&t), 1, t.n, out);
    str_clear(&t);
}

void print_cut(FILE *out, const char *s, size_t columns)
{
    struct str t = {0};
    utf8_clean(&t, s ? s : "-", strlen(s ? s : "-"));
    size_t n = utf8_cut(str_c(&t), t.n, columns), have = utf8_columns(str_c(&t), n);
    fwrite(str_c(&t), 1, n, out);
    for (; have < columns; have++)
        fputc(' ', out);
    str_clear(&t);
}

void print_number(FILE *out, double x, int width, int decimals)
{
    if (isfinite(x))
        fprintf(out, " %*.*f", width, decimals, x);
    else
        fprintf(out, " %*s", width, "-");
}

const char *print_hh_mm(struct jd_utc utc, char out[UTC_TEXT])
{
    char text[UTC_TEXT];
    utc_format(utc_add_s(utc, 30), 0, text);
    snprintf(out, UTC_TEXT, "%.5s", strlen(text) > 16 ? text + strlen(text) - 9 : text);
    return out;
}

void print_crossings(struct json_writer *w, const char *key, const struct crossings *x)
{
    char text[UTC_TEXT];
    json_key(w, key);
    json_object(w);
    json_key(w, "events");
    json_array(w);
    for (size_t i = 0; i < x->n; i++) {
        json_object(w);
        json_key(w, "kind");
        json_string(w, x->at[i].rising ? "rise" : "set");
        json_key(w, "utc");
        json_string(w, utc_format(x->at[i].utc, 3, text));
        json_end(w);
    }
    json_end(w);
    json_key(w, "always");
    json_string(w, x->always > 0 ? "above" : x->always < 0 ? "below" : NULL);
}
