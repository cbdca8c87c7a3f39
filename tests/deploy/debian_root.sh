#!/usr/bin/env bash
# Makes a root with nothing in it but what Debian calls essential, and apt, from the sources that this machine has.
#
#   tests/deploy/debian_root.sh SUITE FOLDER    SUITE as Debian calls it: bookworm, trixie
set -euo pipefail

suite=$1
root=$2

# shellcheck source=tests/fresh/sources.sh
. "$(dirname "$0")/../fresh/sources.sh"

mapfile -t options < <(proxy_options)
# As Docker's image does: nobody reads the manual there, and a root that is lost is made again.
options+=(--dpkgopt=force-unsafe-io "--dpkgopt=path-exclude=/usr/share/man/*"
    "--dpkgopt=path-exclude=/usr/share/locale/*" '--aptopt=Acquire::Languages "none"')
debian_sources "$suite" | mmdebstrap --variant=apt "${options[@]}" "$suite" "$root" -
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
# A package's own server would listen on this machine.
install -m 755 <(printf '#!/bin/sh\nexit 101\n') "$root/usr/sbin/policy-rc.d"
