#!/usr/bin/env bash
# The Debian package: made by cpack, looked at by lintian, and installed in a fresh Debian, where it is run, upgraded,
# removed and purged. Afterwards nothing of it is left but what an operator put there. Needs root.
#
#   tests/deploy/package_test.sh BUILD    BUILD/package_root-*.tar keeps the fresh Debian for the next time
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
build=$(cd "$1" && pwd)
# shellcheck source=tests/fresh/sources.sh
. "$top/tests/fresh/sources.sh"
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
root=$work/root
failed=0

die() {
    printf '%s\n' "$*" >&2
    exit 1
}

fail() {
    printf '%s\n' "$*" >&2
    failed=1
}

[ "$(id -u)" -eq 0 ] || die "makes a root and mounts into it: run it as root"
for tool in cpack dpkg-shlibdeps file lintian mmdebstrap ip systemctl; do
    command -v "$tool" >/dev/null || die "$tool is not installed"
done

(cd "$work" && cpack -G DEB --config "$build/CPackConfig.cmake" -B "$work") >"$work/log" 2>&1 ||
    { cat "$work/log" >&2; die "cpack made no package"; }
deb=$(echo "$work"/countersign_*.deb)
[ -f "$deb" ] || die "cpack made no package that is named as Debian names them"

# deploy/debian/README.md says why these stay.
lintian --allow-root --pedantic -I "$deb" >"$work/lintian" 2>&1 || true
stay='initial-upload-closes-no-bugs|spelling-error-in-binary|binary-has-unneeded-section'
stay+='|package-supports-alternative-init-but-no-init.d-script'
grep -q . "$work/lintian" || fail "lintian says nothing, not even what stays"
# Another version has other opinions; its errors are errors.
kinds=EWIP
# shellcheck disable=SC2016  # dpkg's variable
dpkg-query -W -f '${Version}' lintian | grep -q '^2\.116\.' || kinds=E
while read -r tag; do
    fail "lintian: $tag"
done < <(grep -E "^[$kinds]:" "$work/lintian" | grep -vE " ($stay)( |\$)" || true)

# The fresh Debian has what the package depends on, and nothing of this machine's.
needs=$(dpkg-deb -f "$deb" Pre-Depends Depends | sed 's/^[^:]*: //; s/([^)]*)//g; s/|[^,]*//g' |
    tr ',\n' '  ' | xargs -n1 | sort -u | paste -sd,),logrotate
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
tar=$build/package_root-$suite-$(sha256sum <<<"$needs" | cut -c1-8).tar
if [ ! -f "$tar" ]; then
    mapfile -t options < <(proxy_options)
    debian_sources "$suite" | mmdebstrap --variant=minbase "${options[@]}" --dpkgopt=force-unsafe-io \
        "--include=$needs" "$suite" "$tar.new" - --format=tar >"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; die "no fresh Debian"; }
    mv "$tar.new" "$tar"
fi
mkdir "$root"
tar -C "$root" -xf "$tar"
cp "$deb" "$root/tmp/countersign.deb"

# Runs in the root, with a loopback interface of its own: no port is anybody else's.
inside() {
    # shellcheck disable=SC2016  # the inner shell's variables
    unshare --mount --propagation private --net --pid --fork --kill-child bash -euc '
        root=$1
        shift
        mount --bind "$root" "$root"
        mount -t proc proc "$root/proc"
        mount --rbind /dev "$root/dev"
        ip link set lo up
        exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
    ' inside "$root" "$@"
}

quietly() {
    inside "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; die "failed: $*"; }
}

# All that is there, with mode and owner; not what dpkg and logs keep of the fact that something was installed.
listing() {
    (cd "$root" && find . -xdev \( -path ./proc -o -path ./dev -o -path ./tmp -o -path ./var/lib/dpkg \) -prune -o \
        -printf '%p %y %m %u:%g %l\n') | grep -vE '^\./(etc/(passwd|group|shadow|gshadow)-|var/log/dpkg\.log|var/lib/logrotate/status|run/adduser) ' |
        sort
    (cd "$root/etc" && cat passwd group | sort)
}

accounts() { inside getent "$1" countersign >/dev/null; }

listing >"$work/before"
quietly dpkg -i /tmp/countersign.deb

# It is where Debian wants it, and says what it is.
# shellcheck disable=SC2016  # dpkg's variable
[ "$(inside dpkg-query -W -f '${Status}' countersign)" = "install ok installed" ] || fail "it is not installed"
[ "countersign $(dpkg-deb -f "$deb" Version | sed 's/-[0-9]*$//')" = "$(inside countersign --version | sed 's/ (.*//')" ] ||
    fail "the program's version is not the package's"
