/* sexa.c - see sexa.h: texts to tokens, tokens to coordinates. The other way is sexa_format.c.
 * What astropy, Stellarium, the LX200 and printed catalogues write is understood; the rest refused.
 */
#include "vigie/formats/sexa.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/str.h"
#include "vigie/base/utf8.h"

enum token_type {
    T_NUMBER,
    T_SIGN,
    T_COLON,
    T_HOUR,
    T_DEGREE,
    T_MINUTE,
    T_SECOND,
    T_LIST, /* comma or semicolon between two coordinates */
    T_RA,
    T_DEC,
    T_NORTH,
    T_CAPITAL_S, /* seconds or south */
    T_EAST_WEST
};

struct token {
    enum token_type type;
    bool blank;          /* before it */
    bool letter;         /* a unit written in letters */
    bool part, exponent; /* T_NUMBER: has a fraction, an exponent */
    double x;            /* T_NUMBER: value; T_SIGN: +-1 */
};

enum { MAX_TOKENS = 40, MAX_DIGITS = 60 };

struct scan {
    const char *s, *end;
    bool comma_is_point;
    size_t n;
    struct token at[MAX_TOKENS];
    struct error *err;
};

static bool digit(const struct scan *c, const char *p)
{
    return p < c->end && *p >= '0' && *p <= '9';
}

/* scan_number - digits[.digits][e digits], or .digits. Not strtod's wider grammar (hex, inf). */
static enum status scan_number(struct scan *c, struct token *t)
{
    char copy[MAX_DIGITS + 1];
    size_t n = 0;
    bool point = false;
    const char *p = c->s;
    for (; p < c->end && n < MAX_DIGITS; p++) {
        if (digit(c, p)) {
            copy[n++] = *p;
        } else if (!point && (*p == '.' || (*p == ',' && c->comma_is_point && digit(c, p + 1)))) {
            point = true;
            copy[n++] = '.';
        } else {
            break;
        }
    }
    if (p < c->end && (*p == 'e' || *p == 'E')) {
        const char *q = p + 1;
        if (q < c->end && (*q == '+' || *q == '-'))
            q++;
        if (digit(c, q)) {
            t->exponent = true;
            for (; p < c->end && n < MAX_DIGITS && (p < q || digit(c, p)); p++)
                copy[n++] = *p;
        }
    }
    if (n >= MAX_DIGITS)
        return err_set(c->err, E_PARSE, "a number of more than %d digits", MAX_DIGITS - 1);
    copy[n] = '\0';
    t->type = T_NUMBER;
    t->part = point;
    t->x = strtod(copy, NULL);
    c->s = p;
    return isfinite(t->x) ? OK : err_set(c->err, E_RANGE, "%.40s is too large a number", copy);
}

/* scan_word - letters: a unit, a hemisphere, RA or DEC. */
static enum status scan_word(struct scan *c, struct token *t)
{
    static const struct {
        const char *word;
        enum token_type type;
    } words[] = {
        {"h", T_HOUR},        {"hr", T_HOUR},        {"hrs", T_HOUR},       {"hour", T_HOUR},
        {"hours", T_HOUR},    {"d", T_DEGREE},       {"deg", T_DEGREE},     {"degs", T_DEGREE},
        {"degree", T_DEGREE}, {"degrees", T_DEGREE}, {"m", T_MINUTE},       {"min", T_MINUTE},
        {"mins", T_MINUTE},   {"minute", T_MINUTE},  {"minutes", T_MINUTE}, {"s", T_SECOND},
        {"sec", T_SECOND},    {"secs", T_SECOND},    {"second", T_SECOND},  {"seconds", T_SECOND},
        {"ra", T_RA},         {"dec", T_DEC},        {"de", T_DEC},         {"n", T_NORTH},
        {"e", T_EAST_WEST},   {"w", T_EAST_WEST}};
    char word[12];
    size_t n = 0;
    while (c->s < c->end && ((*c->s | 32) >= 'a' && (*c->s | 32) <= 'z')) {
        if (n < sizeof word - 1)
            word[n++] = *c->s;
        c->s++;
    }
    word[n] = '\0';
    t->letter = true;
    if (strcmp(word, "S") == 0) {
        t->type = T_CAPITAL_S;
        return OK;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eqi(word, words[i].word)) {
            t->type = words[i].type;
            if ((t->type == T_RA || t->type == T_DEC) && c->s < c->end &&
                (*c->s == ':' || *c->s == '='))
                c->s++;
            return OK;
        }
    return err_set(c->err, E_PARSE, "\"%s\" is no unit of an angle", word);
}

static bool white(uint32_t u)
{
    return u == ' ' || (u >= '\t' && u <= '\r') || u == 0xA0 || u == 0x2007 || u == 0x2009 ||
           u == 0x200A || u == 0x202F;
}

