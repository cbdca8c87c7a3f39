#!/usr/bin/env python3
"""What a reload costs the requests that run meanwhile: percentiles of how long they take, and failures.

    tests/bench/reload_under_load.py [--binary build/release/proxy/countersign] [--rounds 5] [--connections 64]

The configuration is that of tests/bench/run. In each round wrk asks for ten seconds, once for each row; the rows stand
beside each other in a round, so that other work on the machine meets all of them. Needs nginx, wrk and openssl.
"""
import argparse
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import peers  # noqa: E402

SECONDS = 10


class Renewals:
    """Client certificates in store, which take the place of the first one by one."""

    def __init__(self, folder, count):
        self.folder = folder
        self.left = []
        for number in range(count):
            self.left.append(f"{folder}/renewed-{number}")
            for name in ("crt", "key"):
                shutil.copy(f"{folder}/client.{name}", f"{self.left[-1]}.{name}")
            subprocess.run(
                ["openssl", "x509", "-req", "-in", "client.csr", "-CA", "root.crt", "-CAkey", "root.key", "-days", "2",
                 "-set_serial", str(1000 + number), "-extfile", "client.ext", "-out", f"renewed-{number}.crt"],
                cwd=folder, check=True, capture_output=True)

    def next(self):
        os.replace(f"{self.left.pop()}.crt", f"{self.folder}/client.crt")


class Every(threading.Thread):
    """Does it again and again, with that many seconds between, until it is left."""

    def __init__(self, what, seconds):
        super().__init__(daemon=True)
        self.what = what
        self.seconds = seconds
        self.over = threading.Event()

    def run(self):
        while not self.over.wait(self.seconds):
            self.what()

    def __enter__(self):
        self.start()

    def __exit__(self, *_):
        self.over.set()
        self.join()


def percentile(output, percent):
    """Milliseconds, from what `wrk --latency` prints."""
    value, unit = re.search(rf"^ +{percent}% +([\d.]+)(us|ms|s) *$", output, re.MULTILINE).groups()
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def load(port, upstream, connections, seconds=SECONDS):
    """Percentiles 50 and 99, the longest, requests; a failure ends the run."""
    output = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "--latency", "-H",
         f"Host: localhost:{upstream}", f"http://127.0.0.1:{port}/small"], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        raise SystemExit(f"requests failed\n{output}")
    longest, unit = re.search(r"^ +Latency +\S+ +\S+ +([\d.]+)(us|ms|s) ", output, re.MULTILINE).groups()
    return (percentile(output, 50), percentile(output, 99), float(longest) * {"us": 0.001, "ms": 1, "s": 1000}[unit],
            int(re.search(r"(\d+) requests in", output).group(1)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", default=str(HERE.parents[1] / "build/release/proxy/countersign"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=64)
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="reload-")
    os.chmod(folder, 0o755)
    upstream = process = None
    try:
        peers.make_keys(folder)
        renewals = Renewals(folder, 2 * options.rounds * (SECONDS + 1))
        ports, upstream = peers.start_upstreams(folder)
        port = peers.free_port()
        configuration = peers.countersign_configuration(folder, port, ports["keep"])
        plain = pathlib.Path(configuration).read_text()

        def with_overlap(of):
            path = f"{folder}/overlap-{of}.yaml"
            peers.write(path, plain.replace("trust: [root], pool:", f"trust: [root], rotation: {{ overlap: {of} }}, pool:"))
            return path

        def reload():
            process.child.send_signal(signal.SIGHUP)
        rows = {
            "no reload": (configuration, lambda: None, 1),
            "SIGHUP each second, nothing changed": (configuration, reload, 1),
            "a renewed key store each second": (configuration, renewals.next, 1),
            "a renewed key store each four seconds": (configuration, renewals.next, 4),
            "the same, with an overlap of two seconds": (with_overlap("2s"), renewals.next, 4),
            "the same, with one of ten minutes": (with_overlap("10m"), renewals.next, 4),
        }
        samples = {name: [] for name in rows}
        for _ in range(options.rounds):
            for name, (served, what, seconds) in rows.items():
                process = peers.Process([options.binary, "run", "-c", served], port, f"{folder}/log")
                load(port, ports["keep"], options.connections, 2)
                with Every(what, seconds):
                    samples[name].append(load(port, ports["keep"], options.connections))
                process.stop()
                process = None
        for name, rounds in samples.items():
            p50, p99, longest, requests = (statistics.median(one) for one in zip(*rounds))
            print(f"{name}: p50 {p50:.2f} ms, p99 {p99:.2f} ms, longest {longest:.1f} ms; {requests:.0f} requests, none failed")
    finally:
        for one in (process, upstream):
            if one:
                one.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
