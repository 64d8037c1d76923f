/* role.c - see role.h. */
#include "role.h"

#include <string.h>

const struct role_row role_table[ROLE_N] = {
    [ROLE_TEXT] = {"text", '.', ROLE_TEXT},
    [ROLE_FAINT] = {"faint", 'f', ROLE_TEXT},
    [ROLE_STRONG] = {"strong", 's', ROLE_TEXT},
    [ROLE_RULE] = {"rule", '-', ROLE_FAINT},
    [ROLE_HEAD] = {"head", 'h', ROLE_FAINT},
    [ROLE_TAB] = {"tab", 't', ROLE_FAINT},
    [ROLE_TAB_CURRENT] = {"tab-current", 'T', ROLE_STRONG},
    [ROLE_SELECTED] = {"selected", '>', ROLE_STRONG},
    [ROLE_MARKED] = {"marked", 'k', ROLE_STRONG},
    [ROLE_ALARM] = {"alarm", '!', ROLE_STRONG},
    [ROLE_WARN] = {"warn", 'W', ROLE_STRONG},
    [ROLE_NEW] = {"new", '+', ROLE_STRONG},
    [ROLE_TROUBLE] = {"trouble", 'x', ROLE_STRONG},
    [ROLE_GOOD] = {"good", 'g', ROLE_TEXT},
    [ROLE_POOR] = {"poor", 'p', ROLE_FAINT},
    [ROLE_CURVE] = {"curve", 'c', ROLE_STRONG},
    [ROLE_CURVE_TWO] = {"curve-two", 'd', ROLE_FAINT},
    [ROLE_BAND] = {"band", 'b', ROLE_STRONG},
    [ROLE_DUSK] = {"dusk", 'u', ROLE_FAINT},
    [ROLE_NOW] = {"now", 'n', ROLE_STRONG},
    [ROLE_HINT] = {"hint", 'i', ROLE_FAINT},
    [ROLE_HINT_KEY] = {"hint-key", 'K', ROLE_TEXT},
    [ROLE_DISABLED] = {"disabled", 'z', ROLE_FAINT},
    [ROLE_STATUS] = {"status", '_', ROLE_TEXT},
    [ROLE_CLOCK] = {"clock", 'C', ROLE_STATUS},
    [ROLE_PROMPT] = {"prompt", ':', ROLE_STRONG},
    [ROLE_QUESTION] = {"question", '?', ROLE_WARN},
    [ROLE_POPUP] = {"popup", 'o', ROLE_TEXT},
    [ROLE_MATCH] = {"match", 'm', ROLE_STRONG},
};

int role_find(const char *name)
{
    for (int i = 0; i < ROLE_N; i++)
        if (!strcmp(role_table[i].name, name))
            return i;
    return -1;
}
