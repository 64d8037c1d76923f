/* mem.c - see mem.h.
 * Not: a general allocator; blocks of 16 kB or of one large piece, in a list.
 */
#include "vigie/base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vigie/base/err.h"

void *mem_alloc(size_t n)
{
    void *p = malloc(n ? n : 1);
    ensure(p != NULL);
    return p;
}

void *mem_zero(size_t n)
{
    void *p = calloc(1, n ? n : 1);
    ensure(p != NULL);
    return p;
}

void *mem_grow(void *p, size_t n)
{
    p = realloc(p, n ? n : 1);
    ensure(p != NULL);
    return p;
}

void *mem_dup(const void *p, size_t n)
{
    void *q = mem_alloc(n);
    if (n)
        memcpy(q, p, n);
    return q;
}

char *mem_str(const char *s)
{
    return s ? mem_dup(s, strlen(s) + 1) : NULL;
}

char *mem_strn(const char *s, size_t n)
{
    n = strnlen(s, n);
    char *q = mem_alloc(n + 1);
    memcpy(q, s, n);
    q[n] = 0;
    return q;
}

char *mem_printf(const char *fmt, ...)
{
    char *s = NULL;
    va_list ap;
    va_start(ap, fmt);
    int n = vasprintf(&s, fmt, ap);
    va_end(ap);
    ensure(n >= 0);
    return s;
}

enum { BLOCK = 16 * 1024 };
struct arena_block {
    struct arena_block *next;
    size_t size, used;
    _Alignas(16) unsigned char at[];
};

void *arena_alloc(struct arena *a, size_t n)
{
    ensure(n < SIZE_MAX / 2);
    n = (n + 15) & ~(size_t)15;
    if (n == 0)
        n = 16;
    if (!a->head || a->head->size - a->head->used < n) {
        size_t size = n > BLOCK ? n : BLOCK;
        struct arena_block *b = mem_alloc(sizeof *b + size);
        b->size = size;
        b->used = 0;
        /* a large piece goes behind the current block, so that what is left of that is not lost */
        if (n > BLOCK / 2 && a->head) {
            b->next = a->head->next;
            a->head->next = b;
        } else {
            b->next = a->head;
            a->head = b;
        }
        b->used = n;
        a->used += n;
        memset(b->at, 0, n);
        return b->at;
    }
    void *p = a->head->at + a->head->used;
    a->head->used += n;
    a->used += n;
    memset(p, 0, n);
    return p;
}

char *arena_strn(struct arena *a, const char *s, size_t n)
{
    n = strnlen(s, n);
    char *q = arena_alloc(a, n + 1);
    memcpy(q, s, n);
    return q;
}

char *arena_str(struct arena *a, const char *s)
{
    return s ? arena_strn(a, s, strlen(s)) : NULL;
}

void arena_clear(struct arena *a)
{
    for (struct arena_block *b = a->head, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    a->head = NULL;
    a->used = 0;
}
