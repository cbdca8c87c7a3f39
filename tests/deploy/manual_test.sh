#!/usr/bin/env bash
# The manual pages: mandoc and groff have nothing to say against them, each names every option that the command's
# --help names, `whatis` can index them, and what they lead to is there.
#
#   tests/deploy/manual_test.sh BUILD
set -euo pipefail

binary=$(cd "$1" && pwd)/proxy/countersign
[ -x "$binary" ] || { echo "there is no program in $1" >&2; exit 1; }
for tool in mandoc groff preconv lexgrog; do
    command -v "$tool" >/dev/null || { echo "$tool is not installed" >&2; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

fail() {
    printf '%s\n' "$*" >&2
    failed=1
}

commands() {
    "$binary" --help | sed -nE 's/^  countersign ([a-z]+( ?\| ?[a-z]+)*).*/\1/p' | tr -s ' |' '\n'
    "$binary" --help | sed -nE 's/^  countersign (console [a-z]+).*/\1/p' | sort -u
    "$binary" keystore --help | sed -nE 's/^  countersign (keystore [a-z]+).*/\1/p' | sort -u
}

"$binary" man --directory "$work/man" || fail "the pages were not written"
diff <({ echo countersign.1; commands | sed 's/ /-/; s/.*/countersign-&.1/'; } | sort) <(ls "$work/man") ||
    fail "not every command has a page, or a page has no command (>)"
for page in "$work"/man/*; do
    said=$(mandoc -T lint "$page") || fail "$said"
    said=$(groff -man -Tutf8 -ww -z "$page" 2>&1) || true
    [ -z "$said" ] || fail "$said"
    lexgrog "$page" >/dev/null || fail "$page has no NAME that whatis can index"
    ! grep -qP '[^\x00-\x7F]' "$page" || fail "$page has characters that an old troff does not know"
    while read -r other; do
        [ -e "$work/man/$other.1" ] || fail "$page leads to $other, and there is no such page"
    done < <(mandoc -T utf8 "$page" | col -b | grep -oE 'countersign[a-z-]*\(1\)' | tr '[:upper:]' '[:lower:]' | sed 's/(1)//')
done

while read -r command; do
    page=$work/man/countersign-${command/ /-}.1
    # shellcheck disable=SC2086  # two words may be one command
    "$binary" man $command | cmp - "$page" || fail "$page is not what 'man $command' prints"
    MANWIDTH=200 mandoc -T utf8 -O width=200 "$page" | col -b >"$work/text"
    # shellcheck disable=SC2086
    "$binary" $command --help >"$work/help"
    options=$(grep -oE '^  (-[a-zA-Z], )?--[a-z-]+' "$work/help" | grep -oE -- '--[a-z-]+' || true)
    [[ $command = keystore || $command = console || -n $options ]] || fail "$command --help names no option"
    while read -r option; do
        grep -qE -- "^ +(-[a-zA-Z], )?$option( |\$)" "$work/text" || fail "$page does not name $option"
    done <<<"${options:---help}"
done < <(commands)

"$binary" man | cmp - "$work/man/countersign.1" || fail "man without a command is another page"
for wrong in "man serve" "man keystore nothing" "man run --directory $work/x"; do
    status=0
    # shellcheck disable=SC2086
    said=$("$binary" $wrong 2>&1 >/dev/null) || status=$?
    if [ "$status" -ne 2 ] || [ -z "$said" ]; then fail "'$wrong' ended with $status and said '$said'"; fi
done
[ ! -e "$work/x" ] || fail "a wrong command line wrote pages"
status=0
"$binary" man --directory /proc/nowhere 2>"$work/said" || status=$?
if [ "$status" -ne 1 ] || ! grep -q '/proc/nowhere/countersign.1 cannot be written' "$work/said"; then
    fail "a directory that cannot be made: status $status, $(cat "$work/said")"
fi
exit "$failed"
