#!/usr/bin/env bash
# Runs a command where localhost is something else, and changes nothing for anybody else: the command gets an /etc, and
# where needed a network, of its own. Needs root.
#
#   tests/hosts/under.sh stock COMMAND...     localhost is 127.0.0.1 and ::1, as Debian installs it
#   tests/hosts/under.sh none COMMAND...      there is no /etc/hosts
#   tests/hosts/under.sh v4 COMMAND...        localhost is 127.0.0.1 alone
#   tests/hosts/under.sh no-ipv6 COMMAND...   as stock, and there is no IPv6, nor any network but 127.0.0.0/8
#
#   tests/hosts/under.sh --print KIND         the /etc/hosts of that kind
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)

die() {
    printf '%s: %s\n' "$0" "$*" >&2
    exit 125
}

hosts_file() {
    case $1 in
        stock | no-ipv6) printf '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n' ;;
        v4) printf '127.0.0.1\tlocalhost\n' ;;
        *) die "unknown '$1'; there are stock, none, v4 and no-ipv6" ;;
    esac
}

# A copy in memory stands in for /etc: a file that is missing cannot be mounted, and neither can its absence.
replace_etc() {
    local folder=$PWD
    cd /etc  # what was there is seen from here only, once something is mounted over it
    mount -t tmpfs -o mode=755 etc /etc
    cp -a . /etc/
    rm -f /etc/hosts
    [ "$1" = none ] || hosts_file "$1" >/etc/hosts
    cd "$folder"
}

if [ "${1:-}" = --print ]; then
    hosts_file "${2:?--print needs a kind}"
    exit
fi
if [ "${1:-}" = --inside ]; then
    kind=$2
    shift 2
    replace_etc "$kind"
    [ "$kind" != no-ipv6 ] || exec "$here/without_ipv6.py" "$@"
    exec "$@"
fi

[ $# -ge 2 ] || die "needs what to change, and a command; the head of this script says more"
[ "$1" = none ] || hosts_file "$1" >/dev/null
namespaces=(--mount --propagation private)
[ "$1" != no-ipv6 ] || namespaces+=(--net)
unshare "${namespaces[@]}" true ||
    die "a mount namespace of its own is refused: run this as root, in a container with CAP_SYS_ADMIN"
exec unshare "${namespaces[@]}" "$here/under.sh" --inside "$@"
