"""Places in the ledger that a stream can be resumed from.

A cursor is the number of an entry: all of it has been told. Where an entry tells of several
records, all events but the last carry the record as well, so that nothing is lost or told twice
when the stream is cut in between.
"""

from dataclasses import dataclass

from fitsm_graph.kernel.errors import BadInput

_LONGEST = 100
_LAST = "\U0010ffff"
"""Greater than every id: the entry is told as a whole."""


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A place: an entry, and the last record in it that was told.

    Attributes:
        id: The record; as a rule the whole entry was told.
    """

    seq: int
    id: str = _LAST

    def __str__(self) -> str:
        """As clients see it.

        >>> str(Cursor(57)), str(Cursor(57, "abc"))
        ('57', '57/abc')
        """
        return str(self.seq) if self.id == _LAST else f"{self.seq}/{self.id}"

    @property
    def whole(self) -> int:
        """The last entry of which everything was told."""
        return self.seq if self.id == _LAST else self.seq - 1

    @classmethod
    def of(cls, text: str) -> "Cursor":
        """Read a cursor.

        Raises:
            BadInput: INVALID_CURSOR.
        """
        number, slash, id = text[:_LONGEST].partition("/")
        fits = (
            number.isascii() and number.isdecimal() and len(number) < 16 and bool(id) == bool(slash)
        )
        if not fits or len(text) > _LONGEST or (slash and number == "0"):
            raise BadInput(
                "the cursor leads nowhere",
                code="INVALID_CURSOR",
                why="it is no place in the ledger",
                remedy="send the `cursor` of an event, or the `seq` that a mutation returned",
                path=("since",),
            )
        return cls(int(number), id or _LAST)
