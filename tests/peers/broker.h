/* broker.h - a door with a lock before a Kafka broker of the test: it asks for SASL, lets those in who
 * bring the right token, and hands all else to the broker behind it. Loopback only.
 */
#ifndef VIGIE_TESTS_PEERS_BROKER_H
#define VIGIE_TESTS_PEERS_BROKER_H

struct door;

/* door_start - on a free port of 127.0.0.1 before the broker on `behind`. token: OAUTHBEARER with it is
 * let in; everybody else, SCRAM too, is refused. door_port: where. door_let_in: logins so far. */
struct door *door_start(int behind, const char *token);
void door_stop(struct door *d);
int door_port(const struct door *d);
int door_let_in(const struct door *d);

#endif