accounts passwd || fail "there is no user countersign"
[ "$(inside stat -c '%U:%G %a' /etc/countersign)" = "root:countersign 750" ] || fail "/etc/countersign is for everybody"
[ "$(systemctl --root="$root" is-enabled countersign.service)" = enabled ] || fail "the service is not enabled"
[ "$(systemctl --root="$root" is-enabled countersign.socket || true)" = disabled ] || fail "the socket is enabled"
exec_start=$(sed -n 's/^ExecStart=//p' "$root/usr/lib/systemd/system/countersign.service")
[ -x "$root${exec_start%% *}" ] || fail "the unit starts '$exec_start', which is not there"

# Manual pages and completions are there, and the program's.
inside countersign man --directory /tmp/pages
for page in "$root"/tmp/pages/*.1; do
    name=$(basename "$page")
    zcat "$root/usr/share/man/man1/$name.gz" | cmp - "$page" || fail "the page $name is not the program's"
done
[ "$(find "$root/usr/share/man/man1" -name 'countersign*' | wc -l)" -eq "$(find "$root/tmp/pages" -type f | wc -l)" ] ||
    fail "there are pages of commands that the program does not have"
for completion in bash:bash-completion/completions/countersign zsh:zsh/vendor-completions/_countersign \
    fish:fish/vendor_completions.d/countersign.fish; do
    inside countersign completion "${completion%%:*}" | cmp - "$root/usr/share/${completion#*:}" ||
        fail "the completion for ${completion%%:*} is not the program's"
done
zcat "$root/usr/share/doc/countersign/changelog.gz" | cmp - "$top/deploy/CHANGELOG.md" || fail "changelog.gz is another"

# As it comes, it is right, but for the profile that it does not have; and it serves as the unit starts it.
inside countersign check >"$work/said" 2>&1 || fail "the shipped configuration has problems: $(cat "$work/said")"
grep -q '^warning: there are no profiles' "$work/said" || fail "check says nothing of the missing profiles"
cat >"$root/tmp/serve" <<'SERVE'
set -euo pipefail
setpriv --reuid countersign --regid countersign --clear-groups $1 >/tmp/said 2>&1 &
program=$!
answer=
for ((i = 0; i < 400; ++i)); do
    if exec 3<>/dev/tcp/127.0.0.1/3128; then
        printf 'GET http://api.partner.example/ HTTP/1.1\r\nHost: api.partner.example\r\nConnection: close\r\n\r\n' >&3
        read -r -t 20 answer <&3
        break
    fi 2>/dev/null
    kill -0 $program 2>/dev/null || break
    sleep 0.05
done
kill -TERM $program
status=0
wait $program || status=$?
[ "$status" -eq 0 ] || { cat /tmp/said; echo "SIGTERM ended it with $status"; }
case $answer in
    "HTTP/1.1 403 "*) ;;
    *) cat /tmp/said; echo "a request without a profile was answered '$answer'"; exit 1 ;;
esac
exit "$status"
SERVE
inside bash /tmp/serve "$exec_start" >"$work/said" 2>&1 || fail "it does not serve: $(cat "$work/said")"

# logrotate takes its file, and moves a log of the proxy's away.
inside install -d -o countersign -g countersign /var/log/countersign
inside install -o countersign -g countersign /tmp/serve /var/log/countersign/access.log
inside logrotate --force /etc/logrotate.d/countersign >"$work/said" 2>&1 || fail "logrotate: $(cat "$work/said")"
[ -f "$root/var/log/countersign/access.log.1" ] || fail "logrotate rotated nothing: $(cat "$work/said")"

# The same version once more: what the operator decided stays.
echo "# the operator's" >>"$root/etc/countersign/countersign.yaml"
systemctl --root="$root" disable countersign.service 2>/dev/null
inside chmod 0755 /etc/countersign
quietly dpkg -i /tmp/countersign.deb
grep -q "^# the operator's" "$root/etc/countersign/countersign.yaml" || fail "an upgrade overwrote the configuration"
[ "$(systemctl --root="$root" is-enabled countersign.service || true)" = disabled ] || fail "an upgrade enabled the service"
[ "$(inside stat -c %a /etc/countersign)" = 755 ] || fail "an upgrade changed the mode of /etc/countersign"

# Removed, the configuration stays; purged, nothing does.
quietly dpkg -r countersign
[ ! -e "$root/usr/bin/countersign" ] || fail "removed, the program is there"
grep -q "^# the operator's" "$root/etc/countersign/countersign.yaml" || fail "removed, the configuration is gone"
quietly dpkg -P countersign
listing >"$work/after"
diff "$work/before" "$work/after" || fail "after the purge the root is another than before (>)"

# A key that the operator put there is nobody else's to delete; and its group is given to nobody else.
quietly dpkg -i /tmp/countersign.deb
inside install -m 0640 -g countersign /dev/null /etc/countersign/acme.key
quietly dpkg -P countersign
[ "$(inside stat -c '%G %a' /etc/countersign/acme.key)" = "countersign 640" ] || fail "a key of the operator's is gone"
[ ! -e "$root/etc/countersign/countersign.yaml" ] || fail "purged, the configuration is there"

exit "$failed"
