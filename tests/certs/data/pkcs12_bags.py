#!/usr/bin/env python3
"""Puts a PKCS#12 together bag by bag, without encryption and MAC: as other programs write it, and no tool at hand does.

    pkcs12_bags.py TO BAG...

A BAG is KIND[:FILE][,name=TEXT][,id=HEX][,csp=TEXT]; the kinds are key (PKCS#8), cert and crl, each with a file in DER,
secret (an AES key in the clear) and unknown (a type that nobody knows). csp is Microsoft's attribute of that name.
"""
import sys

RSA_PKCS = "2a864886f70d01"
BAG = RSA_PKCS + "0c0a01"  # pkcs-12 10 1
SIGNED_BY = {"cert": RSA_PKCS + "091601", "crl": RSA_PKCS + "091701"}


def der(tag, *parts):
    content = b"".join(parts)
    length = len(content).to_bytes(max(1, (len(content).bit_length() + 7) // 8), "big")
    if len(content) > 127:
        length = bytes([0x80 | len(length)]) + length
    return bytes([tag]) + length + content


def oid(text):
    return der(6, bytes.fromhex(text))


def typed(oid_text, value):
    return der(0x30, oid(oid_text), der(0xA0, value))


def attribute(oid_text, value):
    return der(0x30, oid(oid_text), der(0x31, value))


def attributes(options):
    every = []
    if "name" in options:
        every.append(attribute(RSA_PKCS + "0914", der(0x1E, options["name"].encode("utf-16-be"))))
    if "id" in options:
        every.append(attribute(RSA_PKCS + "0915", der(4, bytes.fromhex(options["id"]))))
    if "csp" in options:
        every.append(attribute("2b0601040182371101", der(0x1E, options["csp"].encode("utf-16-be"))))
    return der(0x31, *sorted(every)) if every else b""


def bag(text):
    first, *rest = text.split(",")
    kind, _, file = first.partition(":")
    content = open(file, "rb").read() if file else b""
    if kind == "key":
        oid_text, value = BAG + "01", content
    elif kind in SIGNED_BY:
        number = "03" if kind == "cert" else "04"
        oid_text, value = BAG + number, typed(SIGNED_BY[kind], der(4, content))
    elif kind == "secret":
        oid_text, value = BAG + "05", typed("60864801650304012a", der(4, bytes(range(16))))
    else:
        oid_text, value = "2a030405", der(0x0C, b"what nobody knows")
    return der(0x30, oid(oid_text), der(0xA0, value), attributes(dict(o.split("=") for o in rest)))


def data(content):
    return typed(RSA_PKCS + "0701", der(4, content))


def main():
    safe = der(0x30, data(der(0x30, *[bag(text) for text in sys.argv[2:]])))
    with open(sys.argv[1], "wb") as file:
        file.write(der(0x30, der(2, b"\x03"), data(safe)))


main()
