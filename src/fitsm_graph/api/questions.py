"""Questions about elements, compiled from the selection to one Cypher statement.

The projection's keys are the client's response names, so that rows need no further work, except
for fields that are computed (state, margin, why).
"""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from fitsm_graph.api.finishing import Finish
from fitsm_graph.api.paging import order_by as ordered_by
from fitsm_graph.api.paging import page_size
from fitsm_graph.api.selection import Selected
from fitsm_graph.api.statement import Statement
from fitsm_graph.api.statement import where as all_of
from fitsm_graph.api.vocabulary import Vocabulary
from fitsm_graph.graph.tx import Sight
from fitsm_graph.kernel.errors import BadInput


@dataclass(slots=True)
class Question:
    """A compiled question.

    Attributes:
        text: The statement; one row, column ``answer``.
        parameters: Its values.
        finish: Fills computed fields and takes hidden keys out; None where there is nothing to do.
    """

    text: str
    parameters: dict[str, Any]
    finish: "Finish | None" = None


class Compiler(Vocabulary):
    """Compiles selections for one registry, and for one reader's sight."""

    sight: Sight = None

    def seen_with(self, sight: Sight) -> "Compiler":
        """The same for a reader who sees some CI types only; the row rule is in every question."""
        if sight is None:
            return self
        limited = copy(self)
        limited.sight = sight
        return limited

    def one(self, kind: str, ref: Mapping[str, Any], what: Selected) -> Question:
        """One live element by id or key; ``answer`` is null where there is none."""
        made = Statement(self, self.sight)
        name, value = next(iter(ref.items()))
        label = f"Record&{kind}" if name == "id" else f"Element&{kind}"
        match = f"MATCH (element:{label} {{{name}: {made.value(value)}}})"
        projection, finish = made.element("element", what)
        shown = f"CASE WHEN element IS NULL THEN null ELSE {projection} END"
        text = f"OPTIONAL {match}{all_of(made.seen('element'))}\nRETURN {shown} AS answer"
        return Question(text, made.parameters, finish if finish.needed else None)

    def some(self, ids: Sequence[str], parts: Sequence[Selected]) -> tuple[Question, list[Finish]]:
        """Elements by id, live or retired; ``answer`` has ``[id, [a row for each part]]`` each.

        Args:
            ids: Which.
            parts: What is selected of each of them, in one place of the document or another.

        Returns:
            The question, and for each part what is left to do on its rows.
        """
        made = Statement(self, self.sight)
        wanted = made.value(list(ids))
        projected = [made.element("element", each) for each in parts]
        rows = ", ".join(text for text, _ in projected)
        text = (
            f"UNWIND {wanted} AS id\nMATCH (element:Record {{id: id}})"
            f"{all_of(made.seen('element'))}\n"
            f"RETURN collect([element.id, [{rows}]]) AS answer"
        )
        return Question(text, made.parameters), [finish for _, finish in projected]

    def page(
        self,
        kind: str,
        what: Selected,
        *,
        where: Mapping[str, Any] | None,
        order: str,
        first: int,
        after: str | None,
    ) -> Question:
        """One page of live elements as a connection, with the total where it is selected."""
        made = Statement(self, self.sight)
        label, conditions = made.filtered(kind, where or {})
        pattern = f"(element:{label})"
        everything = all_of(conditions)
        order_by = ordered_by(order)
        limit = made.value(page_size(first) + 1)
        paged = conditions + made.after(order, after)
        projection, finish = made.element("element", _rows_selected(kind, what))
        cursor = f"[{', '.join(f'element.{name}' for name in order_by)}]"
        parts = [
            "CALL () {",
            f"MATCH {pattern}{all_of(paged)}",
            f"WITH element ORDER BY {cursor[1:-1]} LIMIT {limit}",
            f"RETURN collect({projection}) AS nodes, collect({cursor}) AS cursors",
            "}",
        ]
        total = "null"
        if what.has("totalCount"):
            parts += ["CALL () {", f"MATCH {pattern}{everything}", "RETURN count(*) AS total", "}"]
            total = "total"
        parts.append(f"RETURN {{nodes: nodes, cursors: cursors, total: {total}}} AS answer")
        return Question("\n".join(parts), made.parameters, finish if finish.needed else None)

    def search(self, what: Selected, text: str, first: int) -> Question:
        """Elements by the words of their key, name and description, best first."""
        made = Statement(self, self.sight)
        body = what.child("nodes") or Selected("nodes", "nodes", "Element")
        projection, finish = made.element("element", body)
        query = made.value(lucene(text))
        limit = made.value(page_size(first))
        parts = [
            f"CALL db.index.fulltext.queryNodes('element_text', {query})",
            "YIELD node AS element, score",
            f"WITH element, score{all_of(made.seen('element'))}",
            "WITH element, score ORDER BY score DESC, element.key",
            "WITH collect(element) AS found",
            f"UNWIND CASE WHEN size(found) = 0 THEN [null] ELSE found[..{limit}] END AS element",
            f"WITH found, CASE WHEN element IS NULL THEN null ELSE {projection} END AS node",
            "WITH found, collect(node) AS nodes",
            "RETURN {nodes: nodes, total: size(found)} AS answer",
        ]
        return Question("\n".join(parts), made.parameters, finish if finish.needed else None)


def _rows_selected(kind: str, what: Selected) -> Selected:
    """What is selected of the rows of a page, as nodes, in edges, or in both alike.

    Raises:
        BadInput: One response name means two things in nodes and in edges.
    """
    rows = Selected("nodes", "nodes", kind)
    for each in what.children.values():
        parts = [each] if each.name == "nodes" else each.children.values()
        for part in parts if each.name in {"nodes", "edges"} else ():
            for key, child in part.children.items():
                there = rows.children.setdefault(key, child)
                if (there.name, there.arguments, there.only, there.children) != (
                    child.name,
                    child.arguments,
                    child.only,
                    child.children,
                ):
                    raise BadInput(
                        f"'{key}' is selected in two ways in one page",
                        path=(what.key,),
                        remedy="select the rows once, as nodes or in edges",
                    )
    return rows


def lucene(text: str) -> str:
    """A full-text query for the words of a text, each as a beginning; nothing in it is syntax.

    >>> lucene("db-01 (main)")
    'db* AND 01* AND main*'
    """
    words = "".join(char if char.isalnum() else " " for char in text.casefold()).split()
    return " AND ".join(f"{word}*" for word in words[:12]) or '""'
