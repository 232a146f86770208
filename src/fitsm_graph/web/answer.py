"""The impact page as values: everything the templates show, and nothing they have to work out."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from fitsm_graph.web.execute import Asker, Operation, operation
from fitsm_graph.web.outline import Branch, outline
from fitsm_graph.web.picture import Picture, Scene, draw
from fitsm_graph.web.question import VERBS, Question, Verb
from fitsm_graph.web.report import (
    Element,
    Report,
    ServiceImpact,
    read_element,
    read_report,
    read_services,
)
from fitsm_graph.web.why import Why, explain
from fitsm_graph.web.words import look

MATCHES = 8


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gave.

    Attributes:
        text: What was looked for.
        elements: The first matches.
        total: How many there are.
    """

    text: str
    elements: tuple[Element, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How services are now.

    Attributes:
        services: The worst first.
        total: How many there are.
    """

    services: tuple[ServiceImpact, ...]
    total: int

    @property
    def troubled(self) -> int:
        """How many of those shown are not UP."""
        return sum(look(each.element.after).rank > look("UP").rank for each in self.services)


@dataclass(frozen=True, slots=True)
class Assumption:
    """What the scenario assumes of some elements.

    Attributes:
        verb: What is assumed.
        elements: Of which elements.
    """

    verb: Verb
    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The impact page.

    Attributes:
        question: What the URL asks.
        report: The answer of the API.
        assumptions: The scenario, with names.
        rows: Affected elements, sorted as asked.
        why: The proof of the element in focus, or None where nothing is affected.
        picture: Set where the form is ``picture``.
        outline: Set where the form is ``outline``.
        found: Set where the URL looks for elements to add.
        operation: The query behind the page.
        variables: Its variables, as JSON.
    """

    question: Question
    report: Report
    assumptions: tuple[Assumption, ...]
    rows: tuple[Element, ...]
    why: Why | None
    picture: Picture | None
    outline: Sequence[Branch]
    found: Found | None
    operation: Operation
    variables: str

    def heading(self) -> str:
        """Say the scenario in one line."""
        return " and ".join(_phrase(one) for one in self.assumptions if one.elements)

    @property
    def cut(self) -> bool:
        """Whether the page shows fewer elements than the answer knows of."""
        report = self.report
        listed = len(report.affected) < report.affected_total
        return listed or len(report.exposed) < report.exposed_total or report.omitted > 0

    @property
    def focus(self) -> Element | None:
        """The element in focus."""
        return self.why.element if self.why else None


_PHRASES: dict[Verb, tuple[str, str]] = {
    "fail": ("fails", "fail"),
    "degrade": ("is degraded", "are degraded"),
    "restore": ("is restored", "are restored"),
    "maintain": ("is in maintenance", "are in maintenance"),
}


def _phrase(assumption: Assumption) -> str:
    names = [one.label for one in assumption.elements]
    one, many = _PHRASES[assumption.verb]
    if len(names) > 3:
        names = [*names[:2], f"{len(names) - 2} more"]
    if len(names) == 1:
        return f"{names[0]} {one}"
    return f"{', '.join(names[:-1])} and {names[-1]} {many}"


async def search(ask: Asker, text: str, first: int = MATCHES) -> Found:
    """Look for elements by name or key."""
    data = await ask.ask("Search", {"text": text, "first": first})
    elements = tuple(read_element(row) for row in data["search"]["nodes"])
    return Found(text, elements, data["search"]["totalCount"])


async def standing(ask: Asker, first: int) -> Standing:
    """Ask how all services are now."""
    found = (await ask.ask("Services", {"first": first}))["services"]
    return Standing(read_services(found), found["totalCount"])


async def answer(ask: Asker, question: Question) -> Answer:
    """Ask the API and prepare the page."""
    report = read_report(await ask.ask("Impact", question.variables()))
    assumptions = [
        Assumption(verb, tuple([await _named(ask, report, id) for id in question.chosen(verb)]))
        for verb in VERBS
    ]
    why = await _why(ask, report, question)
    in_outline = question.form == "outline"
    return Answer(
        question=question,
        report=report,
        assumptions=tuple(assumptions),
        rows=sort_rows(report.affected, question.sort),
        why=why,
        picture=picture(question, report, why) if question.form == "picture" else None,
        outline=outline(report.elements, report.edges) if in_outline else (),
        found=await search(ask, question.text) if question.text else None,
        operation=operation("Impact"),
        variables=json.dumps(question.variables(), indent=2, ensure_ascii=False),
    )


async def _named(ask: Asker, report: Report, id: str) -> Element:
    """Return an element of the answer, or ask for it where the answer does not mention it."""
    found = report.find(id)
    if found:
        return found
    data = await ask.ask("Element", {"id": id})
    row = data["element"]
    return read_element(row) if row else Element(id, id, "", "", "", "")


async def _why(ask: Asker, report: Report, question: Question) -> Why | None:
    """Explain the element in focus; without one, the worst service, else the first affected."""
    if question.focus:
        return explain(report, await _named(ask, report, question.focus))
    first = [*(service.element for service in report.services), *report.affected]
    return explain(report, report.find(first[0].id) or first[0]) if first else None


def picture(question: Question, report: Report, why: Why | None) -> Picture:
    """Draw the answer."""
    scene = Scene(
        elements=report.elements,
        edges=report.edges,
        seeds=frozenset(one.id for one in report.seeds),
        focus=why.element.id if why else "",
        path=why.path if why else frozenset(),
        opened=question.opened,
        omitted=report.omitted,
        link=lambda one: question.with_focus(one).url(),
        open_link=lambda stack: question.opening(stack).url(),
    )
    return draw(scene)


def sort_rows(rows: Sequence[Element], sort: str) -> tuple[Element, ...]:
    """Sort the list by a column; ties, and the list without a column, stay as the API gave them."""
    if not sort:
        return tuple(rows)
    column = sort.removeprefix("-")
    return tuple(sorted(rows, key=lambda row: _cell(row, column), reverse=sort.startswith("-")))


def _cell(row: Element, column: str) -> tuple[bool, int, str]:
    """Make the sort key of a cell; what is not known comes last."""
    if column == "name":
        return (False, 0, row.label.casefold())
    if column == "class":
        return (False, 0, row.class_words)
    if column == "state":
        return (False, -look(row.after).rank, "")
    number = row.hops if column == "hops" else row.margin
    return (number is None, number or 0, "")
