"""Addresses of mail as they stand in a message, read alike on every Python (PR12.1).

    addresses("Ada <ada@x.org>, desk@x.org")   # ["ada@x.org", "desk@x.org"]

The mail server checks one address of who wrote a message. So no other one may be read out of it:
what can be read in two ways is not read at all.
"""

import re
from collections.abc import Iterator

_ADDRESS = re.compile(r'[^\s\x00-\x20\x7f<>()\[\],;:\\"@]+@[^\s\x00-\x20\x7f<>()\[\],;:\\"@]+')
_BRACKETED = re.compile(r"([^<>]*)<([^<>]*)>")
_PIECES = re.compile(r'"(?:[^"\\]|\\.)*"|\((?:[^()\\]|\\.)*\)|[^"()\\]', re.DOTALL)


def addresses(text: str) -> list[str]:
    """All addresses of a text such as the header of an e-mail, without names.

    Raises:
        ValueError: Part of it is no address, or could be read as another one.
    """
    return [_address(part) for part in _parts(text) if part.strip()]


def _parts(text: str) -> Iterator[str]:
    """What stands between commas, without quoted names and remarks."""
    part, place = "", 0
    while place < len(text):
        piece = _PIECES.match(text, place)
        if piece is None:
            raise ValueError("a quote, a bracket or a backslash stands alone in it")
        place, said = piece.end(), piece[0]
        if said == ",":
            yield part
            part = ""
        elif said[0] == "(" and re.search("[@<>]", said):
            raise ValueError("a remark in it looks like an address")
        else:
            part += said if len(said) == 1 else " \N{BULLET} "
    yield part


def _address(part: str) -> str:
    named = _BRACKETED.fullmatch(part.strip())
    if named is None:
        found = part.replace("\N{BULLET}", "").strip()
    else:
        found = named[2].strip()
        for word in named[1].split():
            if "@" in word and word.strip("'").lower() != found.lower():
                raise ValueError("the name before the address looks like another address")
    if not _ADDRESS.fullmatch(found):
        raise ValueError("it is no address")
    return found
