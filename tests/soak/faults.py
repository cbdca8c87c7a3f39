"""The exchanges in which one side does what it should not; each gives what its client saw, in words."""

import asyncio

import content
import http1
from exchanges import Order, Wrong, framing, large

STEPS = ("before", "in_head", "before_body", "in_body")


async def of_the_server(client):
    """Within an exchange."""
    fault = client.random.choices(("reset", "close", "garbage", "record", "truncated", "stall"), (6, 6, 6, 6, 6, 1))[0]
    # A body that ends with the connection ends by garbage and by TLS's farewell, too.
    kinds = http1.FRAMINGS if fault in ("reset", "close", "stall") else http1.FRAMINGS[:2]
    server = client.random.choice(("flaky", "flaky12"))
    if client.random.random() < 0.5:
        # Then the fault comes on a connection that has served.
        first = Order(client, server, 200)
        await client.connection.send(first.head)
        first.hold_faulty(await client.connection.answer())
    order = Order(client, server, large(client) if client.random.random() < 0.05 else
                  50_000, client.random.choice(kinds), f"{fault}@{client.random.choice(STEPS)}",
                  upload=client.random.choice((None, 1500)))
    await client.connection.send(order.head + order.wire)
    return order.hold_faulty(await client.connection.answer())


async def of_the_server_early(client):
    """While the body is on its way."""
    order = Order(client, "flaky", fault=client.random.choice(("reset", "close", "garbage", "truncated")) + "@early",
                  upload=large(client))
    try:
        await client.connection.send(order.head + order.wire)
    except http1.CUT:
        return "an upload that is refused"
    return order.hold_faulty(await client.connection.answer())


async def of_the_server_at_rest(client):
    """Behind a whole answer: the exchanges of others are what must not notice."""
    fault = client.random.choice(("idle_close", "idle_reset", "surplus"))
    order = Order(client, "restless", 1500, framing(client), f"{fault}@behind")
    await client.connection.send(order.head)
    answer = await client.connection.answer()
    seen = order.hold_faulty(answer)
    # What stands behind an answer may be more than the answer's own connection is worth, but not the answer.
    if answer.status != 200 or not answer.whole:
        raise Wrong(f"what follows an answer spoils it: {seen}")
    return seen


async def of_the_handshake(client):
    order = Order(client, "unshaken", 10)
    await client.connection.send(order.head)
    answer = await client.connection.answer()
    if answer.status not in (502, 503, 504):
        raise Wrong(f"{answer.head.start!r} where no handshake ended")
    return order.hold_faulty(answer)


def count(client, fault, step):
    client.tally.count("fault", f"client: {fault} {step}")


async def of_the_client(client):
    """In its request: ends it, or is silent until it is told."""
    order = Order(client, "flaky", 50_000, upload=20_000, upload_framing=framing(client))
    step = client.random.choice(STEPS[1:])
    fault = client.random.choices(("reset", "close", "half_close", "stall", "garbage"), (6, 6, 6, 1, 6))[0]
    count(client, fault, step)
    until = {"in_head": len(order.head) // 2, "before_body": len(order.head), "in_body": len(order.head) + 5000}[step]
    connection = client.connection
    await connection.send((order.head + order.wire)[:until])
    if fault == "reset":
        http1.reset(connection.writer)
        return "nothing: it has reset"
    if fault == "garbage":
        # Where it can be no part of the body that the length announces.
        await connection.send(http1.GARBAGE if step == "in_head" or b"chunked" in order.head else b"")
        connection.writer.write_eof()
    elif fault == "half_close":
        connection.writer.write_eof()
    elif fault == "close":
        await http1.close(connection.writer)
        return "nothing: it has closed"
    try:
        answer = await connection.answer()
    except http1.CUT:
        return "an end without an answer"
    if answer.status == 200:
        raise Wrong(f"{fault} {step}: an answer to a part")
    return order.hold_faulty(answer)


async def of_the_reader(client):
    """Begins to read a large answer, stops for a while, and ends."""
    order = Order(client, "steady", 4_000_000, framing(client))
    fault = client.random.choice(("reset", "close", "stall"))
    count(client, fault, "in the answer")
    connection = client.connection
    await connection.send(order.head)
    await http1.read_head(connection.reader)
    if fault == "stall":
        connection.writer.transport.pause_reading()
        await asyncio.sleep(client.random.uniform(0.5, 1.5))
    if fault == "close":
        await http1.close(connection.writer)
    else:
        http1.reset(connection.writer)
    return "a beginning"


async def of_the_client_at_rest(client):
    """Between two requests."""
    fault = client.random.choice(("reset", "close", "garbage"))
    count(client, fault, "at rest")
    connection = client.connection
    if fault == "garbage":
        await connection.send(http1.GARBAGE)
        answer = await connection.answer()
        if answer.status != 400:
            raise Wrong(f"{answer.head.start!r} to garbage")
        return "400 http_request_error"
    if fault == "reset":
        http1.reset(connection.writer)
    return "nothing: it has ended"


FAULTY = {of_the_server: 50, of_the_server_early: 6, of_the_server_at_rest: 30, of_the_handshake: 3, of_the_client: 40,
          of_the_reader: 8, of_the_client_at_rest: 8}
