"""What a report may be about, asked before or after an incident is registered (PR9.1).

suggestElements(title: "mail gate is slow") { element { key } score because }
suggestCategory(title: "mail gate is slow", elements: ["mail"]) { category because }
"""

from collections.abc import Iterable
from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.context import Context
from fitsm_graph.api.impact_words import TAGS
from fitsm_graph.api.paging import page_size
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import ElementSummary
from fitsm_graph.graph.sight import sees
from fitsm_graph.impact.records import Kind
from fitsm_graph.isrm.entering import asked_for, spoken_of
from fitsm_graph.isrm.intake_rules import intake_of
from fitsm_graph.isrm.suggesting import category_for, elements_for
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.sms.rights import READ

LONGEST = 10_000
MOST_ELEMENTS = 20


@strawberry.type(description="An element that a report may be about (PR9.1).")
class SuggestedElement:
    """The surest first; nothing is set by it."""

    element: ElementSummary
    score: float = strawberry.field(description="How sure that is, from 0 to 1.")
    because: list[str]


@strawberry.type(description="A category that a report may belong to (PR9.1).")
class SuggestedClass:
    """Nothing is set by it: `classifyIncident` does."""

    category: str
    because: str


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    return {
        "suggest_elements": strawberry.field(
            resolver=answering(suggest_elements),
            graphql_type=list[SuggestedElement],
            description=suggest_elements.__doc__,
        ),
        "suggest_category": strawberry.field(
            resolver=answering(suggest_category),
            graphql_type=SuggestedClass | None,
            description=suggest_category.__doc__,
        ),
    }


async def suggest_elements(
    info: Info,
    title: str,
    description: str = "",
    reporter: strawberry.ID | None = None,
    first: int = 10,
) -> object:
    """Elements that a report may be about: by its words, its reporter, and reports like it (PR9.1).

    Elements that you may not see are none of them.
    """
    context, what = info.context, asked_of(info)
    context.allow(READ)
    most, rules = page_size(first), intake_of(context.policies)
    text = _text(title, description)
    row = await _row(context, text, str(reporter or ""), ())
    found = elements_for(text, row, _sees(context), least=rules.alike, most=most)
    shown = [
        {
            "__typename": "SuggestedElement",
            "element": _face(context, each.element),
            "score": each.score,
            "because": list(each.because),
        }
        for each in found
    ]
    return [pick(each, what) for each in shown]


async def suggest_category(
    info: Info, title: str, elements: list[strawberry.ID] | None = None
) -> object:
    """The category of reports like one: on its elements, of their types, in like words (PR9.1).

    Null where there are none.
    """
    context, what = info.context, asked_of(info)
    context.allow(READ)
    named = [str(each) for each in elements or ()]
    if len(named) > MOST_ELEMENTS:
        told = f"{MOST_ELEMENTS} at most"
        raise BadInput("too many elements", remedy=told, path=("elements",))
    row = await _row(context, _text(title, ""), "", named)
    shown = _sees(context)
    hit = [each["id"] for each in row["elements"] if shown(each["labels"])]
    least = intake_of(context.policies).alike
    found = category_for(context.policies, title, hit, row, least=least)
    if found is None:
        return None
    said = {"category": found.category, "because": found.because}
    return pick({**said, "__typename": "SuggestedClass"}, what)


def _text(title: str, description: str) -> str:
    text = spoken_of({"title": title, "description": description})
    if not title.strip() or len(text) > LONGEST:
        raise BadInput(
            "there is nothing to go by" if not title.strip() else "the text is too long",
            remedy=f"say what is wrong, in {LONGEST:,} characters at most",
            path=("title",),
        )
    return text


async def _row(context: Context, text: str, reporter: str, refs: Iterable[str]) -> Any:
    asked = asked_for(context.policies, text, reporter)
    (row,) = await context.graph.rows("isrm.registration_context", refs=list(refs), **asked)
    return row


def _sees(context: Context) -> Any:
    return lambda labels: sees(context.sight, labels)


def _face(context: Context, element: Any) -> dict[str, Any]:
    labels, type = element["labels"], element["type"]
    kind = next(each.label for each in Kind if each.label in labels)
    declared = context.registry.ci_types.get(type or "")
    tag = declared.tag if declared else TAGS.get(kind, "??")
    face = {name: element[name] for name in ("id", "key", "name", "type")}
    return {**face, "kind": kind, "tag": tag, "__typename": "ElementSummary"}
