#!/usr/bin/env bash
# cmake --install puts everything where a package wants it, and the program runs from there.
#
#   tests/deploy/install_test.sh BUILD
set -euo pipefail

build=$1
source=$(cd "$(dirname "$0")/../.." && pwd)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

fail() {
    echo "$*" >&2
    exit 1
}

DESTDIR=$root cmake --install "$build" --prefix /usr >"$root/log" || { cat "$root/log"; fail "not installed"; }

want="bin/countersign
share/bash-completion/completions/countersign
share/zsh/site-functions/_countersign
share/fish/vendor_completions.d/countersign.fish
$(cd "$root/usr/share/man/man1" && printf 'share/man/man1/%s\n' *)
share/countersign/configuration.schema.json
share/doc/countersign/CHANGELOG.md
share/doc/countersign/LICENSE
share/doc/countersign/README.md
share/doc/countersign/SECURITY.md
share/doc/countersign/debian/README.md
$(cd "$source/deploy" && find docker examples kubernetes monitoring recipes systemd -type f | sed 's:^:share/doc/countersign/:')"
got=$(cd "$root/usr" && find . -type f | sed 's:^\./::')
diff <(sort <<<"$want") <(sort <<<"$got") || fail "installed is something else than wanted (<)"

# What stands beside the README is linked to where it stands.
for beside in SECURITY.md CHANGELOG.md {recipes,systemd,docker,kubernetes,monitoring,debian}/README.md; do
    grep -qF "]($beside)" "$root/usr/share/doc/countersign/README.md" || fail "README.md has no link to $beside"
done

cd /
program=$root/usr/bin/countersign
"$program" --version | grep -q '^countersign ' || fail "the installed program does not say its version"
"$program" schema | diff - "$root/usr/share/countersign/configuration.schema.json" ||
    fail "the installed schema is not the program's"
"$program" man --directory "$root/man"
diff -r "$root/man" "$root/usr/share/man/man1" || fail "the installed manual pages are not the program's"
for completion in bash:bash-completion/completions/countersign zsh:zsh/site-functions/_countersign \
    fish:fish/vendor_completions.d/countersign.fish; do
    "$program" completion "${completion%%:*}" | diff - "$root/usr/share/${completion#*:}" ||
        fail "the installed completion for ${completion%%:*} is not the program's"
done
# That its key files and variables are not there is all that may be wrong with an example.
for example in "$root"/usr/share/doc/countersign/examples/*.yaml; do
    said=$("$program" check -c "$example" 2>&1) || true
    ! grep '^problem: ' <<<"$said" | grep -vE "there is no file '|the environment variable '[^']*' is not set" ||
        fail "$example is not accepted by the installed program"
done
