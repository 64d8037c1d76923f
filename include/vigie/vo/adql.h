/* adql.h - what can be told of an ADQL query before a server reads it. Not: whether it is right, which
 * only the server knows.
 */
#ifndef VIGIE_VO_ADQL_H
#define VIGIE_VO_ADQL_H

#include "vigie/base/err.h"

/* adql_check - text: the query, with comments (-- to the end of the line).
 *   err     E_ABSENT: nothing is written but comments; E_PARSE, with the line (from 1): it begins neither
 *           with SELECT nor with WITH, a ' or " or ( is not closed, a ) was not
 *           opened
 *   source  ADQL 2.1, section 2.1 (IVOA)
 *   test    tests/vo/check_service.c */
enum status adql_check(const char *text, struct error *err) MUST_CHECK;

#endif
