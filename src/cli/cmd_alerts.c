/* cmd_alerts.c - `vigie alerts`: alerts as records on the command line.
 * Not: what they mean (alerts room).
 */
#include <stdlib.h>
#include <string.h>

#include "cmds.h"
#include "vigie/alerts/alert.h"
#include "vigie/base/file.h"
#include "vigie/base/utf8.h"

static const struct jd_utc never = {0.0 / 0.0, 0.0 / 0.0};

static void out_clean(FILE *f, const char *s)
{
    struct str t = {0};
    utf8_clean(&t, s ? s : "-", strlen(s ? s : "-"));
    fputs(str_c(&t), f);
    str_clear(&t);
}

static void show_text(const struct cli *cli, const struct alert *a, const char *file)
{
    (void)file;
    out_clean(cli->out, a->name);
    fputc('\n', cli->out);
}

static void show_one(const struct cli *cli, const struct alert *a, const char *file)
{
    struct str t = {0};
    struct json_writer w;
    if (!cli->json) {
        show_text(cli, a, file);
        return;
    }
    json_write(&w, &t);
    alert_json(&w, a, file, never);
    str_addc(&t, '\n');
    fwrite(t.s, 1, t.n, cli->out);
    str_clear(&t);
}

static int show_file(struct cli *cli, const char *path)
{
    struct str bytes = {0};
    struct error err;
    struct alert_batch batch = {0};
    int rc = CLI_OK;
    if (file_read(path, ALERT_MAX_BYTES, &bytes, &err) != OK) {
        cli_say(cli, "%s", err.text);
        return CLI_NO;
    }
    if (alert_decode(str_c(&bytes), bytes.n, &batch, &err) != OK) {
        cli_say(cli, "%s: %s", path, err.text);
        rc = CLI_NO;
    }
    for (size_t i = 0; i < batch.alerts.n; i++)
        show_one(cli, batch.alerts.at[i], path);
    for (size_t i = 0; i < batch.refused.n; i++) {
        cli_say(cli, "%s: %s", path, batch.refused.at[i]);
        rc = CLI_NO;
    }
    alert_batch_clear(&batch);
    str_clear(&bytes);
    return rc;
}

static int run(struct cli *cli)
{
    int rc = CLI_OK;
    if (cli->argc < 1 || strcmp(cli->argv[0], "show") != 0 || cli->argc < 2)
        return cli_usage(cli);
    for (int i = 1; i < cli->argc; i++)
        if (show_file(cli, cli->argv[i]) != CLI_OK)
            rc = CLI_NO;
    return rc;
}

const struct cli_command cmd_alerts = {
    .name = "alerts",
    .args = "show FILE...",
    .summary = "alerts of transients: read packets",
    .detail =
        "show  read VOEvent XML, Astro-COLIBRI, GCN or IGWN JSON without storing it; - is stdin\n",
    .run = run,
};
