#!/usr/bin/env python3
"""What one small kept-alive exchange costs in system calls and instructions: counts, which repeat, unlike times.

    tests/cost/exchange_cost.py BINARY [--record]

Fails where a count has grown by more than 5 % over reference.json; --record writes that file anew. System calls are
counted by perf or strace (system_calls.py); the limits are the same for both. Instructions are those in the program
itself and in libssl: what libcrypto and libc execute depends on the machine's processor. Those in libssl are compared
where it is the OpenSSL of the reference (Debian 12's): 3.5 takes a seventh more.
"""

import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
sys.path[:0] = [os.path.join(HERE, "../bench"), HERE]
import peers  # noqa: E402
import system_calls  # noqa: E402

REFERENCE = os.path.join(HERE, "reference.json")
GROWTH = 1.05
#: The one that Python has loaded, which is the system's.
OPENSSL = ".".join(str(part) for part in ssl.OPENSSL_VERSION_INFO[:2])
#: How many system calls an exchange may take at 64 connections, whatever the reference says.
CALLS_AT_64 = 4.2
#: What they are where nothing else runs: nobody need look again.
QUIET_AT_1 = 6.15
QUIET_AT_64 = 4.1
#: Calls that fail, of an exchange: a few come with chance, what was told had been read meanwhile.
FAILED = 0.02


class Client:
    """Connections that send a request each, then read each answer: all of them are under way at once."""

    def __init__(self, port, upstream, connections):
        self.sockets = [socket.create_connection(("127.0.0.1", port), 30) for _ in range(connections)]
        host = f"localhost:{upstream}"
        self.request = f"GET http://{host}/small HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()

    def wave(self):
        for one in self.sockets:
            one.sendall(self.request)
        for one in self.sockets:
            answer = b""
            while not answer.endswith(b"x" * 200):
                piece = one.recv(65536)
                if not piece or not (answer + piece).startswith(b"HTTP/1.1 200"):
                    raise SystemExit(f"not the answer that was expected: {(answer + piece)[:200]}")
                answer += piece

    def close(self):
        for one in self.sockets:
            one.close()


def run_watched(folder, watcher, binary, upstream, connections, waves, top=""):
    """Starts the proxy under `watcher` and sends `waves` requests on each connection. `top`: more configuration."""
    port = peers.free_port()
    configuration = peers.countersign_configuration(folder, port, upstream, top=top)
    process = peers.Process([*watcher, binary, "run", "-c", configuration], port, f"{folder}/watched.log")
    try:
        client = Client(port, upstream, connections)
        for _ in range(waves):
            client.wave()
        client.close()
    finally:
        stop(process.child)


def stop(watcher):
    """Ends the program below the watcher, which then writes what it has counted."""
    for pid in peers.descendants(watcher.pid):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as text:
                words = text.read().split(b"\0")
        except OSError:
            continue
        if b"run" in words and (pid != watcher.pid or b"valgrind" in words[0]) and b"strace" not in words[0]:
            os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 60
    while watcher.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    if watcher.poll() is None:
        watcher.kill()
        raise SystemExit("the proxy does not stop")


