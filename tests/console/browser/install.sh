#!/usr/bin/env bash
# Puts what the browser tests need of npm into FOLDER/node_modules, as package-lock.json has it. Where it is there
# already nothing is asked of anybody, so that it works without a network.
#
#   tests/console/browser/install.sh FOLDER
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "${1:?install.sh needs the folder to install into}"
folder=$(cd "$1" && pwd)
wanted=$here/package-lock.json
installed=$folder/node_modules/.countersign-lock # written last: an installation that was cut short has none

exec 9>"$folder/.install"
flock 9 # of two at once, the second finds it done

if cmp -s "$wanted" "$installed"; then exit 0; fi
cp "$here/package.json" "$wanted" "$folder/"
cd "$folder"
# npm keeps what it loads in the home folder; where there is none, here.
if [ ! -w "${HOME:-/nonexistent}" ]; then export npm_config_cache=$PWD/.npm; fi
# No package's own scripts run.
npm ci --ignore-scripts --omit=optional --prefer-offline --no-audit --no-fund --no-update-notifier
cp "$wanted" "$installed"
