#!/usr/bin/env bash
# Puts together the root of the image: the program, the libraries that it is linked with, what those read, and no shell.
# Of each Debian package that gives a file, dpkg's note goes with it, so that scanners know what is in there, and its
# copyright.
#
#   deploy/docker/collect.sh PROGRAM ROOT
set -euo pipefail

program=$1
root=$2
packages=()
notes=dpkg/status.d  # below /var/lib of the image; written out, lintian takes it for this machine's

# dpkg knows a file by the name with which it was unpacked: /lib/… or /usr/lib/….
package_of() {
    local name
    for name in "$1" "/usr$1" "${1#/usr}"; do
        if dpkg-query -S "$name" 2>/dev/null | sed -n 's/:.*//p' | head -n 1 | grep .; then return; fi
    done
    echo "no package gives $1" >&2
    return 1
}

# The file under the name by which it is asked for; a link is followed.
add() {
    local file=$1 name=${1#/usr}
    install -D -m "$(stat -L -c %a "$file")" "$file" "$root/usr$name"
    packages+=("$(package_of "$file")")
}

libraries_of() { ldd "$1" | sed -nE 's:^[^/]*(/[^ ]+) \(0x[0-9a-f]+\)$:\1:p'; }

mkdir -p "$root/usr/bin" "$root/usr/lib" "$root/etc/countersign" "$root/var/lib/$notes" "$root/run"
ln -s usr/bin usr/lib "$root/"
[ ! -e /lib64 ] || { mkdir -p "$root/usr/lib64" && ln -s usr/lib64 "$root/"; }
install -D -s "$program" "$root/usr/bin/countersign"

for library in $(libraries_of "$program"); do add "$library"; done
crypto=$(libraries_of "$program" | grep /libcrypto)
# Key stores of old programs are encrypted with what OpenSSL keeps apart.
add "/usr${crypto%/*}/ossl-modules/legacy.so"

# OpenSSL's folder: its configuration, and the authorities for `trust: [system]`.
install -D -m 644 /etc/ssl/openssl.cnf "$root/etc/ssl/openssl.cnf"
install -D -m 644 /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
mkdir -p "$root/usr/lib/ssl"
ln -s /etc/ssl/openssl.cnf /etc/ssl/certs "$root/usr/lib/ssl/"
ln -s /etc/ssl/certs/ca-certificates.crt "$root/usr/lib/ssl/cert.pem"
packages+=(openssl ca-certificates)

# A name for the user.
echo 'countersign:x:65532:65532::/:/nonexistent' >"$root/etc/passwd"
echo 'countersign:x:65532:' >"$root/etc/group"
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"

mkdir -p "$root/usr/share/doc/countersign"
for package in $(printf '%s\n' "${packages[@]}" | sort -u); do
    dpkg-query -s "$package" >"$root/var/lib/$notes/$package"
    install -D -m 644 "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/copyright"
done
