#!/usr/bin/env bash
# From a fresh Debian 12 to a request over mutual TLS: installs what is missing, builds Countersign, makes a demo
# authority and a key store, starts an nginx that demands client certificates, and sends requests.
#
#   deploy/quickstart.sh          leaves the demo running
#   deploy/quickstart.sh --once   stops it at the end
#   deploy/quickstart.sh --stop   stops a demo that runs
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
run=$top/build/quickstart
binary=$top/build/proxy/countersign
# shellcheck source=deploy/packages.sh
. "$top/deploy/packages.sh"
# shellcheck source=deploy/progress.sh
. "$top/deploy/progress.sh"
# shellcheck source=deploy/shown.sh
. "$top/deploy/shown.sh"

die() {
    printf '\nquickstart: %s\n' "$*" >&2
    exit 1
}

# Runs a command whose output matters only when it fails.
quietly() {
    local what=$1 log=$run/last-command.log
    shift
    "$@" >"$log" 2>&1 || { tail -n 30 "$log" >&2; die "$what failed; the output above says why ($log)"; }
}

stop_one() { # pid file, name of the program
    local pid
    [ -f "$1" ] || return 0
    pid=$(cat "$1")
    # A number from an old file may belong to somebody else by now.
    if [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$2" ]; then
        kill "$pid"
        while [ -e "/proc/$pid/exe" ]; do sleep 0.05; done  # gone for a zombie too
    fi
    rm -f "$1"
}

stop_demo() {
    stop_one "$run/countersign.pid" countersign
    stop_one "$run/nginx.pid" nginx
}

free_port() { # the wanted one, or the next that is free
    local port=$1
    while (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
    echo "$port"
}

install_and_build() {
    want_to_build
    want "nginx-light|nginx" nginx
    want openssl openssl
    want curl curl
    install_wanted || die "the packages above are needed"
    step "Building Countersign (the first time takes two to three minutes on two cores)"
    quietly "configuring" cmake -S "$top" -B "$top/build" -G Ninja \
        -DCMAKE_BUILD_TYPE=Release -DBUILD_TESTING=OFF -DCMAKE_UNITY_BUILD=ON
    : >"$run/build.log"
    ninja_shown "$top/build" "$run/build.log" countersign || die "building failed; the output above says why"
    "$binary" --version
}

sign() { # request, certificate, issuer, extensions
    quietly "signing $2" openssl x509 -req -in "$1" -out "$2" -CA "$3.crt" -CAkey "$3.key" \
        -CAcreateserial -days 365 -sha256 -extfile <(printf '%b\n' "$4")
}

make_authority() {
    local ca="basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign,cRLSign"
    local new=(openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc)
    quietly "making the root" "${new[@]}" -x509 -days 365 -keyout root.key -out root.crt \
        -subj "/CN=Demo Root CA"
    quietly "making the intermediate" "${new[@]}" -keyout intermediate.key -out intermediate.csr \
        -subj "/CN=Demo Issuing CA"
    sign intermediate.csr intermediate.crt root "$ca"
    quietly "making the server's key" "${new[@]}" -keyout server.key -out server.csr \
        -subj "/CN=localhost"
    sign server.csr server.crt intermediate \
        "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth"
    cat server.crt intermediate.crt >server-chain.crt
}

show_well() { show "$1" || die "that should have worked; see $run/countersign.log and $run/nginx.log"; }

make_key_store() {
    (umask 077 && openssl rand -hex 16 >my.password)
    show_well "$(key_store_command generate)"
    show_well "$(key_store_command request)"
    echo "The demo authority signs mydomain.csr; its reply is mydomain.crt."
    sign mydomain.csr mydomain.crt intermediate "extendedKeyUsage=clientAuth"
    show_well "$(key_store_command import)"
}

make_demo_files() {
    if [ -f made ] && openssl x509 -checkend 86400 -noout -in server.crt >/dev/null; then return; fi
    step "Making a demo authority, and a key store: a key, a request, the authority's reply"
    rm -f made my.keystore mydomain.csr my.csr
    make_authority
    make_key_store
    touch made
}

start_server() {
    cat >"$run/nginx.conf" <<CONFIGURATION
pid $run/nginx.pid;
error_log $run/nginx.log;
events {}
http {
    access_log off;
    client_body_temp_path $run/tmp-body;
    proxy_temp_path $run/tmp-proxy;
    fastcgi_temp_path $run/tmp-fastcgi;
    scgi_temp_path $run/tmp-scgi;
    uwsgi_temp_path $run/tmp-uwsgi;
    server {
        listen 127.0.0.1:$server_port ssl;
        ssl_certificate $run/server-chain.crt;
        ssl_certificate_key $run/server.key;
        ssl_client_certificate $run/root.crt;
        ssl_verify_client on;
        ssl_verify_depth 3;
        ssl_protocols TLSv1.2 TLSv1.3;
        location / {
            default_type text/plain;
            return 200 "nginx sees the client \$ssl_client_s_dn (\$ssl_client_verify, \$ssl_protocol)\n";
        }
    }
}
CONFIGURATION
    quietly "starting nginx" nginx -p "$run" -e "$run/nginx.log" -c "$run/nginx.conf"
}

start_proxy() {
    sed -e "s/127.0.0.1:3128/127.0.0.1:$proxy_port/" -e "s/8443/$server_port/" \
        "$top/deploy/quickstart.yaml" >"$run/quickstart.yaml"
    "$binary" check -c "$run/quickstart.yaml" || die "the configuration is not accepted"
    setsid "$binary" run -c "$run/quickstart.yaml" >"$run/access.log" 2>"$run/countersign.log" &
    echo $! >"$run/countersign.pid"
    for _ in $(seq 100); do
        grep -q "listening on" "$run/countersign.log" && return
        [ -d "/proc/$(cat "$run/countersign.pid")" ] || break
        sleep 0.05
    done
    cat "$run/countersign.log" >&2
    die "countersign did not start; its log stands above"
}

show_requests() {
    local url=localhost:$server_port
    step "1. Straight to the server, without a client certificate: refused"
    show_well "curl -sS --cacert root.crt https://$url/ | grep -o '<title>.*</title>'"
    step "2. Plain HTTP through Countersign, which adds the certificate from the key store"
    show_well "curl -sS -x http://127.0.0.1:$proxy_port http://$url/"
    step "3. A host that no profile names: refused, with what to do about it"
    show_well "curl -sS -x http://127.0.0.1:$proxy_port -H 'Accept: text/plain' http://other.example/"
    curl -sS -x "http://127.0.0.1:$proxy_port" "http://$url/" |
        grep -q "CN=acme-client" || die "nginx did not see the demo's client certificate"
}

case ${1:-} in
    -h | --help) help_of "$0" && exit 0 ;;
    --stop) stop_demo && exit 0 ;;
    --once | "") ;;
    *)
        echo "quickstart: unknown option '$1'; there are --once, --stop and --help" >&2
        exit 2
        ;;
esac
mkdir -p "$run"
[ "${1:-}" != --once ] || trap stop_demo EXIT

install_and_build
stop_demo
step "What follows can be pasted, after these two"
show_place
make_demo_files
proxy_port=$(free_port 3128)
server_port=$(free_port 8443)
[ "$proxy_port" = 3128 ] || echo "Port 3128 is taken: the proxy listens on $proxy_port instead."
[ "$server_port" = 8443 ] || echo "Port 8443 is taken: the server listens on $server_port instead."
step "Starting a real nginx that demands client certificates, and Countersign"
start_server
start_proxy
show_requests
show_program
[ "${1:-}" = --once ] || show_next
