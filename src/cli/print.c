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
