/* table.c - the ways in. To add one: a file src_<name>.c, a row here. Not: their code. */
#include "source.h"

extern const struct source_row source_colibri, source_spool, source_vtp, source_gcn,
    source_colibri_stream;

const struct source_row *const alert_source_table[] = {
    &source_colibri, &source_spool, &source_vtp, &source_gcn, &source_colibri_stream, NULL};
