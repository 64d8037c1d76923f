/* vo_several.c - one question to several services: those of --services, or those that the registry finds.
 * Not: the asking (vo/many.h).
 */
#include <stdlib.h>
#include <string.h>

#include "table_view.h"
#include "vigie/base/mem.h"
#include "vigie/base/utf8.h"
#include "vigie/formats/json.h"
#include "vigie/vo/search.h"
#include "vo_ask.h"

struct several {
    struct vo_cli *v;
    size_t ended;
};

/* A line for each service that has ended, on standard error, as it ends. */
static void on_changed(void *arg, struct vo_many *m, size_t i)
{
    struct several *s = arg;
    const struct vo_many_item it = vo_many_item(m, i);
    struct str title = {0};
    if (it.state == VO_MANY_WAITING || it.state == VO_MANY_RUNNING)
        return;
    s->ended++;
    utf8_clean(&title, it.service.title, strlen(it.service.title));
    const char *why = it.err.status == OK ? "" : it.err.text;
    if (strncmp(why, str_c(&title), title.n) == 0) /* the sentence names the service once more */
        why += title.n;
    cli_say(s->v->cli, "%zu/%zu %s: %s, %llu rows, %.1f s%s%s", s->ended, vo_many_count(m),
            str_c(&title), vo_many_state_name(it.state), (unsigned long long)it.rows,
            (double)it.took_ms / 1000, *why && *why != ':' ? ": " : "", why);
    str_clear(&title);
}

static void on_done(void *arg, struct vo_many *m)
{
    (void)m;
    ((struct several *)arg)->v->over = true;
}

static void print_state(struct cli *cli, const struct vo_many_item *it)
{
    struct str out = {0};
    struct json_writer j;
    json_write(&j, &out);
    json_object(&j);
    json_key(&j, "service");
    json_string(&j, it->service.title);
    json_key(&j, "ivoid");
    json_string(&j, it->service.key);
    json_key(&j, "url");
    json_string(&j, it->service.url);
    json_key(&j, "state");
    json_string(&j, vo_many_state_name(it->state));
    json_key(&j, "rows");
    json_int(&j, (int64_t)it->rows);
    json_key(&j, "took_s");
    json_fixed(&j, (double)it->took_ms / 1000, 3);
    json_key(&j, "error");
    json_string(&j, it->err.status == OK ? NULL : it->err.text);
    json_end(&j);
    fprintf(cli->out, "%s\n", str_c(&out));
    str_clear(&out);
}

/* "grb.vot" for the first, "grb-2.vot" for the second with rows. */
static char *numbered(const char *to, int k)
{
    const char *slash = strrchr(to, '/'), *dot = strrchr(slash ? slash : to, '.');
    size_t stem = dot ? (size_t)(dot - to) : strlen(to);
    return k == 1 ? mem_str(to) : mem_printf("%.*s-%d%s", (int)stem, to, k, dot ? dot : "");
}

static int show_one(struct cli *cli, const struct vo_many_item *it, int *saved)
{
    const char *to = cli_arg(cli, "--save");
    int rc = CLI_OK;
    if (cli->json)
        print_state(cli, it);
    if (!it->rows)
        return CLI_OK;
    if (to) {
        char *path = numbered(to, ++*saved);
        rc = vo_cli_save(cli, it->doc, path);
        free(path);
    } else if (cli->json) {
        rc = vo_cli_save(cli, it->doc, NULL);
    } else {
        struct str title = {0};
        utf8_clean(&title, it->service.title, strlen(it->service.title));
        fprintf(cli->out, "%s\n", str_c(&title));
        str_clear(&title);
        table_view(cli, it->doc->tables.at[0]);
        fputc('\n', cli->out);
    }
    return rc;
}

/* 0 if one has answered at all; else what a single question would say. */
static int show(struct cli *cli, struct vo_many *m)
{
    int rc = CLI_OK, saved = 0, failed = CLI_NO;
    size_t answered = 0;
    for (size_t i = 0; i < vo_many_count(m); i++) {
        const struct vo_many_item it = vo_many_item(m, i);
        int one = show_one(cli, &it, &saved);
        rc = one > rc ? one : rc;
        answered += it.err.status == OK;
        if (it.err.status == E_NET || it.err.status == E_TIMEOUT)
            failed = CLI_NET;
    }
    return rc != CLI_OK ? rc : answered ? CLI_OK : failed;
}

static int ask(struct vo_cli *v, const struct proto_query *q, struct search_services *found)
{
    struct several s = {.v = v};
    const struct vo_many_setup setup = {
        .http = v->access.http,
        .query = *q,
        .service = found->at.at,
        .n = found->at.n,
        .at_once = (int)conf_number(v->cli->conf, "vo.at-once"),
        .total_ms = (int64_t)(conf_number(v->cli->conf, "vo.timeout") * 1000),
        .changed = on_changed,
        .done = on_done,
        .arg = &s};
    struct vo_many *m = vo_many_new(&setup);
    v->over = false;
    if (!vo_cli_wait(v)) /* what has come is shown all the same */
        vo_many_cancel_all(m);
    int rc = show(v->cli, m);
    vo_many_free(m);
    return rc;
}

int vo_several(struct vo_cli *v, const struct vo_protocol *p, const struct proto_query *q)
{
    enum { URLS_MAX = 64 };
    const char *urls = cli_arg(v->cli, "--services");
    char *spaced = mem_str(urls), *word[URLS_MAX];
    struct registry_list list = {0};
    struct search_services found = {{0}};
    size_t n = 0;
    int rc = CLI_OK;
    for (char *c = spaced; c && (c = strchr(c, ','));)
        *c = ' ';
    while (spaced && n < URLS_MAX && (word[n] = vo_word(spaced, n))) {
        const struct vo_many_service one = {.title = word[n], .url = word[n], .protocol = p};
        VEC_PUSH(found.at, one);
        n++;
    }
    if (!urls)
        rc = vo_registry_find(v, p->name, &list);
    for (size_t i = 0; i < list.record.n; i++)
        search_services(&list.record.at[i], p->name, &found);
    if (rc == CLI_OK && found.at.n == 0) {
        cli_say(v->cli, "no service to be asked");
        rc = CLI_NO;
    } else if (rc == CLI_OK) {
        rc = ask(v, q, &found);
    }
    VEC_FREE(found.at);
    registry_clear(&list);
    for (size_t i = 0; i < n; i++)
        free(word[i]);
    free(spaced);
    return rc;
}
