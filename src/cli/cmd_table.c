/* cmd_table.c - `vigie table`: what is in a table, its first rows, the same in another format.
 * Not: the formats (formats/tableio.h).
 */
#include "cmds.h"
#include "table_view.h"

#include <string.h>
#include <unistd.h>

#include "vigie/base/str.h"
#include "vigie/base/utf8.h"
#include "vigie/formats/json.h"
#include "vigie/formats/tableio.h"

enum { HEAD_ROWS = 10 };

/* Reads the file; a refusal is told. *doc may hold rows before a fault. */
static int read_file(struct cli *cli, const char *path, const struct table_limits *limits,
                     struct table_doc **doc)
{
    struct error err;
    if (table_read_file(path, limits, doc, &err) != OK) {
        cli_say(cli, "%s: %s", path, err.text);
        return CLI_NO;
    }
    if ((*doc)->fault)
        cli_say(cli, "%s: %s", path, (*doc)->fault);
    return CLI_OK;
}

/* The same for those who want the rows: a file that does not hold them all, or whose service broke
 * off, is not wholly read. */
static int read_rows(struct cli *cli, const char *path, const struct table_limits *limits,
                     struct table_doc **doc)
{
    int rc = read_file(cli, path, limits, doc);
    if (rc != CLI_OK)
        return rc;
    bool broken = (*doc)->status == TABLE_STATUS_ERROR && (*doc)->tables.n;
    if (broken)
        cli_say(cli, "%s: the service says: %s", path,
                (*doc)->message ? (*doc)->message : "an error");
    return broken || (*doc)->fault ? CLI_NO : CLI_OK;
}

/* ---- info ---- */

static void put_key(struct json_writer *j, const char *key, const char *value)
{
    json_key(j, key);
    json_string(j, value);
}

static void json_table(struct json_writer *j, const struct table *t)
{
    json_object(j);
    put_key(j, "name", t->name);
    json_key(j, "rows");
    json_int(j, (int64_t)t->counted);
    json_key(j, "fields");
    json_array(j);
    for (size_t i = 0; i < t->n_columns; i++) {
        const struct table_field *f = &t->column[i].field;
        json_object(j);
        put_key(j, "name", f->name);
        put_key(j, "datatype", f->datatype);
        put_key(j, "arraysize", f->arraysize);
        put_key(j, "unit", f->unit);
        put_key(j, "ucd", f->ucd);
        put_key(j, "utype", f->utype);
        put_key(j, "xtype", f->xtype);
        json_end(j);
    }
    json_end(j);
    json_end(j);
}

/* A TABLE that only refers to another for its columns is no table of its own in the records. */
static void info_json(struct cli *cli, const char *path, const struct table_doc *doc)
{
    struct str out = {0};
    struct json_writer j;
    json_write(&j, &out);
    json_object(&j);
    put_key(&j, "file", path);
    put_key(&j, "format", table_format_name(doc->format));
    put_key(&j, "version", doc->version);
    json_key(&j, "tables");
    json_array(&j);
    for (size_t i = 0; i < doc->tables.n; i++)
        if (!doc->tables.at[i]->like)
            json_table(&j, doc->tables.at[i]);
    json_end(&j);
    put_key(&j, "status", table_status_name(doc->status));
    put_key(&j, "message", doc->message);
    json_end(&j);
    fprintf(cli->out, "%s\n", str_c(&out));
    str_clear(&out);
}

static void print_around(struct cli *cli, const char *before, const char *text, const char *behind)
{
    struct str s = {0};
    if (!text)
        return;
    utf8_clean(&s, text, strlen(text));
    fprintf(cli->out, "%s%s%s", before, str_c(&s), behind);
    str_clear(&s);
}

static void info_field(struct cli *cli, const struct table_field *f)
{
    print_around(cli, "    ", f->name ? f->name : f->id ? f->id : "-", "");
    print_around(cli, "  ", f->datatype, "");
    print_around(cli, "[", f->arraysize, "]");
    print_around(cli, "  ", f->unit, "");
    print_around(cli, "  ", f->ucd, "");
    print_around(cli, "  ", f->description, "");
    fputc('\n', cli->out);
}

static void info_text(struct cli *cli, const char *path, const struct table_doc *doc)
{
    fprintf(cli->out, "%s: %s", path, table_format_name(doc->format));
    print_around(cli, " ", doc->version, "");
    print_around(cli, ", status ", table_status_name(doc->status), "");
    print_around(cli, ": ", doc->message, "");
    fputc('\n', cli->out);
    for (size_t i = 0; i < doc->tables.n; i++) {
        const struct table *t = doc->tables.at[i];
        fprintf(cli->out, "  table %zu", i + 1);
        print_around(cli, " ", t->name, "");
        fprintf(cli->out, ": %llu row%s%s\n", (unsigned long long)t->counted,
                t->counted == 1 ? "" : "s", t->partial ? ", partial" : "");
        print_around(cli, "    ", t->description, "\n");
        for (size_t k = 0; k < t->n_columns; k++)
            info_field(cli, &t->column[k].field);
    }
}

