#!/usr/bin/env bash
# The image is what its README says, and the demo of compose.yaml works. There is no Docker where tests run: what the
# Dockerfile says is done in roots made by mmdebstrap, with the program of BUILD in the place of the long compilation,
# and the image's root is run as a runtime would. Needs root.
#
#   tests/deploy/docker_test.sh BUILD
set -euo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
here=$top/tests/deploy
demo=$top/deploy/docker/demo
binary=$1/proxy/countersign
work=$(mktemp -d)
mounts=()
outer="" partner=""
trap 'rm -rf --one-file-system "$work"' EXIT

end_both() {
    [ -z "$partner" ] || kill "$partner" || true
    [ -z "$outer" ] || kill -KILL "$outer" || true  # what is in it goes with it
    wait
}

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# Prints what a command said where it failed.
quietly() {
    local what=$1
    shift
    "$@" >"$work/log" 2>&1 || { tail -n 40 "$work/log" >&2; fail "$what"; }
}

# What `docker inspect` and compose.yaml say, each word on a line.
inspect() { python3 -c 'import json, sys; print(*json.load(open(sys.argv[1]))[sys.argv[2]], sep="\n")' "$work/image.json" "$1"; }
command_of() {
    python3 -c 'import sys, yaml; print(*yaml.safe_load(open(sys.argv[1]))["services"][sys.argv[2]]["command"], sep="\n")' \
        "$top/deploy/docker/compose.yaml" "$1"
}

contained() { # command; else the image's own
    exec unshare --mount --propagation private --pid --fork --kill-child "$here/container.py" "${mounts[@]}" \
        "$work/image" "$@"
}

# The process that the container's is, seen from here.
inner_of() { tr -d ' ' <"/proc/$1/task/$1/children"; }

check_files() {
    local found megabytes
    found=$(cd "$work/image" && find . ! -type l \( -perm /6000 -o -perm /022 -o ! -user 0 -o ! -group 0 \))
    [ -z "$found" ] || fail "in the image others may write, or become another: $found"
    found=$(cd "$work/image" && find . -type f \( -name 'sh' -o -name '*sh' -o -name 'apt*' \) -perm /111)
    [ -z "$found" ] || fail "the image has a shell or a package manager: $found"
    megabytes=$(du -s --apparent-size --block-size=1000 "$work/image" | awk '{ printf "%.0f", $1 / 1000 }')
    echo "the image's root has $megabytes MB"
    [ "$megabytes" -le 18 ] || fail "the README says about 16 MB"
    for package in libc6 libssl3 libc-ares2; do
        grep -q '^Version: ' "$work/image/var/lib/dpkg/status.d/$package" || fail "no note of $package for scanners"
        [ -s "$work/image/usr/share/doc/$package/copyright" ] || fail "no copyright of $package"
    done
}

check_settings() {
    python3 - "$work/image.json" <<'END'
import json, sys
image = json.load(open(sys.argv[1]))
assert image["User"] == "65532:65532" and image["StopSignal"] == "SIGTERM", image
assert image["Entrypoint"] == ["/usr/bin/countersign"] and image["Cmd"] == ["run"], image
assert image["Healthcheck"] == ["/usr/bin/countersign", "health"], image
assert image["ExposedPorts"] == ["3128", "9901"], image
labels = {name.rpartition(".")[2]: value for name, value in image["Labels"].items()}
assert labels["title"] == "Countersign" and labels["licenses"] == "BSL-1.0" and labels["version"], labels
END
    grep -q "ARG VERSION=$("$binary" --version | awk '{ print $2 }')\$" "$top/deploy/docker/Dockerfile" ||
        fail "the Dockerfile's VERSION is not the program's"
}

# Compose's files, services and volumes are there.
check_compose() {
    (cd "$top/deploy/docker" && python3 - compose.yaml) <<'END'
import os, sys, yaml
compose = yaml.safe_load(open(sys.argv[1]))
for name, service in compose["services"].items():
    for other in service.get("depends_on", {}):
        assert other in compose["services"], f"{name} depends on {other}"
    for volume in service.get("volumes", []):
        source = volume.split(":")[0]
        assert (os.path.exists(source) if source.startswith(".") else source in compose["volumes"]), f"{name}: {source}"
    build = service.get("build")
    assert not build or os.path.exists(os.path.join(build["context"], build["dockerfile"])), name
END
}

