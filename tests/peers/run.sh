#!/usr/bin/env bash
# Runs each script of the list; one line each with its time; the whole output of one that fails.
set -uo pipefail
[ -d "${VIGIE_PEERS:-}" ] || { echo "check-peers: VIGIE_PEERS must name the folder whose scripts start the peers"; exit 1; }
passed=0 failed=0
for t in "$@"; do
    s=$SECONDS log=$(mktemp)
    if "${TOP_SRCDIR:?}/$t" >"$log" 2>&1; then
        passed=$((passed + 1))
        tail -n 3 "$log"
        echo "peers: $t: ok, $((SECONDS - s)) s"
    else
        failed=$((failed + 1))
        cat "$log"
        echo "peers: $t: FAILED, $((SECONDS - s)) s"
    fi
    rm -f "$log"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
