"""Questions about elements, compiled from the selection to one Cypher statement.

A statement answers with rows of cells; the form beside it makes objects of them, keyed by the
client's response names, and fills in what is computed (state, margin, why).
"""

from collections.abc import Mapping, Sequence
from copy import copy
from datetime import datetime
from typing import Any

from fitsm_graph.api.fields import ANY_ELEMENT
from fitsm_graph.api.filters import element_conditions
from fitsm_graph.api.ordering import ID, Key, behind, element_order, named, sorted_by
from fitsm_graph.api.paging import Page, digest_of, page_size
from fitsm_graph.api.projection import COMPUTED, element_cells, element_row, rows_cells
from fitsm_graph.api.rows import Listed, Named, Object
from fitsm_graph.api.selection import Selected
from fitsm_graph.api.statement import WORDS_ARE_INDEXED, Question, Rows, Statement, lucene
from fitsm_graph.api.statement import where as all_of
from fitsm_graph.api.vocabulary import Vocabulary
from fitsm_graph.api.withheld import Withheld
from fitsm_graph.graph.sight import Sight, Sources

__all__ = ["Compiler", "Question"]

LISTS: Mapping[str, str] = {
    "cis": "CI",
    "services": "Service",
    "components": "ServiceComponent",
    "groups": "RedundancyGroup",
    "elements": ANY_ELEMENT,
}
"""Kinds of the root fields that are lists of elements."""
VARIABLE = "element"


class Compiler(Vocabulary):
    """Compiles selections for one registry, and for what one reader may see."""

    sight: Sight = None
    sources: Sources = None

    def seen_with(self, sight: Sight, withheld: Withheld, sources: Sources = None) -> "Compiler":
        """The same for a reader who may not see everything.

        Args:
            sight: CI types whose elements are seen; the row rule is in every question.
            withheld: Attributes that may not be read.
            sources: Sources of sync whose runs may be looked at; None: all.
        """
        if sight is None and not withheld and sources is None:
            return self
        limited = copy(self)
        limited.sight, limited.withheld, limited.sources = sight, withheld, sources
        return limited

    def statement(self, now: datetime) -> Statement:
        """A statement in the making, for this reader at a moment."""
        return Statement(self, self.sight, now, self.sources)

    def one(self, kind: str, ref: Mapping[str, Any], what: Selected, now: datetime) -> Question:
        """One live element by id or key; ``answer`` is null where there is none."""
        made = self.statement(now)
        name, value = next(iter(ref.items()))
        label = f"Record&{kind}" if name == "id" else f"Element&{kind}"
        match = f"(element:{label} {{{name}: {made.value(value)}}})"
        row, form = element_row(made, VARIABLE, what)
        return made.single(f"{match}{all_of(made.seen(VARIABLE))}", VARIABLE, row, form)

    def some(
        self, ids: Sequence[str], parts: Sequence[Selected], now: datetime
    ) -> tuple[Question, list[Object]]:
        """Elements by id, live or retired; ``answer`` has ``[id, row]`` of each.

        Args:
            ids: Which.
            parts: What is selected of each of them, in one place of the document or another.
            now: What durations are counted from.

        Returns:
            The question, and for each part the object that a row becomes there.
        """
        made = self.statement(now)
        wanted = made.value(list(ids))
        cells = element_cells(made, VARIABLE, parts)
        text = (
            f"UNWIND {wanted} AS id\nMATCH (element:Record {{id: id}})"
            f"{all_of(made.seen(VARIABLE))}\n"
            f"RETURN collect([element.id, {cells.row()}]) AS answer"
        )
        return made.question(text), [Object(each, cells, COMPUTED) for each in parts]

    def page(self, kind: str, what: Selected, now: datetime) -> Question:
        """One page of live elements as a connection, with the total where it is selected.

        The arguments are those of the field: `where`, `orderBy`, `first` and `after`, or `last`
        and `before`.
        """
        made, page = self.statement(now), Page.of(what)
        asked = what.arguments
        order = element_order(made, asked.get("orderBy") or [], VARIABLE)
        belongs = digest_of(kind, asked.get("where"), named(order))
        around = [*made.seen(VARIABLE), *element_conditions(made, asked.get("where"), VARIABLE)]
        place = page.place(belongs, len(order))
        beyond = [] if place is None else behind(made, order, place, backward=page.backward)
        beyond = [*beyond, *_seekable(order[0])]
        row, paged = rows_cells(made, what, VARIABLE, page, order, belongs)
        by = sorted_by(order, backward=page.backward)
        rows = Rows(VARIABLE, kind, _label(kind, order[0]), around, beyond, by)
        return made.page(rows, row, paged)

    def among(
        self,
        ids: Sequence[str],
        now: datetime,
        *,
        where: Any,
        what: Selected | None = None,
        live: bool = True,
    ) -> Question:
        """Those of some elements that a filter lets through; ``ids`` and ``nodes`` in step.

        Args:
            ids: Which; others than elements are left out.
            now: What durations are counted from.
            where: The filter.
            what: Selected of each; None: nothing.
            live: Live ones; else retired ones, as they were last, without relations.
        """
        made = self.statement(now)
        conditions = [*made.seen(VARIABLE), *element_conditions(made, where, VARIABLE)]
        labels = "Record&Element" if live else "Record&!Element"
        row, form = element_row(made, VARIABLE, what or Selected("element", "", ANY_ELEMENT))
        parts = [
            f"UNWIND {made.value(sorted(ids))} AS id",
            f"MATCH (element:{labels} {{id: id}}){all_of(conditions)}",
            f"WITH collect(element.id) AS ids, collect({row}) AS nodes",
            "RETURN {ids: ids, nodes: nodes} AS answer",
        ]
        return made.question("\n".join(parts), Named({"nodes": Listed(form)}))

    def search(self, what: Selected, text: str, first: int, now: datetime) -> Question:
        """Elements by the words of their key, name and description, best first.

        The index follows behind the commits; what was committed before is waited for.
        """
        made = self.statement(now)
        page = Page(page_size(first))
        row, paged = rows_cells(made, what, VARIABLE, page, (), "")
        query = made.value(lucene(text))
        limit = made.value(page.size)
        parts = [
            WORDS_ARE_INDEXED,
            f"CALL db.index.fulltext.queryNodes('element_text', {query})",
            "YIELD node AS element, score",
            f"WITH element, score{all_of(made.seen('element'))}",
            "WITH element, score ORDER BY score DESC, element.key",
            "WITH collect(element) AS found",
            f"WITH found, COLLECT {{ UNWIND found[..{limit}] AS element RETURN {row} }} AS rows",
            "RETURN [rows, size(found)] AS answer",
        ]
        return made.question("\n".join(parts), paged)


_INDEXED = {"key": "Element", "name": "Element"}
"""Labels under which there is an index of what lists are ordered by."""


def _label(kind: str, first: Key) -> str:
    """The labels of a list: with that of the index which has it in order already."""
    beside = "Record" if first.name == ID and kind != "CI" else _INDEXED.get(first.name, kind)
    return kind if beside == kind else f"{beside}&{kind}"


def _seekable(first: Key) -> list[str]:
    """Says of a value that is always known that it is known: an index has no others."""
    return [f"{first.place} IS NOT NULL"] if first.name in {ID, *_INDEXED} else []
