#!/usr/bin/env python3
"""Holds the includes against the layers: nothing includes a room above its own, and no modules include each other.
Holds each file of a room, and of its tests, to the room's namespace, what is TLS with a server to two rooms,
and epoll to one module.

    tests/hygiene/layers.py FOLDER    prints a line for each include that goes up, for each circle, for
                                      each namespace that is another's, for each use of such TLS, and of epoll

A module is a header with its source. Of certs and profiles only circles are told; what they may use stands in check.sh.
"""
import os
import pathlib
import re
import sys

TOP = pathlib.Path(sys.argv[1])
INCLUDE = re.compile(r'^#include "((?:certs|profiles|proxy)/[^"]+)\.hpp"', re.MULTILINE)
# A namespace of ours with what is in it: it ends with the first brace that begins a line.
BLOCK = re.compile(r"^namespace (countersign\S*) \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^(?!#|//|\s*$)", re.MULTILINE)
DECLARATIONS = re.compile(r"(?:(?:class|struct|enum class) \w+;|\s)+")
# The rooms of proxy/ in the order in which a request goes through them. A room includes what stands behind it.
ROOMS = ["main", "commands", "server", "admin", "records", "explain", "probe", "client", "exchange", "routing", "generation", "upstream", "upstream/revocation", "upstream/dns",
         "upstream/addresses", "tls", "http", "metrics", "live", "log", "exchange_record", "failure", "account",
         "sandbox", "net"]


def modules():
    found = {}
    for folder in ("certs", "profiles", "proxy"):
        for path in sorted((TOP / folder).rglob("*.[ch]pp")):
            module = os.fspath(path.relative_to(TOP).with_suffix(""))
            found.setdefault(module, set()).update(set(INCLUDE.findall(path.read_text())) - {module})
    return found


def room_of(module):
    folder = os.path.dirname(module).removeprefix("proxy").strip("/")
    if not folder:
        return os.path.basename(module)
    return "commands" if folder.startswith("commands/") else folder


def told_of_rooms(includes):
    for module, used in includes.items():
        if not module.startswith("proxy/"):
            continue
        room = room_of(module)
        if room not in ROOMS:
            yield f"{module}: '{room}' is no room; the rooms stand in tests/hygiene/layers.py"
            continue
        for other in sorted(one for one in used if one.startswith("proxy/")):
            if room_of(other) in ROOMS and ROOMS.index(room_of(other)) < ROOMS.index(room):
                yield f"{module}: includes {other}.hpp, and {room_of(other)} stands above {room}"


def told_of_tls():
    """What a connection to a server is spoken to in is a matter of upstream/ and tls/ alone."""
    for path in sorted((TOP / "proxy").rglob("*.[ch]pp")):
        file = os.fspath(path.relative_to(TOP))
        if not file.startswith(("proxy/tls/", "proxy/upstream/")) and re.search(r"\btls::Tls(Stream|Engine)\b", path.read_text()):
            yield f"{file}: names a connection's TLS, which only proxy/upstream/ has to do with"


def told_of_the_set():
    """What sockets wait in is a matter of one file: epoll is named there alone, and the set in its own room alone."""
    for path in sorted((TOP / "proxy").rglob("*.[ch]pp")):
        file, text = os.fspath(path.relative_to(TOP)), path.read_text()
        if os.path.splitext(file)[0] != "proxy/net/socket_set" and re.search(r"\b(epoll_(create|ctl|p?wait)|EPOLL[A-Z]+\b|sys/epoll\.h)", text):
            yield f"{file}: uses epoll, which only proxy/net/socket_set does"
        if not file.startswith("proxy/net/") and re.search(r'"proxy/net/socket_set\.hpp"|\bSocketSet\b', text):
            yield f"{file}: names the set that sockets wait in; outside of proxy/net/ they are Descriptors"


def namespace_of(folder):
    """proxy/upstream/dns and tests/proxy/upstream/dns → countersign::proxy::upstream::dns"""
    parts = [part for part in folder.parts if part != "tests"]
    return "::".join(["countersign", *(parts[:2] if parts[1:2] == ["commands"] else parts)])


def told_of_namespaces():
    """A file opens its room's namespace; in another it declares types at most."""
    for folder in ("proxy", "tests/proxy"):
        for path in sorted((TOP / folder).rglob("*.[ch]pp")):
            file = path.relative_to(TOP)
            own, text = namespace_of(file.parent), path.read_text()
            blocks = BLOCK.findall(text)
            outside = os.fspath(file) == "proxy/main.cpp" or not CODE.search(text)  # includes alone are in none
            if own not in (name for name, _ in blocks) and not outside:
                yield f"{file}: does not open its room's namespace {own}"
            for name, content in blocks:
                if name != own and not DECLARATIONS.fullmatch(content):
                    yield f"{file}: defines something in {name}, and its room has {own}"


def circles(includes):
    """Tarjan's strongly connected components of more than one module."""
    number, low, stack, found = {}, {}, [], []

    def visit(module):
        number[module] = low[module] = len(number)
        stack.append(module)
        for other in includes.get(module, ()):
            if other not in number:
                visit(other)
                low[module] = min(low[module], low[other])
            elif other in stack:
                low[module] = min(low[module], number[other])
        if low[module] == number[module]:
            at = stack.index(module)
            if len(stack) - at > 1:
                found.append(stack[at:])
            del stack[at:]

    sys.setrecursionlimit(10_000)
    for module in includes:
        if module not in number:
            visit(module)
    return found


def main():
    includes = modules()
    for line in [*told_of_rooms(includes), *told_of_namespaces(), *told_of_tls(), *told_of_the_set()]:
        print(line)
    for circle in circles(includes):
        print(f"{', '.join(sorted(circle))}: they include each other")


main()
