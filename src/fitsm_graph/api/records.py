"""Questions about records that are no elements: one by id or key, and pages by filter and order.

Every kind that is declared to be asked about has them, without code of its own:

    incident(by: {key: "INC-000001"}) { title affects { effect element { key state } } }
    incidents(where: {open: true, affects: {some: {element: {key: {eq: "sto-a"}}}}},
              orderBy: [{priority: ASC}]) { nodes { key } totalCount }
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_list_of, asked_of
from fitsm_graph.api.elements import PAGING, Arguments, asking, many, told
from fitsm_graph.api.links import asked_kinds, plural, singular
from fitsm_graph.api.ordering import behind, named, sorted_by
from fitsm_graph.api.paging import Page, digest_of
from fitsm_graph.api.projection import placed_row
from fitsm_graph.api.questions import Compiler, Question
from fitsm_graph.api.record_filters import record_conditions, record_order
from fitsm_graph.api.record_rows import record_cells, record_row
from fitsm_graph.api.record_types import RecordTypes
from fitsm_graph.api.references import ref_of
from fitsm_graph.api.rows import Paged, rows_of
from fitsm_graph.api.selection import Selected
from fitsm_graph.api.statement import Rows
from fitsm_graph.api.types import ElementRef
from fitsm_graph.sms.rights import READ

VARIABLE = "record"


def one_record(
    compiler: Compiler, kind: str, ref: Mapping[str, Any], what: Selected, now: datetime
) -> Question:
    """One live record of a kind by id or key; ``answer`` is null where there is none."""
    made = compiler.statement(now)
    name, value = next(iter(ref.items()))
    label = f"Record&{kind}" if name == "id" else kind
    match = f"(record:{label} {{{name}: {made.value(value)}}})"
    return made.single(match, VARIABLE, *record_row(made, kind, VARIABLE, what))


def page_of_records(compiler: Compiler, kind: str, what: Selected, now: datetime) -> Question:
    """One page of live records of a kind, with the total where it is selected."""
    made, page, asked = compiler.statement(now), Page.of(what), what.arguments
    order = record_order(made, kind, asked.get("orderBy") or [], VARIABLE)
    belongs = digest_of(kind, asked.get("where"), named(order))
    around = record_conditions(made, kind, asked.get("where"), VARIABLE)
    place = page.place(belongs, len(order))
    beyond = [] if place is None else behind(made, order, place, backward=page.backward)
    cells = record_cells(made, kind, VARIABLE, rows_of(what))
    paged = Paged(what, page, belongs, cells)
    by = sorted_by(order, backward=page.backward)
    rows = Rows(VARIABLE, kind, kind, around, beyond, by)
    return made.page(rows, placed_row(paged, order), paged)


# --- fields of the query type --------------------------------------------------------------------


def questions(types: RecordTypes) -> dict[str, Any]:
    """Fields of the query type: one record and a page, for each kind that is asked about."""
    fields: dict[str, Any] = {}
    for kind in asked_kinds():
        fields[singular(kind)] = _one(kind, types.nodes[kind])
        fields[plural(kind)] = _page(kind, types)
    return fields


def _one(kind: str, node: Any) -> Any:
    async def one(info: Info, by: ElementRef) -> object:
        context = info.context
        context.allow(READ)
        what = asked_of(info)
        question = one_record(context.compiler, kind, ref_of(by), what, context.now)
        return await context.answer(question)

    return strawberry.field(
        resolver=answering(one),
        graphql_type=node | None,
        description=f"By id or key: {told(kind)}",
    )


def _page(kind: str, types: RecordTypes) -> Any:
    async def page(info: Info, **_given: Any) -> object:
        context = info.context
        context.allow(READ)
        what = asked_list_of(info)
        return await context.answer(page_of_records(context.compiler, kind, what, context.now))

    arguments: Arguments = {
        "where": (types.where[kind], None),
        "order_by": (many(types.order[kind]), None),
        **PAGING,
    }
    return strawberry.field(
        resolver=asking(answering(page), arguments),
        graphql_type=types.pages[kind],
        description=f"Page by page, the newest first unless ordered: {told(kind)}",
    )
