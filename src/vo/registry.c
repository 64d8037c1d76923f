/* registry.c - the registry's answer as records: rows of the same ivoid are one, each row is one of its
 * interfaces. Source: RegTAP 1.2 (IVOA), section 8. Not: the query (registry_adql.c).
 */
#include "vigie/vo/registry.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "vigie/vo/proto.h"

enum field {
    IVOID,
    RES_TYPE,
    SHORT_NAME,
    TITLE,
    DESCRIPTION,
    REFERENCE,
    CREATORS,
    CONTENT,
    WAVEBAND,
    URL,
    STANDARD,
    TYPE,
    ROLE,
    CAP_DESCRIPTION,
    FIELDS
};
static const char *const names[FIELDS] = {
    "ivoid",         "res_type",    "short_name",   "res_title",      "res_description",
    "reference_url", "creator_seq", "content_type", "waveband",       "access_url",
    "standard_id",   "intf_type",   "intf_role",    "cap_description"};

/* Standards that no protocol here asks, by name all the same. */
static const struct {
    const char *id, *name;
} others[] = {{"ivo://ivoa.net/std/slap", "slap"},
              {"ivo://ivoa.net/std/soda", "soda"},
              {"ivo://ivoa.net/std/hips", "hips"},
              {"ivo://ivoa.net/std/hats", "hats"}};

const char *registry_service_name(const char *standard_id)
{
    const struct vo_protocol *p = vo_protocol_of(standard_id);
    if (p)
        return p->name;
    for (size_t i = 0; standard_id && i < sizeof others / sizeof others[0]; i++) {
        size_t n = strlen(others[i].id);
        if (strncasecmp(standard_id, others[i].id, n) == 0 &&
            (standard_id[n] == '\0' || standard_id[n] == '#'))
            return others[i].name;
    }
    return NULL;
}

bool registry_usable(const struct registry_interface *i)
{
    bool std = !*i->role || str_eqi(i->role, "std") || strncasecmp(i->role, "std:", 4) == 0;
    return i->kind && *i->url && std && strcmp(i->kind, "vosi") != 0 &&
           !str_eqi(i->type, "vr:webbrowser") && !str_eqi(i->type, "vr:webservice");
}

static const char *cell(struct registry_list *list, const struct table *t, size_t row, int column)
{
    size_t n = 0;
    const char *s = column >= 0 ? table_text(t, row, (size_t)column, &n) : NULL;
    return s ? arena_strn(&list->arena, s, n) : "";
}

enum status registry_read(const struct table *t, struct registry_list *list, struct error *err)
{
    int column[FIELDS];
    for (int i = 0; i < FIELDS; i++)
        column[i] = table_find(t, names[i]);
    if (column[IVOID] < 0 || column[URL] < 0 || column[STANDARD] < 0)
        return err_set(err, E_PARSE,
                       "registry: the answer has no ivoid, access_url or standard_id");
    for (size_t row = 0; row < t->rows; row++) {
        const char *ivoid = cell(list, t, row, column[IVOID]);
        struct registry_record *r = list->record.n ? &list->record.at[list->record.n - 1] : NULL;
        if (!r || strcmp(r->ivoid, ivoid) != 0) {
            struct registry_record fresh = {.ivoid = ivoid,
                                            .res_type = cell(list, t, row, column[RES_TYPE]),
                                            .short_name = cell(list, t, row, column[SHORT_NAME]),
                                            .title = cell(list, t, row, column[TITLE]),
                                            .description = cell(list, t, row, column[DESCRIPTION]),
                                            .reference_url = cell(list, t, row, column[REFERENCE]),
                                            .creators = cell(list, t, row, column[CREATORS]),
                                            .waveband = cell(list, t, row, column[WAVEBAND]),
                                            .content_type = cell(list, t, row, column[CONTENT])};
            VEC_PUSH(list->record, fresh);
            r = &list->record.at[list->record.n - 1];
        }
        struct registry_interface i = {.standard_id = cell(list, t, row, column[STANDARD]),
                                       .url = cell(list, t, row, column[URL]),
                                       .type = cell(list, t, row, column[TYPE]),
                                       .role = cell(list, t, row, column[ROLE]),
                                       .description = cell(list, t, row, column[CAP_DESCRIPTION])};
        i.kind = registry_service_name(i.standard_id);
        if (*i.url)
            VEC_PUSH(r->interface, i);
    }
    return OK;
}

void registry_clear(struct registry_list *list)
{
    for (size_t i = 0; i < list->record.n; i++)
        VEC_FREE(list->record.at[i].interface);
    VEC_FREE(list->record);
    arena_clear(&list->arena);
}
