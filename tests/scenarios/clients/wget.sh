# shellcheck shell=sh
set -eu
api=http://api.partner.example
export http_proxy="http://127.0.0.1:$PROXY_PORT"
ask() { wget -q -O - "$@"; }

echo "== get"
ask "$api/whoami"
echo "== post"
head -c 10485760 /dev/zero >body
ask --post-file=body "$api/upload"
echo
echo "== keep_alive"
ask "$api/keep/one" "$api/keep/two"
echo "== redirect"
ask "$api/login"
