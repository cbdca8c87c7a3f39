#!/usr/bin/env bash
# Installs what the tests need, builds, runs them, and ends with what failed and "N passed, N failed".
#
#   tests/run.sh                               release build, every test
#   tests/run.sh --quick                       without the slow ones
#   tests/run.sh --sanitize address,undefined  g++, build/asan: the units, and the program under the tests of build/release
#   tests/run.sh --sanitize thread             clang, build/tsan: the units with threads, and the program under scenarios
#   tests/run.sh --fuzz [SECONDS]              clang, build/fuzz; every fuzzer for so long (10)
#   tests/run.sh --hosts stock|none|v4|no-ipv6 release build, every test where localhost is something else
#                                              (tests/hosts/under.sh; needs root)
#   tests/run.sh --install                     only installs
#   tests/run.sh --all                         what CI runs, with the least compiling: every test from outside, where
#                                              localhost is as Debian has it; the units with --sanitize
#                                              address,undefined, and the rest of that; of --sanitize thread the
#                                              scenarios in which threads meet; the fuzzers. Needs root
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top"
# shellcheck source=deploy/packages.sh
. deploy/packages.sh
# shellcheck source=deploy/progress.sh
. deploy/progress.sh

passed=0
failed=0
failures=()  # a text for each run that had some
left_out=()
under=()  # a command that runs the tests' command
began=$(date +%s)
ahead=""  # a process
units="certs_test profiles_test http_test proxy_test proxy_threads_test"
outside="tests/scenarios/all tests/messages/all tests/catalogue/all"  # ninja's targets
together=OFF  # files of a folder compiled as one, by who builds once
with_units=ON  # in build/release
# Tests side by side. Most of them wait half of their time, for a peer or for a deadline.
jobs=$((2 * $(nproc)))

install_needs() {
    want_to_build
    want libgtest-dev /usr/include/gtest/gtest.h
    want ccache ccache
    want "nginx-light|nginx" nginx
    want haproxy haproxy
    want apache2-bin apache2
    want gnutls-bin gnutls-serv
    want curl curl
    want openssl openssl
    want default-jre-headless keytool java
    want openssh-client ssh-keygen
    # What messages tell people to run on files that are not read here.
    want putty-tools puttygen
    want libbcprov-java /usr/share/java/bcprov.jar
    want jq jq
    want gnupg gpg
    want clang clang++
    want libclang-rt-dev "/usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.tsan-*.a"
    want clang-format clang-format
    want shellcheck shellcheck
    want systemd systemd-analyze
    # The manual pages and completions, by those that read them.
    want mandoc mandoc
    want groff-base groff preconv
    want man-db lexgrog
    want bsdextrautils col
    want zsh zsh
    want fish fish
    # The Debian package, and a Debian to install it in.
    want dpkg-dev dpkg-shlibdeps
    want file file
    want lintian lintian
    want mmdebstrap mmdebstrap
    want iproute2 ip
    want kubernetes-client kubectl
    want prometheus prometheus promtool
    want strace strace
    want valgrind valgrind
    want python3 python3
    want python3-jsonschema /usr/lib/python3/dist-packages/jsonschema/__init__.py
    want python3-yaml /usr/lib/python3/dist-packages/yaml/__init__.py
    # What deploy/recipes has a program for. Go's toolchain is the large one: 80 MB to load.
    want wget wget
    want python3-requests /usr/lib/python3/dist-packages/requests/__init__.py
    want nodejs node
    # The console in a browser: what drives it is npm's.
    want npm npm
    want chromium chromium
    # Whom the browser trusts, and the client certificate that it shows.
    want libnss3-tools certutil pk12util
    want php-cli php
    want perl "/usr/share/perl/5.*/HTTP/Tiny.pm"
    want golang-go go
    # What tests/scenarios/clients has a program for, beside those.
    want default-jdk-headless javac
    want python3-websocket /usr/lib/python3/dist-packages/websocket/__init__.py
    want node-ws /usr/share/nodejs/ws/package.json
    want php-curl "/usr/lib/php/*/curl.so"
    want libwww-perl /usr/share/perl5/LWP/UserAgent.pm
    want golang-golang-x-net-dev /usr/share/gocode/src/golang.org/x/net/websocket/websocket.go
    install_wanted
    # Now, while there is a network. Where this fails, the test that needs it says so.
    tests/console/browser/install.sh build/release/tests/console/browser/packages || true
}

# Folder, then CMake's options.
configure() {
    local folder=$1 launcher=()
    shift
    if command -v ccache >/dev/null; then
        launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
        # What was compiled in another clone is not compiled again.
        export CCACHE_BASEDIR=$top CCACHE_NOHASHDIR=true
    fi
    cmake -S . -B "$folder" -G Ninja "${launcher[@]}" -DBUILD_TESTING=ON "$@" \
        >"$folder.log" 2>&1 || { tail -n 40 "$folder.log"; exit 1; }
}

