#!/bin/sh
# Makes the key stores in this directory anew, with OpenSSL 3 and Java's keytool: one client key in every container.
# They are data, so that the unit tests run without Java. The certificates are valid for a hundred years; the keys are
# worth nothing, and the passwords stand here: "changeit" for a store, "keypass" for a key that has its own.
set -eu
export LC_ALL=C.UTF-8
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ca_extensions='basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash'
client_extensions='basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=clientAuth
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
subjectAltName=DNS:client.example,URI:spiffe://example/client'

# certificate NAME SUBJECT EXTENSIONS [ISSUER]
certificate() {
    openssl ecparam -name prime256v1 -genkey -noout -out "$work/$1.sec1"
    openssl pkcs8 -topk8 -nocrypt -in "$work/$1.sec1" -out "$work/$1.key"
    openssl req -new -key "$work/$1.key" -subj "$2" -out "$work/$1.csr"
    printf '%s\n' "$3" > "$work/$1.ext"
    if [ $# -eq 4 ]; then
        openssl x509 -req -in "$work/$1.csr" -days 36500 -extfile "$work/$1.ext" -out "$work/$1.crt" \
            -CA "$work/$4.crt" -CAkey "$work/$4.key" -CAcreateserial
    else
        openssl x509 -req -in "$work/$1.csr" -days 36500 -extfile "$work/$1.ext" -out "$work/$1.crt" \
            -signkey "$work/$1.key"
    fi
}

# into TYPE FILE: the client's key, moved by keytool from PKCS#12
into() {
    rm -f "$2"
    keytool -importkeystore -noprompt -srckeystore modern.p12 -srcstoretype PKCS12 -srcstorepass changeit \
        -destkeystore "$2" -deststoretype "$1" -deststorepass changeit
}

certificate root "/CN=Test Root" "$ca_extensions"
certificate issuing "/CN=Test Issuing" "$ca_extensions" root
certificate client "/C=DE/O=Acme/CN=client" "$client_extensions" issuing
certificate second "/CN=second" "$client_extensions" issuing

# PEM: the chain in the wrong order, with text between, the key in the middle, the root too.
{
    echo "root"; cat "$work/root.crt"
    echo "key"; cat "$work/client.key"
    echo "issuing"; cat "$work/issuing.crt"
    echo "client"; cat "$work/client.crt"
} > client.pem
cat "$work/client.crt" "$work/issuing.crt" > chain.pem
cp "$work/client.key" pkcs8.key
cp "$work/client.sec1" sec1.key
openssl ec -in "$work/client.sec1" -aes-256-cbc -passout pass:changeit -out sec1-encrypted.key
openssl ec -in "$work/client.sec1" -des3 -passout pass:changeit -out sec1-3des.key
openssl ec -in "$work/client.sec1" -des -passout pass:changeit -provider legacy -provider default -out sec1-des.key
openssl pkcs8 -topk8 -in "$work/client.key" -v2 aes-256-cbc -passout pass:changeit -out pkcs8-encrypted.key
openssl pkcs8 -topk8 -in "$work/client.key" -scrypt -passout pass:changeit -out pkcs8-scrypt.key
openssl pkcs8 -topk8 -in "$work/client.key" -v1 PBE-MD5-DES -passout pass:changeit \
    -provider legacy -provider default -out pkcs8-md5-des.key
openssl x509 -in "$work/root.crt" -outform DER -out root.der

# The same in DER: what a CA sends, and keys as a Java or Windows tool exports them.
openssl x509 -in "$work/client.crt" -outform DER -out client.der
openssl pkcs8 -topk8 -nocrypt -in "$work/client.key" -outform DER -out pkcs8-key.der
openssl pkcs8 -topk8 -in "$work/client.key" -v2 aes-256-cbc -passout pass:changeit -outform DER -out pkcs8-encrypted-key.der
openssl ec -in "$work/client.sec1" -outform DER -out sec1-key.der

# PKCS#7 bundles: as DER, as PEM, and as PEM under the label of a certificate, which some CAs write.
openssl crl2pkcs7 -nocrl -certfile chain.pem -certfile "$work/root.crt" -outform DER -out bundle.p7b
openssl crl2pkcs7 -nocrl -certfile chain.pem -certfile "$work/root.crt" -out bundle-pem.p7b
sed 's/ PKCS7-/ CERTIFICATE-/' bundle-pem.p7b > bundle-labelled-certificate.p7b

# PKCS#12 by OpenSSL.
cat "$work/issuing.crt" "$work/root.crt" > "$work/above.pem"
pkcs12() {
    openssl pkcs12 -export -inkey "$work/client.key" -in "$work/client.crt" -certfile "$work/above.pem" "$@"
}
pkcs12 -name mydomain -passout pass:changeit -out modern.p12
pkcs12 -name mydomain -passout pass:changeit -legacy -out legacy.p12
pkcs12 -name mydomain -passout pass: -out empty-password.p12
pkcs12 -name mydomain -passout pass: -keypbe NONE -certpbe NONE -nomac -out no-password.p12
pkcs12 -passout pass:changeit -out nameless.p12
pkcs12 -name mydomain -passout pass:pässwörd€ -out unicode.p12
python3 pbmac1.py modern.p12 pbmac1.p12 changeit sha256 sha256
python3 pbmac1.py unicode.p12 pbmac1-unicode.p12 pässwörd€ sha1 sha512 64
python3 pbmac1.py empty-password.p12 pbmac1-empty-password.p12 '' sha512 sha256 20

# Two keys with one local key ID, as key-chain exports have them; IDs that are crossed; what is neither key nor
# certificate, names of issuers, an attribute; a chain whose issuer has its key's ID.
cat > "$work/ca.cnf" <<END
[ca]
default_ca = test
[test]
database = $work/index
default_md = sha256
default_crl_days = 36500
END
: > "$work/index"
openssl ca -config "$work/ca.cnf" -gencrl -keyfile "$work/root.key" -cert "$work/root.crt" -out "$work/root.crl"
openssl crl -in "$work/root.crl" -outform DER -out "$work/crl.der"
for each in root issuing client second; do openssl x509 -in "$work/$each.crt" -outform DER -out "$work/$each.der"; done
for each in client second; do
    openssl pkcs8 -topk8 -nocrypt -in "$work/$each.key" -outform DER -out "$work/$each.key.der"
done
bags() {
    python3 pkcs12_bags.py "$@"
}
bags shared-id.p12 "key:$work/client.key.der,name=first,id=01" "key:$work/second.key.der,name=second,id=01" \
    "cert:$work/client.der,name=first,id=01" "cert:$work/second.der,name=second,id=01" "cert:$work/issuing.der"
bags crossed-id.p12 "key:$work/client.key.der,name=first,id=01" "key:$work/second.key.der,name=second,id=02" \
    "cert:$work/client.der,name=first,id=02" "cert:$work/second.der,name=second,id=01" "cert:$work/issuing.der"
bags everything.p12 "key:$work/client.key.der,name=mydomain,id=01,csp=Some Provider" secret:,name=aes unknown \
    "crl:$work/crl.der" "cert:$work/client.der,name=My certificate,id=01" "cert:$work/issuing.der,name=Our issuer" \
    "cert:$work/root.der,name=Our root,id=01" "cert:$work/second.der,name=somebody else"

# PKCS#12 by BouncyCastle (Debian's libbcprov-java), which gives one key under two aliases one local key ID.
rm -f bouncycastle.p12
for each in first second; do
    keytool -importkeystore -noprompt -srckeystore modern.p12 -srcstorepass changeit -srcalias mydomain \
        -destkeystore bouncycastle.p12 -deststoretype PKCS12 -deststorepass changeit -destalias $each \
        -destprovidername BC -providerclass org.bouncycastle.jce.provider.BouncyCastleProvider \
        -providerpath /usr/share/java/bcprov.jar
done

# What is named, and not read.
for type in BKS UBER BCFKS; do
    file=bouncycastle.$(printf %s "$type" | tr "[:upper:]" "[:lower:]")
    rm -f "$file"
    keytool -importkeystore -noprompt -srckeystore modern.p12 -srcstorepass changeit -destkeystore "$file" \
        -deststoretype "$type" -deststorepass changeit -providerpath /usr/share/java/bcprov.jar \
        -provider org.bouncycastle.jce.provider.BouncyCastleProvider
done

# JKS, JCEKS and PKCS#12 by Java; JKS by Python.
into JKS client.jks
openssl x509 -in "$work/issuing.crt" -outform DER -out "$work/issuing.chain.der"
./pyjks.py pkcs8-key.der client.der "$work/issuing.chain.der" root.der pyjks.jks
into JCEKS client.jceks
keytool -genseckey -alias aes -keyalg AES -keysize 128 -storetype JCEKS -keystore client.jceks \
    -storepass changeit -keypass changeit
into PKCS12 java.p12
keytool -importcert -noprompt -alias partner -file "$work/root.crt" -keystore java.p12 -storepass changeit

rm -f unicode.jks
keytool -importkeystore -noprompt -srckeystore modern.p12 -srcstorepass changeit \
    -destkeystore unicode.jks -deststoretype JKS -deststorepass pässwörd€ -destkeypass pässwörd€ -srcalias mydomain

rm -f trusted.jks
keytool -importcert -noprompt -alias partner -file "$work/root.crt" -storetype JKS -keystore trusted.jks \
    -storepass changeit

# Two keys and a trusted certificate; the second key has a password of its own.
several() {
    openssl pkcs12 -export -inkey "$work/second.key" -in "$work/second.crt" -certfile "$work/above.pem" \
        -name second -passout pass:changeit -out "$work/second.p12"
    keytool -importkeystore -noprompt -srckeystore "$work/second.p12" -srcstorepass changeit -srcalias second \
        -destkeystore "$2" -deststoretype "$1" -deststorepass changeit ${3:+-destkeypass "$3"}
    keytool -importcert -noprompt -alias partner -file "$work/root.crt" -storetype "$1" -keystore "$2" \
        -storepass changeit
}
into JKS several.jks
several JKS several.jks keypass
into JCEKS several.jceks
several JCEKS several.jceks keypass
into PKCS12 several.p12
several PKCS12 several.p12

# The containers are data here, and Git knows but one mode for that.
chmod 644 ./*.p12 ./*.key
