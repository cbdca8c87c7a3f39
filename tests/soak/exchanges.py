"""The exchanges of a soak's clients. Those of GOOD have one right outcome, whatever goes wrong around them; those of
FAULTY have several, and none of them is a part that passes for the whole."""

import asyncio
import dataclasses

import content
import http1


class Wrong(Exception):
    """What the client has seen must not be."""


@dataclasses.dataclass
class Answer:
    status: int
    head: http1.Head
    body: bytes
    whole: bool


class Connection:
    """One to the proxy."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    async def send(self, wire):
        self.writer.write(wire)
        await self.writer.drain()

    async def answer(self, method="GET", pace=None):
        """The next one; with the body cut it is not whole. Raises where there is none."""
        head = await http1.read_head(self.reader)
        if head is None:
            raise ConnectionError("the connection ended instead of an answer")
        status = int(head.start.split(" ", 2)[1])
        got, whole = [], True
        try:
            if method != "HEAD" and status >= 200:
                await http1.read_body(self.reader, head, got, True, pace)
        except (*http1.CUT, ValueError):
            whole = False
        return Answer(status, head, b"".join(got), whole)


class Order:
    """A request: its number, what it asks the server for, and how it stands on the wire."""

    def __init__(self, client, server, size=0, framing="length", fault="", pieces=0, upload=None, upload_framing="length",
                 method=None, version="1.1", fields=""):
        self.number, self.size, self.fault = client.next_number(), size, fault
        self.method = method or ("GET" if upload is None else "POST")
        query = f"n={self.number}&size={size}&framing={framing}&pieces={pieces}&upload={upload or 0}"
        if fault:
            query += f"&fault={fault}"
        elif client.world.lies():
            query += "&lie=1"
        host = f"127.0.0.1:{client.world.ports[server]}"
        length, self.wire = ("", b"") if upload is None else http1.framed(
            content.body(self.number + 1, upload), upload_framing)
        self.head = (f"{self.method} http://{host}/soak?{query} HTTP/{version}\r\nHost: {host}\r\n"
                     f"{length}{fields}\r\n").encode()

    def expected(self):
        return content.body(self.number, self.size) if self.method != "HEAD" else b""

    def hold_good(self, answer):
        """Raises unless it is the right answer."""
        if answer.status != 200:
            raise Wrong(f"{answer.head.start!r}, {answer.head.field('proxy-status')!r}")
        if answer.head.field("x-number") != str(self.number):
            raise Wrong(f"the answer of request {answer.head.field('x-number')}")
        wrong = content.difference(self.expected(), answer.body)
        if wrong:
            raise Wrong(f"{'whole' if answer.whole else 'cut'}: {wrong}")
        if not answer.whole:
            raise Wrong("all bytes, but not marked as whole")

    def hold_faulty(self, answer):
        """Raises where a part passes for the whole, or has other bytes; what the client saw, in words."""
        if answer.status != 200:
            error = answer.head.field("proxy-status").partition("error=")[2].partition(";")[0]
            if answer.status not in (400, 408, 502, 503, 504) or not error or not answer.whole:
                raise Wrong(f"{answer.head.start!r} with '{error}'")
            return f"{answer.status} {error}"
        # What the server says behind the fault is garbage.
        sent = {"before_body": 0, "in_body": self.size // 2 - http1.CHUNK}.get(self.fault.partition("@")[2], self.size)
        expected = self.expected()
        right = expected[:sent]
        if not answer.body.startswith(right[:len(answer.body)]):
            raise Wrong("a wrong byte: " + content.difference(right, answer.body))
        if not answer.whole:
            return "an answer that shows that it is cut"
        if answer.body != expected:
            raise Wrong(f"{len(answer.body)} of {self.size} bytes pass for the whole")
        return "a whole answer"


# Good ones. True: the connection can have another.

async def ask(client, order, pace=None):
    await client.connection.send(order.head + order.wire)
    order.hold_good(await client.connection.answer(order.method, pace))
    return True


def small(client):
    return client.random.choice((0, 1, 200, 200, 1500, 1500, 9000, 20_000, 70_000))


def large(client):
    return client.random.randrange(200_000, 3_000_000)


def framing(client):
    return client.random.choice(("length", "length", "chunked"))


async def get(client):
    return await ask(client, Order(client, client.random.choice(("steady", "steady12")), small(client), framing(client)))


async def get_restless(client):
    return await ask(client, Order(client, "restless", small(client), framing(client)))


async def get_large(client):
    return await ask(client, Order(client, "steady", large(client), framing(client)))


async def get_until_close(client):
    return await ask(client, Order(client, "steady", small(client), "close"))


async def head(client):
    return await ask(client, Order(client, "steady", small(client), method="HEAD"))


async def post(client):
    return await ask(client, Order(client, client.random.choice(("steady", "steady12")), small(client), framing(client),
                                   upload=small(client), upload_framing=framing(client)))


async def post_large(client):
    order = Order(client, "steady12", large(client), framing(client), upload=large(client),
                  upload_framing=framing(client))
    return await ask(client, order)


async def expect(client):
    order = Order(client, "steady", 200, upload=5000, fields="Expect: 100-continue\r\n")
    await client.connection.send(order.head)
    answer = await client.connection.answer()
    if answer.status != 100:
        raise Wrong(f"{answer.head.start!r} instead of 100")
    await client.connection.send(order.wire)
    order.hold_good(await client.connection.answer())
    return True


async def pipelined(client):
    orders = [Order(client, "steady", small(client), framing(client)) for _ in range(5)]
    await client.connection.send(b"".join(order.head for order in orders))
    for order in orders:
        order.hold_good(await client.connection.answer())
    return True


async def read_slowly(client):
    return await ask(client, Order(client, "steady", large(client) // 4, framing(client)),
                     lambda: asyncio.sleep(0.01))


async def answered_slowly(client):
    return await ask(client, Order(client, "steady12", 9000, framing(client), pieces=30))


async def written_slowly(client):
    order = Order(client, "steady", 200, upload=20_000, upload_framing=framing(client))
    await http1.write_slowly(client.connection.writer, order.head + order.wire, 40, 0.01)
    order.hold_good(await client.connection.answer())
    return True


async def half_close(client):
    order = Order(client, "steady", 70_000, framing(client), upload=1500)
    await client.connection.send(order.head + order.wire)
    client.connection.writer.write_eof()
    order.hold_good(await client.connection.answer())
    return False


async def old_version(client):
    await ask(client, Order(client, "steady", small(client), framing(client), version="1.0"))
    return False


async def through(client, head_text, status):
    """A megabyte or so to whom gives it back, and its end by either way."""
    connection = client.connection
    await connection.send(head_text.encode())
    got = await http1.read_head(connection.reader)
    if got is None or f" {status} " not in got.start:
        raise Wrong(f"{got.start if got else 'nothing'!r} instead of {status}")
    text = content.body(client.next_number(), client.random.choice((10, 5000, 400_000)))
    sending = asyncio.ensure_future(connection.send(text))
    back = await connection.reader.readexactly(len(text))
    await sending
    if back != text:
        raise Wrong("through a tunnel: " + content.difference(text, back))
    if client.random.random() < 0.5:
        http1.reset(connection.writer)
    else:
        connection.writer.write_eof()
        if await connection.reader.read():
            raise Wrong("a tunnel says more than its server")
    return False


async def tunnel(client):
    host = f"{http1.UNKNOWN}:{client.world.ports['echo']}"
    return await through(client, f"CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n\r\n", 200)


async def upgrade(client):
    host = f"127.0.0.1:{client.world.ports['steady']}"
    return await through(client, f"GET http://{host}/?n=1 HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\n"
                         "Upgrade: echo\r\n\r\n", 101)


#: With how often each comes.
GOOD = {get: 500, get_restless: 100, get_large: 6, get_until_close: 30, head: 20, post: 200, post_large: 4, expect: 20,
        pipelined: 20, read_slowly: 5, answered_slowly: 10, written_slowly: 10, half_close: 20, old_version: 20, tunnel: 15,
        upgrade: 15}
