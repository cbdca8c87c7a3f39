# Sourced by quickstart.sh and tests/run.sh: installs Debian packages, and only what is missing.
#
#   want PACKAGE COMMAND...   PACKAGE is needed unless every COMMAND (or, with a '/', file) is there
#   want_to_build             what the program itself needs
#   install_wanted            installs everything that was found missing, in one go; starts no service
# shellcheck shell=bash

missing_packages=()

want() {
    local package=$1 thing
    shift
    for thing in "$@"; do
        case $thing in
            /*) compgen -G "$thing" >/dev/null && continue ;;
            *) command -v "$thing" >/dev/null && continue ;;
        esac
        missing_packages+=("$package")
        return
    done
}

boost_is_recent() {
    local header=/usr/include/boost/version.hpp
    [ -f "$header" ] && [ "$(awk '$1 == "#define" && $2 == "BOOST_VERSION" { print $3 }' "$header")" -ge 108100 ]
}

want_to_build() {
    want g++ g++
    want cmake cmake
    want ninja-build ninja
    want pkg-config pkg-config
    # Only Debian 12 has it under this name; later releases have a newer one under the plain name.
    boost_is_recent || missing_packages+=("libboost1.81-dev|libboost-dev")
    want libssl-dev /usr/include/openssl/ssl.h
    want libyaml-cpp-dev /usr/include/yaml-cpp/yaml.h
    want libspdlog-dev /usr/include/spdlog/spdlog.h
    want libc-ares-dev /usr/include/ares.h
    want libidn2-dev /usr/include/idn2.h
    want libcli11-dev /usr/include/CLI/CLI.hpp
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        echo "Installing packages needs root: run this as root, or install sudo." >&2
        return 1
    fi
}

# The first of the alternatives "a|b" of which there is a version to install. `apt-cache show` is content with a name that
# another package mentions, in Debian 13.
known_package() {
    local name
    for name in ${1//|/ }; do
        if [ -n "$(apt-cache madison "$name" 2>/dev/null)" ]; then
            echo "$name"
            return
        fi
    done
    echo "${1%%|*}"
}

# Programs are what is wanted of nginx and others, not their services. Debian asks this file before it starts one; where
# it is there already, somebody else has decided.
policy=/usr/sbin/policy-rc.d

without_services() {
    local status=0
    if [ -e "$policy" ]; then
        "$@"
        return
    fi
    # shellcheck disable=SC2016  # the inner shell's
    as_root sh -c 'printf "#!/bin/sh\nexit 101\n" >"$0" && chmod 755 "$0"' "$policy" || return
    "$@" || status=$?
    as_root rm -f "$policy"
    return "$status"
}

install_wanted() {
    local entry names=() log
    [ ${#missing_packages[@]} -gt 0 ] || return 0
    if ! command -v apt-get >/dev/null; then
        echo "Missing: ${missing_packages[*]} (their Debian names). Install them, then run this again." >&2
        return 1
    fi
    log=$(mktemp)
    echo "Installing what is missing: ${missing_packages[*]}"
    as_root apt-get update >"$log" 2>&1 || { tail -n 20 "$log" >&2; return 1; }
    for entry in "${missing_packages[@]}"; do names+=("$(known_package "$entry")"); done
    if ! without_services as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        "${names[@]}" >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        echo "apt-get could not install: ${names[*]}" >&2
        return 1
    fi
    rm -f "$log"
    missing_packages=()
}
