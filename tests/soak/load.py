"""The clients of a soak, a process of its own. Prints a line of what it counted each second; ends its clients when its
standard input ends, each behind the exchange that runs.

    load.py WORLD      WORLD: JSON, what soak.py gives it
"""

import asyncio
import json
import random
import sys

import exchanges
import faults
import http1
import tally


class World:
    """What all clients know."""

    def __init__(self, told):
        self.ports, self.proxy, self.socket = told["ports"], told["proxy"], told["socket"]
        self.patience = told["patience"]
        self.faults = told["faults"]
        self.breaks = told["breaks"]
        self.seed, self.first, self.clients = told["seed"], told["first"], told["clients"]
        self.ending = False
        self._orders = 0

    def lies(self):
        """With --break wrong_byte: one answer of some hundred."""
        self._orders += 1
        return self.breaks == "wrong_byte" and self._orders % 200 == 0


class Client:
    """One connection after the other, on each some exchanges. What it draws, the seed decides."""

    def __init__(self, world, number, counts):
        self.world, self.tally = world, counts
        self.random = random.Random(f"{world.seed}/{number}")
        self._number = number * 10_000_000
        self.connection = None

    def next_number(self):
        self._number += 2
        return self._number

    async def run(self):
        while not self.world.ending:
            try:
                await self._connect()
                for _ in range(self.random.choice((1, 3, 20, 100))):
                    if self.world.ending or not await self._one():
                        break
            except (*http1.CUT, exchanges.Wrong) as error:
                self.tally.tell_wrong(f"client {self._number // 10_000_000}: {error!r}")
            finally:
                if self.connection:
                    await http1.close(self.connection.writer)
                    self.connection = None

    async def _connect(self):
        if self.random.random() < 0.5:
            pair = await asyncio.open_unix_connection(self.world.socket)
        else:
            pair = await asyncio.open_connection("127.0.0.1", self.world.proxy)
        self.connection = exchanges.Connection(*pair)

    async def _one(self):
        """False: this connection is not to have another."""
        await asyncio.sleep(self.random.uniform(0, 0.02))
        if self.random.random() < self.world.faults:
            return await self._faulty()
        kind = self.random.choices(*zip(*exchanges.GOOD.items()))[0]
        try:
            more = await asyncio.wait_for(kind(self), 30 * self.world.patience)
        except asyncio.TimeoutError:
            raise exchanges.Wrong(f"good {kind.__name__}: no end within {30 * self.world.patience} s") from None
        except (*http1.CUT, exchanges.Wrong, ValueError) as error:
            raise exchanges.Wrong(f"good {kind.__name__} {self._number}: {error}") from None
        self.tally.count("good", kind.__name__)
        return more

    async def _faulty(self):
        kind = self.random.choices(*zip(*faults.FAULTY.items()))[0]
        try:
            seen = await asyncio.wait_for(kind(self), 60 * self.world.patience)
        except asyncio.TimeoutError:
            raise exchanges.Wrong(f"fault {kind.__name__}: no end within {60 * self.world.patience} s") from None
        except http1.CUT:
            seen = "an end without an answer"
        except exchanges.Wrong as error:
            raise exchanges.Wrong(f"fault {kind.__name__} {self._number}: {error}") from None
        self.tally.count("seen", seen)
        return False


async def main(told):
    world, counts = World(json.loads(told)), tally.Tally()
    running = [asyncio.ensure_future(Client(world, world.first + i, counts).run()) for i in range(world.clients)]
    await tally.report_until_told_to_end(counts)
    world.ending = True
    for ended in await asyncio.gather(*running, return_exceptions=True):
        if isinstance(ended, Exception):
            counts.tell_wrong(f"a client of the soak failed itself: {ended!r}")
    tally.say(counts.take())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
