"""Servers of a soak, a process of its own: each request says in its target which answer it wants, and what is to go wrong
on the way. Prints the ports, then a line of what it counted each second, until its standard input ends.

    server.py FOLDER NAME ...
"""

import asyncio
import json
import ssl
import sys
import urllib.parse

import content
import http1
import tally

TALLY = tally.Tally()
#: A second answer, in one record with the first: what comes later may cross the connection's next request, and then
#: nobody can tell whose it is.
SURPLUS = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Number: 0\r\n\r\nwrong"
#: What nobody ends is ended then.
STALL = 120


def context(folder, version):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(f"{folder}/server.crt", f"{folder}/server.key")
    made.load_verify_locations(f"{folder}/root.crt")
    made.verify_mode = ssl.CERT_REQUIRED
    made.minimum_version = made.maximum_version = version
    return made


class Asked:
    """What the target of a request says."""

    def __init__(self, head):
        self.method, target, _ = head.start.split(" ", 2)
        query = dict(urllib.parse.parse_qsl(target.partition("?")[2]))
        self.number = int(query["n"])
        self.size = int(query.get("size", 0))
        self.framing = query.get("framing", "length")
        self.upload = int(query.get("upload", 0))
        self.fault, _, self.step = query.get("fault", "").partition("@")
        self.pieces = int(query.get("pieces", 0))
        self.lie = "lie" in query and self.size > 0


async def serve(reader, writer):
    try:
        while (head := await http1.read_head(reader)) is not None:
            if not await exchange(reader, writer, head):
                return
    except http1.CUT:
        TALLY.count("seen", "a request that was cut")
    except (KeyError, ValueError) as error:
        TALLY.tell_wrong(f"the server was sent a request that nobody made: {error!r}")
    finally:
        await http1.close(writer)


async def exchange(reader, writer, head):
    """False where the connection is not to be used again."""
    asked = Asked(head)
    if head.field("upgrade"):
        await switch(reader, writer)
        return False
    if asked.step != "early" and not await take_upload(reader, writer, head, asked):
        return False
    text = content.body(asked.number, asked.size)
    if asked.lie:
        text = text[:asked.size // 2] + bytes([text[asked.size // 2] ^ 1]) + text[asked.size // 2 + 1:]
    length, wire = http1.framed(text, asked.framing)
    start = f"HTTP/1.1 200 OK\r\nX-Number: {asked.number}\r\n{length}\r\n".encode()
    whole = start + (wire if asked.method != "HEAD" else b"")
    if asked.fault:
        TALLY.count("fault", f"server: {asked.fault} {asked.step}")
        if asked.fault == "surplus":
            whole += SURPLUS
        until = {"before": 0, "early": 0, "in_head": len(start) // 2, "before_body": len(start),
                 "in_body": len(start) + len(wire) // 2, "behind": len(whole)}[asked.step]
        writer.write(whole[:until])
        await writer.drain()
        await fail(reader, writer, asked.fault)
        return False
    if asked.pieces:
        await http1.write_slowly(writer, whole, asked.pieces, 0.01)
    else:
        writer.write(whole)
        await writer.drain()
    return asked.framing != "close"


async def take_upload(reader, writer, head, asked):
    """False where it is cut; what is whole has to be what the client sent."""
    if head.field("expect"):
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    got = []
    try:
        await http1.read_body(reader, head, got, False)
    except (*http1.CUT, ValueError):
        TALLY.count("seen", "an upload that was cut")
        return False
    wrong = content.difference(content.body(asked.number + 1, asked.upload), b"".join(got))
    if wrong:
        TALLY.tell_wrong(f"upload {asked.number} arrived as whole: {wrong}")
    return True


async def fail(reader, writer, fault):
    if fault == "reset":
        http1.reset(writer)
    elif fault == "close":
        writer.transport.abort()
    elif fault == "stall":
        try:
            await asyncio.wait_for(reader.read(), STALL)
        except asyncio.TimeoutError:
            TALLY.tell_wrong(f"nobody ended a connection that was silent for {STALL} s")
    elif fault == "garbage":
        writer.write(http1.GARBAGE)
    elif fault == "record":
        http1.write_bare(writer, http1.GARBAGE)
    elif fault == "idle_close":
        # Not with TLS's farewell: a request may cross it, and what Python's ssl makes of that is in the README.
        await asyncio.sleep(0.05)
        writer.transport.abort()
    elif fault == "idle_reset":
        await asyncio.sleep(0.05)
        http1.reset(writer)
    # "truncated": the close of serve(), as TLS would have it


async def switch(reader, writer):
    writer.write(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
    await echo(reader, writer)


async def echo(reader, writer):
    """Until the other side ends."""
    try:
        while piece := await reader.read(http1.READ):
            writer.write(piece)
            await writer.drain()
    except http1.CUT:
        TALLY.count("seen", "a tunnel that was reset")
    finally:
        await http1.close(writer)


class Unshaken:
    """No handshake comes to its end here: each connection has the next of the ways to fail."""

    def __init__(self):
        self._number = 0

    async def serve(self, reader, writer):
        self._number += 1
        way = ("reset", "close", "garbage", "stall")[self._number % 4]
        TALLY.count("fault", f"server: {way} in the handshake")
        try:
            await reader.read(100)
            if way == "stall":
                await fail(reader, writer, way)
            elif way == "garbage":
                writer.write(http1.GARBAGE)
            elif way == "reset":
                http1.reset(writer)
        except http1.CUT:
            pass
        finally:
            await http1.close(writer)


def tell_of_itself(_loop, context):
    """What a peer's end does to a handshake is no news here, nor that asyncio closes twice what was aborted."""
    error = context.get("exception")
    if error and not isinstance(error, http1.CUT) and "_call_connection_lost" not in context["message"]:
        TALLY.tell_wrong(f"a server of the soak failed itself: {error!r}")


BEHAVIOURS = {
    "steady": (serve, ssl.TLSVersion.TLSv1_3), "steady12": (serve, ssl.TLSVersion.TLSv1_2),
    "flaky": (serve, ssl.TLSVersion.TLSv1_3), "flaky12": (serve, ssl.TLSVersion.TLSv1_2),
    "restless": (serve, ssl.TLSVersion.TLSv1_3),
    "unshaken": (Unshaken().serve, None), "echo": (echo, None),
}


async def main(folder, *names):
    ports, servers = {}, []
    for name in names:
        behaviour, version = BEHAVIOURS[name]
        servers.append(await asyncio.start_server(
            behaviour, http1.UNKNOWN if name == "echo" else "127.0.0.1", 0, backlog=1024,
            ssl=version and context(folder, version)))
        ports[name] = servers[-1].sockets[0].getsockname()[1]
    asyncio.get_running_loop().set_exception_handler(tell_of_itself)
    tally.say(json.dumps(ports))
    await tally.report_until_told_to_end(TALLY)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
