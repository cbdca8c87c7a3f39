#!/bin/sh
# Makes the corpus of the key material's fuzzers anew, with OpenSSL 3 and Java's keytool: small real files, with as few
# iterations of key derivation as each writer allows, so that a fuzzer gets through thousands a second. The stores that
# tests/certs/data has are written there with the iterations that are usual. The password is "changeit".
set -eu
export LC_ALL=C.UTF-8
cd "$(dirname "$0")/corpus"
data=../../certs/data
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p java_key_store pkcs12 pem der
find java_key_store pkcs12 pem der -type f ! -name 'found_*' -delete # what a fuzzer found stays

key=$data/pkcs8.key
openssl x509 -in $data/chain.pem -out "$work/client.crt"
openssl x509 -inform DER -in $data/root.der -out "$work/root.crt"
openssl genpkey -algorithm ed25519 -out "$work/ed25519.key"
openssl req -new -x509 -key "$work/ed25519.key" -subj /CN=ed25519 -days 36500 -out "$work/ed25519.crt" \
    -addext subjectAltName=DNS:a.example,IP:127.0.0.1,IP:::1,URI:spiffe://a/b,email:a@example,dirName:directory \
    -config /dev/stdin <<CONFIG
[req]
distinguished_name = name
[name]
[directory]
CN = directory
CONFIG

# PKCS#12, with and without what hides its content from a fuzzer.
pkcs12() { # NAME OPTIONS
    name=$1
    shift
    openssl pkcs12 -export -inkey $key -in "$work/client.crt" -certfile $data/chain.pem -name mydomain \
        -passout pass:changeit -iter 1 "$@" -out "pkcs12/$name"
}
pkcs12 modern
pkcs12 legacy -legacy
pkcs12 no_mac -nomac
pkcs12 no_encryption -keypbe NONE -certpbe NONE
pkcs12 nothing -keypbe NONE -certpbe NONE -nomac
pkcs12 key_encrypted -certpbe NONE -nomac
openssl pkcs12 -export -nokeys -in "$work/root.crt" -caname root -jdktrust anyExtendedKeyUsage -certpbe NONE -nomac \
    -passout pass: -out pkcs12/trusted 2>/dev/null || openssl pkcs12 -export -nokeys -in "$work/root.crt" \
    -certpbe NONE -nomac -passout pass: -out pkcs12/trusted
python3 $data/pbmac1.py pkcs12/no_encryption pkcs12/pbmac1 changeit sha256 sha256
keytool -importcert -noprompt -alias partner -file "$work/root.crt" -storetype PKCS12 -keystore pkcs12/java \
    -storepass changeit -J-Dkeystore.pkcs12.certPbeIterationCount=1 -J-Dkeystore.pkcs12.macIterationCount=1
keytool -importcert -noprompt -alias partner -file "$work/root.crt" -storetype PKCS12 -keystore pkcs12/java_open \
    -storepass changeit -J-Dkeystore.pkcs12.certProtectionAlgorithm=NONE -J-Dkeystore.pkcs12.macAlgorithm=NONE

# JKS and JCEKS.
for type in jks jceks; do
    keytool -importkeystore -noprompt -srckeystore pkcs12/modern -srcstoretype PKCS12 -srcstorepass changeit \
        -destkeystore java_key_store/$type -deststoretype $type -deststorepass changeit \
        -J-Djdk.jceks.iterationCount=10000
    keytool -importcert -noprompt -alias partner -file "$work/root.crt" -storetype $type \
        -keystore java_key_store/$type -storepass changeit
    cp java_key_store/$type java_key_store/$type.several
    openssl pkcs12 -export -inkey "$work/ed25519.key" -in "$work/ed25519.crt" -name second -passout pass:changeit \
        -out "$work/second.p12"
    keytool -importkeystore -noprompt -srckeystore "$work/second.p12" -srcstorepass changeit -srcalias second \
        -destkeystore java_key_store/$type.several -deststoretype $type -deststorepass changeit \
        -J-Djdk.jceks.iterationCount=10000
done
for algorithm in AES:128 DES:56; do
    keytool -genseckey -alias "${algorithm%:*}" -keyalg "${algorithm%:*}" -keysize "${algorithm#*:}" -storetype JCEKS -keystore java_key_store/secret \
        -storepass changeit -keypass changeit -J-Djdk.jceks.iterationCount=10000
done
cp $data/trusted.jks java_key_store/trusted
# Java takes no fewer iterations than 10,000 for a key in JCEKS: here it is one, and what comes out is no key.
python3 - java_key_store/jceks java_key_store/jceks.one_iteration <<'PYTHON'
import hashlib
import sys

with open(sys.argv[1], "rb") as file:
    store = file.read()[:-20].replace(bytes.fromhex("02022710"), bytes.fromhex("02020001"))
with open(sys.argv[2], "wb") as file:
    file.write(store + hashlib.sha1("changeit".encode("utf-16-be") + b"Mighty Aphrodite" + store).digest())
PYTHON

# A secret key of many classes, each of which inherits the many fields of one: forty kilobytes that once took five
# megabytes of memory. Its digest is for the fuzzer to make fit.
python3 - java_key_store/jceks.heirs <<'PYTHON'
import struct
import sys

HEIRS, FIELDS = 600, 8000


def array(fields, parent):
    return (b"\x75\x72\x00\x02[B" + bytes(8) + b"\x02" + struct.pack(">H", fields) + fields * b"I\x00\x00" + b"\x78" +
            parent + bytes(4))


heir = array(0, b"\x71" + struct.pack(">I", 0x7E0002))
secret = (b"\xac\xed\x00\x05\x73\x72\x00\x01X" + bytes(8) + b"\x02" + struct.pack(">H", HEIRS) + HEIRS * b"L\x00\x00\x70" +
          b"\x78\x70" + array(FIELDS, b"\x70") + (HEIRS - 1) * heir)
with open(sys.argv[1], "wb") as file:
    file.write(struct.pack(">IIIIH", 0xCECECECE, 1, 1, 3, 0) + bytes(8) + secret + bytes(20))
PYTHON

# PEM.
cp $data/client.pem pem/client
cp $data/bundle-pem.p7b pem/bundle
cp $data/bundle-labelled-certificate.p7b pem/bundle_labelled_certificate
cp $data/sec1-encrypted.key pem/sec1_aes
cp $data/sec1-des.key pem/sec1_des
cp $data/pkcs8-md5-des.key pem/pkcs8_des
openssl pkcs8 -topk8 -in $key -v2 aes-256-cbc -iter 1 -passout pass:changeit -out pem/pkcs8_aes
cat "$work/ed25519.crt" "$work/ed25519.key" > pem/ed25519
openssl pkcs12 -in pkcs12/no_encryption -nodes -passin pass:changeit -out pem/bag_attributes

# DER.
cp $data/bundle.p7b der/bundle
cat $data/client.der $data/root.der > der/two
cp $data/sec1-key.der der/sec1
cp $data/pkcs8-key.der der/pkcs8
openssl x509 -in "$work/ed25519.crt" -outform DER -out der/certificate
openssl pkcs8 -topk8 -in $key -v2 aes-256-cbc -iter 1 -passout pass:changeit -outform DER -out der/pkcs8_encrypted
openssl rsa -in "$(openssl genrsa -out "$work/rsa.key" 1024 2>/dev/null && echo "$work/rsa.key")" -traditional \
    -outform DER -out der/pkcs1
find . -type f -exec chmod 644 {} +
