#!/usr/bin/env bash
# What no compiler tells: the layers that DESIGN asks for, messages that no test has, headers that compile alone, the
# format, the size of files, leftovers, tests that are not run, and what shellcheck says of the scripts. Every finding
# is one line; the last line says how many.
#
#   tests/hygiene/check.sh [FOLDER]    FOLDER keeps what was checked already (default: build/hygiene)
set -uo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
cd "$top" || exit 2
cache=${1:-build/hygiene}
mkdir -p "$cache"
findings=0

finding() {
    printf '%s\n' "$*"
    findings=$((findings + 1))
}

list() { # name patterns → files of ours
    local pattern names=()
    for pattern in "$@"; do names+=(-o -name "$pattern"); done
    find . -path './.*' ! -path './.ci*' -prune -o -path './build*' -prune -o \
        -type f \( "${names[@]:1}" \) -print | sed 's:^\./::' | sort
}

# Folder, what it may not include, why, and (optional) the files that may.
forbid() {
    local folder=$1 pattern=$2 why=$3 except=${4:-^$} line
    while IFS= read -r line; do
        finding "$line: $why"
    done < <(grep -rnE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($pattern)" \
        --include='*.hpp' --include='*.cpp' "$folder" | grep -vE "$except")
}

check_layers() {
    local asio='boost/asio|boost/beast'
    forbid certs "$asio|yaml-cpp|spdlog|profiles/|proxy/" \
        "certs uses OpenSSL and itself, no sockets, YAML, logging or upper folder"
    forbid profiles "$asio|openssl/|spdlog|proxy/|ares" \
        "profiles is plain data, without OpenSSL, sockets, logging or proxy"
    forbid profiles "yaml-cpp" "only profiles/yaml/parser.cpp may use yaml-cpp" \
        '^profiles/yaml/parser\.cpp:'
    forbid certs/text "openssl/|certs/" "certs/text is plain C++, for every folder" 'certs/text/'
    forbid profiles "certs/" "of certs, profiles may include only plain data: certs/source.hpp and certs/text/" \
        'certs/source\.hpp|certs/text/'
    forbid proxy "yaml-cpp" "proxy gets a Configuration, it reads no YAML"
    forbid proxy "CLI/" "one file includes CLI11, which takes long to compile" \
        '^proxy/commands/command_syntax\.cpp:'
    forbid proxy "openssl/" "OpenSSL's C API belongs into proxy/tls/" '^proxy/tls/'
    while IFS= read -r line; do
        finding "$line: OpenSSL's functions are called in proxy/tls/"
    done < <(grep -rnE '\b(SSL|SSL_CTX|X509|EVP|EVP_PKEY|BIO|ERR|PEM|OCSP|ASN1|OPENSSL|CRYPTO|RAND|d2i|i2d|sk)_[a-z]\w*\(' \
        --include='*.hpp' --include='*.cpp' proxy | grep -v '^proxy/tls/')
    forbid proxy "tests/" "the program includes nothing of its tests"
    forbid certs "tests/" "the program includes nothing of its tests"
    forbid profiles "tests/" "the program includes nothing of its tests"
}

check_top() {
    local name
    for name in *; do
        case $name in
            certs | profiles | proxy | tests | deploy | build* | CMakeLists.txt | README.md | LICENSE) ;;
            compile_commands.json) ;;
            *) finding "$name: nothing stands at the top but the folders of the design, README.md and LICENSE" ;;
        esac
    done
}

check_sizes() {
    local file lines
    while IFS= read -r file; do
        lines=$(wc -l <"$file")
        [ "$lines" -le 400 ] || finding "$file: $lines lines; above 400 a file asks for a redesign"
    done < <(list '*.hpp' '*.cpp' '*.sh' 'CMakeLists.txt')
}

