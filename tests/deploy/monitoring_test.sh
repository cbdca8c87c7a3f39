#!/usr/bin/env bash
# The alerts are valid, fire and stay silent where they should; the dashboard's queries are answered by a real
# Prometheus that scrapes the program, which has requests to serve; and no name in either is another than the program's.
# Needs root, for a network of its own.
#
#   tests/deploy/monitoring_test.sh BUILD
set -euo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
folder=$top/deploy/monitoring
demo=$top/deploy/docker/demo
build=$(cd "$1" && pwd)
work=$(mktemp -d)
children=()
trap 'rm -rf "$work"' EXIT

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

quietly() {
    local what=$1
    shift
    "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; fail "$what"; }
}

# The demo of the container image: its partner, its keys, its profile; and one whose server is not trusted.
start_partner() {
    mkdir "$work/keys" "$work/partner"
    PATH=$build/proxy:$PATH quietly "no keys are made" "$demo/keys.sh" "$work/keys" "$work/partner"
    cp "$work/partner/client.crt" "$work/keys/other.crt"
    mkdir "$work/nginx"
    ln -s "$work/partner" "$work/nginx/keys"
    cp "$demo/nginx.conf" "$work/nginx/"
    nginx -p "$work/nginx" -e "$work/nginx/error.log" -c "$work/nginx/nginx.conf" \
        -g "daemon off; pid $work/nginx/pid;" >"$work/nginx/said" 2>&1 &
    children+=($!)
}

start_proxy() {
    # Connections that end soon, so that there are handshakes all the time.
    sed 's/^    default_port: 8443/    connect_to: 127.0.0.1:8443\n    pool: { max_requests: 2 }/' \
        "$demo/countersign.yaml" >"$work/countersign.yaml"
    cat >>"$work/countersign.yaml" <<'END'
  - name: stranger
    hosts: [stranger]
    connect_to: 127.0.0.1:8443
    trust: [other]
END
    sed -i 's/^profiles:/  - { name: other, type: trust_store_cert, file: keys\/other.crt }\n\n&/' "$work/countersign.yaml"
    "$build/proxy/countersign" run -c "$work/countersign.yaml" >"$work/access.log" 2>"$work/countersign.log" &
    children+=($!)
    for _ in $(seq 200); do
        ! grep -q "listening on" "$work/countersign.log" || return 0
        sleep 0.05
    done
    fail "the proxy does not start: $(cat "$work/countersign.log")"
}

send_requests() {
    local host
    while sleep 0.2; do
        for host in partner stranger nobody; do curl -s -o "$work/body" -x http://127.0.0.1:3128 "http://$host/" || true; done
    done
}

end_all() {
    kill "${children[@]}" || true
    wait
}

within() {
    ip link set lo up
    trap end_all EXIT
    start_partner
    start_proxy
    send_requests &
    children+=($!)
    python3 "$top/tests/deploy/monitoring.py" 127.0.0.1:9901 "$folder" "$work" ||
        fail "dashboard and alerts do not fit the program; the findings stand above"

    # A test that cannot fail is none.
    cp -r "$folder" "$work/other"
    sed -i 's/countersign_upstream_waiting/countersign_upstream_wating/' "$work/other/dashboard.json"
    sed -i '0,/countersign_ready/s//countersign_redy/' "$work/other/alerts.yaml"
    ! python3 "$top/tests/deploy/monitoring.py" 127.0.0.1:9901 "$work/other" "$work" >"$work/log" 2>&1 ||
        fail "nobody notices that there is no such metric"
    grep -q "dashboard.json: there is no metric countersign_upstream_wating" "$work/log" || fail "$(cat "$work/log")"
    grep -q "alerts.yaml: there is no metric countersign_redy" "$work/log" || fail "$(cat "$work/log")"
}

if [ "${2:-}" = --within ]; then
    rmdir "$work"
    work=$3
    within
    exit
fi
[ "$(id -u)" -eq 0 ] || fail "makes a network of its own: run it as root"
quietly "the alerts are not valid" promtool check rules "$folder/alerts.yaml"
quietly "the alerts do not do what their tests say" promtool test rules "$folder/alerts_test.yaml"
# A network of its own: the ports are nobody else's there.
unshare --net "$0" "$build" --within "$work"
