"""As much of HTTP/1.1 as the two ends of a soak need: messages as they stand on the wire, and how they are read."""

import asyncio
import dataclasses
import os
import socket
import struct

FRAMINGS = ("length", "chunked", "close")
GARBAGE = b"\x01\x02 garbage \r\n\r\n\xff"
CHUNK = 20_011
#: A host of this machine that no profile has: tunnels lead there.
UNKNOWN = "127.0.0.2"
READ = 65536
#: How a stream ends that is cut.
CUT = (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError)


@dataclasses.dataclass
class Head:
    start: str
    fields: dict

    def field(self, name):
        return self.fields.get(name, "")


def framed(body, framing):
    """The field that says how long the body is, and the body on the wire."""
    if framing == "length":
        return f"Content-Length: {len(body)}\r\n", body
    if framing == "close":
        return "", body
    pieces = []
    for at in range(0, len(body), CHUNK):
        piece = body[at:at + CHUNK]
        pieces += [f"{len(piece):x}\r\n".encode(), piece, b"\r\n"]
    return "Transfer-Encoding: chunked\r\n", b"".join(pieces) + b"0\r\n\r\n"


async def read_head(reader):
    """The next message's head; None: the connection ended before it."""
    try:
        text = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as end:
        if end.partial:
            raise
        return None
    start, *lines = text[:-4].decode("latin-1").split("\r\n")
    fields = {}
    for line in lines:
        name, _, value = line.partition(":")
        fields[name.lower()] = value.strip()
    return Head(start, fields)


async def read_body(reader, head, got, ends_with_connection, pace=None):
    """Appends what comes to `got`, a list; raises where it is cut. `pace`: awaited before each piece."""
    async def take(size):
        while size:
            if pace:
                await pace()
            piece = await reader.read(min(size, READ))
            if not piece:
                raise asyncio.IncompleteReadError(b"", size)
            got.append(piece)
            size -= len(piece)

    if head.field("transfer-encoding") == "chunked":
        while size := int(await reader.readuntil(b"\r\n"), 16):
            await take(size)
            await reader.readexactly(2)
        await reader.readuntil(b"\r\n")
    elif "content-length" in head.fields:
        await take(int(head.field("content-length")))
    elif ends_with_connection:
        while piece := await reader.read(READ):
            got.append(piece)


async def write_slowly(writer, wire, pieces, pause):
    size = max(1, len(wire) // pieces)
    for at in range(0, len(wire), size):
        writer.write(wire[at:at + size])
        await writer.drain()
        await asyncio.sleep(pause)


def reset(writer):
    """Ends the connection by RST where the socket has such a thing, and without TLS's farewell anyway."""
    own = writer.get_extra_info("socket")
    if own is not None and own.fileno() >= 0:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def write_bare(writer, octets):
    """Onto the socket below, past TLS."""
    own = writer.get_extra_info("socket")
    try:
        os.write(own.fileno(), octets)
    except OSError:
        pass  # the other side has ended it, or has no room: it gets no garbage then


async def close(writer):
    """What was aborted is not closed again: asyncio of Python 3.11.2 fails when it is aborted after that."""
    try:
        if not writer.transport.is_closing():
            writer.close()
        await asyncio.wait_for(writer.wait_closed(), 5)
    except (*CUT, asyncio.TimeoutError):
        writer.transport.abort()
