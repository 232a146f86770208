"""The schema: queries and mutations over one registry; every resolver is one road, told here."""

from collections.abc import Callable
from typing import Any

import strawberry
from graphql import GraphQLSchema

from fitsm_graph.api import (
    aggregates,
    baselines,
    change_comparison,
    change_questions,
    change_windows,
    completeness,
    conformity,
    defining_types,
    deployment_questions,
    desk_questions,
    document_content,
    document_verbs,
    duties,
    estate_work,
    incident_hints,
    incident_report,
    incident_suggestions,
    kpis,
    planned_state,
    policy_verbs,
    problem_report,
    problem_timeline,
    record_history,
    record_quality,
    records,
    release_questions,
    releases_report,
    scopes,
    service_clocks,
    shared_fate,
    sources,
    step_questions,
    sync,
    topology_difference,
    trends,
    type_definitions,
    types_check,
    verbs,
    verification,
    walks,
    who_answers,
)
from fitsm_graph.api import types as words
from fitsm_graph.api.answers import Info, answering
from fitsm_graph.api.elements import (
    PAGING,
    Arguments,
    ElementTypes,
    asking,
    connection,
    derive,
    many,
)
from fitsm_graph.api.executor import ShapedExecutor
from fitsm_graph.api.graph_types import difference_type, node_type
from fitsm_graph.api.history import ci_history, ledger_entries
from fitsm_graph.api.impact import Asked
from fitsm_graph.api.impact_types import ImpactAnswer, PointsOfFailure, ScenarioInput
from fitsm_graph.api.inputs import Inputs
from fitsm_graph.api.live.subscriptions import subscription_type
from fitsm_graph.api.mutations import mutation_type
from fitsm_graph.api.past import element_as_of
from fitsm_graph.api.plans import about_one
from fitsm_graph.api.questions import LISTS
from fitsm_graph.api.record_types import RecordTypes, derive_records
from fitsm_graph.api.records_around import add_to
from fitsm_graph.api.references import ref_of
from fitsm_graph.api.selection import selected, selected_list
from fitsm_graph.kernel.errors import BadInput, Unsupported
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.sms.rights import READ

LONGEST_SEARCH = 200
"""Characters of a text that is searched for."""


def build_schema(registry: TypeRegistry) -> strawberry.Schema:
    """Make the schema for a registry."""
    types = derive(registry)
    kept = derive_records(types)
    add_to(types, kept.shared)
    return strawberry.Schema(
        query=_query(types, kept),
        mutation=_mutation(types, kept),
        subscription=subscription_type(types),
        types=[*types.all, *kept.nodes.values(), *words.USER_ERRORS],
        execution_context_class=ShapedExecutor,
        config=words.CONFIG,
    )


def core_of(schema: strawberry.Schema) -> GraphQLSchema:
    """The executable schema inside; operations that are prepared already are run on it."""
    return schema._schema


def _query(types: ElementTypes, kept: RecordTypes) -> Any:
    fields = {
        "node": _field(node, types.element | None, "An element by id, now or as of a time."),
        "element": _field(element, types.element | None, "An element by id or key."),
        "ci": _field(ci, types.ci | None, "A CI by id or key, now or as of a time."),
        "service": _field(service, types.service | None, "A service by id or key."),
        **_lists(types),
        "search": _field(
            search, _search_type(types), "Elements by words of key, name and description."
        ),
        "impact": _field(impact, ImpactAnswer, "What fails with some elements (PR12.3)."),
        "what_if": _field(what_if, ImpactAnswer, "A scenario compared with the baseline."),
        "single_points_of_failure": _field(
            single_points_of_failure, PointsOfFailure, "What could take an element down."
        ),
        "ci_history": _field(
            ci_history, list[words.HistoryEntry], "What happened to a record (PR11.4)."
        ),
        "ledger_entries": _field(
            ledger_entries, list[words.HistoryEntry], "What was done between two times (PR11.4)."
        ),
        "ledger_head": _field(ledger_head, int, "Number of the last ledger entry."),
    }
    fields |= type_definitions.questions() | types_check.questions()
    fields |= records.questions(kept)
    fields |= scopes.questions() | duties.questions() | conformity.questions() | kpis.questions()
    fields |= policy_verbs.questions() | service_clocks.questions()
    fields |= desk_questions.questions() | incident_hints.questions() | step_questions.questions()
    fields |= who_answers.questions() | planned_state.questions()
    fields |= incident_suggestions.questions()
    fields |= incident_report.questions() | release_questions.questions()
    fields |= problem_report.questions() | record_quality.questions()
    fields |= record_history.questions()
    fields |= releases_report.questions() | change_questions.questions()
    fields |= change_comparison.questions() | change_windows.questions()
    fields |= deployment_questions.questions()
    fields |= trends.questions() | problem_timeline.questions()
    differing = difference_type(types)
    fields |= topology_difference.questions(types, differing) | baselines.questions(differing)
    fields |= document_verbs.questions() | document_content.questions()
    fields |= verification.questions() | completeness.questions() | sources.questions()
    fields |= estate_work.questions()
    shown = node_type(types)
    fields |= walks.questions(shown) | shared_fate.questions(shown)
    fields |= aggregates.questions(types) | aggregates.of_records(kept) | sync.questions()
    return strawberry.type(type("Query", (), fields), description="Questions.")


