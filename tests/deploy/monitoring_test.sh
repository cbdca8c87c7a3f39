#!/usr/bin/env bash
# The alerts are valid, fire and stay silent where they should; the dashboard's queries are answered by a real
# Prometheus that scrapes a page with every metric; and no name in either is another than the program's.
#
#   tests/deploy/monitoring_test.sh BUILD
set -euo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
folder=$top/deploy/monitoring
work=$(mktemp -d)
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

sample=$top/tests/deploy/metrics_sample.txt
quietly "the sample is no page of metrics" promtool check metrics <"$sample"
quietly "the alerts are not valid" promtool check rules "$folder/alerts.yaml"
quietly "the alerts do not do what their tests say" promtool test rules "$folder/alerts_test.yaml"
quietly "dashboard and alerts do not fit the metrics" \
    python3 "$top/tests/deploy/monitoring.py" "$sample" "$folder" "$work"

# A test that cannot fail is none: with a metric less, a rule and a panel are noticed.
sed '/countersign_upstream_waiting/d' "$sample" >"$work/less.txt"
! python3 "$top/tests/deploy/monitoring.py" "$work/less.txt" "$folder" "$work" >"$work/log" 2>&1 ||
    fail "nobody notices that a metric is not there"
grep -q "dashboard.json: there is no metric countersign_upstream_waiting" "$work/log" || fail "$(cat "$work/log")"
