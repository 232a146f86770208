"""What a definition of types would change, and which elements would no longer conform (PR11.1).

typesCheck(ciTypes: {…}) { unfitCount differences { path breaks unfitCount unfit { key why } } }
"""

from collections.abc import Sequence
from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.defining_types import (
    MigrationStepInput,
    TypeDifference,
    declarations,
    difference_told,
    steps_of,
    together,
)
from fitsm_graph.api.paging import page_size
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import JSON
from fitsm_graph.confm.conforming import Judged, Unfit, judged
from fitsm_graph.confm.migrating import check_steps
from fitsm_graph.confm.types import Definitions
from fitsm_graph.model.registry_differences import differences
from fitsm_graph.sms.rights import READ


@strawberry.type(description="An element that would not conform to a definition of types.")
class UnfitElement:
    """As far as you see it."""

    id: strawberry.ID
    key: str
    name: str
    kind: str
    type: str | None
    why: str


@strawberry.type(description="Something that would be declared otherwise, and whom that concerns.")
class JudgedDifference(TypeDifference):
    """`breaks` says why elements may not conform, `unfit` which of them do not."""

    unfit_count: int = strawberry.field(description="Of all that you see, on this page or not.")
    unfit: list[UnfitElement] = strawberry.field(description="By key; as many as asked for.")


@strawberry.type(description="What a definition of types would change (PR11.1).")
class TypesCheck:
    """Nothing is written."""

    differences: list[JudgedDifference]
    unfit_count: int = strawberry.field(
        description="Elements that would not conform or cannot be migrated; each once."
    )
    failing: list[UnfitElement] = strawberry.field(
        description="CIs that a step cannot be taken for, by key; as many as asked for."
    )
    failing_count: int
    migrates: int = strawberry.field(description="CIs that steps would change.")
    complete: bool = strawberry.field(
        description="False: there is more than is looked at for one answer, and counts are of a"
        " part."
    )


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    run = types_check
    field = strawberry.field(
        resolver=answering(run), graphql_type=TypesCheck, description=run.__doc__
    )
    return {"types_check": field}


async def types_check(
    info: Info,
    *,
    ci_types: JSON | None = None,
    relationship_types: JSON | None = None,
    prune: bool = False,
    steps: list[MigrationStepInput] | None = None,
    first: int = 50,
    after: str = "",
) -> object:
    """What a definition of types would change, and which elements would not conform (PR11.1).

    It is given as to `defineTypes`, with the steps of a migration. `after`: the key after which
    elements of each difference are told.
    """
    context = info.context
    context.allow(READ)
    size = page_size(first)
    definitions = Definitions(
        {"input": declarations(ci_types, "ciTypes")},
        {"input": declarations(relationship_types, "relationshipTypes")},
    )
    wanted = together(context.registry, definitions, prune=prune)
    found = differences(context.registry, wanted)
    taken = steps_of(steps or ())
    check_steps(taken, context.registry, wanted)
    it: Judged = await judged(context.graph, found, wanted, sight=context.sight, steps=taken)
    rows = [
        {
            **difference_told(each),
            "__typename": "JudgedDifference",
            "unfitCount": len(unfit),
            "unfit": _page(unfit, size, after),
        }
        for each, unfit in zip(found, it.unfit, strict=True)
    ]
    data = {
        "__typename": "TypesCheck",
        "differences": rows,
        "unfitCount": it.count,
        "failing": _page(it.failing, size, after),
        "failingCount": len(it.failing),
        "migrates": it.migrates,
        "complete": it.complete,
    }
    return pick(data, asked_of(info))


def _page(unfit: Sequence[Unfit], size: int, after: str) -> list[dict[str, Any]]:
    names = ("id", "key", "name", "kind")
    return [
        {
            "__typename": "UnfitElement",
            **{name: getattr(each, name) for name in names},
            "type": each.type or None,
            "why": each.why,
        }
        for each in [one for one in unfit if one.key > after][:size]
    ]
