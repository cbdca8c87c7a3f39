#!/bin/bash
# Many clients and servers at the real program for a long time, many of them unkind; in the end a verdict:
#
#   tests/soak/run.sh [SECONDS] [BINARY] [--seed N] [--clients N] [--faults SHARE] [--break WHAT]
#
# SECONDS is 120, BINARY the program of build/release where they are not given. The exit status is 1 where anything is
# wrong. README.md beside this file says what is held.
set -euo pipefail

missing=
for tool in python3 openssl; do
    command -v "$tool" >/dev/null || missing+=" $tool"
done
if [ -n "$missing" ]; then
    echo "missing:$missing (Debian packages of these names)" >&2
    exit 1
fi
# Each connection of a client is one here, one at the proxy and one or two at the servers.
ulimit -n "$(ulimit -Hn)"
exec python3 "$(dirname "$0")/soak.py" "$@"
