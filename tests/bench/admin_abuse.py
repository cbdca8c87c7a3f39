#!/usr/bin/env python3
"""What operators, and those who would be some, cost the requests that run meanwhile: percentiles, and failures.

    tests/bench/admin_abuse.py [--binary build/release/proxy/countersign] [--rounds 5] [--connections 16]

The configuration is that of tests/bench/run, with a console that may change records. In each round wrk asks for five
seconds, once for each row; the rows stand beside each other in a round, so that other work on the machine meets all of
them. Who abuses has the lowest priority (nice 19), so that what he takes of the processors is not taken for what the
proxy does for him: the second row is a process of that priority that computes. Each row ends the run where a request
failed, or where /healthz has not answered within a second. Needs nginx, wrk and openssl.
"""
import argparse
import base64
import http.client
import json
import multiprocessing
import os
import pathlib
import shutil
import socket
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
from reload_under_load import load  # noqa: E402

SECONDS = 5
TOKEN = "0123456789abcdef0123"
JSON = {"Content-Type": "application/json", "Authorization": "Bearer " + TOKEN}
#: Seconds that /healthz may take.
PATIENCE = 1.0


def connection(port, timeout=10):
    return http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)


def ask(port, method, path, body=None, headers=None):
    one = connection(port)
    try:
        one.request(method, path, body, headers or {"Authorization": "Bearer " + TOKEN})
        return one.getresponse().status
    except OSError:
        return 0  # closed, since others have come
    finally:
        one.close()


def again_and_again(what, threads):
    """`what` on so many threads, without end."""
    def forever():
        while True:
            try:
                what()
            except (OSError, http.client.HTTPException):
                time.sleep(0.01)
    for _ in range(threads - 1):
        threading.Thread(target=forever, daemon=True).start()
    forever()


def compute(_port, _store):
    while True:
        pass


def look(port, _store):
    paths = ["/metrics", "/status", "/api/v1/exchanges?limit=1000", "/api/v1/certificates"]
    again_and_again(lambda: [ask(port, "GET", path) for path in paths], 4)


def strangers(port, _store):
    def one():
        ask(port, "GET", "/api/v1/status", headers={"Host": "evil.example"})
        ask(port, "POST", "/reload", headers={"Origin": "http://evil.example", **JSON})
        ask(port, "POST", "/api/v1/explain", "{}", {"Content-Type": "application/json"})
    again_and_again(one, 8)


def crowd(port, _store):
    def one():
        every = [socket.create_connection(("127.0.0.1", port), 10) for _ in range(500)]
        for each in every:
            each.close()
    again_and_again(one, 2)


def large_uploads(port, _store):
    def one():
        each = socket.create_connection(("127.0.0.1", port), 10)
        head = f"POST /api/v1/inspections HTTP/1.1\r\nHost: a\r\nContent-Length: {64 << 20}\r\n"
        each.sendall((head.replace("Host: a", "Host: 127.0.0.1") + f"Authorization: Bearer {TOKEN}\r\n"
                      "Content-Type: application/json\r\n\r\n").encode())
        with each:
            for _ in range(64):
                each.sendall(b" " * (1 << 20))
    again_and_again(one, 8)


def slow_uploads(port, _store):
    every = []
    while True:
        if len(every) < 60:
            one = socket.create_connection(("127.0.0.1", port), 10)
            one.sendall((f"POST /api/v1/inspections HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {TOKEN}\r\n"
                         "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n").encode())
            every.append(one)
            continue
        for one in list(every):
            try:
                one.sendall(b" ")
            except OSError:
                every.remove(one)
        time.sleep(1)


def costly_stores(port, store):
    body = json.dumps({"content": store, "password": "password"})
    again_and_again(lambda: ask(port, "POST", "/api/v1/inspections", body, JSON), 8)