# Folder, what to build in it (ninja's targets), then CMake's options.
build() {
    local folder=$1 targets=$2
    shift 2
    end_ahead
    echo "== building $folder (the first time takes about ten minutes on two cores)"
    configure "$folder" "$@"
    # shellcheck disable=SC2086  # a list
    ninja_shown "$folder" "$folder.log" $targets || exit 1
    echo "== built $folder; $(minutes)"
}

# As build, with what tests leave of the processor, for they wait half of their time. It goes on until something is
# built; what is missing then, and what failed, is that build's.
ahead() {
    local folder=$1 targets=$2
    shift 2
    configure "$folder" "$@"
    # shellcheck disable=SC2086  # a list
    chrt --idle 0 ninja -C "$folder" $targets >"$folder.log" 2>&1 &
    ahead=$!
}

end_ahead() {
    [ -n "$ahead" ] || return 0
    kill "$ahead" 2>/dev/null || true
    wait "$ahead" || true
    ahead=""
}

# Whether it is not later than so many minutes since the beginning: CI gives ninety, and on a day on which the machine
# is slow something said to be left out is better than nothing said at all. Then what is left out.
has_time() {
    [ $((($(date +%s) - began) / 60)) -lt "$1" ] || { left_out+=("$2") && return 1; }
}

minutes() { echo "$((($(date +%s) - began) / 60)) minutes since the beginning"; }

# Errors they are with the compiler of Debian 12 alone: a newer one warns of what nobody has seen yet (g++ 14 of its
# own std::string), and nobody's tests are to fail for that.
warnings_as_errors() {
    case $(c++ -dumpversion) in
        12 | 12.*) echo ON ;;
        *) echo OFF ;;
    esac
}

# Folder, then ctest's options. Adds to the counts; a failed test does not end the run.
run_tests() {
    local folder=$1 results=$1/results.xml total bad
    shift
    echo "== testing $folder"
    rm -f "$results"
    # A line for each test, when it ends.
    "${under[@]}" ctest --test-dir "$folder" --output-on-failure --no-tests=error -j "$jobs" \
        --output-junit results.xml "$@" | grep --line-buffered -Ev '^ +Start +[0-9]+:' || true
    total=$(grep -c '<testcase ' "$results" || true)
    bad=$(grep -c '<testcase [^>]*status="\(fail\|notrun\|disabled\)"' "$results" || true)
    if [ "${total:-0}" -eq 0 ]; then
        bad=1
        total=1
        failures+=("== in $folder no test ran")
    elif [ "$bad" -ne 0 ]; then
        failures+=("== in $folder${under[*]:+, ${under[*]}}" "$(tests/failures.py "$results" || true)")
    fi
    passed=$((passed + total - bad))
    failed=$((failed + bad))
    echo "== tested $folder; $(minutes)"
}

# Kind of /etc/hosts, then ctest's options.
under_hosts() {
    under=("$top/tests/hosts/under.sh" "$1")
    echo "== where /etc/hosts is '$1'"
    run_tests build/release "${@:2}"
    under=()
}

# The tests of build/release, but with the program of the build in this folder.
run_tests_of() {
    export COUNTERSIGN_UNDER_TEST=$top/$1/proxy/countersign
    echo "== with the program of $1"
    run_tests build/release "${@:2}" -LE 'slow|unsanitized'
    unset COUNTERSIGN_UNDER_TEST
}

# Ninja's targets.
build_release() {
    build build/release "$1" -DCMAKE_BUILD_TYPE=Release "-DWARNINGS_AS_ERRORS=$(warnings_as_errors)" \
        "-DCMAKE_UNITY_BUILD=$together" "-DUNITS=$with_units"
}

release() {
    build_release all
    run_tests build/release "$@"
}

# The program and the units are built with the sanitizer, as the quickstart builds them: a third of the time, and what
# does not compile together is seen. What tests from outside is the release build's, and runs that program.
# GCC says itself that sanitizers bring false warnings: errors they are in the release build only.
with_sanitizer=(-DCMAKE_BUILD_TYPE=RelWithDebInfo "-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O1 -g1" -DCMAKE_UNITY_BUILD=ON)
export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
export UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1

