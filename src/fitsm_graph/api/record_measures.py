"""Keys and measures of groups of records: their fields, whether they go on, and their links."""

from fitsm_graph.api.fields import ANY_ELEMENT, ValueKind, record_fields
from fitsm_graph.api.links import Link, links_of
from fitsm_graph.api.measures import Value, Values, stored
from fitsm_graph.api.record_filters import OPEN, going_on
from fitsm_graph.api.statement import Statement, where
from fitsm_graph.model.declare import RECORDS

RECORD = "record"
_OF_RECORDS = "groups and measures are of fields, of links, and of whether a record is open"


class RecordValues(Values):
    """What can be looked at of records of a kind.

    A link is the keys of what is at its other end, each of which makes a group; of elements those
    that the reader sees.
    """

    def __init__(self, made: Statement, kind: str) -> None:
        super().__init__(made, kind)
        self._fields = record_fields(kind, part=made.sight is not None)
        self._links = links_of(kind)

    def of(self, name: str, path: tuple[str | int, ...]) -> Value:
        """A field, a link, or whether it is open.

        Raises:
            BadInput: UNKNOWN_FIELD.
        """
        if name in self._fields:
            return stored(self._fields[name], RECORD)
        if name in self._links:
            return self._linked(self._links[name])
        goes_on = RECORDS[self._kind].over
        if name == OPEN and goes_on:
            return Value(f"({going_on(self._made, self._kind, RECORD)})", ValueKind.BOOLEAN)
        known = [*self._fields, *self._links, *([OPEN] if goes_on else [])]
        raise self.unknown(name, known, _OF_RECORDS, path)

    def _linked(self, link: Link) -> Value:
        bond, other = self._made.next("link"), self._made.next("far")
        seen = self._made.seen(other) if link.far == ANY_ELEMENT else []
        pattern = link.pattern(RECORD, bond, other)
        keys = f"COLLECT {{ MATCH {pattern}{where(seen)} RETURN DISTINCT {other}.key }}"
        return Value(f"head({keys})") if link.one else Value(keys, several=True)
