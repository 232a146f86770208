"""The timeline of a record of a process, from the ledger (PR9.1, PR10.1, PR12.1, PR14.1).

    recordHistory(kind: "Incident", of: "INC-000001") {
      entries { at actor verb reason changes { op kind id target before after } }
      names { id kind key name }
    }

Beside the record itself it tells of what is part of it (comments, attachments, votes, plans, steps)
and of what refers to it, such as the change that was raised from it. What is no record of a
process, such as a group, tells of itself alone: a whole estate may refer to it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import strawberry

from fitsm_graph.api import types as words
from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.context import Context
from fitsm_graph.api.history import ends_of, entry_of
from fitsm_graph.api.links import asked_kinds, bonds_of_parts, process_kinds
from fitsm_graph.api.selection import pick
from fitsm_graph.flow.sight import check_sees_all
from fitsm_graph.graph import histories
from fitsm_graph.graph.changes import kind_of, retired_label
from fitsm_graph.graph.history import Step
from fitsm_graph.kernel.errors import BadInput, NotFound
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.sms.rights import READ_LEDGER

_ANY_SIGHT = "the ledger tells of all that a record has to do with, seen or not"


@strawberry.type(description="What an id in a history stands for, as it is now.")
class NamedRecord:
    """Personal values are empty once they are erased."""

    id: strawberry.ID
    kind: str
    key: str = strawberry.field(description="Empty, where a kind has none.")
    name: str = strawberry.field(description="Name or title.")


@strawberry.type(description="The timeline of a record.")
class RecordHistory:
    """With the names of all records that it mentions."""

    entries: list[words.HistoryEntry] = strawberry.field(description="Oldest first.")
    names: list[NamedRecord] = strawberry.field(description="In order of their ids.")


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    field = strawberry.field(
        resolver=answering(record_history),
        graphql_type=RecordHistory,
        description=record_history.__doc__,
    )
    return {"record_history": field}


async def record_history(info: Info, kind: str, of: strawberry.ID) -> object:
    """What happened to a record, to what is part of it and with what refers to it (PR9.1)."""
    context, what = info.context, asked_of(info)
    principal = context.allow(READ_LEDGER)
    check_sees_all(context.sight, principal.login, _ANY_SIGHT)
    id = await _id_of(context, _known(kind), str(of))
    steps = await _steps(context, kind, id)
    names = await _names(context, id, steps)
    entries = [entry_of(step, step.changes, context.withheld) for step in steps]
    return pick({"entries": entries, "names": [names[each] for each in sorted(names)]}, what)


async def _steps(context: Context, kind: str, id: str) -> list[Step]:
    if kind in process_kinds():
        return await histories.timeline_of(context.graph, id, bonds_of_parts())
    return await histories.history_of(context.graph, id)


def _known(kind: str) -> str:
    """A kind of records that is asked about.

    Raises:
        BadInput: UNKNOWN_KIND.
    """
    if kind in asked_kinds():
        return kind
    raise BadInput(
        f"there is no kind of records '{kind[:100]}'",
        code="UNKNOWN_KIND",
        why="a history is told of records of processes; `ciHistory` tells that of elements",
        remedy=did_you_mean(kind[:100], asked_kinds()) or "ask for a kind of the schema",
        path=("kind",),
    )


async def _id_of(context: Context, kind: str, ref: str) -> str:
    """The id of a live record by its key, or of one live or retired by its id.

    Raises:
        NotFound: There is none.
    """
    made = context.compiler.statement(context.now)
    given = made.value(ref)
    found = " UNION ".join(
        f"MATCH (record:{label}) RETURN record.id AS id"
        for label in (
            f"{kind} {{key: {given}}}",
            f"Record&({kind}|{retired_label(kind)}) {{id: {given}}}",
        )
    )
    text = f"CALL () {{ {found} }} RETURN id AS answer LIMIT 1"
    id = await context.answer(made.question(text))
    if id is None:
        raise NotFound(
            f"there is no {kind} '{ref[:100]}'", remedy="check the id or key", path=("of",)
        )
    return str(id)


async def _names(context: Context, id: str, steps: Iterable[Step]) -> dict[str, dict[str, Any]]:
    """What the record and all others that are mentioned are called now, by id."""
    ids = {id} | {each for step in steps for change in step.changes for each in ends_of(change)}
    rows = await context.graph.rows("ledger.records_now", ids=sorted(ids))
    return {row["id"]: _named(row["id"], row["labels"], row["properties"]) for row in rows}


def _named(id: str, labels: Iterable[str], properties: Mapping[str, Any]) -> dict[str, Any]:
    name = properties.get("name") or properties.get("title") or ""
    return {
        "__typename": "NamedRecord",
        "id": id,
        "kind": kind_of(labels),
        "key": properties.get("key") or "",
        "name": name,
    }
