#!/usr/bin/env bash
# A build that no terminal shows prints a line for each tenth, what failed, and keeps the rest in its log.
set -uo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=deploy/progress.sh
. "$top/deploy/progress.sh"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# shellcheck disable=SC2016  # ninja's variable
{
    printf 'rule run\n  command = $what\n'
    for i in $(seq 200); do printf 'build out%d: run\n  what = touch out%d\n' "$i" "$i"; done
    printf 'build all: phony'
    for i in $(seq 200); do printf ' out%d' "$i"; done
    printf '\nbuild broken: run\n  what = echo this is why; false\n'
} >"$folder/build.ninja"

said=$(ninja_shown "$folder" "$folder/log" all 2>&1) || fail "the build failed: $said"
[ "$(wc -l <<<"$said")" -eq 10 ] || fail "not a line for each tenth: $said"
grep -qE '^   100 %: 200 of 200 steps, after [0-9]+ s$' <<<"$said" || fail "no last line: $said"
[ "$(grep -c touch "$folder/log")" -eq 200 ] || fail "the log has not every step"

said=$(ninja_shown "$folder" "$folder/log" broken 2>&1) && fail "a build that failed is called good"
grep -q 'this is why' <<<"$said" || fail "what failed is not printed: $said"

# At a terminal the counter is ninja's.
rm "$folder"/out*
said=$(TERM=xterm script -qec "bash -c '. $top/deploy/progress.sh; ninja_shown $folder $folder/log all'" /dev/null)
grep -q '\[200/200\]' <<<"$said" || fail "no counter at a terminal: $said"