def count_calls(folder, counter, binary, upstream, connections, waves):
    """System calls of one exchange: the difference of two runs, so that start and end fall out."""
    def run(count):
        path = f"{folder}/calls"
        run_watched(folder, counter.watcher(path), binary, upstream, connections, count)
        return counter.counts(path)
    few, many = run(waves // 4), run(waves)
    exchanges = connections * (waves - waves // 4)
    each = {name: (many.get(name, 0) - few.get(name, 0)) / exchanges for name in sorted(set(few) | set(many))}
    calls, failed = each.pop("all"), each.pop("failed")
    by_name = {name: round(count, 2) for name, count in each.items() if abs(count) >= 0.01}
    return {"calls": calls, "failed": failed, "by_name": by_name}


def best(quiet, count):
    """The least of up to ten counts, and no more of them than it takes to see what a quiet machine shows."""
    least = count()
    for _ in range(9):
        if least["calls"] <= quiet and least["failed"] <= FAILED:
            break
        least = min(least, count(), key=lambda one: (one["failed"] > FAILED, one["calls"]))
    return least


def instructions(path):
    """callgrind's file: instructions by object, those of the callees left out."""
    totals, names, current, skip = {}, {}, None, False
    with open(path, encoding="utf-8", errors="replace") as text:
        for line in text:
            found = re.match(r"ob=\((\d+)\)(?: (.*))?", line)
            if found:
                if found.group(2):
                    names[found.group(1)] = os.path.basename(found.group(2).strip())
                current = names.get(found.group(1), "?")
            elif line.startswith("cob="):
                found = re.match(r"cob=\((\d+)\)(?: (.*))?", line)
                if found.group(2):
                    names[found.group(1)] = os.path.basename(found.group(2).strip())
            elif line.startswith("calls="):
                skip = True
            elif line[:1] in "+-*0123456789":
                if not skip and current:
                    totals[current] = totals.get(current, 0) + int(line.split()[1])
                skip = False
    return totals


def console(folder):
    """What is written into a configuration for a console, whose workers keep each exchange for who looks."""
    return f"admin: {{ address: 'unix:{folder}/admin.sock' }}\nconsole: {{ enabled: true }}"


def count_instructions(folder, binary, upstream, waves, top=""):
    def run(count):
        path = f"{folder}/instructions"
        watcher = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={path}"]
        # callgrind writes what it has counted from inside of the process, which the sandbox would not let it.
        run_watched(folder, watcher, binary, upstream, 1, count, f"sandbox: off\n{top}")
        return instructions(path)
    few, many = run(waves // 4), run(waves)
    each = {name: (many[name] - few.get(name, 0)) / (waves - waves // 4) for name in many}
    own = each[os.path.basename(binary)]
    libssl = sum(count for name, count in each.items() if name.startswith("libssl"))
    return {"own": round(own), "libssl": round(libssl), "all": round(sum(each.values()))}


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    binary = os.path.realpath(sys.argv[1])
    folder = tempfile.mkdtemp(prefix="cost-")
    os.chmod(folder, 0o755)
    upstream = None
    try:
        peers.make_keys(folder)
        ports, upstream = peers.start_upstreams(folder)
        upstream_port = ports["keep"]
        counter = system_calls.counter(folder)
        # How many events come with one wait depends on what else the machine does: the best of some.
        alone = best(QUIET_AT_1, lambda: count_calls(folder, counter, binary, upstream_port, 1, 400))
        together = best(QUIET_AT_64, lambda: count_calls(folder, counter, binary, upstream_port, 64, 40))
        executed = count_instructions(folder, binary, upstream_port, 800)
        with_console = count_instructions(folder, binary, upstream_port, 800, console(folder))
    finally:
        if upstream:
            upstream.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print(f"system calls counted by {counter.name}")
    print(f"1 connection:   {alone['calls']:.2f} system calls, {alone['failed']:.2f} failed: {alone['by_name']}")
    print(f"64 connections: {together['calls']:.2f} system calls, {together['failed']:.2f} failed: {together['by_name']}")
    print(f"instructions:   {executed['own']} of its own, {executed['libssl']} in libssl, {executed['all']} in all")
    print(f"with a console: {with_console['own']} of its own")
    counts = {"calls_at_1": round(alone["calls"], 2), "calls_at_64": round(together["calls"], 2),
              "instructions_own": executed["own"], "instructions_libssl": executed["libssl"],
              "instructions_with_console": with_console["own"]}
    if "--record" in sys.argv:
        # Waits are shared by the events that came meanwhile, and how many did depends on the machine.
        counts["calls_at_64"] = max(counts["calls_at_64"], QUIET_AT_64)
        counts["openssl"] = OPENSSL
        peers.write(REFERENCE, json.dumps(counts, indent=2) + "\n")
        return 0
    with open(REFERENCE, encoding="ascii") as text:
        reference = json.load(text)
    if reference["openssl"] != OPENSSL:
        del counts["instructions_libssl"]
    bad = [f"{name}: {count} is more than 5 % above {reference[name]}"
           for name, count in counts.items() if count > reference[name] * GROWTH]
    if together["calls"] > CALLS_AT_64 * GROWTH:
        bad.append(f"calls_at_64: {together['calls']:.2f}, and {CALLS_AT_64} is the aim")
    if alone["failed"] + together["failed"] > 2 * FAILED:
        bad.append("system calls that fail: something is tried that cannot succeed")
    print("\n".join(bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
