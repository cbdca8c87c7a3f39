#!/usr/bin/env python3
"""Many clients and servers at the real program for a long time, many of them unkind; every minute a look, in the end a
verdict. README.md beside this file says what is done and what is held.

    tests/soak/run.sh [SECONDS] [BINARY] [--seed N] [--clients N] [--faults SHARE] [--break WHAT]
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, HERE)
import memory  # noqa: E402
import proxy as program  # noqa: E402
import tally  # noqa: E402

TOP = os.path.realpath(f"{HERE}/../..")
#: Clients of one process: Python uses one processor.
CLIENTS_OF_ONE = 48
#: Which servers share a process: none that breaks TLS with one that has to answer (README.md).
SERVERS = (("steady", "steady12", "echo"), ("restless",), ("flaky", "flaky12", "unshaken"))
SAMPLE = 1
RELOAD = 7
#: What may be open more than before the first client: those of the worker threads' first uses.
DESCRIPTORS = 4
BREAKS = ("wrong_byte", "held_connections")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seconds", nargs="?", type=int, default=120)
    parser.add_argument("binary", nargs="?", default=f"{TOP}/build/release/proxy/countersign")
    parser.add_argument("--seed", type=int, help="what clients do is drawn with it (default: another each time)")
    parser.add_argument("--clients", type=int, default=CLIENTS_OF_ONE)
    parser.add_argument("--faults", type=float, default=0.12, help="the share of exchanges in which somebody fails")
    parser.add_argument("--break", dest="breaks", choices=BREAKS, help="does wrong itself: then the verdict has to say so")
    parsed = parser.parse_args()
    if not os.access(parsed.binary, os.X_OK):
        raise SystemExit(f"no program at {parsed.binary}: build it, or name another")
    if parsed.seed is None:
        parsed.seed = random.SystemRandom().randrange(1_000_000)
    return parsed


class Part:
    """A process of the soak's own, which prints what it has counted until its input ends."""

    def __init__(self, process):
        self._process = process
        self.wrong = 0

    @classmethod
    async def start(cls, name, *told):
        return cls(await asyncio.create_subprocess_exec(
            sys.executable, "-B", f"{HERE}/{name}.py", *told, limit=1 << 24,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE))

    async def line(self):
        return (await self._process.stdout.readline()).decode()

    async def add_to(self, counts):
        """Until it ends."""
        while line := await self.line():
            self.wrong = counts.add(line)

    async def end(self):
        self._process.stdin.close()
        return await self._process.wait()

    def kill(self):
        if self._process.returncode is None:
            self._process.kill()


