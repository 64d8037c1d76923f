# Tests against programs that others wrote: a real VO server, real INDI drivers, astropy, STILTS. Each row is a script that starts the peer,
# runs src/vigie or a test program against it, ends what it started, prints what it compared, exits 1 on a difference. Nothing skips: a
# peer that cannot be had is a failure. VIGIE_PEERS names the folder with the scripts that start the peers.
#   PEERS += tests/peers/vo.sh          PEER_NEEDS += tests/devices/simulate (built first)
PEERS = tests/peers/kafka.sh
PEERS += tests/peers/grb.sh
# The same by keys in the VO tab, in a terminal.
PEERS += tests/peers/vo_tab.sh
EXTRA_DIST += tests/peers/same_rows.py
PEERS += tests/peers/indi_drivers.sh tests/peers/serial.sh
PEER_NEEDS =
PEER_NEEDS += tests/devices/simulate tests/devices/serial_drive
# astropy looks at images.
PEERS += tests/peers/fits.sh
PEER_NEEDS += tests/formats/fits_drive
tests_formats_fits_drive_SOURCES = tests/formats/fits_drive.c
tests_formats_fits_drive_LDADD = $(ROOMS_FORMATS)
# INDI's server and simulators.
PEERS += tests/peers/indi.sh tests/peers/indi_view.sh
PEER_NEEDS += tests/devices/indi_drive
tests_devices_indi_drive_SOURCES = tests/devices/indi_drive.c
tests_devices_indi_drive_LDADD = $(ROOMS_DEVICES)
EXTRA_PROGRAMS += $(PEER_NEEDS)
EXTRA_DIST += tests/peers/run.sh $(PEERS)
check-peers: src/vigie $(PEER_NEEDS)
	@$(AM_TESTS_ENVIRONMENT) $(top_srcdir)/tests/peers/run.sh $(PEERS)
.PHONY: check-peers
# Built only with librdkafka, by tests/peers/kafka.sh.
EXTRA_PROGRAMS += tests/peers/check_kafka
tests_peers_check_kafka_SOURCES = tests/peers/check_kafka.c tests/peers/broker.c tests/peers/broker.h tests/io/server.c
tests_peers_check_kafka_LDADD = $(ROOMS_ALERTS) $(TEST_LIBS)
PEERS += tests/peers/vo.sh
EXTRA_DIST += tests/peers/vo.py
PEERS += tests/peers/tables.sh
EXTRA_DIST += tests/peers/tables.py
