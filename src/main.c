/* main.c - locale, then a door. */
#include <locale.h>

#include "vigie/cli/cli.h"

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, ""); /* never LC_NUMERIC: 3,14 is no number in JSON, FITS, INDI */
    return cli_run(argc, argv);
}