class Soak:
    def __init__(self, options, folder):
        self._options, self._folder = options, folder
        self._sanitizer = program.sanitizer(options.binary)
        self._patience = 4 if self._sanitizer else 1
        self._counts, self._minute = tally.Tally(), tally.Tally()
        self._parts, self._readers, self._held = [], [], []
        self._samples, self._verdict = [], []
        self._proxy = None
        self._begun = time.monotonic()

    async def run(self):
        """Whether all is well."""
        try:
            await self._start()
            await self._load()
            await self._end()
        finally:
            for part in self._parts:
                part.kill()
            if self._proxy:
                self._proxy.end()
        print("\nverdict")
        for good, what in self._verdict:
            print(f"  {'ok    ' if good else 'FAILED'}  {what}", flush=True)
        return all(good for good, _ in self._verdict)

    async def _start(self):
        program.certificates(self._folder)
        self._servers = [await self._part("server", self._folder, *names) for names in SERVERS]
        self._ports = {}
        for server in self._servers:
            self._ports.update(json.loads(await server.line()))
        self._proxy = program.Proxy(self._options.binary, self._folder, self._ports, self._patience)
        self._proxy.start()
        self._at_rest = self._proxy.descriptors()
        self._begun = time.monotonic()
        self._load_parts = []
        for first in range(0, self._options.clients, CLIENTS_OF_ONE):
            self._load_parts.append(await self._part("load", json.dumps({
                "ports": self._ports, "proxy": self._proxy.port, "socket": self._proxy.socket, "patience": self._patience,
                "faults": self._options.faults, "breaks": self._options.breaks, "seed": self._options.seed, "first": first,
                "clients": min(CLIENTS_OF_ONE, self._options.clients - first)})))
        self._readers = [asyncio.ensure_future(part.add_to(self._minute)) for part in self._parts]

    async def _part(self, name, *told):
        self._parts.append(await Part.start(name, *told))
        return self._parts[-1]

    async def _load(self):
        until = self._begun + self._options.seconds
        reload_at, tell_at = self._begun + RELOAD, self._begun + 60
        while (now := time.monotonic()) < until and self._proxy.running() and all(not r.done() for r in self._readers):
            self._samples.append((now - self._begun, self._proxy.resident()))
            if now >= reload_at:
                self._proxy.reload()
                reload_at += RELOAD
            if now >= tell_at:
                await self._tell()
                tell_at += 60
            if self._options.breaks == "held_connections" and len(self._held) < 20:
                self._held.append(await asyncio.open_connection("127.0.0.1", self._proxy.port))
            await asyncio.sleep(SAMPLE)

    async def _tell(self):
        """What the last minute brought."""
        minute = self._minute
        metrics = await self._proxy.metrics()
        good, faults = minute.total("good"), minute.total("fault")
        print(f"\n{time.monotonic() - self._begun:6.0f} s  {good} good exchanges, {faults} faults, "
              f"{self._proxy.reloads} reloads so far", flush=True)
        for kind, title in (("fault", "faults"), ("seen", "seen")):
            print(f"          {title}: " + ", ".join(f"{name} {number}" for name, number in minute.of(kind).items()))
        opened = {state: metrics[f'countersign_upstream_connections{{state="{state}"}}']
                  for state in ("active", "opening", "idle")}
        print(f"          resident {self._proxy.resident() / memory.MIB:.1f} MiB, "
              f"descriptors {self._proxy.descriptors()}, "
              f"clients {metrics['countersign_client_connections']:.0f}, upstream "
              + ", ".join(f"{state} {number:.0f}" for state, number in opened.items())
              + f", buffered {metrics['countersign_buffered_bytes']:.0f} bytes")
        for line in minute.told:
            print(f"          WRONG {line}", flush=True)
        self._counts.counts.update(minute.counts)
        minute.counts.clear()
        minute.told.clear()

    def _hold(self, good, what):
        self._verdict.append((bool(good), what))

    async def _end(self):
        alive = self._proxy.running()
        for part in self._load_parts:
            await part.end()
        if alive:
            await self._at_rest_again()
        for server in self._servers:
            await server.end()
        await asyncio.gather(*self._readers)
        self._hold(alive, "the program ran all the time")
        if alive:
            metrics = await self._proxy.metrics()
            await self._tell()
            taken = metrics['countersign_reloads_total{result="adopted"}']
            self._hold(taken >= self._proxy.reloads - 1 and metrics["countersign_last_reload_successful"] == 1,
                       f"{taken:.0f} of {self._proxy.reloads} reloads took effect (a later one may replace one that waits)")
            rise, limit = memory.rise(self._samples), memory.RISE[self._sanitizer]
            says_little = self._options.seconds < memory.LEAST
            self._hold(says_little or rise <= limit, f"resident memory: {rise / memory.MIB:+.2f} MiB over the second "
                       f"half, " + ("too short a run to say" if says_little else f"at most {limit / memory.MIB:.0f}"))
            status = self._proxy.end()
            self._hold(status == 0, f"exit status {status} at SIGTERM")
        wrong = sum(part.wrong for part in self._parts)
        good, faults = self._counts.total("good"), self._counts.total("fault")
        self._hold(not wrong and good, f"{good} good exchanges, {faults} faults: {wrong} wrong things seen by clients "
                   "and servers")
        report = self._proxy.reports()
        self._hold(not report, "its log has no report of a sanitizer, and no failed check" + (report and f":\n{report}"))

    async def _at_rest_again(self):
        """All clients are gone: what it holds, it holds for itself."""
        gauges = ["countersign_client_connections", "countersign_exchanges_in_progress", "countersign_buffered_bytes",
                  "countersign_upstream_waiting", "countersign_former_generations",
                  *(f'countersign_upstream_connections{{state="{state}"}}' for state in ("active", "opening", "idle"))]
        deadline = time.monotonic() + 20 * self._patience
        while True:
            metrics = await self._proxy.metrics()
            held = {name: sum(value for row, value in metrics.items() if row == name or row.startswith(name + "{"))
                    for name in gauges}
            held = {name: value for name, value in held.items() if value}
            # That of who has asked for the metrics may not be closed yet.
            descriptors = self._proxy.descriptors()
            if (not held and descriptors <= self._at_rest + DESCRIPTORS) or time.monotonic() > deadline:
                break
            await asyncio.sleep(0.5)
        self._hold(not held, "connections, exchanges and buffers are 0 again" + (held and f": {held}" or ""))
        self._hold(descriptors <= self._at_rest + DESCRIPTORS, f"descriptors: {descriptors}, {self._at_rest} at the start")


def main():
    options = arguments()
    folder = tempfile.mkdtemp(prefix="soak-")
    print(f"{options.binary}: {options.seconds} s, {options.clients} clients, seed {options.seed}", flush=True)
    good = False
    try:
        good = asyncio.run(Soak(options, folder).run())
    finally:
        if good:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            print(f"the program's log: {folder}/countersign.log")
    print("\nall well" if good else f"\nFAILED; again: tests/soak/run.sh {options.seconds} {options.binary} "
          f"--seed {options.seed}")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
