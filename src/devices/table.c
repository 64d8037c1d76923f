/* table.c - the backends of this build. To add one: a row. */
#include "backend.h"

const struct backend_ops *const backend_table[] = {&backend_native, &backend_indi, &backend_alpaca,
                                                   &backend_still, NULL};
