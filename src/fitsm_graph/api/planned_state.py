"""The future state of an element: what changes that are not over plan for it (PR12).

plannedState(of: "sto-a") { what values relation other change status approved startsAt }
"""

from collections.abc import Iterable, Mapping
from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import JSON, DateTime
from fitsm_graph.api.withheld import Withheld, veiled
from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.planned import keys_of, left_of, planned_of
from fitsm_graph.graph.sight import sees
from fitsm_graph.kernel.errors import NotFound
from fitsm_graph.model.registry_types import camel_case
from fitsm_graph.sms.rights import READ

TIES = frozenset({"relate", "unrelate"})
Row = Mapping[str, Any]


@strawberry.type(description="Something that a change plans for an element.")
class PlannedItem:
    """Until it is carried out or set aside, or the change is over."""

    what: str = strawberry.field(
        description="`add`: it is to come; `change`, `retire`; `relate`, `unrelate`: a relation of"
        " it is to come or to go."
    )
    values: JSON = strawberry.field(
        description="Fields and attributes that it is to have; of a relation what it is to carry."
    )
    relation: str | None = strawberry.field(description="Type of the relation.")
    source: str | None = strawberry.field(description="Key of the element that it starts from.")
    target: str | None = strawberry.field(description="Key of the element that it leads to.")
    change: str = strawberry.field(description="Key of the change that plans it.")
    title: str = strawberry.field(description="Of that change.")
    status: str = strawberry.field(description="Of that change.")
    approved: bool = strawberry.field(description="Somebody has approved that change.")
    starts_at: DateTime | None = strawberry.field(
        description="When it is to be implemented, UTC; null: that is not planned yet."
    )
    ends_at: DateTime | None


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    run, many = planned_state, list[PlannedItem]
    field = strawberry.field(resolver=answering(run), graphql_type=many, description=run.__doc__)
    return {run.__name__: field}


async def planned_state(info: Info, of: strawberry.ID) -> object:
    """What changes that are not over plan for an element, or one to come, the next first (PR12).

    Of an element that is to come, ask by the key that it is to have. Relations to elements that you
    may not see are left out, and who sees a part of the estate is told of nothing that is to come.
    """
    context, what = info.context, asked_of(info)
    context.allow(READ)
    life = life_of(context.policies, "Change")
    going = sorted(life.states.keys() - life.ends)
    (row,) = await context.graph.rows("chm.planned_for", ref=str(of), states=going)
    sight, labels = context.sight, row["labels"]
    hidden = sight is not None if labels is None else not sees(sight, labels)
    found = [] if hidden else list(_items(row["changes"], row["key"] or str(of)))
    if not found and (hidden or labels is None):
        raise NotFound(
            f"there is no element '{of}'",
            why="none has this id or key, and no change plans one that has",
            remedy="check the id or key",
            path=("of",),
        )
    unseen = await _unseen(info, found)
    shown = [_shown(*each) for each in found if not unseen.intersection(keys_of(*each[1:]))]
    return [
        pick({**each, "values": _veiled(each["values"], context.withheld)}, what) for each in shown
    ]


def _items(changes: Iterable[Row], key: str) -> Iterable[tuple[Row, str, Any]]:
    """What changes plan for an element: the change, the part and the item."""
    for change in changes:
        for part, item in left_of(change):
            if key in keys_of(part, item):
                yield change, part, item


async def _unseen(info: Info, found: Iterable[tuple[Row, str, Any]]) -> set[str]:
    """Keys of elements that somebody may not see, or that are to come, of those that items name."""
    context = info.context
    keys = sorted({key for _, part, item in found for key in keys_of(part, item)})
    if context.sight is None or not keys:
        return set()
    rows = await context.graph.rows("impact.elements_named", refs=keys)
    return {*keys} - {each["ref"] for each in rows if sees(context.sight, each["labels"])}


def _veiled(values: Row, withheld: Withheld) -> dict[str, Any]:
    """Values by the names that were said, in either spelling, without what is shown to few."""
    names = {spelt for name in withheld for spelt in (name, camel_case(name))}
    return veiled(values, frozenset(names))


def _shown(change: Row, part: str, item: Any) -> dict[str, Any]:
    """An item as the answer tells of it."""
    tie = item if part in TIES else {}
    carried = {name: each for name, each in tie.items() if name not in {"type", "source", "target"}}
    own = planned_of(item) if part in {"add", "change"} else carried
    kinds = {name: item[name] for name in ("kind", "type") if part == "add" and item.get(name)}
    return {
        "what": part,
        "values": {**kinds, **own},
        "relation": tie.get("type"),
        "source": tie.get("source"),
        "target": tie.get("target"),
        "change": change["key"],
        "title": change["title"],
        "status": change["status"],
        "approved": change["approved_at"] is not None,
        "startsAt": change["planned_starts_at"],
        "endsAt": change["planned_ends_at"],
        "__typename": "PlannedItem",
    }
