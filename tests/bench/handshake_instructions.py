#!/usr/bin/env python3
"""Instructions that an exchange with a handshake of its own takes, beside nginx and HAProxy with the same job: they do
not scatter, whatever else the machine does. Needs nginx, haproxy, openssl and valgrind; some three minutes.

    tests/bench/handshake_instructions.py BINARY [BINARY...]
"""

import glob
import os
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, "../cost"))
import exchange_cost
import peers

#: Requests of the two runs whose difference counts: what a start and an end take falls out.
FEW, MANY = 20, 120
ROWS = {"full": "full TLS 1.3", "resumed": "resumed TLS 1.3", "resumed12": "resumed TLS 1.2"}


def ask(port, upstream, count):
    """That many requests, one after the other, on one connection of the client."""
    client = exchange_cost.Client(port, upstream, 1)
    for _ in range(count):
        client.wave()
    client.close()


def executed(folder, start, upstream, count):
    """Of all processes of the program that `start` names, in all."""
    port, command = start(folder, upstream)
    pattern = f"{folder}/executed.{port}"
    watcher = ["valgrind", "--tool=callgrind", "--trace-children=yes", f"--callgrind-out-file={pattern}.%p"]
    process = peers.Process([*watcher, *command], port, f"{folder}/watched.log")
    try:
        ask(port, upstream, count)
    finally:
        process.stop()
    return sum(sum(exchange_cost.instructions(path).values()) for path in glob.glob(f"{pattern}.*"))


def programs(binaries):
    def ours(binary):
        def start(folder, upstream):
            port = peers.free_port()
            # callgrind writes what it has counted from inside of the process, which the sandbox would not let it.
            path = peers.countersign_configuration(folder, port, upstream, top="sandbox: off")
            return port, [os.path.realpath(binary), "run", "-c", path]
        return start

    for binary in binaries:
        yield binary, ours(binary)
    yield "nginx", lambda folder, upstream: peers.nginx(folder, upstream, None)
    yield "haproxy", lambda folder, upstream: peers.haproxy(folder, upstream, None)


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    folder = tempfile.mkdtemp(prefix="handshakes-")
    os.chmod(folder, 0o755)
    upstream = None
    try:
        peers.make_keys(folder)
        ports, upstream = peers.start_upstreams(folder)
        for row, name in ROWS.items():
            for program, start in programs(sys.argv[1:]):
                few = executed(folder, start, ports[row], FEW)
                many = executed(folder, start, ports[row], MANY)
                print(f"{name:16} {program:40} {(many - few) / (MANY - FEW) / 1e6:.3f} million", flush=True)
    finally:
        if upstream:
            upstream.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
