#!/usr/bin/env bash
# Makes what the demo needs, with countersign keystore alone: a key store for the proxy, and a key and a certificate for
# the partner. Both certificates sign themselves; each side trusts the other's.
#
#   keys.sh PROXY PARTNER    the folder that the proxy reads, and the one of the partner
set -euo pipefail

proxy=$1
partner=$2
[ ! -e "$proxy/made" ] || exit 0
umask 077
rm -f "$proxy"/* "$partner"/*

head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$proxy/client.password"
countersign keystore generate "$proxy/client.p12" --alias client --subject "CN=acme-client, O=Acme" \
    --key ec-p256 --password-file "$proxy/client.password"
countersign keystore generate "$partner/partner.pem" --alias partner --subject "CN=partner" --san DNS:partner \
    --key ec-p256 --usage server --no-password

countersign keystore export "$proxy/client.p12" --leaf-only --password-file "$proxy/client.password" \
    --out "$partner/client.crt"
countersign keystore export "$partner/partner.pem" --leaf-only --out "$proxy/partner.crt"

# The proxy's image has a user of its own.
chown -R 65532:65532 "$proxy"
chmod 500 "$proxy"
touch "$proxy/made"
