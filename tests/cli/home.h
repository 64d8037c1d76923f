/* home.h - what the tests of the whole program in a home of their own share: run it, look at what
 * it said. Not: any expectation.
 */
#ifndef VIGIE_TESTS_CLI_HOME_H
#define VIGIE_TESTS_CLI_HOME_H

#include <check.h>
#include <stdbool.h>
#include <sys/types.h>

#include "vigie/base/err.h"
#include "vigie/base/str.h"

/* root: a folder of the test; home: inside it; program: a copy of vigie that a user without
 * privileges may run; out, said: what the last run printed on stdout and stderr. */
extern char root[64], home[80], program[100];
extern struct str out, said;
extern struct error err;

void home_setup(void);
void home_teardown(void);

/* NO_HOME: without HOME. UNPRIVILEGED: as nobody, if the test is root's. SMALL_FILES: no file may
 * grow above 8 kB. */
enum how { PLAIN, NO_HOME = 1, UNPRIVILEGED = 2, SMALL_FILES = 4 };

/* home_run - run the program with these arguments (argv[0] too, ended by NULL); its exit status.
 * home_start - the same without waiting, its output thrown away; its process. */
int home_run(int how, const char *const argv[]);
pid_t home_start(int how, const char *const argv[]);

/* home_small_disk - a disk of this size ("64k") in the place of home: true if that is allowed here. */
bool home_small_disk(const char *size);

/* says - the last run's stderr holds this text. */
void says(const char *text);

int home_cases(const char *name, void (*add)(TCase *t));

#endif
