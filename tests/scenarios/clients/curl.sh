# shellcheck shell=sh
set -eu
api=http://api.partner.example
ask() { curl -sS -x "http://127.0.0.1:$PROXY_PORT" "$@"; }

echo "== get"
ask "$api/whoami"
echo "== post"
head -c 10485760 /dev/zero | ask --data-binary @- "$api/upload"
echo
echo "== keep_alive"
ask "$api/keep/one" "$api/keep/two"
echo "== redirect"
ask -L -b "" "$api/login"
