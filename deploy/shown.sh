# Sourced by quickstart.sh: what it shows. Each command can be pasted: those that name no folder once those of show_place
# were, all others from anywhere. Who sources it sets $top (the repository), $run (the demo's folder), $binary,
# $proxy_port and $server_port.
#
#   show_place                 the two commands after which the others work
#   show COMMAND               a command, as one would type it, and what it says; its status
#   key_store_command STEP     the command that makes, requests or imports the demo's key store
#   show_program, show_next    the end
# shellcheck shell=bash disable=SC2154  # variables of who sources it

step() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || step() { printf '\n%s\n' "$*"; }

show_place() {
    printf "\$ cd %q\n\$ PATH=%q:\$PATH\n" "$run" "$(dirname "$binary")"
    cd "$run" || return
    PATH=$(dirname "$binary"):$PATH
}

show() {
    printf '$ %s\n' "$1"
    bash -o pipefail -c "$1"
}

# The steps of an administrator: a key, a request, the authority's reply to the key.
key_store_command() {
    local password="--password-file my.password"
    case $1 in
        generate)
            echo "countersign keystore generate my.keystore --alias mydomain --subject 'CN=acme-client, O=Acme' $password"
            ;;
        request) echo "countersign keystore request my.keystore --out mydomain.csr $password" ;;
        import)
            echo "countersign keystore import my.keystore mydomain.crt intermediate.crt root.crt $password"
            ;;
    esac
}

show_program() {
    local as=", as root" sudo=""
    if [ "$(id -u)" -eq 0 ]; then
        as=""
    elif command -v sudo >/dev/null; then
        as="" sudo="sudo "
    fi
    step "The program is $binary"
    printf 'Put it where it is found%s:\n  %scmake --install %q --prefix /usr/local\n' "$as" "$sudo" "$top/build"
}

show_next() {
    local url=http://localhost:$server_port proxy=http://127.0.0.1:$proxy_port
    step "It keeps running. Try next:"
    printf '  curl -x %s %s/any/path\n' "$proxy" "$url"
    ! command -v wget >/dev/null || printf '  http_proxy=%s wget -qO- %s/\n' "$proxy" "$url"
    printf '  %q explain %s/ -c %q\n' "$binary" "$url" "$run/quickstart.yaml"
    printf '  cat %q\n' "$run/quickstart.yaml"
    printf '  tail %q\n' "$run/access.log"
    printf 'Stop it:\n  %q --stop\n' "$top/deploy/quickstart.sh"
}
