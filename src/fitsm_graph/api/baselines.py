"""Baselines compared: to now, to one another, and to what the ledger says of their moment (PR11.4).

baselineDiff(of: "BSL-000001", to: "BSL-000002") { addedCount changed { element { key } fields … } }
baselineCheck(of: "BSL-000001") { intact elements relations }

To a reader with a limited sight only what it sees is told, as in `topologyDiff`.
"""

from dataclasses import dataclass
from typing import Any

import strawberry

from fitsm_graph.api import topology_difference as difference
from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.context import Context
from fitsm_graph.api.element_rows import ElementRows
from fitsm_graph.api.paging import page_size
from fitsm_graph.api.selection import pick
from fitsm_graph.confm.selections import Held, Selection, held_by, image_at
from fitsm_graph.graph import feed
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import found
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.sms.rights import READ_LEDGER


@strawberry.type(description="What the ledger says now of the moment of a baseline (PR11.4).")
class BaselineCheck:
    """As far as the reader sees it."""

    entry: int
    intact: bool | None = strawberry.field(
        description="The ledger says of that moment what it said when the baseline was taken; "
        "null: to who sees a part it is not known."
    )
    elements: int
    relations: int


@dataclass(frozen=True, slots=True)
class _Baseline:
    """A baseline as it is kept, with what it selects."""

    record: Properties
    selection: Selection

    @property
    def entry(self) -> int:
        return int(self.record["entry"])


def questions(types: Any) -> dict[str, Any]:
    """Fields of the query type.

    Args:
        types: That of a difference.
    """
    shown = {"baseline_diff": (baseline_diff, types), "baseline_check": (baseline_check, None)}
    return {
        name: strawberry.field(
            resolver=answering(run),
            graphql_type=type or BaselineCheck,
            description=run.__doc__,
        )
        for name, (run, type) in shown.items()
    }


async def baseline_diff(
    info: Info, of: strawberry.ID, to: strawberry.ID | None = None, first: int = 200
) -> object:
    """What is different between a baseline and now, or a later baseline (PR11.4).

    Told is of elements that either of them holds, and of relations among them.
    """
    context = info.context
    context.allow(READ_LEDGER)
    page_size(first)
    what = asked_of(info)
    one = await _baseline(context, str(of))
    other = await _baseline(context, str(to)) if to is not None else None
    if other is not None and other.entry < one.entry:
        raise BadInput(
            f"{other.record['key']} is of an earlier moment than {one.record['key']}",
            why="what became of something is told from the earlier to the later",
            remedy="exchange the two",
            path=("to",),
        )
    end = other.entry if other is not None else None
    until, then, later = await feed.between(context.graph, one.entry, end)
    selection = other.selection if other is not None else one.selection
    held = set((await _held(context, one.selection, one.entry)).elements)
    held |= set((await _held(context, selection, until)).elements)
    compared = await difference.compared_in(context, then, later)
    compared.keep(held.__contains__)
    shown = difference.shown_of(compared, first)
    impact = context.impact
    standing = await (impact.standing(None) if other is None else impact.after(until))
    rows = ElementRows(context, standing, what, past=other is not None)
    await rows.read(difference.named_in(shown))
    data = difference.answer_of(compared, shown, rows)
    return pick({"fromSeq": one.entry, "toSeq": until, **data}, what)


async def baseline_check(info: Info, of: strawberry.ID) -> object:
    """What a baseline held, by what the ledger says now of its moment (PR11.4)."""
    context = info.context
    context.allow(READ_LEDGER)
    one = await _baseline(context, str(of))
    held = await _held(context, one.selection, one.entry)
    told = {
        "__typename": "BaselineCheck",
        "entry": one.entry,
        "intact": held.digest == one.record["digest"] if context.sight is None else None,
        "elements": len(held.elements),
        "relations": len(held.relations),
    }
    return pick(told, asked_of(info))


async def _baseline(context: Context, ref: str) -> _Baseline:
    rows = await context.graph.rows("confm.baseline_by_ref", ref=ref)
    row = found(rows, "baseline", ref)
    record = row["baseline"]
    selection = Selection(
        tuple(record["types"]), frozenset(row["services"]), frozenset(row["owners"])
    )
    return _Baseline(record, selection)


async def _held(context: Context, selection: Selection, seq: int) -> Held:
    """What a selection held after an entry, as far as the reader sees it."""

    async def read(_until: int) -> Properties:
        given: Properties = {"at": None, "since": seq, "services": [], "owners": []}
        return (await context.graph.rows("confm.estate_at", **given))[0]

    _, row = await feed.stable(context.graph, read)
    return held_by(selection, image_at(row), context.registry, context.sight)
