"""What one process of a soak has counted, handed to the one that prints: a line of JSON now and then."""

import asyncio
import collections
import json
import sys

#: How many wrong things are told one by one.
TOLD = 20


class Tally:
    def __init__(self):
        self.counts = collections.Counter()
        self.wrong = 0
        self.told = []

    def count(self, kind, name, by=1):
        """`kind`: good, fault, seen."""
        self.counts[f"{kind} {name}"] += by

    def tell_wrong(self, what):
        self.wrong += 1
        if self.wrong <= TOLD:
            self.told.append(what)

    def take(self):
        """All since the last time."""
        line = json.dumps({"counts": self.counts, "wrong": self.wrong, "told": self.told})
        self.counts.clear()
        self.told.clear()
        return line

    def add(self, line):
        """What another process has taken; its number of wrong things is all so far."""
        report = json.loads(line)
        self.counts.update(report["counts"])
        self.told += report["told"]
        return report["wrong"]

    def of(self, kind):
        """Name to number, the most frequent first."""
        begin = kind + " "
        return {name.removeprefix(begin): number for name, number in self.counts.most_common() if name.startswith(begin)}

    def total(self, kind):
        return sum(self.of(kind).values())


def say(line):
    print(line, flush=True)


async def report_until_told_to_end(tally):
    """A line each second, until standard input ends; then the caller ends."""
    loop = asyncio.get_running_loop()
    told = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(told), sys.stdin)
    ended = asyncio.ensure_future(told.read())
    while not ended.done():
        await asyncio.wait([ended], timeout=1)
        say(tally.take())
