#!/usr/bin/env bash
# What the quickstart shows works where it is pasted: its commands name programs and files that are there, and those of
# the key store, with the ones that the program itself proposes, are run.
#
#   tests/deploy/shown_test.sh BUILD
set -uo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
binary=$1/proxy/countersign
run=$(mktemp -d)/"the demo"
mkdir "$run"
trap 'rm -rf "$(dirname "$run")"' EXIT
proxy_port=3128 server_port=8443
# shellcheck source=deploy/shown.sh
. "$top/deploy/shown.sh"

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# The commands of a text: behind "$ ", or in by two.
commands_of() { sed -n 's/^\$ //p; s/^  //p' <<<"$1"; }

# As one pastes them, at the top of the repository, into a shell that knows nothing of the demo.
paste() { (cd "$top" && env -u BASH_ENV PATH=/usr/local/bin:/usr/bin:/bin bash -eo pipefail -c "$1" 2>&1); }

openssl rand -hex 16 >"$run/my.password"
place=$(commands_of "$(show_place)")
[ "$(wc -l <<<"$place")" -eq 2 ] || fail "two commands lead to the demo's folder and program, not: $place"
said=$(paste "$place
$(key_store_command generate)") || fail "the key store is not made: $said"
next=$(sed -n 's/^next: //p' <<<"$said")
[ -n "$next" ] || fail "the program proposes nothing: $said"
said=$(paste "$place
$next") || fail "'$next' does not work: $said"
said=$(paste "$place
$(key_store_command request)") || fail "there is no request: $said"

cd "$run" || exit 1
for name in root intermediate; do
    openssl req -newkey rsa:2048 -noenc -x509 -days 2 -keyout $name.key -out $name.crt -subj "/CN=$name" \
        -addext basicConstraints=critical,CA:true 2>/dev/null
done
openssl x509 -req -in mydomain.csr -out mydomain.crt -CA root.crt -CAkey root.key -CAcreateserial -days 2 2>/dev/null
rm intermediate.crt && cp root.crt intermediate.crt
said=$(paste "$place
$(key_store_command import)") || fail "the reply is not imported: $said"

# The end: each command's program, and each file that it names, is there.
cp "$top/deploy/quickstart.yaml" quickstart.yaml
touch access.log
[[ "$(show_next)" == *"Try next"* ]] || fail "it does not say what to try next"
while IFS= read -r command; do
    eval "words=($command)"
    # shellcheck disable=SC2154  # made by eval
    while [[ ${words[0]} =~ ^[a-z_]+= ]]; do words=("${words[@]:1}"); done
    command -v "${words[0]}" >/dev/null || fail "there is no program ${words[0]}: $command"
    for word in "${words[@]}"; do
        [[ $word != /* ]] || [ -e "$word" ] || fail "there is no $word: $command"
    done
    case $command in
        *explain* | cat* | tail*) said=$(paste "$command") || fail "'$command' does not work: $said" ;;
    esac
done < <(commands_of "$(show_next)")

# Who is root needs no sudo, and who has none gets no command with it.
shown_to() { # user id, status of a search for sudo
    local uid=$1 found=$2
    id() { echo "$uid"; }
    # shellcheck disable=SC2317  # show_program calls it
    command() { [ "$2" = sudo ] && return "$found"; }
    show_program
    unset -f id command
}
for who in "0 0" "0 1" "1000 1"; do
    # shellcheck disable=SC2086  # two words
    said=$(shown_to $who)
    [[ $said == *"  cmake --install "* ]] || fail "to '$who' is shown: $said"
done
[[ $(shown_to 1000 1) == *"found, as root:"* ]] || fail "nobody says that root is needed"
[[ $(shown_to 1000 0) == *"  sudo cmake --install "* ]] || fail "sudo is there and is not used"
