# Sourced by quickstart.sh and tests/run.sh: builds, and shows how far it is.
#
#   ninja_shown FOLDER LOG TARGET...   on a terminal ninja's own line, rewritten; elsewhere a line for each tenth.
#                                      everything is appended to LOG; what failed is printed. Status: ninja's
#   help_of SCRIPT                     the comment at the script's head
# shellcheck shell=bash

help_of() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$1"; }

# Standard input is ninja's output; "[12/187] …" is its counter.
tenths_of() {
    local log=$1 line tenth shown=0
    while IFS= read -r line; do
        printf '%s\n' "$line" >>"$log"
        [[ $line =~ ^\[([0-9]+)/([0-9]+)\] ]] || continue
        tenth=$((10 * BASH_REMATCH[1] / BASH_REMATCH[2]))
        [ "$tenth" -gt "$shown" ] || continue
        shown=$tenth
        printf '   %d0 %%: %d of %d steps, after %d s\n' \
            "$tenth" "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}" "$SECONDS"
    done
}

ninja_shown() {
    local folder=$1 log=$2 status=0
    shift 2
    if [ -t 1 ]; then
        NINJA_STATUS='   [%f/%t] ' ninja -C "$folder" "$@"
        return
    fi
    (
        SECONDS=0
        set -o pipefail
        NINJA_STATUS='[%f/%t] ' ninja -C "$folder" "$@" 2>&1 | tenths_of "$log"
    ) || status=$?
    [ "$status" -eq 0 ] || grep -A 20 '^FAILED' "$log" | head -n 60 >&2 || tail -n 20 "$log" >&2
    return "$status"
}
