"""The canonical form of values, and digests over it.

Canonical JSON: keys sorted by code point, no white space, UTF-8, integers as they are, other
numbers in the shortest form that reads back to the same value; no NaN, no infinity. Two values
are the same for the ledger if and only if their canonical forms are the same bytes.
"""

import hashlib
import json
from types import NoneType

import orjson

from fitsm_graph.kernel.errors import BadInput

Scalar = str | int | float | bool | None
Value = Scalar | list[Scalar]
"""What a property of a record can hold: the intersection of JSON and Neo4j's property types."""

_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


_ALIKE = frozenset({str, int, bool, NoneType})
"""Both encoders write these alike."""
_SMALLEST, _LARGEST = 1e-4, 1e16
"""Numbers with a point in between they write alike too; others may get an exponent, which they
spell differently."""


def canonical(value: object) -> bytes:
    r"""Write a value in canonical form.

    >>> canonical({"b": [1, 2.5, None], "a": "é"})
    b'{"a":"\xc3\xa9","b":[1,2.5,null]}'
    """
    if _is_alike(value):
        try:
            return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        except TypeError:
            pass  # an integer beyond 64 bits, or no value at all: the other one knows
    try:
        return _ENCODER.encode(value).encode()
    except (TypeError, ValueError) as error:
        raise BadInput(
            "the value has no canonical form", why=str(error), remedy="use JSON's values only"
        ) from error


def _is_alike(value: object) -> bool:
    """Whether the fast encoder writes a value in just the same way; bulk loads have no others."""
    if type(value) is dict:
        for each in value.values():
            if type(each) not in _ALIKE and not _is_plain(each):
                return False
        return True
    return _is_texts(value) or (type(value) is list and all(map(_is_texts, value)))


def _is_plain(value: object) -> bool:
    if type(value) is float:
        return value == 0 or _SMALLEST <= abs(value) < _LARGEST
    return _is_texts(value)


_TEXT = frozenset({str})


def _is_texts(value: object) -> bool:
    return type(value) is list and set(map(type, value)) <= _TEXT


def digest(*parts: bytes) -> str:
    """SHA-256 over parts, each preceded by its length, as hexadecimal.

    The lengths keep two different divisions of the same bytes apart.
    """
    state = hashlib.sha256()
    for part in parts:
        state.update(len(part).to_bytes(8, "big"))
        state.update(part)
    return state.hexdigest()


def digest_value(value: object, *, salt: str = "") -> str:
    """Digest of a value in canonical form, with an optional salt."""
    return digest(salt.encode(), canonical(value))
