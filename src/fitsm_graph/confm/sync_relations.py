"""What becomes of the relations that a chunk of rows states: made, changed, kept, ended, refused.

A relation made by sync carries in `by` who says that it is there: the scope's name with ``>``
for the row at its source, with ``<`` for the row at its target. It ends when the last of them no
longer says so. A relation without `by` was made by a person, and is left alone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fitsm_graph.confm.sync_keeping import keep
from fitsm_graph.confm.sync_plan import check_planned
from fitsm_graph.confm.sync_report import PlannedChange, unwatched
from fitsm_graph.confm.sync_rows import Row
from fitsm_graph.confm.sync_runs import Run, Written, check_lease, open_record
from fitsm_graph.confm.sync_ties import TIE_PROPERTIES, Tie, TieType
from fitsm_graph.graph.changes import Properties, kind_of
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.errors import Problem
from fitsm_graph.model.declare import Process

End = tuple[str, str]
"""Id, and CI type or kind."""
Triple = tuple[str, str, str]
Place = tuple[str, str, str]
"""Id of an element, relationship type, out or in."""


@dataclass(slots=True)
class WrittenRelations(Written):
    """What became of the relations of a chunk of rows.

    Attributes:
        ends: Ends that were looked up, by key.
        made: Hashes of the relations that were made.
        filled: Ids at the other end of places that allow one relation; for plans.
        later: Rows refused because a place is taken, which may be free once all rows are done.
    """

    ends: dict[str, End] = field(default_factory=dict)
    made: set[int] = field(default_factory=set)
    filled: dict[Place, set[str]] = field(default_factory=dict)
    later: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Before:
    """What the run knows before a chunk of relations.

    Attributes:
        ends: Elements it has met.
        made: Hashes of the relations it has made.
        filled: Places it has filled; for plans.
        last: A taken place is a problem now, and is not tried again later.
        seq: The last entry the run knows; when there are others, it looks everything up again.
        crowded: It has made more relations than it remembers, and looks at all there are.
    """

    ends: Mapping[str, End]
    made: set[int]
    filled: Mapping[Place, set[str]]
    last: bool
    seq: int
    crowded: bool = False


@verb("sync.relations", room=Process.CONFM, requirement="PR11.3")
async def put_relations(
    tx: Tx,
    run: Run,
    rows: Sequence[Row],
    before: Before,
    decided: Callable[[], None] = unwatched,
) -> WrittenRelations:
    """Bring the relations of a chunk of rows in line with what the source says (PR11.3).

    Args:
        tx: The transaction.
        run: Must hold its scope.
        rows: Their elements are there.
        before: What earlier chunks met and made.
        decided: Called once all is decided, and only to be written.

    Raises:
        Conflict: SYNC_LEASE_LOST, PLAN_STALE.
    """
    alone = before.seq == tx.seq - 1 or not run.token
    ends = before.ends if alone else {}
    context = await tx.one("confm.sync_relations_context", **_asked(run, rows, before, ends))
    check_lease(tx, run, context["token"])
    chunk = _Chunk(tx, run, before, ends, context)
    for row in rows:
        chunk.put(row)
    written = chunk.written
    check_planned(run, written.changes)
    written.record = open_record(tx, run)
    if written.pairs or tx.changes:
        keep(tx, run, written.pairs)
    decided()
    return written


def _asked(
    run: Run, rows: Sequence[Row], before: Before, ends: Mapping[str, End]
) -> dict[str, Any]:
    """What must be read: ends not met yet, relations of rows that may have some, taken places."""
    wanted: dict[str, None] = {}
    looked: list[dict[str, Any]] = []
    filled: dict[tuple[str, str, str], None] = {}
    made = before.made
    for row in rows:
        key = row.key
        wanted[key] = None
        known = before.crowded or not row.fresh or key not in ends
        for tie in row.ties:
            wanted[tie.other] = None
            if tie.type.limited:
                filled.update(dict.fromkeys(_places(tie)))
            known = known or tie.trace in made
        if known:
            looked.append({"key": key, "others": [tie.other for tie in row.ties]})
    return {
        "scope": run.place,
        "ends": [key for key in wanted if key not in ends],
        "rows": looked,
        "out": f"{run.place}>",
        "in": f"{run.place}<",
        "filled": [list(place) for place in filled],
    }


def _places(tie: Tie) -> Iterator[tuple[str, str, str]]:
    """Ends that allow one relation of the type, by key."""
    if tie.type.one_target:
        yield (tie.source, tie.type.name, "out")
    if tie.type.one_source:
        yield (tie.target, tie.type.name, "in")


class _Chunk:
    """The decisions over one chunk."""

    def __init__(
        self, tx: Tx, run: Run, before: Before, ends: Mapping[str, End], context: Properties
    ) -> None:
        self.tx = tx
        self.run = run
        self.before = before
        self.tells = run.tells
        self.marks = {True: f"{run.place}>", False: f"{run.place}<"}
        self.written = WrittenRelations(seq=tx.seq)
        for key, id, labels in context["ends"]:
            if tx.sees(labels):
                self.written.ends[key] = (id, _word(labels))
        self.ends = ends
        self.keys: dict[str, str] = {}
        self.relations: dict[Triple, Properties] = {}
        self.of_row: dict[str, list[Triple]] = {}
        for key, type_name, source, target, properties, other in context["relations"]:
            self.keys[other[0]] = other[1]
            triple = (type_name, source, target)
            self.relations.setdefault(triple, properties)
            self.of_row.setdefault(key, []).append(triple)
        self.filled: dict[Place, set[str]] = {}
        for key, type_name, way, others in context["filled"]:
            end = self._end(key)
            if end is not None:
                self.filled[end[0], type_name, way] = set(others)

    def put(self, row: Row) -> None:
        """Decide on the relations of one row."""
        me = self._end(row.key)
        if me is None:
            return  # refused as an element, and said there
        stated: dict[Triple, Tie] = {}
        faults: list[Problem] = []
        for n, tie in enumerate(row.ties):
            found = self._stated(row, me, tie, n, faults)
            if found is not None and stated.setdefault(found, tie).properties != tie.properties:
                faults.append(_said_twice(tie, (row.place, "relations", n)))
        if self.run.mode == "snapshot" and row.key in self.of_row:
            self._end_unsaid(row, me, stated)
        full = [
            fault for triple, tie in stated.items() if (fault := self._state(row, me, triple, tie))
        ]
        if full and not self.before.last:
            self.written.later.append(row)
            # what it no longer says may have ended by now
            self.written.unsettle(self.run.index, row.digests[0])
        elif faults or full:
            self.written.problems += faults + full
            self.written.refused.append((row.seen, faults + full))
            self.written.unsettle(self.run.index, row.digests[0])
        else:
            self.written.pairs.append(row.digests)
            self.written.settled.append(row.key)

    def _end(self, key: str) -> End | None:
        return self.written.ends.get(key) or self.ends.get(key)

    def _stated(
        self, row: Row, me: End, tie: Tie, number: int, faults: list[Problem]
    ) -> Triple | None:
        """Ids of the relation that a tie states, or what is wrong with it."""
        other = self._end(tie.other)
        if other is None:
            faults.append(_unknown_end(tie, (row.place, "relations", number)))
            return None
        declared = tie.type
        source, target = (me, other) if tie.source == row.key else (other, me)
        if source[1] not in declared.sources or target[1] not in declared.targets:
            path = (row.place, "relations", number)
            faults.append(_not_allowed(tie, source[1], target[1], path))
            return None
        if declared.symmetric:
            turned = (declared.name, target[0], source[0])
            if turned in self.relations:
                return turned
        return (declared.name, source[0], target[0])

    def _end_unsaid(self, row: Row, me: End, stated: Mapping[Triple, Tie]) -> None:
        """End what this row said last time and does not say now, unless others still say it."""
        for triple in self.of_row.pop(row.key, ()):
            properties = self.relations[triple]
            mark = self._mark(triple, me)
            if triple in stated or mark not in (properties.get("by") or ()):
                continue
            type_name, source, target = triple
            rest = [each for each in properties["by"] if each != mark]
            if rest:
                after = self.tx.change_relation(type_name, source, target, properties, {"by": rest})
                self.relations[triple] = after
                continue
            self.tx.unrelate(type_name, source, target, properties)
            del self.relations[triple]
            self._others((source, type_name, "out")).discard(target)
            self._others((target, type_name, "in")).discard(source)
            self.written.count("relations_ended")
            other = self.keys.get(target if source == me[0] else source, "")
            self._tell("unrelate", row.key, type_name, other)

    def _mark(self, triple: Triple, me: End) -> str:
        return self.marks[triple[1] == me[0]]

    def _state(self, row: Row, me: End, triple: Triple, tie: Tie) -> Problem | None:
        """Make the relation, or bring it in line."""
        mark = self._mark(triple, me)
        current = self.relations.get(triple)
        if current is not None:
            self._confirm(row, triple, tie, current, mark)
            return None
        if not self.run.token and tie.trace in self.before.made:
            self.written.count("relations_kept")
            return None
        if tie.type.limited and not self._fill(triple, tie.type):
            return _place_taken(row, tie)
        self.relations[triple] = self.tx.relate(*triple, {**tie.properties, "by": [mark]})
        self.written.made.add(tie.trace)
        self.written.count("relations_created")
        self._tell("relate", tie.source, tie.type.name, tie.target)
        return None

    def _tell(self, *line: Any) -> None:
        """A line of a plan, where there is one."""
        if self.tells:
            self.written.changes.append(PlannedChange(*line))

    def _fill(self, triple: Triple, declared: TieType) -> bool:
        """Take the places that allow one relation of the type, if they are free."""
        name, source, target = triple
        places: list[tuple[Place, str]] = []
        if declared.one_target:
            places.append(((source, name, "out"), target))
        if declared.one_source:
            places.append(((target, name, "in"), source))
        if any(self._others(place) for place, _ in places):
            return False
        for place, other in places:
            self._others(place).add(other)
            self.written.filled[place] = self.filled[place]
        return True

    def _others(self, place: Place) -> set[str]:
        if place not in self.filled:
            self.filled[place] = set(self.before.filled.get(place, ()))
        return self.filled[place]

    def _confirm(self, row: Row, triple: Triple, tie: Tie, current: Properties, mark: str) -> None:
        marks = current.get("by")
        if marks is None:
            self.written.count("relations_kept")
            return
        after: Properties = {**tie.properties, "by": sorted({*marks, mark})}
        if list(marks) == [mark]:
            after = {**dict.fromkeys(TIE_PROPERTIES), **after}
        self.relations[triple] = self.tx.change_relation(*triple, current, after)
        fields = tuple(
            (name, current.get(name), value)
            for name, value in sorted(after.items())
            if name != "by" and current.get(name) != value
        )
        self.written.count("relations_changed" if fields else "relations_kept")
        if fields:
            self._tell("change_relation", row.key, tie.type.name, tie.other, fields)


def _word(labels: Sequence[str]) -> str:
    kind = kind_of(labels)
    if kind != "CI":
        return kind
    return next(label for label in labels if label not in {"Record", "Element", "CI"})


def _unknown_end(tie: Tie, path: tuple[str | int, ...]) -> Problem:
    return Problem(
        "UNKNOWN_END",
        f"{tie.type.name} leads to '{tie.other}', which does not exist",
        "no row of this run and no live element has this key",
        "send it too; the row is taken up again in the next run",
        (*path, "to"),
        "PR11.3",
    )


def _not_allowed(tie: Tie, source: str, target: str, path: tuple[str | int, ...]) -> Problem:
    return Problem(
        "RELATION_NOT_ALLOWED",
        f"no {tie.type.name} leads from a {source} to a {target}",
        "its relationship type does not allow these ends",
        "use another relationship type, or widen this one's ends",
        (*path, "type"),
        "PR11.1",
    )


def _said_twice(tie: Tie, path: tuple[str | int, ...]) -> Problem:
    return Problem(
        "REPEATED_RELATION",
        f"{tie.type.name} to '{tie.other}' is stated twice, differently",
        "there is one relation of a type between two elements",
        "state it once",
        path,
    )


def _place_taken(row: Row, tie: Tie) -> Problem:
    return Problem(
        "CARDINALITY",
        f"{tie.type.name} allows no further relation",
        f"{row.key} or {tie.other} has one already",
        "end the other relation first",
        (row.place, "relations"),
        "PR11.1",
    )
