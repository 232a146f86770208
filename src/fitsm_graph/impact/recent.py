"""What this process wrote lately, as far as topology and own states follow from it.

Beside many writers, reading back what they wrote would take as long as writing it, and would wait
for each of them. Whoever wrote an entry knows what is in it: where all entries since a version of
the snapshot are this process's own and tell all that is needed, nothing has to be read. That is so
for all that is made or ends, and for records of disturbances; of an element that is changed, a
change has what changed and not the rest.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence

from fitsm_graph.graph.changes import Change, RecordChange, RelationChange
from fitsm_graph.graph.history import GraphImage, RecordImage
from fitsm_graph.impact.disturbances import EFFECTS, KINDS
from fitsm_graph.model.confm import ELEMENT_KINDS
from fitsm_graph.model.declare import RELATIONS
from fitsm_graph.model.ledger import Op

DEFINITIONS = frozenset({"CIType", "RelationshipType"})
"""Kinds of records that say what elements and relations mean."""
MOST_ENTRIES = 1_000
MOST_CHANGES = 20_000
"""What is kept; whoever asks less often than that reads the ledger."""


class Recent:
    """The last entries of this process.

    Args:
        is_relation: Whether a type is one of the registry's relationship types.
    """

    def __init__(self, is_relation: Callable[[str], bool]) -> None:
        self._is_relation = is_relation
        self._entries: OrderedDict[int, tuple[Change, ...] | None] = OrderedDict()
        self._kept = 0

    def note(self, seq: int, changes: Sequence[Change]) -> None:
        """Take in an entry once it is committed."""
        told = all(map(self._tells_all, changes))
        kept = tuple(filter(self._counts, changes)) if told else None
        self._entries[seq] = kept
        self._kept += len(kept or ())
        while self._kept > MOST_CHANGES or len(self._entries) > MOST_ENTRIES:
            _, gone = self._entries.popitem(last=False)
            self._kept -= len(gone or ())

    def since(self, seq: int, until: int) -> tuple[int, list[Change]] | None:
        """Changes that topology and own states follow from, after an entry.

        Args:
            seq: The entry.
            until: An entry that has to be among them.

        Returns:
            The number of the last entry that is told of, with changes in their order; None where
            an entry is not known, or does not tell all.
        """
        found: list[Change] = []
        last = seq
        while (changes := self._entries.get(last + 1)) is not None:
            found += changes
            last += 1
        return (last, found) if last >= until else None

    def _tells_all(self, change: Change) -> bool:
        if isinstance(change, RecordChange):
            of_element = change.kind in ELEMENT_KINDS
            return change.kind not in DEFINITIONS and (not of_element or change.op is Op.CREATE)
        return not self._is_of_topology(change) or change.op in {Op.RELATE, Op.UNRELATE}

    def _is_of_topology(self, change: RelationChange) -> bool:
        return change.type not in RELATIONS or self._is_relation(change.type)

    def _counts(self, change: Change) -> bool:
        if isinstance(change, RecordChange):
            return change.kind in KINDS or change.kind in ELEMENT_KINDS
        return change.type in EFFECTS or self._is_of_topology(change)


def of_disturbances(changes: Iterable[Change]) -> list[Change]:
    """Those of some changes that own states follow from."""
    return [
        each
        for each in changes
        if (each.kind in KINDS if isinstance(each, RecordChange) else each.type in EFFECTS)
    ]


def images_of(changes: Iterable[Change]) -> tuple[GraphImage, GraphImage]:
    """What elements and relations were before some changes that tell all, and are after them."""
    then, now = GraphImage(), GraphImage()
    for change in changes:
        if isinstance(change, RecordChange):
            if change.kind in ELEMENT_KINDS:
                now.records[change.id] = RecordImage(change.kind, change.after)
        elif change.op is Op.RELATE:
            now.relations[change.triple] = change.after
        elif change.op is Op.UNRELATE and now.relations.pop(change.triple, None) is None:
            then.relations[change.triple] = change.before
    return then, now
