/* complete_vo.c - words of the Virtual Observatory: resources that were found, what they offer, concepts of the
 * thesaurus. Not: where they may stand (complete_text.c).
 */
#include <string.h>

#include "complete_own.h"
#include "vo.h"
#include "vo_registry.h"

/* Words of a list divided by blanks. */
void tell_words(struct teller *t, const char *list, const char *help)
{
    while (*list) {
        char word[48];
        size_t n = strcspn(list, " ");
        snprintf(word, sizeof word, "%.*s", (int)n, list);
        tell(t, word, help);
        list += n + (list[n] == ' ');
    }
}

/* Short names of the resources on the top. */
bool tell_resources(lua_State *L, struct teller *t)
{
    const struct records *r = luaL_testudata(L, -1, t_records);
    for (size_t i = 0; r && i < r->list.record.n; i++)
        tell(t, r->list.record.at[i].short_name, r->list.record.at[i].title);
    return r != NULL;
}

void tell_modes(lua_State *L, struct teller *t)
{
    const size_t *at = luaL_testudata(L, -1, t_record);
    struct str modes = {0};
    if (at && lua_getiuservalue(L, -1, 1) == LUA_TUSERDATA) {
        const struct records *r = luaL_testudata(L, -1, t_records);
        if (r && *at < r->list.record.n)
            records_modes(&r->list.record.at[*at], &modes);
        lua_pop(L, 1);
        tell_words(t, str_c(&modes), "it offers this");
    } else {
        tell_words(t, "conesearch sia sia2 ssa tap datalink", "");
    }
    str_clear(&modes);
}

void tell_concepts(lua_State *L, struct teller *t)
{
    bool whole;
    const struct uat *u = vo_thesaurus(L, &whole);
    for (uint32_t i = 0; u && i < uat_count(u); i++)
        tell(t, uat_term(u, i)->name, uat_term(u, i)->label);
}