/* scan_mark - one code point that is neither digit nor ASCII letter. */
static enum status scan_mark(struct scan *c, struct token *t)
{
    const unsigned char *b = (const unsigned char *)c->s;
    bool lone = *b == 0xDF && (c->s + 1 == c->end || (b[1] & 0xC0) != 0x80);
    uint32_t u = lone ? 0xDF : 0;
    if (lone)
        c->s++;
    else
        u = utf8_next(&c->s, c->end);
    t->x = u == '+' ? 1 : -1;
    if (u == ',' && c->comma_is_point && digit(c, c->s)) /* 1,2,3: which one is the point? */
        return err_set(c->err, E_PARSE, "a comma that is no decimal point");
    switch (u) {
    case '+':
    case '-':
    case 0x2212:
    case 0x2013: t->type = T_SIGN; return OK;
    case ':': t->type = T_COLON; return OK;
    case ',':
    case ';': t->type = T_LIST; return OK;
    case 0xB0:
    case 0xBA:
    case 0xDF:
    case '*': t->type = T_DEGREE; return OK;
    case '\'':
    case 0x2032:
    case 0x2019: t->type = T_MINUTE; return OK;
    case '"':
    case 0x2033:
    case 0x201D: t->type = T_SECOND; return OK;
    case 0x2B0: t->type = T_HOUR, t->letter = true; return OK;
    case 0x1D48: t->type = T_DEGREE, t->letter = true; return OK;
    case 0x1D50: t->type = T_MINUTE, t->letter = true; return OK;
    case 0x2E2: t->type = T_SECOND, t->letter = true; return OK;
    default: break;
    }
    if (u > ' ' && u <= '~')
        return err_set(c->err, E_PARSE, "'%c' has no place in an angle", (char)u);
    return err_set(c->err, E_PARSE, "the character U+%04X has no place in an angle", (unsigned)u);
}

/* join - what two tokens make together: '' is a second mark; in 56s.7 the fraction belongs to the
 * number before the unit. *used: t went into the one before. */
static enum status join(struct scan *c, const struct token *t, char begun, bool *used)
{
    struct token *last = c->n ? &c->at[c->n - 1] : NULL;
    *used = false;
    if (!last || t->blank)
        return OK;
    if (t->type == T_MINUTE && !t->letter && last->type == T_MINUTE && !last->letter) {
        last->type = T_SECOND;
        *used = true;
    } else if (t->type == T_NUMBER && last->type == T_NUMBER) {
        return err_set(c->err, E_PARSE, "two points in one number");
    } else if (t->type == T_NUMBER && begun == '.' && c->n > 1 && last->type >= T_HOUR &&
               last->type <= T_SECOND && last[-1].type == T_NUMBER && !last[-1].part &&
               !last[-1].exponent) {
        last[-1].x += t->x;
        last[-1].part = true;
        *used = true;
    }
    return OK;
}

static enum status scan(struct scan *c, const char *text, size_t n, bool comma_is_point,
                        struct error *err)
{
    *c = (struct scan){.s = text, .end = text + n, .comma_is_point = comma_is_point, .err = err};
    bool blank = false;
    while (c->s < c->end) {
        const char *next = c->s;
        if (white(utf8_next(&next, c->end))) {
            c->s = next;
            blank = true;
            continue;
        }
        struct token t = {.blank = blank};
        const char begun = *c->s;
        enum status status;
        bool used, letter = (*c->s | 32) >= 'a' && (*c->s | 32) <= 'z';
        if (digit(c, c->s) || (*c->s == '.' && digit(c, c->s + 1)))
            status = scan_number(c, &t);
        else
            status = letter ? scan_word(c, &t) : scan_mark(c, &t);
        if (status == OK)
            status = join(c, &t, begun, &used);
        if (status != OK)
            return status;
        if (!used && c->n == MAX_TOKENS)
            return err_set(err, E_PARSE, "too long for an angle");
        if (!used)
            c->at[c->n++] = t;
        blank = false;
    }
    return c->n ? OK : err_set(err, E_PARSE, "nothing written");
}

/* ---- one coordinate ---- */

struct angle {
    int sign; /* 0: none written */
    bool hours, degrees, letters;
    int fields, level; /* of the last field: 0 whole, 1 minutes, 2 seconds */
    double x[3];
    bool part, exponent;
};

static const char *const LEVEL[] = {"hours or degrees", "minutes", "seconds"};

