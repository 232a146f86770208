"""One Cypher statement in the making: parameters, names, and what every pattern has to keep.

Labels, relationship types and property names come from the registry and the declarations only;
values travel as parameters.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fitsm_graph.api.filters import AROUND, DEEPEST, MOST, Path
from fitsm_graph.api.rows import Form, Paged
from fitsm_graph.api.settling import Later
from fitsm_graph.api.vocabulary import Vocabulary
from fitsm_graph.api.ways import Way
from fitsm_graph.graph.sight import Sight, Sources
from fitsm_graph.kernel.errors import BadInput

WORDS_ARE_INDEXED = "CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()"
LONGEST_SEARCH = 200
"""Characters of a text that is searched for."""


@dataclass(slots=True)
class Question:
    """A compiled question.

    Attributes:
        text: The statement; one row, column ``answer``.
        parameters: Its values.
        form: What the answer becomes; None: it is as it is.
        later: Parameters that are settled when it is asked.
    """

    text: str
    parameters: dict[str, Any]
    form: Form | None = None
    later: dict[str, Later] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rows:
    """Which nodes a page is of.

    Attributes:
        kind: Their label.
        label: It with that of an index which has them in order, or it alone.
        around: Conditions of those on all pages.
        beyond: Further conditions of those on this page.
        order: Their `ORDER BY`.
    """

    variable: str
    kind: str
    label: str
    around: Sequence[str]
    beyond: Sequence[str]
    order: str


@dataclass(slots=True)
class _Budget:
    """How much has been asked by filters: levels now, conditions in all."""

    level: int = 0
    conditions: int = 0


class Statement:
    """One statement in the making.

    Args:
        names: What the schema's names are in the graph.
        sight: CI types that the reader sees; None: all.
        now: What durations are counted from.
        sources: Sources of sync whose runs the reader may look at; None: all.

    Attributes:
        parameters: Values by name.
        later_values: Parameters that are settled when the statement is asked.
        preludes: Lines that come first.
        carried: Variables of the preludes, for scopes that have to import them.
    """

    def __init__(
        self, names: Vocabulary, sight: Sight, now: datetime, sources: Sources = None
    ) -> None:
        self.names = names
        self.sight = sight
        self.sources = sources
        self.now = now
        self.parameters: dict[str, Any] = {}
        self.later_values: dict[str, Later] = {}
        self.preludes: list[str] = []
        self.carried: list[str] = []
        self._words: dict[str, str] = {}
        self._variables = 0
        self._budget = _Budget()

    def question(self, text: str, form: Form | None = None) -> Question:
        """The question of a text that was made with this."""
        whole = "\n".join([*self.preludes, text])
        return Question(whole, self.parameters, form, self.later_values)

    def single(self, pattern: str, variable: str, row: str, form: Form) -> Question:
        """The question about one node; the answer is null where a pattern finds none."""
        shown = f"CASE WHEN {variable} IS NULL THEN null ELSE {row} END"
        return self.question(f"OPTIONAL MATCH {pattern}\nRETURN {shown} AS answer", form)

    def page(self, rows: Rows, row: str, form: Paged) -> Question:
        """The question about a page of nodes, with how many there are in all where that is asked.

        Args:
            rows: Which.
            row: What is shown of each, and its place.
            form: What becomes of them.
        """
        scope, size, one = ", ".join(self.carried), form.page.size + 1, rows.variable
        parts = [
            f"CALL ({scope}) {{",
            f"MATCH ({one}:{rows.label}){where([*rows.around, *rows.beyond])}",
            f"WITH {one} ORDER BY {rows.order} LIMIT {self.value(size)}",
            f"RETURN collect({row}) AS rows",
            "}",
        ]
        counted = form.what.has("totalCount")
        if counted:
            parts += [
                f"CALL ({scope}) {{",
                f"MATCH ({one}:{rows.kind}){where(rows.around)}",
                "RETURN count(*) AS total",
                "}",
            ]
        total = "total" if counted else "null"
        return self.question("\n".join([*parts, f"RETURN [rows, {total}] AS answer"]), form)

    def value(self, value: Any) -> str:
        """Put a value into a parameter and return its name in the text."""
        name = f"p{len(self.parameters) + len(self.later_values)}"
        self.parameters[name] = value
        return f"${name}"

    def later(self, value: Later) -> str:
        """A parameter whose value is settled when the statement is asked."""
        for known, there in self.later_values.items():
            if there == value:
                return f"${known}"
        name = f"p{len(self.parameters) + len(self.later_values)}"
        self.later_values[name] = value
        return f"${name}"

    def next(self, word: str) -> str:
        """A variable that is nowhere else in the statement."""
        self._variables += 1
        return f"{word}{self._variables}"

    def seen(self, variable: str) -> list[str]:
        """The row rule of an element: what the reader does not see is not there."""
        if self.sight is None:
            return []
        name = "sight"
        self.parameters[name] = sorted(self.sight)
        # only CIs have a type; a retired one has it still, and its label no more
        return [f"{variable}.type IS NULL OR {variable}.type IN ${name}"]

    def way_conditions(self, way: Way, variable: str, bond: str, other: str) -> list[str]:
        """What holds for all relations on a way: the row rule of the other end, and need."""
        found = self.seen(other)
        if way.along:
            found.append(self.names.need.condition(self, way, variable, bond, other))
        return found

    def found_by_words(self, text: str, path: Path) -> str:
        """A list of the ids of elements by words of key, name and description; found once.

        The index follows behind the commits; what was committed before is waited for.
        """
        if not any(char.isalnum() for char in text) or len(text) > LONGEST_SEARCH:
            raise BadInput(
                "there is nothing to search for" if len(text) <= LONGEST_SEARCH else "too long",
                why=f"elements are found by words with letters or digits, {LONGEST_SEARCH} at most",
                remedy="give a word, or leave `text` out",
                path=path,
            )
        if text not in self._words:
            name = self._words[text] = self.next("found")
            self.preludes += [
                "CALL () {",
                WORDS_ARE_INDEXED,
                f"CALL db.index.fulltext.queryNodes('element_text', {self.value(lucene(text))})",
                f"YIELD node RETURN collect(node.id) AS {name}",
                "}",
            ]
            self.carried.append(name)
        return self._words[text]

    def entries_of_runs(self, conditions: Sequence[str]) -> str:
        """A list of the entries of some runs of sync, which the reader may look at."""
        around = list(conditions)
        if self.sources is not None:
            around.append(f"run.source IN {self.value(sorted(self.sources))}")
        name = self.next("written")
        self.preludes += [
            "CALL () {",
            f"MATCH (run:SyncRun){where(around)}",
            "MATCH (entry:LedgerEntry {run: run.key})",
            f"RETURN collect(entry.seq) AS {name}",
            "}",
        ]
        self.carried.append(name)
        return name

    def beside(self) -> "Statement":
        """A statement of its own for the same reader, at the same moment."""
        made = Statement(self.names, self.sight, self.now, self.sources)
        made._budget = self._budget
        return made

    def ids(self, conditions: Sequence[str]) -> Question:
        """Asks for the ids of all elements that the reader sees and that conditions hold for."""
        around = where([*self.seen("element"), *conditions])
        return self.question(
            f"MATCH (element:Record&Element){around}\nRETURN collect(element.id) AS answer"
        )

    @contextmanager
    def deeper(self, path: Path) -> Iterator[None]:
        """One level further into a filter.

        Raises:
            BadInput: FILTER_TOO_DEEP.
        """
        if self._budget.level >= DEEPEST:
            raise BadInput(
                "the filter is too deep",
                code="FILTER_TOO_DEEP",
                why=f"{DEEPEST} conditions within one another at most",
                remedy="ask in several requests, or use `reaches` for what is far away",
                path=path,
            )
        self._budget.level += 1
        try:
            yield
        finally:
            self._budget.level -= 1

    def count_condition(self, path: Path, weight: int = 1) -> None:
        """One condition more, which counts as so many.

        Raises:
            BadInput: FILTER_TOO_LARGE.
        """
        self._budget.conditions += weight
        if self._budget.conditions > MOST:
            raise BadInput(
                "the filter is too large",
                code="FILTER_TOO_LARGE",
                why=f"{MOST} conditions at most; one that looks around counts as {AROUND}",
                remedy="compare with several values by `in`, or ask in several requests",
                path=path,
            )


def where(conditions: Sequence[str]) -> str:
    """A WHERE of conditions that must all hold; empty without any."""
    return " WHERE " + " AND ".join(f"({each})" for each in conditions) if conditions else ""


def lucene(text: str) -> str:
    """A full-text query for the words of a text, each as a beginning; nothing in it is syntax.

    >>> lucene("db-01 (main)")
    'db* AND 01* AND main*'
    """
    words = "".join(char if char.isalnum() else " " for char in text.casefold()).split()
    return " AND ".join(f"{word}*" for word in words[:12]) or '""'
