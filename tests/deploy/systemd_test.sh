#!/usr/bin/env bash
# The units are what systemd understands, name a program that is there, and are as hardened as their README says.
set -euo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
binary=$(find "$1" -name countersign -type f -perm -u+x | head -n 1)
if [ -z "$binary" ]; then
    echo "there is no program in $1"
    exit 1
fi
if ! command -v systemd-analyze >/dev/null; then
    echo "systemd-analyze is not installed"
    exit 1
fi
units=$(mktemp -d)
trap 'rm -rf "$units"' EXIT
for unit in service socket; do
    sed "s|/usr/bin/countersign|$binary|" "$top/deploy/systemd/countersign.$unit" >"$units/countersign.$unit"
done

said=$(systemd-analyze verify --man=no "$units/countersign.service" "$units/countersign.socket" 2>&1 |
    grep -F "$units" || true)
if [ -n "$said" ]; then
    echo "$said"
    exit 1
fi

systemd-analyze security --offline=true --no-pager --threshold=20 "$units/countersign.service" >"$units/report" || {
    cat "$units/report"
    exit 1
}
# Another version may rate it otherwise.
systemd-analyze --version | grep -q '^systemd 252 ' || exit 0
level=$(sed -n 's/.*Overall exposure level.*: \([0-9.]*\) .*/\1/p' "$units/report")
grep -q "rates the service $level (of 10" "$top/deploy/systemd/README.md" || {
    echo "the README says another level than $level"
    exit 1
}
