"""The bodies of both ways. Each octet is known from its body's number and its place, so that one that is wrong, missing,
sent twice or another body's shows."""

import random

#: A prime, so that nothing which comes in blocks of a power of two repeats with it.
PERIOD = 1_048_573
_TEXT = random.Random(20).randbytes(PERIOD)
_TWICE = _TEXT * 2


def body(number, size):
    """Body `number` of `size` bytes."""
    start = number * 7919 % PERIOD
    if size <= PERIOD:
        return _TWICE[start:start + size]
    return (_TEXT[start:] + _TEXT * (size // PERIOD + 1))[:size]


def difference(expected, got):
    """Where they differ first, in words; empty: they do not."""
    if expected == got:
        return ""
    common = min(len(expected), len(got))
    at = next((i for i in range(common) if expected[i] != got[i]), common)
    return f"{len(got)} bytes instead of {len(expected)}, the first that differs is number {at}"
