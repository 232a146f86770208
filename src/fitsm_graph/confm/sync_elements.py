"""What becomes of a chunk of observed elements: created, updated, unchanged, or refused."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fitsm_graph.confm import rules
from fitsm_graph.confm.sync_keeping import keep
from fitsm_graph.confm.sync_plan import check_planned
from fitsm_graph.confm.sync_report import PlannedChange, unwatched
from fitsm_graph.confm.sync_rows import Row, RowReader
from fitsm_graph.confm.sync_runs import Run, Written, check_lease, open_record
from fitsm_graph.graph.changes import Properties, kind_of
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.errors import Problem, Refused
from fitsm_graph.model.confm import IDENTIFIED_BY
from fitsm_graph.model.declare import Process


@dataclass(slots=True)
class WrittenElements(Written):
    """What became of a chunk of elements.

    Attributes:
        ends: Id and type of every element of the chunk, by key.
        pending: Rows whose relations are to be looked at once all elements are there.
        identifiers: The ones that were made, by key; for plans.
    """

    ends: dict[str, tuple[str, str]] = field(default_factory=dict)
    pending: list[Row] = field(default_factory=list)
    identifiers: dict[str, "Held"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Held:
    """An identifier that exists, and who carries it."""

    id: str
    holder: str | None
    holder_key: str
    hidden: bool = False

    @property
    def shown(self) -> str:
        """Key of who carries it, as the actor may know it."""
        return "a hidden element" if self.hidden else self.holder_key


@verb("sync.elements", room=Process.CONFM, requirement="PR11.3")
async def put_elements(
    tx: Tx,
    reader: RowReader,
    run: Run,
    rows: Sequence[Row],
    planned: Mapping[str, Held],
    decided: Callable[[], None] = unwatched,
) -> WrittenElements:
    """Bring a chunk of elements in line with what the source says of them (PR11.3).

    Args:
        tx: The transaction.
        reader: Knows the registry.
        run: Must hold its scope.
        rows: No key twice.
        planned: Identifiers that earlier chunks of a plan would make.
        decided: Called once all is decided, and only to be written.

    Raises:
        Conflict: SYNC_LEASE_LOST, PLAN_STALE.
    """
    context = await tx.one(
        "confm.sync_elements_context",
        scope=run.place,
        keys=[row.key for row in rows],
        identifiers=sorted({key for row in rows for key in row.identifiers}),
    )
    check_lease(tx, run, context["token"])
    chunk = _Chunk(tx, reader, run, context, planned)
    for row in rows:
        chunk.put(row)
    written = chunk.written
    check_planned(run, written.changes)
    written.record = open_record(tx, run)
    if written.pairs or tx.changes:
        keep(tx, run, written.pairs)
    decided()
    return written


class _Chunk:
    """The decisions over one chunk."""

    def __init__(
        self,
        tx: Tx,
        reader: RowReader,
        run: Run,
        context: Properties,
        planned: Mapping[str, Held],
    ) -> None:
        self.tx = tx
        self.reader = reader
        self.run = run
        self.written = WrittenElements(seq=tx.seq)
        self.known = {
            element["key"]: (labels, element, bound)
            for labels, element, bound in context["elements"]
        }
        self.held = {
            **planned,
            **{
                key: Held(id, holder, name or "", hidden=holder is not None and not tx.sees(labels))
                for key, id, holder, name, labels in context["held"]
            },
        }
        self.scopes = context["scopes"]
        self.tells = run.tells
        self.out_of_scope: dict[str, Problem | None] = {}

    def put(self, row: Row) -> None:
        """Decide on one row."""
        known = self.known.get(row.key)
        faults = self._faults(row, known)
        if faults:
            self.written.problems += faults
            self.written.refused.append((row.seen, faults))
            self.written.results[row.place] = "rejected"
            return
        before = len(self.tx.changes)
        element = self._create(row) if known is None else self._update(row, known[1])
        self.written.ends[row.key] = (element["id"], row.word)
        if row.identifiers or (known and known[2]):
            self._identify(row, element, known[2] if known else [])
        row.fresh = known is None
        if row.ties or (known is not None and self.run.mode == "snapshot"):
            self.written.pending.append(row)
            if len(self.tx.changes) > before:
                # should the run break off here, the next one looks at the row again, whatever it
                # says, and knows that the element is one of this scope's
                self.written.unsettle(self.run.index, row.digests[0])
        else:
            self.written.pairs.append(row.digests)
            self.written.settled.append(row.key)

    def _faults(self, row: Row, known: Any) -> list[Problem]:
        hidden = not self.tx.sees({row.kind, row.word}) or (known and not self.tx.sees(known[0]))
        if hidden:
            return [_out_of_sight(row)]
        faults = self._taken(row, known[1]["id"] if known else None) if row.unique else []
        if known is not None:
            return faults + _other_type(row, known)
        if self.run.mode == "enrich":
            faults.append(_not_known(row))
        if row.kind == "CI" and self.scopes:
            faults += self._scope_faults(row)
        return faults + row.missing

    def _taken(self, row: Row, id: str | None) -> list[Problem]:
        found = []
        for key in row.unique:
            held = self.held.get(key)
            if held is not None and held.holder is not None and held.holder != id:
                name = row.identifiers[key]
                found.append(
                    Problem(
                        "DUPLICATE",
                        f"{name} must be unique, and its value is taken",
                        f"{held.shown} has it",
                        "check which of the two is wrong",
                        (row.place, "attributes", name),
                    )
                )
        return found

    def _scope_faults(self, row: Row) -> list[Problem]:
        if row.word not in self.out_of_scope:
            try:
                rules.check_scope("CI", row.word, self.scopes, self.reader.registry)
                self.out_of_scope[row.word] = None
            except Refused as refused:
                self.out_of_scope[row.word] = refused.problem
        found = self.out_of_scope[row.word]
        if found is None:
            return []
        path = (row.place, "type")
        return [
            Problem(found.code, found.message, found.why, found.remedy, path, found.requirement)
        ]

    def _create(self, row: Row) -> Properties:
        leaf = row.word if row.kind == "CI" else ""
        element = self.tx.create(row.kind, row.image, leaf=leaf, stored=True)
        self._note(row, "created")
        if self.tells:
            self.written.changes.append(PlannedChange("create", row.key, row.word))
        return element

    def _update(self, row: Row, current: Properties) -> Properties:
        before = len(self.tx.changes)
        element = self.tx.update(row.kind, current, row.values)
        if len(self.tx.changes) == before:
            self._note(row, "unchanged")
            return element
        self._note(row, "updated")
        if self.tells:
            self._tell_update(row, current)
        return element

    def _tell_update(self, row: Row, current: Properties) -> None:
        fields = tuple(
            (name, current.get(name), value)
            for name, value in sorted(row.values.items())
            if current.get(name) != value
        )
        names = ", ".join(name for name, *_ in fields)
        change = PlannedChange("update", row.key, row.word, names, fields)
        self.written.changes.append(change)

    def _note(self, row: Row, word: str) -> None:
        self.written.count(word)
        self.written.results[row.place] = word

    def _identify(self, row: Row, element: Properties, bound: Sequence[Any]) -> None:
        """Give an element its identifiers; take away those of unique values it no longer has."""
        id = element["id"]
        for key, kind in row.identifiers.items():
            held = self.held.get(key)
            if held is None:
                value = key.partition("|")[2]
                made = self.tx.create("Identifier", {"key": key, "kind": kind, "value": value})
                self._bind(element, key, made["id"])
            elif held.holder is None:
                self._bind(element, key, held.id)
            elif held.holder != id:
                self.written.problems.append(_shared(row, kind, held.shown))
        names = self.reader.unique_names(row.word)
        for identifier, relation in bound:
            kind = identifier["kind"]
            if kind in names and kind in row.values and identifier["key"] not in row.identifiers:
                self.tx.unrelate(IDENTIFIED_BY.type, id, identifier["id"], relation)
                self.tx.retire("Identifier", identifier)

    def _bind(self, element: Properties, key: str, identifier: str) -> None:
        self.tx.relate(IDENTIFIED_BY.type, element["id"], identifier)
        self.held[key] = self.written.identifiers[key] = Held(
            identifier, element["id"], element["key"]
        )


def _out_of_sight(row: Row) -> Problem:
    return Problem(
        "OUT_OF_SIGHT",
        f"you may not write '{row.key}'",
        "its type, or what has this key already, is in none of your configuration scopes",
        "ask an administrator for a scope that holds it",
        (row.place, "type"),
    )


def _other_type(row: Row, known: Any) -> list[Problem]:
    labels, element, _ = known
    word = element.get("type") or kind_of(labels)
    if word == row.word:
        return []
    return [
        Problem(
            "TYPE_CHANGED",
            f"{row.key} is a {word}, and the source says {row.word}",
            "an element keeps its type, and what is related to it relies on that",
            "retire it, or give the other thing another key",
            (row.place, "type"),
            "PR11.1",
        )
    ]


def _not_known(row: Row) -> Problem:
    return Problem(
        "NOT_KNOWN",
        f"there is no element '{row.key}'",
        "a run that enriches creates none",
        "send it in a snapshot or delta first",
        (row.place, "key"),
    )


def _shared(row: Row, kind: str, holder: str) -> Problem:
    return Problem(
        "SHARED_IDENTIFIER",
        f"{row.key} and {holder} carry the same {kind}",
        "two keys of a source are two elements",
        "check whether one is a copy of the other",
        (row.place, "identifiers"),
    )
