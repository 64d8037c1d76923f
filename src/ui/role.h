/* role.h - what a piece of the screen means; a theme gives each meaning its colours.
 * Not: colours. To add a role: a line here and a row in role.c.
 */
#ifndef VIGIE_SRC_UI_ROLE_H
#define VIGIE_SRC_UI_ROLE_H

enum role {
    ROLE_TEXT,
    ROLE_FAINT,       /* what may be overlooked */
    ROLE_STRONG,      /* names, values that matter */
    ROLE_RULE,        /* dividing lines */
    ROLE_HEAD,        /* column heads, headings */
    ROLE_TAB,         /* row of tabs */
    ROLE_TAB_CURRENT, /* the tab on the screen */
    ROLE_SELECTED,    /* mark of the row under the cursor, choice in a popup */
    ROLE_MARKED,      /* rows that were marked */
    ROLE_ALARM,
    ROLE_WARN,
    ROLE_NEW,
    ROLE_TROUBLE,
    ROLE_GOOD,  /* an altitude well up, a state that is fine */
    ROLE_POOR,  /* the opposite, short of a warning */
    ROLE_CURVE, /* first curve of a plot */
    ROLE_CURVE_TWO,
    ROLE_BAND, /* an interval on a time line or a plot */
    ROLE_DUSK, /* twilight on a time line */
    ROLE_NOW,  /* where the present is */
    ROLE_HINT, /* hint bar */
    ROLE_HINT_KEY,
    ROLE_DISABLED, /* a command that is not possible now */
    ROLE_STATUS,   /* status bar */
    ROLE_CLOCK,
    ROLE_PROMPT, /* what the user is writing */
    ROLE_QUESTION,
    ROLE_POPUP, /* which-key, palette */
    ROLE_MATCH, /* what a search found */
    ROLE_N
};

/* struct role_row - name in theme files; letter in dumps (.roles files); parent: the role whose
 * colours it takes when the theme does not name it (ROLE_TEXT's parent is itself). */
struct role_row {
    const char *name;
    char letter;
    enum role parent;
};
extern const struct role_row role_table[ROLE_N];

/* role_find - the role of a name, or -1. */
int role_find(const char *name);

#endif
