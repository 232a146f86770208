"""What this process wrote lately, as far as own states follow from it.

Beside many writers, reading back what they wrote would take as long as writing it, and would wait
for each of them. Whoever wrote an entry knows what is in it: where all entries since a version of
the snapshot are this process's own and none touches the topology, nothing has to be read.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence

from fitsm_graph.graph.changes import Change, RecordChange
from fitsm_graph.impact.disturbances import EFFECTS, KINDS
from fitsm_graph.model.confm import ELEMENT_KINDS
from fitsm_graph.model.declare import RELATIONS

DEFINITIONS = frozenset({"CIType", "RelationshipType"})
"""Kinds of records that say what elements and relations mean."""
MOST = 1_000
"""Entries that are kept; whoever asks less often than that reads the ledger."""
_TOPOLOGY = frozenset(ELEMENT_KINDS) | DEFINITIONS


class Recent:
    """The last entries of this process.

    Args:
        is_relation: Whether a type is one of the registry's relationship types.
    """

    def __init__(self, is_relation: Callable[[str], bool]) -> None:
        self._is_relation = is_relation
        self._entries: OrderedDict[int, tuple[Change, ...] | None] = OrderedDict()

    def note(self, seq: int, changes: Sequence[Change]) -> None:
        """Take in an entry once it is committed."""
        topology = any(map(self._touches_topology, changes))
        self._entries[seq] = None if topology else tuple(filter(_counts, changes))
        if len(self._entries) > MOST:
            self._entries.popitem(last=False)

    def since(self, seq: int, until: int) -> tuple[int, list[Change]] | None:
        """Changes of records and relations that own states come from, after an entry.

        Args:
            seq: The entry.
            until: An entry that has to be among them, or later than all of them.

        Returns:
            The number of the last entry that is told of, with changes in their order; None where
            an entry is not known, or touches the topology.
        """
        found: list[Change] = []
        last = seq
        while (changes := self._entries.get(last + 1)) is not None:
            found += changes
            last += 1
        return (last, found) if last >= until else None

    def _touches_topology(self, change: Change) -> bool:
        if isinstance(change, RecordChange):
            return change.kind in _TOPOLOGY
        return change.type not in RELATIONS or self._is_relation(change.type)


def _counts(change: Change) -> bool:
    if isinstance(change, RecordChange):
        return change.kind in KINDS
    return change.type in EFFECTS
