"""Opaque identifiers: 26 characters that sort by time of making (the layout of a ULID).

The alphabet is Crockford's base 32: no letters that read alike.
"""

import os
from datetime import datetime

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 26
_CHARACTERS = frozenset(ALPHABET)


def new_id(now: datetime) -> str:
    """Make an identifier: 48 bits of milliseconds, then 80 random bits."""
    milliseconds = int(now.timestamp() * 1000) & ((1 << 48) - 1)
    number = (milliseconds << 80) | int.from_bytes(os.urandom(10))
    return _encode(number)


def new_ids(now: datetime, count: int) -> list[str]:
    """Make many identifiers at once; one call for randomness instead of one each."""
    milliseconds = (int(now.timestamp() * 1000) & ((1 << 48) - 1)) << 80
    noise = os.urandom(10 * count)
    return [
        _encode(milliseconds | int.from_bytes(noise[i : i + 10])) for i in range(0, 10 * count, 10)
    ]


def is_id(text: str) -> bool:
    """Say whether a text has the form of an identifier."""
    return len(text) == LENGTH and _CHARACTERS.issuperset(text)


_PAIRS = [a + b for a in ALPHABET for b in ALPHABET]


def _encode(number: int) -> str:
    """Write 128 bits as 26 characters, two at a time."""
    return "".join([_PAIRS[(number >> shift) & 1023] for shift in range(120, -1, -10)])
