/* complete_own.h - what the files of completion share. Not: for others (complete.h).
 */
#ifndef VIGIE_SRC_LUA_COMPLETE_OWN_H
#define VIGIE_SRC_LUA_COMPLETE_OWN_H

#include "api.h"
#include "complete.h"

enum { COMPLETE_NEST = 32 };

/* struct place - where the cursor stands. quoted: in a text or a comment; text: first byte of that text, 0: in
 * none. open: the brackets around it, outermost first; comma: how many stand in each before it. */
struct place {
    bool quoted;
    size_t text, open[COMPLETE_NEST];
    int comma[COMPLETE_NEST], n;
};

/* struct teller - who is told the words that begin with prefix (n bytes). tell - one that may. */
struct teller {
    console_word_fn *fn;
    void *arg;
    const char *prefix;
    size_t n;
    int told;
};
void tell(struct teller *t, const char *word, const char *help);
bool tell_columns(lua_State *L, struct teller *t, bool names);

/* complete_path - where the path of names begins that ends before `end`: a.b.c or a.b:c; end if none.
 * complete_resolve - what it means: its value on the top; false (nothing pushed): nothing now.
 * complete_type - the type of a value, NULL: it is none of ours. */
bool in_name(char c);
size_t complete_path(const char *s, size_t end);
bool complete_resolve(lua_State *L, int env, const char *s, size_t n);
const struct lua_type *complete_type(lua_State *L, int i);

/* complete_vo.c. tell_words - those of a list divided by blanks, one help for all. tell_resources - short names
 * of the resources on the top; false: it is something else. tell_modes - by what the resource on the top can be
 * asked, else all such words. tell_concepts - of the thesaurus. */
void tell_words(struct teller *t, const char *list, const char *help);
bool tell_resources(lua_State *L, struct teller *t);
void tell_modes(lua_State *L, struct teller *t);
void tell_concepts(lua_State *L, struct teller *t);

/* complete_text - words inside quotes, by what the text is for: columns of a tbl, files of the work folder,
 * services, scripts, options, names for help. Returns where the word begins. */
size_t complete_text(lua_State *L, int env, const char *text, size_t at, const struct place *p,
                     struct teller *t);

#endif
