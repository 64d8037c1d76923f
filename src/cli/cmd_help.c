/* cmd_help.c - `vigie help`, the manual page and the shell completion: three printings of the one
 * table. */
#include "cmds.h"

#include <string.h>

#include "config.h"

static void print_options(FILE *f, const struct cli_option *o)
{
    for (; o && o->name; o++) {
        int w = fprintf(f, "  %s%s%s", o->name, o->arg ? " " : "", o->arg ? o->arg : "");
        fprintf(f, "%*s%s\n", w < 28 ? 28 - w : 1, "", o->help);
    }
}

static int help_one(struct cli *cli, const struct cli_command *c)
{
    fprintf(cli->out, "vigie %s%s%s - %s\n", c->name, c->args[0] ? " " : "", c->args, c->summary);
    if (c->options && c->options->name) {
        fprintf(cli->out, "\nOptions\n");
        print_options(cli->out, c->options);
    }
    if (c->detail[0])
        fprintf(cli->out, "\n%s", c->detail);
    fprintf(cli->out, "\nFor every command\n");
    print_options(cli->out, cli_globals);
    return CLI_OK;
}

static int help_all(struct cli *cli)
{
    fprintf(cli->out,
            "vigie %s - the lookout: what can be observed from here, tonight\n\nCommands\n",
            PACKAGE_VERSION);
    for (size_t i = 0; cli_table[i]; i++)
        fprintf(cli->out, "  %-12s %s\n", cli_table[i]->name, cli_table[i]->summary);
    fprintf(cli->out, "\nWithout a command: attach to the running session, or start one\n");
    print_options(cli->out, cli_doors);
    fprintf(cli->out, "\n`vigie help COMMAND` says more. Options for every command\n");
    print_options(cli->out, cli_globals);
    return CLI_OK;
}

/* roff: a line must not begin with . or ', and \ and - are escaped. */
static void roff(FILE *f, const char *s)
{
    for (bool start = true; *s; start = *s == '\n', s++) {
        if (start && (*s == '.' || *s == '\''))
            fputs("\\&", f);
        if (*s == '\\')
            fputs("\\e", f);
        else if (*s == '-')
            fputs("\\-", f);
        else
            fputc(*s, f);
    }
}

static void man_options(FILE *f, const struct cli_option *o)
{
    for (; o && o->name; o++) {
        fputs(".TP\n.B ", f);
        roff(f, o->name);
        if (o->arg) {
            fputs(" \\fI", f);
            roff(f, o->arg);
            fputs("\\fR", f);
        }
        fputc('\n', f);
        roff(f, o->help);
        fputc('\n', f);
    }
}

static int man(struct cli *cli)
{
    FILE *f = cli->out;
    fprintf(f,
            ".TH VIGIE 1 \"\" \"vigie %s\" \"User Commands\"\n.SH NAME\nvigie \\- what can be "
            "observed from here, tonight\n",
            PACKAGE_VERSION);
    fputs(".SH SYNOPSIS\n.B vigie\n[\\fIoptions\\fR] \\fIcommand\\fR [\\fIarguments\\fR]\n.SH "
          "COMMANDS\n",
          f);
    for (size_t i = 0; cli_table[i]; i++) {
        const struct cli_command *c = cli_table[i];
        fputs(".SS ", f);
        roff(f, c->name);
        fputc(' ', f);
        roff(f, c->args);
        fputc('\n', f);
        roff(f, c->summary);
        fputs("\n.PP\n", f);
        roff(f, c->detail);
        man_options(f, c->options);
    }
    fputs(".SH WITHOUT A COMMAND\nAttach to the running session, or start one.\n", f);
    man_options(f, cli_doors);
    fputs(".SH OPTIONS FOR EVERY COMMAND\n", f);
    man_options(f, cli_globals);
    fputs(".SH EXIT STATUS\n0 done; 1 the answer is no, or some of the input was refused; 2 wrong "
          "usage; 3 network; 4 device; 70 a bug.\n",
          f);
    fputs(".SH FILES\n~/.config/vigie/config, ~/.local/share/vigie/, ~/.cache/vigie/, "
          "~/.local/state/vigie/\n",
          f);
    return CLI_OK;
}

static int completion(struct cli *cli)
{
    FILE *f = cli->out;
    fputs("# bash completion for vigie, made from its command table\n_vigie() {\n    local "
          "cur=${COMP_WORDS[COMP_CWORD]} words=\"",
          f);
    for (const struct cli_option *o = cli_globals; o->name; o++)
        fprintf(f, "%s ", o->name);
    for (const struct cli_option *o = cli_doors; o->name; o++)
        fprintf(f, "%s ", o->name);
    fputs("\" i\n    for ((i = 1; i < COMP_CWORD; i++)); do\n        case ${COMP_WORDS[i]} in\n",
          f);
    for (size_t i = 0; cli_table[i]; i++) {
        const struct cli_command *c = cli_table[i];
        fprintf(f, "        %s) words+=\" ", c->name);
        for (const struct cli_option *o = c->options; o && o->name; o++)
            fprintf(f, "%s ", o->name);
        fputs("\"; break ;;\n", f);
    }
    fputs("        esac\n    done\n    if ((i >= COMP_CWORD)); then words+=\"", f);
    for (size_t i = 0; cli_table[i]; i++)
        fprintf(f, "%s ", cli_table[i]->name);
    fputs("\"; fi\n    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\") $(compgen -f -- "
          "\"$cur\"))\n}\ncomplete -o filenames -F _vigie vigie\n",
          f);
    return CLI_OK;
}

static int run(struct cli *cli)
{
    if (cli->argc > 1)
        return cli_usage(cli);
    if (cli_arg(cli, "--man"))
        return man(cli);
    if (cli_arg(cli, "--completion"))
        return completion(cli);
    if (cli->argc == 0)
        return help_all(cli);
    for (size_t i = 0; cli_table[i]; i++)
        if (strcmp(cli_table[i]->name, cli->argv[0]) == 0)
            return help_one(cli, cli_table[i]);
    cli_say(cli, "no command %.40s; `vigie help` lists them", cli->argv[0]);
    return CLI_USAGE;
}

static const struct cli_option options[] = {{"--man", NULL, "print the manual page (roff)"},
                                            {"--completion", NULL, "print the completion for bash"},
                                            {NULL, NULL, NULL}};

const struct cli_command cmd_help = {"help",  "[COMMAND]", "this list, or all about one command",
                                     options, "",          run};
