#!/usr/bin/env bash
# Tries the two commands on a fresh Debian, as somebody does who has just cloned the repository: makes a root with
# nothing in it but what Debian calls essential, clones the last commit into it, and runs there deploy/quickstart.sh
# --once and tests/run.sh. Needs root, and a Debian whose apt sources lead to the release that is tried.
#
#   tests/fresh/run.sh [OPTION...] SUITE HOSTS    SUITE as Debian calls it: bookworm, trixie
#                                                 HOSTS as in tests/hosts/under.sh: stock, none, v4, no-ipv6
#     --cache FOLDER     compile with this cache, which the roots may share; the log says so
#     --keep             do not remove the root at the end
#     --quickstart       only deploy/quickstart.sh
#
# The log is build/fresh/SUITE-HOSTS.log; its last lines, and what is printed, are the exit statuses and the times.
# shellcheck disable=SC2317  # functions that step calls
set -euo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=deploy/packages.sh
. "$top/deploy/packages.sh"
# shellcheck source=tests/fresh/sources.sh
. "$top/tests/fresh/sources.sh"

die() {
    printf '%s: %s\n' "$0" "$*" >&2
    exit 2
}

cache="" keep="" only_quickstart=""
while [ $# -gt 0 ]; do
    case $1 in
        --cache) cache=$(mkdir -p "${2:?--cache needs a folder}" && cd "$2" && pwd) && shift ;;
        --keep) keep=yes ;;
        --quickstart) only_quickstart=yes ;;
        -*) die "unknown option '$1'; the head of this script lists them" ;;
        *) break ;;
    esac
    shift
done
[ $# -eq 2 ] || die "needs a suite and a kind of /etc/hosts; the head of this script lists them"
suite=$1 hosts=$2
[ "$hosts" = none ] || "$top/tests/hosts/under.sh" --print "$hosts" >/dev/null || exit 2
[ "$(id -u)" -eq 0 ] || die "makes a root and mounts into it: run it as root"

work=$top/build/fresh
root=$work/$suite-$hosts
log=$work/$suite-$hosts.log
trusted_by_node=/etc/trusted-by-node.pem
summary=()
worst=0

make_root() {
    local options=()
    mapfile -t options < <(proxy_options)
    debian_sources "$suite" | mmdebstrap --variant=minbase "${options[@]}" "$suite" "$root" - || return
    cp -L /etc/resolv.conf "$root/etc/resolv.conf"
    rm -f "$root/etc/hosts"
    [ "$hosts" = none ] || "$top/tests/hosts/under.sh" --print "$hosts" >"$root/etc/hosts" || return
    # Where something in between shows certificates of its own to npm, and this machine knows it.
    [ -z "${NODE_EXTRA_CA_CERTS:-}" ] || cp -L "$NODE_EXTRA_CA_CERTS" "$root$trusted_by_node" || return
    # A package's own server would listen on this machine's port 80.
    install -m 755 <(printf '#!/bin/sh\nexit 101\n') "$root/usr/sbin/policy-rc.d" || return
    git clone -q --no-hardlinks "$top" "$root/src"
}

# What is mounted goes with the namespace, and so do processes that were left behind.
inside() {
    # shellcheck disable=SC2016  # the inner shell's variables
    unshare --mount --propagation private --pid --fork --kill-child bash -euc '
        root=$1 cache=$2 trusted_by_node=$3
        shift 3
        mount --bind "$root" "$root"
        mount -t proc proc "$root/proc"
        mount --rbind /sys "$root/sys"
        mount --rbind /dev "$root/dev"
        variables=(PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8)
        if [ -n "$cache" ]; then
            mkdir -p "$root/cache"
            mount --bind "$cache" "$root/cache"
            variables+=(CCACHE_DIR=/cache CMAKE_CXX_COMPILER_LAUNCHER=ccache)
        fi
        [ ! -e "$root$trusted_by_node" ] || variables+=(NODE_EXTRA_CA_CERTS="$trusted_by_node")
        exec chroot "$root" env -i "${variables[@]}" "$@"
    ' inside "$root" "$cache" "$trusted_by_node" "$@"
}

# Name, command. Notes how it ended and how long it took.
step() {
    local name=$1 start=$SECONDS status=0
    shift
    printf '\n== %s, %s: %s\n' "$(date -u +%FT%TZ)" "$name" "$*"
    "$@" || status=$?
    summary+=("$(printf '%-8s %-8s %-12s rc %d, %d s' "$suite" "$hosts" "$name" "$status" $((SECONDS - start)))")
    [ "$status" -eq 0 ] || worst=$status
    return "$status"
}

prove() {
    local under=()
    git -C "$top" log -1 --format='commit %H %s'
    [ -z "$cache" ] || echo "with a compiler cache that other roots have filled"
    rm -rf --one-file-system "$root"
    step root make_root || return 0
    case $hosts in none | no-ipv6) under=(/src/tests/hosts/under.sh "$hosts") ;; esac
    if [ ${#under[@]} -gt 0 ] || [ -n "$cache" ]; then
        # A package brings an /etc/hosts; without IPv6 there is no network; the compiler's cache is a package.
        step install inside /src/tests/run.sh --install || return 0
    fi
    step quickstart inside "${under[@]}" /src/deploy/quickstart.sh --once || true
    [ -n "$only_quickstart" ] || step tests inside "${under[@]}" /src/tests/run.sh || true
}

want mmdebstrap mmdebstrap
want git git
install_wanted || die "the packages above are needed"
mkdir -p "$work"
echo "the log is $log"
prove >"$log" 2>&1
[ -n "$keep" ] || rm -rf --one-file-system "$root"
printf '%s\n' "" "${summary[@]}" >>"$log"
printf '%s\n' "${summary[@]}"
exit "$worst"
