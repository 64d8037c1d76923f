# Tests against programs that others wrote: a real VO server, real INDI drivers, astropy, STILTS. Each row is a script that starts the peer,
# runs src/vigie or a test program against it, ends what it started, prints what it compared, exits 1 on a difference. Nothing skips: a
# peer that cannot be had is a failure. VIGIE_PEERS names the folder with the scripts that start the peers.
#   PEERS += tests/peers/vo.sh          PEER_NEEDS += tests/devices/simulate (built first)
PEERS =
PEER_NEEDS =
EXTRA_PROGRAMS += $(PEER_NEEDS)
EXTRA_DIST += tests/peers/run.sh $(PEERS)
check-peers: src/vigie $(PEER_NEEDS)
	@$(AM_TESTS_ENVIRONMENT) $(top_srcdir)/tests/peers/run.sh $(PEERS)
.PHONY: check-peers
