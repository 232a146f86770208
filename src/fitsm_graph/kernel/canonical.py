"""The canonical form of values, and digests over it.

Canonical JSON: keys sorted by code point, no white space, UTF-8, integers as they are, other
numbers in the shortest form that reads back to the same value; no NaN, no infinity. Two values
are the same for the ledger if and only if their canonical forms are the same bytes.
"""

import hashlib
import json

from fitsm_graph.kernel.errors import BadInput

Scalar = str | int | float | bool | None
Value = Scalar | list[Scalar]
"""What a property of a record can hold: the intersection of JSON and Neo4j's property types."""

_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


def canonical(value: object) -> bytes:
    r"""Write a value in canonical form.

    >>> canonical({"b": [1, 2.5, None], "a": "é"})
    b'{"a":"\xc3\xa9","b":[1,2.5,null]}'
    """
    try:
        return _ENCODER.encode(value).encode()
    except (TypeError, ValueError) as error:
        raise BadInput(
            "the value has no canonical form", why=str(error), remedy="use JSON's values only"
        ) from error


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