# As the service `keys`: in the stage with a shell.
make_keys() {
    local command
    mapfile -t command < <(command_of keys)
    mkdir -p "$work/build/demo" "$work/build/keys/proxy" "$work/build/keys/partner"
    cp "$demo"/* "$work/build/demo/"
    quietly "no keys are made" chroot "$work/build" "${command[@]}"
    quietly "made once more, they are not left as they are" chroot "$work/build" "${command[@]}"
}

start_partner() {
    mkdir "$work/nginx"
    cp "$demo/nginx.conf" "$work/nginx/"
    ln -s "$work/build/keys/partner" "$work/nginx/keys"
    nginx -p "$work/nginx" -e "$work/nginx/error.log" -c "$work/nginx/nginx.conf" \
        -g "daemon off; pid $work/nginx/pid;" >"$work/nginx/said" 2>&1 &
    partner=$!
}

start_proxy() {
    cp "$demo/countersign.yaml" "$work/countersign.yaml"
    printf '127.0.0.1\tlocalhost partner countersign\n' >"$work/hosts"
    mounts=(--mount "$work/hosts:/etc/hosts" --mount "$work/countersign.yaml:/etc/countersign/countersign.yaml"
        --mount "$work/build/keys/proxy:/etc/countersign/keys")
    contained >"$work/access.log" 2>"$work/countersign.log" &
    outer=$!
    for _ in $(seq 200); do
        ! grep -q "listening on" "$work/countersign.log" || return 0
        sleep 0.05
    done
    cat "$work/countersign.log" >&2
    fail "the proxy does not start in the image"
}

# What the proxy may do is nothing at all, and to write nowhere.
check_confinement() {
    local status said
    status=/proc/$(inner_of "$outer")/status
    [ "$(awk '$1 == "Uid:" { print $2, $3, $4 }' "$status")" = "65532 65532 65532" ] || fail "it runs as another user"
    [ "$(awk '/^Cap(Inh|Prm|Eff|Bnd|Amb)/ { print $2 }' "$status" | sort -u)" = 0000000000000000 ] ||
        fail "it has capabilities"
    grep -q '^NoNewPrivs:.*1' "$status" || fail "it may gain privileges"
    said=$( (contained /usr/bin/countersign keystore generate /run/x.pem --alias x --subject CN=x \
        --no-password) 2>&1) && fail "the root can be written to"
    grep -q "Read-only file system" <<<"$said" || fail "the root is not read-only: $said"
}

check_request() {
    local command said
    mapfile -t command < <(command_of app)
    said=$(http_proxy=http://127.0.0.1:3128 "${command[@]}" 2>&1) || fail "the application got: $said
$(tail -n 5 "$work/countersign.log" "$work/access.log")"
    grep -q '^the partner sees .*CN=acme-client' <<<"$said" || fail "the partner did not see the identity: $said"
    grep -q 'profile=partner' "$work/access.log" || sleep 0.2
    grep -q 'profile=partner' "$work/access.log" || fail "no line in the access log: $(cat "$work/access.log")"
}

healthy() {
    local command
    mapfile -t command < <(inspect Healthcheck)
    (contained "${command[@]}")
}

check_stop() {
    local status=0
    kill -TERM "$(inner_of "$outer")"
    wait "$outer" || status=$?
    outer=""
    [ "$status" -eq 0 ] || fail "after SIGTERM the container ends with $status: $(tail -n 5 "$work/countersign.log")"
}

within() {
    ip link set lo up
    start_partner
    start_proxy
    check_confinement
    check_request
    quietly "the health check fails where all is well" healthy
    check_stop
    ! healthy >"$work/log" 2>&1 || fail "the health check is content with a proxy that has ended"
}

if [ "${2:-}" = --within ]; then
    rmdir "$work"
    work=$3
    trap end_both EXIT
    within
    exit
fi
[ "$(id -u)" -eq 0 ] || fail "makes roots and mounts into them: run it as root"
check_compose
quietly "the image cannot be built as the Dockerfile says" python3 "$here/dockerfile.py" \
    "$top/deploy/docker/Dockerfile" "$top" "$work" \
    --instead "ninja -C build countersign" "$binary" build/proxy/countersign
check_files
check_settings
make_keys
# A network of its own: the demo's ports are nobody else's there.
unshare --net "$0" "$1" --within "$work"
