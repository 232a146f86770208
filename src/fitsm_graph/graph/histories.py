"""What happened to one record, read back from the ledger: entry by entry, with both images.

The history of a record alone tells of it and of the relations that start at it. With what is part
of it (comments, votes, plans) and with who refers to it, it is the timeline of that record (PR9.1,
PR11.4).
"""

from collections.abc import Collection
from dataclasses import dataclass

from fitsm_graph.graph.feed import stable, touched
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.history import Entry, GraphImage, Step, Triple, undo_all


@dataclass(frozen=True, slots=True)
class _Scope:
    """What a history tells of.

    Attributes:
        target: The record.
        ids: The record and its parts: with the relations that start at them.
        sources: Others that refer to the record now: with these relations alone.
        since: Numbers of the entries that made the relations which lead to the record.
    """

    target: str
    ids: frozenset[str]
    sources: frozenset[str] = frozenset()
    since: frozenset[int] = frozenset()

    def cut(self, entry: Entry) -> Entry:
        """An entry reduced to what is told of it; what it replaced was read for this scope."""
        made = tuple((kind, id) for kind, id in entry.created_records if id in self.ids)
        started = tuple(filter(self._tells, entry.created_relations))
        return Entry(entry.properties, entry.replaced, made, started)

    def _tells(self, triple: Triple) -> bool:
        source, _, target = triple
        return source in self.ids or (target == self.target and source in self.sources)


async def history_of(graph: Graph, id: str) -> list[Step]:
    """What happened to one record and to the relations that start at it, oldest first."""
    return await _told(graph, id, None)


async def timeline_of(graph: Graph, id: str, parts: Collection[str]) -> list[Step]:
    """The same, with what is part of the record and what refers to it, oldest first.

    What refers to it is told as long as it does: a link of another record that was ended is found
    in the history of that one.

    Args:
        graph: Where to read.
        id: Of the record.
        parts: Types of relationships by which a record is part of another.
    """
    return await _told(graph, id, parts)


async def _told(graph: Graph, id: str, parts: Collection[str] | None) -> list[Step]:
    async def read(_until: int) -> tuple[GraphImage, list[Entry]]:
        alone = _Scope(id, frozenset({id}))
        scope = alone if parts is None else await _scope(graph, id, parts)
        rows = await graph.rows(
            "ledger.changes_of",
            ids=sorted(scope.ids),
            sources=sorted(scope.sources),
            target=id,
        )
        entries = [scope.cut(Entry.of(row)) for row in rows]
        entries += await _births(graph, scope, entries)
        return await touched(graph, entries), entries

    _, (image, entries) = await stable(graph, read)
    return undo_all(image, sorted(entries, key=lambda entry: -entry.seq))


async def _scope(graph: Graph, id: str, parts: Collection[str]) -> _Scope:
    rows = await graph.rows("ledger.around", id=id, parts=sorted(parts))
    near = rows[0]["near"] if rows else []
    ids = {id, *(other for other, is_part, _ in near if is_part)}
    sources = {other for other, _, _ in near} - ids
    since = frozenset(created for other, _, created in near if other in sources)
    return _Scope(id, frozenset(ids), frozenset(sources), since)


async def _births(graph: Graph, scope: _Scope, known: Collection[Entry]) -> list[Entry]:
    """Entries that made what is told of, without those that are known."""
    rows = await graph.rows("ledger.births_of", ids=sorted(scope.ids))
    wanted = {row["created"] for row in rows} | scope.since
    wanted |= {seq for entry in known for seq in entry.ended_births()}
    wanted -= {entry.seq for entry in known}
    made = await graph.rows("ledger.entries_by_seq", numbers=sorted(wanted))
    return [scope.cut(Entry.of({**row, "changed": ()})) for row in made]