check_leftovers() {
    # Written in two parts, so that this file is not its own finding.
    local words=("asio::detac""hed" "TO""DO" "FIX""ME" "DISAB""LED_" "GTEST_""SKIP") word line
    for word in "${words[@]}"; do
        while IFS= read -r line; do
            finding "$line: '$word' does not stay in the tree"
        done < <(list '*.hpp' '*.cpp' '*.sh' 'CMakeLists.txt' | xargs grep -nF "$word" | cut -c1-160)
    done
}

# A file of tests that nobody runs.
check_unlisted() {
    local file name
    while IFS= read -r file; do
        name=$(basename "$file" _test.mjs)
        grep -qE "\b${name}(_test\.mjs)?\b|GLOB .*\*_test\.mjs" "$(dirname "$file")/CMakeLists.txt" ||
            finding "$file: its folder's CMakeLists.txt does not name it, so it is not run"
    done < <(list '*_test.mjs')
}

check_format() {
    local file
    command -v clang-format >/dev/null || { finding "clang-format is not installed"; return; }
    if ! clang-format --version | grep -q 'version 14\.'; then
        echo "The format was not compared: it is version 14's, and this is $(clang-format --version)."
        return
    fi
    while IFS= read -r file; do
        finding "$file: not formatted; run clang-format -i $file"
    done < <(list '*.hpp' '*.cpp' | xargs -P 2 -n 20 clang-format --dry-run -Werror 2>&1 |
        sed -n 's/^\([^:]*\):[0-9]*:[0-9]*: error:.*/\1/p' | sort -u)
}

check_scripts() {
    command -v shellcheck >/dev/null || { finding "shellcheck is not installed"; return; }
    local line
    while IFS= read -r line; do
        finding "$line"
    done < <({ list '*.sh'; grep -rlE '^#!.*\b(ba)?sh\b' .ci tests deploy; } | sort -u |
        xargs shellcheck -x -P "$top" -f gcc)
}

# A header that its own source includes first is compiled alone there, by the builds with clang: they have no
# precompiled headers. It takes a second or four for each of the others.
needs_compiling() {
    local header source
    while IFS= read -r header; do
        source=${header%.hpp}.cpp
        [ -f "$source" ] && [ "$(grep -m 1 '^#include' "$source")" = "#include \"$header\"" ] && continue
        printf '%s\n' "$header"
    done
}

# Compiles one header as if it were a source. A header and what it includes of ours, preprocessed, is what the answer
# depends on: its hash names the note that it was fine.
compile_alone() {
    local header=$1 cache=$2 text hash
    local flags=(-std=c++20 -I. -DCOUNTERSIGN_VERSION='""' -fsyntax-only -Wall -Wextra -x c++)
    text=$(g++ -std=c++20 -I. -MM -x c++ "$header" 2>&1) ||
        { echo "$header: does not compile alone: $(head -n 1 <<<"$text")"; return; }
    hash=$(sed 's/^[^:]*://; s/\\$//' <<<"$text" | xargs cat | cat - "$0" | sha256sum | cut -c1-32)
    [ -e "$cache/$hash" ] && return
    if text=$(printf '#include "%s"\n' "$header" | g++ "${flags[@]}" - 2>&1); then
        touch "$cache/$hash"
    else
        echo "$header: does not compile alone: $(grep -m 1 error <<<"$text")"
    fi
}

check_headers() {
    local line
    export -f compile_alone
    while IFS= read -r line; do
        finding "$line"
    done < <(list '*.hpp' | needs_compiling | xargs -P 2 -I{} bash -c 'compile_alone "$@"' "$0" {} "$cache")
}

check_rooms() {
    local line
    while IFS= read -r line; do
        finding "$line"
    done < <(python3 tests/hygiene/layers.py . 2>&1)
}

check_messages() {
    local line
    while IFS= read -r line; do
        finding "$line"
    done < <(python3 tests/hygiene/messages.py . 2>&1)
}

check_layers
check_rooms
check_top
check_messages
check_sizes
check_leftovers
check_unlisted
check_format
check_scripts
check_headers

if [ "$findings" -gt 0 ]; then
    echo "hygiene: $findings finding(s), each above with what to do"
    exit 1
fi
echo "hygiene: nothing found"
