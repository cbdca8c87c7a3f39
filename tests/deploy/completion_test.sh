#!/usr/bin/env bash
# bash, zsh and fish complete the program's commands, options and values, each as it is at a terminal: keys are typed,
# with TAB where somebody would press it, and what the command line then says is compared.
#
#   tests/deploy/completion_test.sh BUILD
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
binary=$(cd "$1" && pwd)/proxy/countersign
[ -x "$binary" ] || { echo "there is no program in $1" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

fail() {
    printf '%s\n' "$*" >&2
    failed=1
}

for shell in bash zsh fish; do
    command -v "$shell" >/dev/null || { echo "$shell is not installed" >&2; exit 1; }
    "$binary" completion "$shell" >"$work/$shell"
    "$shell" -n "$work/$shell" || fail "$shell does not parse its script"
done
shellcheck -s bash "$work/bash" || fail "shellcheck finds something in bash's script"

# Typed | what the program is given.
cat >"$work/table" <<'TABLE'
countersign expl\t http://a/|<explain><http://a/>
countersign key\tgen\t--format pk\t|<keystore><generate><--format><pkcs12>
countersign keystore generate --format=pk\t|<keystore><generate><--format=pkcs12>
countersign keystore req\ta f\t|<keystore><request><a><file with blanks>
countersign check --js\t|<check><--json>
countersign check -c an\t|<check><-c><another.yaml>
countersign keystore conv\tan\tnew.p12 --los\t|<keystore><convert><another.yaml><new.p12><--lossy>
countersign keystore generate x --key ed\t|<keystore><generate><x><--key><ed25519>
countersign completion z\t|<completion><zsh>
countersign man keys\t|<man><keystore>
countersign explain x --header an\t|<explain><x><--header><an>
countersign --vers\t|<--version>
TABLE
mkdir "$work/folder"
touch "$work/folder/another.yaml" "$work/folder/file with blanks"
cd "$work/folder"

# shellcheck disable=SC2016  # the shells' variables
{
    { cat "$work/bash"; echo 'countersign() { printf "<%s>" "$@"; echo; }'; } >"$work/start.bash"
    {
        echo 'autoload -Uz compinit; compinit -u -d '"$work/dump"
        cat "$work/zsh"
        echo 'countersign() { printf "<%s>" "$@"; echo; }'
    } >"$work/start.zsh"
    { cat "$work/fish"; echo 'function countersign; printf "<%s>" $argv; echo; end'; } >"$work/start.fish"
}
typed() { # shell, its command
    local shell=$1
    shift
    HOME=$work "$here/typed.py" "$work/start.$shell" "$work/table" "$@" || failed=1
}
typed bash bash --norc --noprofile -i
typed zsh zsh -f -i
typed fish fish --no-config -i

# What fish says of it, which is what it shows.
fish --no-config -c "source $work/fish; complete -C 'countersign key'" | grep -q $'^keystore\tmakes key stores' ||
    fail "fish does not say what keystore is for"

# Whatever help names is offered: each command's options, from its own --help.
while read -r command; do
    # shellcheck disable=SC2086  # two words may be one command
    "$binary" $command --help | grep -oE '^  (-[a-zA-Z], )?--[a-z-]+' | grep -oE -- '--[a-z-]+' | sort >"$work/options"
    [ -s "$work/options" ] || fail "$command has no options"
    fish --no-config -c "source $work/fish; complete -C 'countersign $command --'" | cut -f1 | sort |
        diff "$work/options" - || fail "fish offers other options of '$command' than --help (<)"
    # shellcheck disable=SC2016,SC2086  # the inner shell's variables; two words
    bash --norc -c 'source "$1"; shift; COMP_WORDS=(countersign "$@" --); COMP_CWORD=$(($# + 1))
        _countersign; printf "%s\n" "${COMPREPLY[@]}"' bash "$work/bash" $command | sort |
        diff "$work/options" - || fail "bash offers other options of '$command' than --help (<)"
done < <(
    "$binary" --help | sed -nE 's/^  countersign ([a-z]+( ?\| ?[a-z]+)*).*/\1/p' | tr -s ' |' '\n' |
        grep -vx -e keystore -e console
    "$binary" --help | sed -nE 's/^  countersign (console [a-z]+).*/\1/p' | sort -u
    "$binary" keystore --help | sed -nE 's/^  countersign (keystore [a-z]+).*/\1/p' | sort -u
)

for wrong in "completion" "completion tcsh" "completion bash zsh"; do
    status=0
    # shellcheck disable=SC2086  # words
    said=$("$binary" $wrong 2>&1 >"$work/printed") || status=$?
    if [ "$status" -ne 2 ] || [ -s "$work/printed" ]; then fail "'$wrong' ended with $status"; fi
    grep -q 'bash, zsh' <<<"$said" || fail "'$wrong' said '$said'"
done
exit "$failed"
