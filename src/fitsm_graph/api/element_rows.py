"""What is selected of the elements of a computed answer, read for all of them at once.

A graph question finds elements in the snapshot and a client selects whatever it likes of them.
Here one statement reads it for all elements and all places of the document; states come from the
very version that the graph was walked in.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fitsm_graph.api import past
from fitsm_graph.api.context import Context
from fitsm_graph.api.history import sees
from fitsm_graph.api.rows import Object
from fitsm_graph.api.selection import Selected, pick
from fitsm_graph.graph import feed
from fitsm_graph.impact.snapshot import Standing


class ElementRows:
    """Rows of some elements for every place where elements are selected.

    Args:
        context: Who asks.
        standing: The version that states are taken from.
        past: Whether it is not the present one; own fields and states are offered then.
        what: The root field.
    """

    def __init__(
        self, context: Context, standing: Standing, what: Selected, *, past: bool = False
    ) -> None:
        self._context = context
        self._standing = standing
        self._past = past
        self._places = {_place(each): each for each in _places(what)}
        self._rows: dict[str, dict[int, Any]] = {}

    def of(self, id: str) -> "ElementRow":
        """The row of an element; it is there once `read` has been awaited."""
        return ElementRow(self, id)

    async def read(self, ids: Iterable[str]) -> None:
        """Read what is selected of some elements; without a selection nothing is asked."""
        wanted = sorted(set(ids))
        if not self._places or not wanted:
            return
        if self._past:
            await self._read_past(wanted)
        else:
            await self._read_now(wanted)

    def row(self, what: Selected, id: str) -> Any:
        """What one place selected of an element; None where it is not there to the reader."""
        return self._rows.get(id, {}).get(_place(what))

    async def _read_now(self, ids: Sequence[str]) -> None:
        context = self._context
        places = list(self._places.values())
        question, forms = context.compiler.some(ids, places, context.now)
        found = await context.graph.ask(question.text, question.parameters)
        answer: list[tuple[str, list[Any]]] = found[0]["answer"]
        states = self._states([row for _, row in answer], forms)
        for id, row in answer:
            made = (form.made(row, states) for form in forms)
            self._rows[id] = dict(zip(self._places, made, strict=True))

    def _states(
        self, rows: Sequence[Sequence[Any]], forms: Sequence[Object]
    ) -> Mapping[str, Mapping[str, Any]]:
        ids = [id for form in forms if form.computes for row in rows for id in form.ids(row)]
        return self._context.impact.states_in(self._standing, ids) if ids else {}

    async def _read_past(self, ids: Sequence[str]) -> None:
        for place in self._places.values():
            past.refuse_others(self._context, place, past.COMPUTED)
        images = await feed.records_at(self._context.graph, ids, self._standing.seq)
        seen = {id: each for id, each in images.items() if sees(self._context.sight, each)}
        states = {}
        if any(each.has(*past.COMPUTED) for each in self._places.values()):
            states = self._context.impact.states_in(self._standing, seen)
        for id, image in seen.items():
            data = {**past.as_data(image, self._context.withheld), **states.get(id, {})}
            self._rows[id] = {place: pick(data, what) for place, what in self._places.items()}


@dataclass(frozen=True, slots=True)
class ElementRow:
    """One element of an answer, wherever it stands in it."""

    rows: ElementRows
    id: str

    def shaped(self, what: Selected) -> Any:
        """What was selected of it at a place."""
        return self.rows.row(what, self.id)


def _place(what: Selected) -> int:
    """What tells the places of one document apart."""
    return id(what)


def _places(what: Selected) -> Iterator[Selected]:
    """All places below a field where elements themselves are selected."""
    for each in what.children.values():
        if each.type_name == "Element":
            yield each
        else:
            yield from _places(each)
