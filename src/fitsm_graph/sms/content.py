"""The content of documents, as it is kept: canonical JSON, compressed, in pieces (GR2.3).

Its digest is the SHA-256 of the JSON's bytes, so that a file that was saved is compared by
`sha256sum`. What is too large is refused as a whole: no part of a document is left out.
"""

import base64
import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from fitsm_graph.kernel.canonical import canonical
from fitsm_graph.kernel.errors import BadInput, Broken

LARGEST = 16 * 1024 * 1024
"""Bytes of a content."""
LARGEST_KEPT = 4 * 1024 * 1024
"""Letters that it is kept in: what one entry of the ledger may bring along."""
PIECE = 192 * 1024
"""Letters of a piece."""
_BEST = 9


@dataclass(frozen=True, slots=True)
class Content:
    """A content as it is kept.

    Attributes:
        digest: SHA-256 of its bytes, 64 hexadecimal digits.
        size: In bytes.
        parts: Its pieces.
    """

    digest: str
    size: int
    parts: tuple[str, ...]


def packed(value: object) -> Content:
    """Bring a content into the form in which it is kept.

    Raises:
        BadInput: DOCUMENT_TOO_LARGE.
    """
    said = canonical(value)
    if len(said) > LARGEST:
        raise too_large(f"it has {len(said):,} bytes, and {LARGEST:,} are the most")
    letters = base64.b64encode(zlib.compress(said, _BEST)).decode()
    if len(letters) > LARGEST_KEPT:
        raise too_large(f"compressed it has {len(letters):,} letters; {LARGEST_KEPT:,} are kept")
    parts = tuple(letters[at : at + PIECE] for at in range(0, len(letters), PIECE))
    return Content(hashlib.sha256(said).hexdigest(), len(said), parts)


def unpacked(parts: Sequence[str], digest: str, size: int) -> bytes:
    """The bytes of a content, as they were when it was issued.

    Raises:
        Broken: DOCUMENT_DAMAGED, when they are not.
    """
    try:
        reading = zlib.decompressobj()
        said = reading.decompress(base64.b64decode("".join(parts), validate=True), LARGEST + 1)
    except (ValueError, zlib.error) as error:
        raise _damaged("its pieces cannot be read") from error
    if not reading.eof or len(said) != size or hashlib.sha256(said).hexdigest() != digest:
        raise _damaged("it does not have the digest that it was issued with")
    return said


def too_large(why: str) -> BadInput:
    """The refusal of a content that is not kept."""
    return BadInput(
        "the document is too large",
        code="DOCUMENT_TOO_LARGE",
        why=f"{why}; nothing of it is left out",
        remedy="issue it for a shorter period",
        requirement="GR2.3",
    )


def _damaged(why: str) -> Broken:
    return Broken(
        "the document is not as it was issued",
        code="DOCUMENT_DAMAGED",
        why=why,
        remedy="run `fitsm-graph ledger verify --full`; a backup has it as it was",
        requirement="GR2.3",
    )
