/* mem.h - memory that is there or ends the program. Arena: many small pieces that live and die
 * together. Not: for sizes that come from the network: those are bounded first (option table).
 */
#ifndef VIGIE_BASE_MEM_H
#define VIGIE_BASE_MEM_H

#include <stddef.h>

/* mem_alloc, mem_zero, mem_grow, mem_dup, mem_str - as malloc, calloc(1, n), realloc, a copy of n
 * bytes, strdup; never NULL: a failure aborts through ensure. Free with free(). mem_str(NULL) is
 * NULL. mem_strn copies at most n bytes and ends them. */
void *mem_alloc(size_t n) __attribute__((malloc));
void *mem_zero(size_t n) __attribute__((malloc));
void *mem_grow(void *p, size_t n);
void *mem_dup(const void *p, size_t n);
char *mem_str(const char *s);
char *mem_strn(const char *s, size_t n);
char *mem_printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* struct arena - memory of one table, one batch, one parse. arena_alloc gives zeroed memory aligned
 * to 16 bytes; arena_str copies a string; pointers stay valid until arena_clear, which frees all
 * and leaves an empty arena that can be used again. A zeroed struct arena is an empty one. */
struct arena {
    struct arena_block *head;
    size_t used; /* bytes given out */
};
void *arena_alloc(struct arena *a, size_t n);
char *arena_str(struct arena *a, const char *s);
char *arena_strn(struct arena *a, const char *s, size_t n);
void arena_clear(struct arena *a);

/* VEC - a growable array of any type:  VEC(double) v = {0};  VEC_PUSH(v, 1.5);  v.at[i], v.n;
 * VEC_FREE(v). */
#define VEC(type)                                                                                  \
    struct {                                                                                       \
        type *at;                                                                                  \
        size_t n, cap;                                                                             \
    }
#define VEC_RESERVE(v, want)                                                                       \
    ((v).cap < (want)                                                                              \
         ? (void)((v).cap = (want) + (v).cap, (v).at = mem_grow((v).at, (v).cap * sizeof *(v).at)) \
         : (void)0)
#define VEC_PUSH(v, x)                                                                             \
    do {                                                                                           \
        if ((v).n == (v).cap)                                                                      \
            VEC_RESERVE(v, (v).cap ? (v).cap + 1 : 8);                                             \
        (v).at[(v).n++] = (x);                                                                     \
    } while (0)
#define VEC_FREE(v) (free((v).at), (v).at = NULL, (v).n = (v).cap = 0)

#endif