/* take_unit - the unit behind a number. Returns its level, -1 for none, -2 for an error. */
static int take_unit(const struct token **t, const struct token *end, struct angle *a)
{
    if (*t == end)
        return -1;
    const struct token *u = *t;
    switch (u->type) {
    case T_HOUR: a->hours = true, a->letters |= u->letter, ++*t; return 0;
    case T_DEGREE: a->degrees = true, a->letters |= u->letter, ++*t; return 0;
    case T_MINUTE: a->letters |= u->letter, ++*t; return 1;
    case T_SECOND: a->letters |= u->letter, ++*t; return 2;
    case T_CAPITAL_S: /* 41D16M07S: seconds; 41 16 07 S: south */
        if (!a->letters)
            return u->blank ? -1 : -2;
        ++*t;
        return 2;
    case T_NUMBER:
    case T_SIGN:
    case T_COLON:
    case T_LIST:
    case T_RA:
    case T_DEC:
    case T_NORTH:
    case T_EAST_WEST: return -1;
    }
    return -1;
}

static enum status take_field(const struct token **t, const struct token *end, struct angle *a,
                              struct error *err)
{
    const struct token *number = (*t)++;
    int level = take_unit(t, end, a);
    if (level == -2)
        return err_set(err, E_PARSE, "S may be seconds or south: write s, or a blank before S");
    bool colon = level < 0 && *t < end && (*t)->type == T_COLON;
    if (level < 0)
        level = a->fields ? a->level + 1 : 0;
    if (level > 2)
        return err_set(err, E_PARSE, "more than three fields");
    if (a->fields && level <= a->level)
        return err_set(err, E_PARSE, "%s come twice or out of order", LEVEL[level]);
    if (a->fields && a->part)
        return err_set(err, E_PARSE, "a fraction is allowed in the last field only");
    if (number->exponent && (a->fields || level))
        return err_set(err, E_PARSE, "an exponent has no place in a sexagesimal number");
    if (level && number->x >= 60 && !(level == 2 && number->x == 60))
        return err_set(err, E_RANGE, "%s of 60 or more", LEVEL[level]);
    a->x[level] = number->x;
    a->level = level;
    a->part = number->part;
    a->exponent |= number->exponent;
    a->fields++;
    if (!colon)
        return OK;
    if (++*t == end || (*t)->type != T_NUMBER)
        return err_set(err, E_PARSE, "an empty field");
    return OK;
}

/* take_hemisphere - N or S behind a declination. */
static enum status take_hemisphere(const struct token *t, enum sexa_kind kind, struct angle *a,
                                   struct error *err)
{
    if (t->type == T_EAST_WEST || kind == SEXA_RA)
        return err_set(err, E_PARSE, "%s has no hemisphere %s",
                       kind == SEXA_RA ? "a right ascension" : "a declination",
                       kind == SEXA_RA ? "N, S, E or W" : "E or W");
    if (a->sign)
        return err_set(err, E_PARSE, "both a sign and a hemisphere");
    a->sign = t->type == T_NORTH ? 1 : -1;
    return OK;
}

static enum status value(const struct angle *a, enum sexa_kind kind, double *deg, struct error *err)
{
    double whole = a->x[0] * 3600 + a->x[1] * 60 + a->x[2];
    bool hours = kind == SEXA_RA && (a->hours || (!a->degrees && a->fields > 1));
    if (a->hours && kind == SEXA_DEC)
        return err_set(err, E_PARSE, "a declination has no hours");
    if (a->hours && a->degrees)
        return err_set(err, E_PARSE, "both hours and degrees");
    if (a->exponent && (a->hours || a->degrees))
        return err_set(err, E_PARSE, "an exponent has no place beside a unit");
    if (kind == SEXA_RA && a->sign < 0)
        return err_set(err, E_RANGE, "a right ascension is not negative");
    *deg = hours ? whole / 240 : a->fields > 1 || a->level ? whole / 3600 : a->x[0];
    if (kind == SEXA_RA && !(*deg < 360))
        return err_set(err, E_RANGE, "the right ascension is not below %s",
                       hours ? "24 h" : "360 degrees");
    if (kind == SEXA_DEC && !(*deg <= 90))
        return err_set(err, E_RANGE, "the declination is not in -90 .. 90 degrees");
    if (a->sign < 0 && *deg > 0)
        *deg = -*deg;
    return OK;
}

static enum status coordinate(const struct token *t, const struct token *end, enum sexa_kind kind,
                              double *deg, int *fields, struct error *err)
{
    struct angle a = {0};
    if (t < end && t->type == T_SIGN)
        a.sign = (t++)->x > 0 ? 1 : -1;
    if (t == end || t->type != T_NUMBER)
        return err_set(err, E_PARSE, "no number where one must stand");
    bool first = true;
    while (t < end && t->type == T_NUMBER) {
        enum status status = take_field(&t, end, &a, err);
        if (status != OK)
            return status;
        if (first && a.level && kind == SEXA_RA)
            return err_set(err, E_PARSE, "minutes or seconds without hours");
        first = false;
    }
    if (t < end && (t->type == T_NORTH || t->type == T_CAPITAL_S || t->type == T_EAST_WEST)) {
        enum status status = take_hemisphere(t++, kind, &a, err);
        if (status != OK)
            return status;
    }
    if (t < end)
        return err_set(err, E_PARSE,
                       t->type == T_SIGN   ? "a sign inside or behind the number"
                       : t->type == T_LIST ? "a comma that is no decimal point"
                                           : "something behind the angle");
    *fields = a.fields;
    return value(&a, kind, deg, err);
}