def _lists(types: ElementTypes) -> dict[str, Any]:
    """Root fields that are lists of elements: alike, but for the kind."""
    lists = {
        "cis": (types.ci, "CIs, page by page."),
        "services": (types.service, "Services, page by page."),
        "components": (types.component, "Components, page by page."),
        "groups": (types.group, "Redundancy groups, page by page."),
        "elements": (types.element, "Elements of all kinds, page by page."),
    }
    return {
        name: _list(LISTS[name], connection(LISTS[name], of, doc), types.inputs, doc)
        for name, (of, doc) in lists.items()
    }


def _list(kind: str, of: Any, inputs: Inputs, doc: str) -> Any:
    async def page(info: Info, **given: Any) -> object:
        return await _page(info, kind, given.get("as_of"))

    arguments: Arguments = {
        "where": (inputs.where[kind], None),
        "order_by": (many(inputs.order[kind]), None),
        **PAGING,
        "as_of": (words.DateTime, None),
    }
    return strawberry.field(
        resolver=asking(answering(page), arguments), graphql_type=of, description=doc
    )


def _mutation(types: ElementTypes, kept: RecordTypes) -> Any:
    fields = verbs.mutations(kept)
    for room in (defining_types, scopes, policy_verbs, document_verbs, sync, duties):
        fields |= room.verbs()
    made = type("Mutation", (mutation_type(types),), fields)
    return strawberry.type(made, description="Verbs of the processes.")


def _field(resolver: Callable[..., Any], kind: Any, doc: str) -> Any:
    return strawberry.field(resolver=answering(resolver), graphql_type=kind, description=doc)


def _search_type(types: ElementTypes) -> Any:
    hints = {"nodes": list[types.element], "total_count": int}  # type: ignore[name-defined]  # made at run time
    made = type("SearchResult", (), {"__annotations__": hints})
    return strawberry.type(made, description="Elements, best first.")


# --- elements ------------------------------------------------------------------------------------


async def node(info: Info, id: strawberry.ID, as_of: words.DateTime | None = None) -> object:
    """An element by id."""
    return await _element(info, "Element", {"id": id}, as_of)


async def element(info: Info, id: strawberry.ID) -> object:
    """An element by id or key."""
    found = await _element(info, "Element", {"id": id}, None)
    return found if found is not None else await _element(info, "Element", {"key": id}, None)


async def ci(info: Info, by: words.ElementRef, as_of: words.DateTime | None = None) -> object:
    """A CI by id or key."""
    return await _element(info, "CI", ref_of(by), as_of)


async def service(info: Info, by: words.ElementRef, as_of: words.DateTime | None = None) -> object:
    """A service by id or key."""
    return await _element(info, "Service", ref_of(by), as_of)


async def search(info: Info, text: str, first: int = 25) -> object:
    """Elements by words."""
    context = info.context
    context.allow(READ)
    what = selected(info._raw_info)
    if not any(char.isalnum() for char in text) or len(text) > LONGEST_SEARCH:
        raise BadInput(
            "there is nothing to search for" if len(text) <= LONGEST_SEARCH else "that is no word",
            why=f"elements are found by words with letters or digits, {LONGEST_SEARCH} at most",
            path=("text",),
            remedy="give a word, or ask for `cis` or `services` page by page",
        )
    return await context.answer(context.compiler.search(what, text, first, context.now))


async def _element(info: Info, kind: str, ref: dict[str, str], as_of: str | None) -> Any:
    context = info.context
    context.allow(READ)
    raw = info._raw_info
    if as_of is not None:
        return await element_as_of(context, kind, ref, as_of, selected(raw))
    question = about_one(context.plans, context.compiler, raw, kind, ref, context.now)
    return await context.answer(question)


async def _page(info: Info, kind: str, as_of: str | None) -> Any:
    context = info.context
    context.allow(READ)
    if as_of is not None:
        raise Unsupported(
            "lists are not offered as of a time",
            code="AS_OF_UNSUPPORTED",
            path=("asOf",),
            why="a filtered list of the past would have to undo everything",
            remedy="ask for one `ci` or `service`, or for `topologyDiff`",
        )
    question = context.compiler.page(kind, selected_list(info._raw_info), context.now)
    return await context.answer(question)


# --- computed ------------------------------------------------------------------------------------


async def impact(
    info: Info, of: list[strawberry.ID], as_of: words.DateTime | None = None
) -> object:
    """What fails with some elements."""
    info.context.allow(READ)
    what = selected(info._raw_info)
    return await info.context.impact.what_if(Asked(fail=of), as_of, what)


async def what_if(
    info: Info, scenario: ScenarioInput, as_of: words.DateTime | None = None
) -> object:
    """A scenario compared with the baseline."""
    info.context.allow(READ)
    what = selected(info._raw_info)
    asked = Asked(**{name: list(value or ()) for name, value in vars(scenario).items()})
    return await info.context.impact.what_if(asked, as_of, what)


async def single_points_of_failure(
    info: Info, of: strawberry.ID, level: words.State = words.State.DOWN, pairs: bool = False
) -> object:
    """What could take an element down."""
    info.context.allow(READ)
    what = selected(info._raw_info)
    return await info.context.impact.single_points(of, level.value, pairs=pairs, what=what)


async def ledger_head(info: Info) -> object:
    """Number of the last ledger entry."""
    info.context.allow(READ)
    return (await info.context.graph.head()).seq
