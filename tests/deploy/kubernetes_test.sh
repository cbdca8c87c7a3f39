#!/usr/bin/env bash
# The overlays of deploy/kubernetes are rendered, hold together, and have configurations that the program accepts with
# what cert-manager would give, read as the user of the image. Needs root.
#
#   tests/deploy/kubernetes_test.sh BUILD
set -euo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
folder=$top/deploy/kubernetes
work=$(mktemp -d)
binary=$work/countersign  # where another user finds it
trap 'rm -rf "$work"' EXIT

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# As cert-manager writes them: a chain, a PKCS#8 key, and both in the two containers.
make_keys() {
    cd "$work/keys"
    local new=(openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc)
    printf 'a password' >password
    "${new[@]}" -x509 -days 365 -keyout ../ca.key -out ca.crt -subj "/CN=Partner CA"
    "${new[@]}" -keyout tls.key -out ../tls.csr -subj "/O=Acme/CN=acme-client"
    openssl x509 -req -in ../tls.csr -out tls.crt -CA ca.crt -CAkey ../ca.key -CAcreateserial -days 90 \
        -extfile <(printf 'keyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\n')
    openssl pkcs12 -export -in tls.crt -inkey tls.key -certfile ca.crt -name certificate -passout file:password \
        -out keystore.p12
    "$binary" keystore convert keystore.p12 keystore.jks --password-file password
    cd "$work"
}

# A network of its own: what listens on this machine is not to be in the way of `check`.
checked() { # volume
    # shellcheck disable=SC2016  # the inner shell's
    unshare --net bash -c 'ip link set lo up && exec setpriv --reuid 65532 --regid 65532 --clear-groups --inh-caps=-all \
        "$0" check -c "$1/countersign.yaml"' "$binary" "$1" 2>&1
}

try() { # overlay
    local volume=$work/$1 said
    mkdir "$volume"
    kubectl kustomize "$folder/$1" >"$work/$1.yaml" 2>"$work/said" || fail "$1 is not rendered: $(cat "$work/said")"
    said=$(python3 "$top/tests/deploy/manifests.py" "$work/$1.yaml" "$work/keys" "$volume") || fail "$1: $said"

    ! said=$(checked "$volume") || fail "$1: the user reads what is root's alone: $said"
    grep -q "Permission denied" <<<"$said" || fail "$1: something else is wrong: $said"
    # fsGroup, as the kubelet does it for volumes that are read-only: the group, and its right to read.
    chgrp -R 65532 "$volume"/..2026*
    chmod -R g+r "$volume"/..2026*
    said=$(checked "$volume") || fail "$1: its configuration is not accepted: $said"
    grep -q 'partner .*acme-client' <<<"$said" || fail "$1: 'check' shows no identity: $said"
    ! grep -qi 'warning' <<<"$said" || fail "$1: $said"
}

# What would be noticed: an expression for sed, what is said of it.
notices() { # overlay, expression, part of a finding
    local said
    sed -E "$2" "$work/$1.yaml" >"$work/changed.yaml"
    ! cmp -s "$work/$1.yaml" "$work/changed.yaml" || fail "$1: '$2' changes nothing"
    ! said=$(python3 "$top/tests/deploy/manifests.py" "$work/changed.yaml") || fail "$1: '$2' is not noticed"
    grep -qF "$3" <<<"$said" || fail "$1: of '$2' it is said: $said"
}

mkdir "$work/keys"
chmod 755 "$work"
install -m 755 "$1/proxy/countersign" "$binary"
make_keys >"$work/log" 2>&1 || { cat "$work/log" >&2; fail "no keys are made"; }
for overlay in sidecar gateway daemonset; do try "$overlay"; done

notices gateway 's/targetPort: proxy/targetPort: prox/' "no port prox"
notices gateway '0,/key: keystore.p12/s//key: keystore.jks/' "has not all of keystore.jks"
notices gateway 's/name: partner-client-password/name: another/' "there is no Secret another"
notices gateway '0,/countersign: metrics/s//countersign: others/' "finds 0 services"
notices gateway 's/terminationGracePeriodSeconds: 45/terminationGracePeriodSeconds: 35/' "killed before it has drained"
notices gateway 's/runAsUser: 65532/runAsUser: 1000/' "the image's user"
notices gateway '0,/name: countersign-gateway-[a-z0-9]{10}$/s//name: countersign-gateway/' "nobody mounts it"
notices daemonset 's/defaultMode: 256/defaultMode: 420/' "others may read the keys"
notices sidecar 's/port: 9901/port: 9902/' "lets {8080, 9902} through"
notices sidecar 's/drop:/add:/' "has capabilities"

# What is not in the overlays is asked for by the README; and it names each of them.
for needed in partner-issuer partner-ca partner-client-password sidecar gateway daemonset; do
    grep -qF "$needed" "$folder/README.md" || fail "the README does not name $needed"
done
