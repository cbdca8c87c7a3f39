#!/usr/bin/env python3
"""Writes a JKS store as pyjks does: no attribute and no order of Java's, one entry, its own salt.

    pyjks.py KEY.der CERTIFICATE.der… OUT.jks      KEY: PKCS#8 in the clear; the password is "changeit"
"""
import hashlib
import os
import struct
import sys
import time

PASSWORD = "changeit".encode("utf-16-be")


def xor(one, other):
    return bytes(a ^ b for a, b in zip(one, other))


def der(tag, content):
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def sealed(key):
    salt = os.urandom(20)
    stream, block = b"", salt
    while len(stream) < len(key):
        block = hashlib.sha1(PASSWORD + block).digest()
        stream += block
    content = salt + xor(key, stream) + hashlib.sha1(PASSWORD + key).digest()
    sun = der(0x06, bytes.fromhex("2b060104012a02110101"))
    return der(0x30, der(0x30, sun + der(0x05, b"")) + der(0x04, content))


def utf(text):
    return struct.pack(">H", len(text)) + text.encode()


key, *certificates, out = sys.argv[1:]
body = struct.pack(">III", 0xFEEDFEED, 2, 1)
body += struct.pack(">I", 1) + utf("mydomain") + struct.pack(">Q", int(time.time() * 1000))
protected = sealed(open(key, "rb").read())
body += struct.pack(">I", len(protected)) + protected + struct.pack(">I", len(certificates))
for certificate in certificates:
    content = open(certificate, "rb").read()
    body += utf("X.509") + struct.pack(">I", len(content)) + content
digest = hashlib.sha1(PASSWORD + b"Mighty Aphrodite" + body).digest()
with open(out, "wb") as file:
    file.write(body + digest)