# To the three: build or ahead.
asan() { "$1" build/asan "countersign $units" "${with_sanitizer[@]}" -DSANITIZE=address,undefined -DCMAKE_CXX_COMPILER=g++; }
tsan() {
    "$1" build/tsan "countersign proxy_threads_test" "${with_sanitizer[@]}" -DSANITIZE=thread -DCMAKE_CXX_COMPILER=clang++
}
fuzzers() {
    "$1" build/fuzz tests/fuzz/all "${with_sanitizer[@]}" -DSANITIZE=fuzzer-no-link,address,undefined \
        -DCMAKE_CXX_COMPILER=clang++
}

test_asan() {
    run_tests build/asan -R "^(${units// /|})_[0-9]"
    run_tests_of build/asan -L 'scenario|messages|catalogue'
}

# The label of the tests from outside.
test_tsan() {
    # It holds a signal back until the thread that got it waits the next time: on a busy machine a test may
    # wait for that in vain.
    local jobs
    jobs=$(nproc)
    run_tests build/tsan -R '^proxy_threads_test'
    run_tests_of build/tsan -L "$1"
}

sanitized() {
    build_release "$outside"
    case $1 in
        thread)
            tsan build
            test_tsan scenario
            ;;
        *)
            asan build
            test_asan
            ;;
    esac
}

# Seconds for each fuzzer, then a seed: with one, what is tried is the same every time, so that a
# change is not blamed for what chance found. Without, the corpus grows from run to run.
# A fuzzer counts as one test. What it finds is printed, and kept in build/fuzz/findings.
fuzz() {
    local seconds=$1 seed=${2:-0} corpus name grown findings found
    fuzzers build
    for corpus in tests/fuzz/corpus/*; do
        name=$(basename "$corpus")
        echo "== fuzzing $name for $seconds s"
        grown=build/fuzz/corpus/$name
        findings=build/fuzz/findings/$name
        if [ "$seed" -ne 0 ]; then
            grown=build/fuzz/corpus_of_seed/$name
            rm -rf "$grown"
        fi
        mkdir -p "$grown" "$findings"
        if ASAN_OPTIONS=quarantine_size_mb=16 "build/fuzz/tests/fuzz/${name}_fuzz" \
            -seed="$seed" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=1024 \
            -malloc_limit_mb=64 -artifact_prefix="$findings/" "$grown" "$corpus" \
            >"build/fuzz/$name.log" 2>&1; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            failures+=("== fuzzing $name" "$(tail -n 40 "build/fuzz/$name.log")")
            found=$(sed -n 's/.*Test unit written to //p' "build/fuzz/$name.log" | tail -n 1)
            if [ -f "$found" ]; then
                failures+=("$found in base64:" "$(head -c 16384 "$found" | base64 -w 100)")
            fi
        fi
    done
}

# At the end, whatever becomes of the rest: thousands of lines are between a failure and here.
told() {
    if [ "$failed" -ne 0 ]; then printf '%s\n' "" "${failures[@]}"; fi
    if [ ${#left_out[@]} -ne 0 ]; then printf '\nLEFT OUT, since it was too late: %s\n' "${left_out[@]}"; fi
    echo
    echo "$passed passed, $failed failed"
}

case ${1:-} in
    -h | --help) help_of "$0" && exit 0 ;;
    "" | --quick | --sanitize | --fuzz | --hosts | --install | --all) ;;
    *)
        echo "unknown option '$1'; tests/run.sh --help lists them" >&2
        exit 2
        ;;
esac
if [ "${1:-}" = --sanitize ] && [ -z "${2:-}" ]; then
    echo "--sanitize needs what: address,undefined or thread" >&2
    exit 2
fi
if [ "${1:-}" = --hosts ] && [ -z "${2:-}" ]; then
    echo "--hosts needs what: stock, none, v4 or no-ipv6" >&2
    exit 2
fi

mkdir -p build
install_needs
[ "${1:-}" != --install ] || exit 0
export EVERYTHING_IS_INSTALLED=1  # a test that finds nothing to run with fails
trap 'status=$?; end_ahead; told; exit "$status"' EXIT
case ${1:-} in
    "") release ;;
    --quick) release -LE slow ;;
    --sanitize) sanitized "$2" ;;
    --fuzz) fuzz "${2:-10}" ;;
    --hosts)
        build_release all
        under_hosts "$2"
        ;;
    --all)
        together=ON
        with_units=OFF  # they are compiled once, with the sanitizer
        build_release all
        run_tests build/release -L cost  # they want a machine that does nothing else
        asan ahead
        # As Debian has it, which is the stricter: two addresses. What this machine has is what a developer's runs use.
        under_hosts stock -LE cost
        asan build
        tsan ahead
        test_asan
        if has_time 66 "ThreadSanitizer"; then
            tsan build
            fuzzers ahead
            test_tsan scenario-threads
        fi
        if has_time 78 "the fuzzers"; then fuzz 5 1; fi
        ;;
esac

[ "$failed" -eq 0 ]
