#!/usr/bin/env bash
# Makes a root with nothing in it but what Debian calls essential, and apt, from the sources that this machine has.
#
#   tests/deploy/debian_root.sh SUITE FOLDER    SUITE as Debian calls it: bookworm, trixie
set -euo pipefail

suite=$1
root=$2

# The machine's own sources, with the other release's name where its own stands.
sources() {
    local own
    own=$(. /etc/os-release && echo "$VERSION_CODENAME")
    # shellcheck disable=SC2016  # apt's variables
    apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
        sed -nE "s/^(deb [^ ]+ )$own((-updates|-security)? .*)/\1$suite\2/p" | sort -u
}

proxy_options() {
    local setting value
    for setting in Acquire::http::Proxy Acquire::https::Proxy; do
        eval "$(apt-config shell value "$setting")"
        [ -z "${value:-}" ] || printf '%s\n' "--aptopt=$setting \"$value\""
        value=""
    done
}

mapfile -t options < <(proxy_options)
# As Docker's image does: nobody reads the manual there, and a root that is lost is made again.
options+=(--dpkgopt=force-unsafe-io "--dpkgopt=path-exclude=/usr/share/man/*"
    "--dpkgopt=path-exclude=/usr/share/locale/*" '--aptopt=Acquire::Languages "none"')
sources | mmdebstrap --variant=apt "${options[@]}" "$suite" "$root" -
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
# A package's own server would listen on this machine.
install -m 755 <(printf '#!/bin/sh\nexit 101\n') "$root/usr/sbin/policy-rc.d"