static int info(struct cli *cli, const char *path)
{
    const struct table_limits limits = {.keep = TABLE_KEEP_NONE};
    struct table_doc *doc;
    int rc = read_file(cli, path, &limits, &doc);
    if (rc == CLI_OK && cli->json)
        info_json(cli, path, doc);
    else if (rc == CLI_OK)
        info_text(cli, path, doc);
    table_doc_free(doc);
    return rc;
}

/* ---- head ---- */

static int first_table(struct cli *cli, const char *path, const struct table_doc *doc,
                       struct table **t)
{
    if (doc->tables.n == 0) {
        cli_say(cli, "%s: there is no table in it%s%s", path, doc->message ? ": " : "",
                doc->message ? doc->message : "");
        return CLI_NO;
    }
    *t = doc->tables.at[0];
    return CLI_OK;
}

static int head(struct cli *cli, const char *path)
{
    bool bad = false;
    double rows = cli_number(cli, "--rows", HEAD_ROWS, 1, 1e6, &bad);
    struct table_limits limits = {.keep = (uint64_t)rows};
    struct table_doc *doc;
    struct table *t = NULL;
    if (bad)
        return CLI_USAGE;
    int rc = read_rows(cli, path, &limits, &doc);
    if (doc && first_table(cli, path, doc, &t) != CLI_OK)
        rc = CLI_NO;
    if (t && cli->json) {
        struct error err;
        if (table_write_file(doc, t, TABLE_JSON, "-", &err) != OK)
            rc = cli_fail(cli, &err);
    } else if (t) {
        table_view(cli, t);
    }
    table_doc_free(doc);
    return rc;
}

/* ---- convert ---- */

/* On a terminal the lines are cleaned: what a file holds must not drive it. */
static enum status to_terminal(struct cli *cli, const struct table_doc *doc, const struct table *t,
                               struct error *err)
{
    enum { ROWS = 1000 };
    struct table_writer *w = table_writer_new(doc, t, TABLE_CSV);
    struct str out = {0}, clean = {0};
    enum status s = OK;
    for (bool done = false; s == OK && !done;) {
        str_reset(&out);
        s = table_writer_step(w, ROWS, &out, &done, err);
        char *next = s == OK && out.n ? out.s : NULL;
        for (char *line; (line = strsep(&next, "\n"));) {
            str_reset(&clean);
            utf8_clean(&clean, line, strlen(line));
            if (next || *line)
                fprintf(cli->out, "%s\n", str_c(&clean));
        }
    }
    str_clear(&out);
    str_clear(&clean);
    table_writer_free(w);
    return s;
}

static int convert(struct cli *cli, const char *path, const char *to)
{
    enum table_format format = TABLE_CSV;
    struct table_doc *doc;
    struct table *t = NULL;
    struct error err;
    if (strcmp(to, "-") != 0 && !table_format_of(to, &format)) {
        cli_say(cli, "%s: no format has this ending; .vot .csv .tsv .ecsv .fits .json are known",
                to);
        return CLI_USAGE;
    }
    if (format == TABLE_VOTABLE && cli_arg(cli, "--binary"))
        format = TABLE_VOTABLE_BINARY2;
    int rc = read_rows(cli, path, NULL, &doc);
    if (doc && first_table(cli, path, doc, &t) != CLI_OK)
        rc = CLI_NO;
    bool terminal = strcmp(to, "-") == 0 && isatty(fileno(cli->out));
    enum status s = !t         ? OK
                    : terminal ? to_terminal(cli, doc, t, &err)
                               : table_write_file(doc, t, format, to, &err);
    if (s != OK) {
        cli_say(cli, "%s: %s", to, err.text);
        rc = CLI_NO;
    } else if (t && t->partial) {
        cli_say(cli, "%s: partial: the first %zu rows", to, t->rows);
    }
    table_doc_free(doc);
    return rc;
}

static int run(struct cli *cli)
{
    const char *what = cli->argc ? cli->argv[0] : "";
    if (strcmp(what, "info") == 0 && cli->argc == 2)
        return info(cli, cli->argv[1]);
    if (strcmp(what, "head") == 0 && cli->argc == 2)
        return head(cli, cli->argv[1]);
    if (strcmp(what, "convert") == 0 && cli->argc == 3)
        return convert(cli, cli->argv[1], cli->argv[2]);
    return cli_usage(cli);
}

static const struct cli_option options[] = {
    {"--rows", "N", "head: so many rows (10)"},
    {"--binary", NULL, "convert: VOTable as BINARY2 instead of TABLEDATA"},
    {NULL, NULL, NULL}};

const struct cli_command cmd_table = {
    "table",
    "info|convert|head FILE [OUT]",
    "read, show and convert tables: VOTable, FITS, CSV, TSV",
    options,
    "info     every table in FILE: rows, columns with datatype, unit, UCD; what the service said.\n"
    "head     the first rows of the first table.\n"
    "convert  the first table to OUT, whose ending says the format: .vot .xml .votable, .csv, "
    ".tsv,\n"
    "         .ecsv, .fits, .json (one object a line); - is CSV on standard output.\n"
    "FILE is VOTable 1.0 to 1.5 (TABLEDATA, BINARY, BINARY2, FITS inside), a FITS table, CSV, TSV "
    "or\n"
    "ECSV, each also gzip'd; - is standard input. Of a file that is broken the rows before the "
    "fault\n"
    "are written, the fault is told and the exit status is 1.\n",
    run};
