#!/usr/bin/env python3
"""Gives a PKCS#12 the MAC of RFC 9579, which neither OpenSSL 3.0 nor Java 17 write.

    pbmac1.py FROM TO PASSWORD PRF HMAC [KEY_BYTES]      PRF and HMAC: sha1, sha256, sha512
"""
import hashlib
import hmac
import sys

ITERATIONS = 2048
SALT = bytes(range(8))
NUMBERS = {"sha1": 7, "sha256": 9, "sha512": 11}  # hmacWithSHA…: 1.2.840.113549.2.N


def der(tag, *parts):
    content = b"".join(parts)
    length = len(content).to_bytes(max(1, (len(content).bit_length() + 7) // 8), "big")
    if len(content) > 127:
        length = bytes([0x80 | len(length)]) + length
    return bytes([tag]) + length + content


def split(data):
    """The content of the element in front, and what follows it."""
    length, start = data[1], 2
    if length > 127:
        start += length & 127
        length = int.from_bytes(data[2:start], "big")
    return data[start:start + length], data[start + length:]


def integer(value):
    return der(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def algorithm(oid, *parameters):
    return der(0x30, der(6, bytes.fromhex("2a864886f70d" + oid)), *parameters)


def main():
    source, target, password, prf, mac = sys.argv[1:6]
    key_bytes = int(sys.argv[6]) if len(sys.argv) > 6 else 32
    with open(source, "rb") as file:
        version, rest = split(split(file.read())[0])
    info = rest[:len(rest) - len(split(rest)[1])]
    content = split(split(split(split(info)[0])[1])[0])[0]

    key = hashlib.pbkdf2_hmac(prf, password.encode(), SALT, ITERATIONS, key_bytes)
    digest = hmac.new(key, content, mac).digest()
    derivation = algorithm("01050c", der(
        0x30, der(4, SALT), integer(ITERATIONS), integer(key_bytes),
        algorithm("02%02x" % NUMBERS[prf], der(5))))
    pbmac1 = algorithm("01050e", der(
        0x30, derivation, algorithm("02%02x" % NUMBERS[mac], der(5))))
    mac_data = der(0x30, der(0x30, pbmac1, der(4, digest)), der(4, b"NOT USED"), integer(1))
    with open(target, "wb") as file:
        file.write(der(0x30, der(2, version), info, mac_data))


main()