enum status sexa_parse(const char *text, size_t n, enum sexa_kind kind, double *deg,
                       struct error *err)
{
    struct scan c;
    int fields;
    enum status status = scan(&c, text, n, true, err);
    if (status != OK)
        return status;
    return coordinate(c.at, c.at + c.n, kind, deg, &fields, err);
}

/* ---- two ---- */

struct pair {
    double ra, dec;
};

static enum status at_split(const struct scan *c, const struct token *from,
                            const struct token *ra_end, const struct token *dec, struct pair *p,
                            int fields[2], struct error *err)
{
    enum status status = coordinate(from, ra_end, SEXA_RA, &p->ra, &fields[0], err);
    if (status != OK)
        return err_wrap(err, "right ascension");
    status = coordinate(dec, c->at + c->n, SEXA_DEC, &p->dec, &fields[1], err);
    return status == OK ? OK : err_wrap(err, "declination");
}

/* marked - the one place where the text itself parts the two: DEC, a list mark, or a sign. *after:
 * the declination's first token. NULL if there is none; several list marks are one too many. */
static const struct token *marked(const struct scan *c, const struct token *from,
                                  const struct token **after, bool *many)
{
    static const enum token_type order[] = {T_DEC, T_LIST, T_SIGN};
    const struct token *end = c->at + c->n;
    *many = false;
    for (size_t k = 0; k < 3; k++) {
        const struct token *found = NULL;
        int n = 0;
        for (const struct token *t = from + 1; t < end; t++)
            if (t->type == order[k]) {
                found = t;
                n++;
            }
        *many = n > 1;
        if (n) {
            *after = order[k] == T_SIGN ? found : found + 1;
            if (order[k] == T_DEC && found > from && found[-1].type == T_LIST)
                found--;
            return found;
        }
    }
    return NULL;
}

/* unmarked - try each place between two numbers; one only may make sense. */
static enum status unmarked(const struct scan *c, const struct token *from, struct pair *p,
                            struct error *err)
{
    const struct token *end = c->at + c->n;
    bool units = false;
    int good = 0;
    for (const struct token *t = from; t < end; t++)
        units |= t->type >= T_HOUR && t->type <= T_SECOND;
    for (const struct token *t = from + 1; t < end; t++) {
        struct pair q;
        int fields[2];
        if (t->type != T_NUMBER || at_split(c, from, t, t, &q, fields, NULL) != OK)
            continue;
        if (!units && fields[0] != fields[1])
            continue;
        *p = q;
        good++;
    }
    if (good == 1)
        return OK;
    return err_set(err, E_PARSE,
                   good ? "it can be parted into two coordinates in several ways"
                        : "no right ascension and declination in it");
}

static enum status read_pair(const char *text, size_t n, bool comma_is_point, struct pair *p,
                             struct error *err)
{
    struct scan c;
    bool many;
    int fields[2];
    enum status status = scan(&c, text, n, comma_is_point, err);
    if (status != OK)
        return status;
    const struct token *from = c.at, *after = NULL;
    if (from->type == T_RA)
        from++;
    if (from >= c.at + c.n)
        return err_set(err, E_PARSE, "no coordinates in it");
    const struct token *split = marked(&c, from, &after, &many);
    if (!split)
        return unmarked(&c, from, p, err);
    if (many)
        return err_set(err, E_PARSE, "more than two coordinates, or signs where none belong");
    return at_split(&c, from, split, after, p, fields, err);
}

enum status sexa_parse_pair(const char *text, size_t n, double *ra_deg, double *dec_deg,
                            struct error *err)
{
    struct pair list, point;
    bool comma = memchr(text, ',', n) != NULL;
    enum status as_list = read_pair(text, n, false, &list, err);
    enum status as_point =
        comma ? read_pair(text, n, true, &point, as_list == OK ? NULL : err) : E_PARSE;
    if (as_list == OK && as_point == OK && (list.ra != point.ra || list.dec != point.dec))
        return err_set(err, E_PARSE, "the comma may part two coordinates or be a decimal point");
    if (as_list != OK && as_point != OK)
        return as_list;
    *ra_deg = as_list == OK ? list.ra : point.ra;
    *dec_deg = as_list == OK ? list.dec : point.dec;
    return OK;
}