def streams(port, _store):
    every = []
    for _ in range(16):
        one = connection(port)
        one.request("GET", "/api/v1/events?exchanges&after=0", headers=JSON)
        every.append(one.getresponse())
    while True:
        for one in every:
            one.read1(1 << 20)


ROWS = {
    "nothing": None,
    "a process that computes, at nice 19": compute,
    "metrics, status, records and exchanges, 4 at a time": look,
    "foreign Host, cross-site, no token, 8 at a time": strangers,
    "1,000 connections at once, again and again": crowd,
    "uploads of 64 MiB (413), 8 at a time": large_uploads,
    "60 uploads of a byte a second": slow_uploads,
    "key stores of two seconds' work, 8 at a time": costly_stores,
    "16 streams of exchanges": streams,
}


class Abuse:
    """A process that does it, at the lowest priority."""

    def __init__(self, what, *arguments):
        def run():
            os.nice(19)
            what(*arguments)
        self.process = multiprocessing.get_context("fork").Process(target=run, daemon=True) if what else None

    def __enter__(self):
        if self.process:
            self.process.start()

    def __exit__(self, *_):
        if self.process:
            self.process.kill()
            self.process.join()


class Health(threading.Thread):
    """Asks for /healthz all the time, on a connection of its own each."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.over, self.longest, self.wrong = port, threading.Event(), 0.0, []

    def run(self):
        while not self.over.wait(0.05):
            began = time.monotonic()
            status = ask(self.port, "GET", "/healthz")
            self.longest = max(self.longest, time.monotonic() - began)
            if status != 200:
                self.wrong.append(status)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join()


def costly_store(folder):
    """In base64: three key derivations, of the five million iterations that a store may cost."""
    subprocess.run(["openssl", "pkcs12", "-export", "-in", "client.crt", "-inkey", "client.key", "-passout",
                    "pass:password", "-iter", "1500000", "-out", "costly.p12"], cwd=folder, check=True, capture_output=True)
    return base64.b64encode(pathlib.Path(f"{folder}/costly.p12").read_bytes()).decode()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", default=str(HERE.parents[1] / "build/release/proxy/countersign"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--only", default="", help="rows that have that in their names, and the first")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="abuse-")
    os.chmod(folder, 0o755)
    upstream = process = None
    try:
        peers.make_keys(folder)
        store = costly_store(folder)
        ports, upstream = peers.start_upstreams(folder)
        port, admin = peers.free_port(), peers.free_port()
        os.mkdir(f"{folder}/console", 0o700)
        os.umask(0o077)
        peers.write(f"{folder}/admin.token", TOKEN + "\n")
        configuration = peers.countersign_configuration(
            folder, port, ports["keep"],
            top=f"admin: {{ address: 127.0.0.1:{admin}, token: {{ file: admin.token }} }}\n"
                "console: { enabled: true, directory: console }\n")
        rows = {name: what for name, what in ROWS.items() if options.only in name or name == "nothing"}
        samples = {name: [] for name in rows}
        process = peers.Process([options.binary, "run", "-c", configuration], port, f"{folder}/log")
        load(port, ports["keep"], options.connections, 2)
        for _ in range(options.rounds):
            for name, what in rows.items():
                with Abuse(what, admin, store):
                    time.sleep(0.5)
                    with Health(admin) as health:
                        measured = load(port, ports["keep"], options.connections, SECONDS)
                if health.wrong or health.longest > PATIENCE:
                    raise SystemExit(f"{name}: /healthz answered {health.wrong}, after {health.longest:.2f} s at most")
                samples[name].append((*measured, 1000 * health.longest))
        for name, rounds in samples.items():
            p50, p99, longest, requests, health = (statistics.median(one) for one in zip(*rounds))
            print(f"| {name} | {p50:.2f} | {p99:.2f} | {longest:.1f} | {health:.0f} | {requests / SECONDS:.0f} |", flush=True)
    finally:
        for one in (process, upstream):
            if one:
                one.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
