"""How complete and fresh what is known is, and which elements are work for their owners (PR11.2).

completeness(owner: "ops", first: 20) { score below byType { name score } work { key missing } }
"""

from collections.abc import Mapping
from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.context import Context
from fitsm_graph.api.paging import page_size
from fitsm_graph.api.selection import pick
from fitsm_graph.confm.completing import (
    NOBODY,
    Scored,
    line,
    lines_by,
    rules_of,
    work_list,
    worst_first,
)
from fitsm_graph.confm.policies import COMPLETENESS, Completeness
from fitsm_graph.flow.weighing import DEFAULT
from fitsm_graph.impact.engine.cones import cone_up
from fitsm_graph.impact.snapshot import Standing
from fitsm_graph.model.registry_types import camel_case
from fitsm_graph.sms.rights import READ

SERVICES = 200
"""Services whose parts are scored for one answer, where nobody says how many."""


@strawberry.type(description="How complete some elements are (PR11.2).")
class CompletenessLine:
    """Those that the reader sees."""

    name: str
    checked: int
    below: int = strawberry.field(description="How many are below the bar.")
    score: float | None = strawberry.field(description="Mean share of what is known; null: none.")


@strawberry.type(description="An element of which too little is known (PR11.2).")
class IncompleteElement:
    """Work for its owner."""

    id: strawberry.ID
    key: str
    name: str
    kind: str
    type: str | None
    owner: str | None
    score: float
    missing: list[str] = strawberry.field(
        description="Attributes, relationship types, `owner`; `fresh`: it is too old."
    )


@strawberry.type(description="How complete the CMDB is, by the policy in force (PR11.2).")
class CompletenessAnswer:
    """Of what the reader sees."""

    bar: float
    checked: int
    below: int
    score: float | None
    by_type: list[CompletenessLine]
    by_owner: list[CompletenessLine]
    by_service: list[CompletenessLine] = strawberry.field(
        description="Services with what they need, the worst first; as many as asked for."
    )
    services_left_out: int = strawberry.field(description="Services beyond those, by key.")
    work: list[IncompleteElement]


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    field = strawberry.field(
        resolver=answering(completeness),
        graphql_type=CompletenessAnswer,
        description=completeness.__doc__,
    )
    return {"completeness": field}


async def completeness(
    info: Info,
    *,
    type: str = "",
    owner: str = "",
    service: strawberry.ID | None = None,
    first: int = 50,
    services: int = SERVICES,
) -> object:
    """How complete and fresh elements are, and those below the bar, the worst first (PR11.2).

    Of a CI type or kind, of what an owner answers for (`-`: nobody), of what a service needs.
    """
    context, what = info.context, asked_of(info)
    context.allow(READ)
    page_size(first)
    page_size(services, path="services")
    rule: Completeness = context.policies.value(COMPLETENESS, DEFAULT)
    elements = await _scored(context, rule)
    standing: Standing = await context.impact.standing(None)
    if service is not None:
        target = context.impact.resolved([str(service)], standing)[str(service)]
        needed = _needed(standing, standing.mapped.topology.index(target))
        elements = [each for each in elements if each.id in needed]
    if type:
        elements = [each for each in elements if _is_of(context, each, type)]
    if owner:
        elements = [each for each in elements if (each.owner or NOBODY) == owner]
    offered = sorted((e for e in elements if e.kind == "Service"), key=lambda e: e.key)
    chosen = offered[:services] if what.has("byService") else []
    told = {
        **_typed("CompletenessAnswer", line("", elements, rule.bar)),
        "bar": rule.bar,
        "byType": _lines(lines_by(elements, rule.bar, lambda each: each.type or each.kind)),
        "byOwner": _lines(lines_by(elements, rule.bar, lambda each: each.owner or NOBODY)),
        "byService": _lines(_by_service(chosen, elements, rule.bar, standing)),
        "servicesLeftOut": max(0, len(offered) - services),
        "work": [_work(each) for each in work_list(elements, rule.bar)[:first]],
    }
    return pick(told, what)


async def _scored(context: Context, rule: Completeness) -> list[Scored]:
    sight = context.sight
    given = {"all": sight is None, "types": sorted(sight or ())}
    rules = rules_of(rule, context.registry, context.now)
    rows = await context.graph.rows("confm.completeness", rules=rules, **given)
    return [Scored.of(each) for each in rows[0]["elements"]]


def _is_of(context: Context, each: Scored, type: str) -> bool:
    if each.type is None or type not in context.registry.ci_types:
        return type == each.kind
    return context.registry.is_a(each.type, type)


def _needed(standing: Standing, target: int) -> set[str]:
    topology, network = standing.mapped.topology, standing.mapped.network
    return {topology.id(int(number)) for number in cone_up(network, [target])}


def _by_service(
    services: list[Scored], elements: list[Scored], bar: float, standing: Standing
) -> list[dict[str, Any]]:
    scored = {each.id: each for each in elements}
    topology, found = standing.mapped.topology, []
    for service in services:
        target = topology.find(service.id)
        if target >= 0:
            needed = [scored[id] for id in _needed(standing, target) if id in scored]
            found.append(line(service.key, needed, bar))
    return worst_first(found)


def _work(each: Scored) -> dict[str, Any]:
    return {
        "__typename": "IncompleteElement",
        **{name: getattr(each, name) for name in ("id", "key", "name", "kind", "type", "owner")},
        "score": round(each.score, 4),
        "missing": list(each.missing),
    }


def _lines(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [_typed("CompletenessLine", each) for each in lines]


def _typed(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    return {"__typename": kind, **{camel_case(name): each for name, each in values.items()}}
