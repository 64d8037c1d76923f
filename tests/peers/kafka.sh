#!/usr/bin/env bash
# Alerts over Kafka against librdkafka's own mock cluster: builds the program with it in a folder of its own and runs its test.
set -euo pipefail
build=${TOP_BUILDDIR:?}/with-kafka
if ! pkg-config --exists rdkafka; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends librdkafka-dev
fi
mkdir -p "$build"
[ -e "$build/Makefile" ] || (cd "$build" && "${TOP_SRCDIR:?}/configure" -q --with-rdkafka --enable-werror --enable-sanitize)
make -s -C "$build" tests/peers/check_kafka
"$build/tests/peers/check_kafka"
