/* outside.h - an address of the Internet that a test may reach: connect() of this process leads it to the test's own
 * server on 127.0.0.1, so that the program's own check of addresses, in libcurl, is what is tested. Not: a network.
 */
#ifndef VIGIE_TESTS_IO_OUTSIDE_H
#define VIGIE_TESTS_IO_OUTSIDE_H

#define PUBLIC "93.184.215.14"

#endif
