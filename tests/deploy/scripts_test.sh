#!/usr/bin/env bash
# The two commands explain themselves, refuse what they do not know with status 2, before they install anything, and
# install what there is.
set -uo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
failures=0

expect() { # status, a part of what is printed, command…
    local want=$1 part=$2 said status=0
    shift 2
    said=$("$@" 2>&1 </dev/null) || status=$?
    [ "$status" -eq "$want" ] && grep -qF -- "$part" <<<"$said" && return
    printf '%s: status %d, wanted %d and "%s":\n%s\n' "$*" "$status" "$want" "$part" "$said"
    failures=$((failures + 1))
}

cd /
for help in --help -h; do
    expect 0 "deploy/quickstart.sh --once" "$top/deploy/quickstart.sh" "$help"
    expect 0 "tests/run.sh --quick" "$top/tests/run.sh" "$help"
done
expect 2 "unknown option '--onse'" "$top/deploy/quickstart.sh" --onse
expect 2 "unknown option '--fast'" "$top/tests/run.sh" --fast
expect 2 "--sanitize needs what" "$top/tests/run.sh" --sanitize

# Of several names the one of which there is a version, though the lists mention another.
lists=$(mktemp -d)
trap 'rm -rf "$lists"' EXIT
cat >"$lists/apt-cache" <<'END'
#!/bin/sh
[ "$*" != "madison libboost-dev" ] || echo "libboost-dev | 1.83.0.1 | trixie/main"
END
chmod +x "$lists/apt-cache"
# shellcheck disable=SC2016  # the inner shell's
expect 0 "[libboost-dev]" env PATH="$lists:$PATH" bash -c \
    '. "$1/deploy/packages.sh" && echo "[$(known_package "libboost1.81-dev|libboost-dev")]"' - "$top"

# While packages are installed no service is started, and only then; the installer's status is passed on.
# shellcheck disable=SC2016  # the inner shell's
expect 3 "asked: 101, then gone" bash -c '
    . "$1/deploy/packages.sh"
    as_root() { "$@"; }
    policy=$2/policy-rc.d
    asked() { local said=0; "$policy" || said=$?; printf "asked: %d, " "$said"; return 3; }
    without_services asked || status=$?
    [ -e "$policy" ] || echo "then gone"
    exit "$status"' - "$top" "$lists"
exit "$failures"
