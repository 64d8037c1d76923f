/* sha256.h - the SHA-256 of some bytes. Not: anything that must withstand an attacker with a clock.
 */
#ifndef VIGIE_BASE_SHA256_H
#define VIGIE_BASE_SHA256_H

#include <stddef.h>

/* sha256_text - the digest of n bytes as 64 hexadecimal digits.
 *   source   FIPS 180-4, section 6.2
 *   test     tests/base/check_sha256.c: the examples of FIPS 180-2, appendix B */
enum { SHA256_TEXT = 65 };
const char *sha256_text(const void *bytes, size_t n, char out[SHA256_TEXT]);

#endif
