"""What records lack of what good ones say, open ones and those that were over (GR2.3).

recordQuality(process: "pm") { kinds { kind open openLacking } records { key lacks owner } }
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.paging import page_size
from fitsm_graph.api.reported import period_of, typed
from fitsm_graph.api.selection import pick
from fitsm_graph.api.types import DateTime
from fitsm_graph.flow.quality import GIVEN_UP, quality_of
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.declare import RECORDS
from fitsm_graph.model.roles import PROCESSES
from fitsm_graph.sms.rights import READ

USUAL = timedelta(days=30)
"""How far back is looked for what was over, where nobody says."""


@strawberry.type(description="How many records of a kind lack something (GR2.3).")
class QualityOfKind:
    """By the policy `record-quality` in force."""

    kind: str
    open: int = strawberry.field(description="Open for longer than the policy leaves time.")
    open_lacking: int
    over: int = strawberry.field(description="Over in the period, and not given up.")
    over_lacking: int
    share: float | None = strawberry.field(description="Of all these, what lacks nothing.")


@strawberry.type(description="A record that lacks something (GR2.3).")
class RecordLacking:
    """Work for its owner, and for the process manager."""

    id: strawberry.ID
    kind: str
    key: str
    title: str
    status: str
    open: bool
    owner: str | None
    registered_at: DateTime
    lacks: list[str] = strawberry.field(description="Fields, and what relations are called.")


@strawberry.type(description="What records lack of what good ones say (GR2.3).")
class RecordQuality:
    """Open ones now, and those that were over in a period."""

    since: DateTime
    until: DateTime
    kinds: list[QualityOfKind]
    records: list[RecordLacking] = strawberry.field(description="In order of their ids.")


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    field = strawberry.field(
        resolver=answering(record_quality),
        graphql_type=RecordQuality,
        description=record_quality.__doc__,
    )
    return {"record_quality": field}


async def record_quality(
    info: Info,
    *,
    process: str = "",
    kind: str = "",
    open: bool | None = None,
    since: DateTime | None = None,
    until: DateTime | None = None,
    first: int = 100,
    after: strawberry.ID | None = None,
) -> object:
    """Records that lack something: the work list of a process manager (GR2.3).

    Of a process or a kind; open ones, those that were over, or both. `after`: id of the last.
    """
    context, what = info.context, asked_of(info)
    context.allow(READ)
    page_size(first)
    if (since is None) is not (until is None):
        raise BadInput(
            "only one end of the period is given",
            remedy="give both, or neither for the last 30 days",
            path=("until" if until is None else "since",),
        )
    starts = since or to_text(context.now - USUAL)
    begun, ended = period_of(context, starts, until or to_text(context.now), "GR2.3")
    quality = quality_of(context.policies)
    kinds = _chosen(quality.kinds, process, kind)
    given = {"kinds": kinds, "rules": quality.told(kinds) if kinds else {}}
    before = quality.before(context.now) if open is not False else ""
    period = {"since": begun, "until": ended if open is not True else begun}
    page = {"after": str(after or ""), "limit": first, "given_up": list(GIVEN_UP)}
    rows = await context.graph.rows(
        "flow.records_lacking", **given, **period, **page, before=before
    )
    told = {
        "since": begun,
        "until": ended,
        "kinds": [_of_kind(each, rows) for each in kinds],
        "records": _records(rows)[:first],
    }
    return pick({**told, "__typename": "RecordQuality"}, what)


def _chosen(known: Iterable[str], process: str, kind: str) -> list[str]:
    """Kinds that are meant, of those that something is asked of.

    Raises:
        BadInput: There is no such process, or nothing is asked of such a kind.
    """
    words, kinds = [each.value for each in PROCESSES], list(known)
    if process and process.lower() not in words:
        what = f"there is no process '{process[:40]}'"
        raise BadInput(what, remedy=did_you_mean(process.lower(), words), path=("process",))
    if kind and kind not in kinds:
        what = f"nothing is asked of records of a kind '{kind[:40]}'"
        raise BadInput(what, remedy=did_you_mean(kind, kinds), path=("kind",))
    return [
        each
        for each in kinds
        if kind in {"", each} and process.lower() in {"", RECORDS[each].owner.value}
    ]


def _of_kind(kind: str, rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    found = {row["open"]: row for row in rows if row["kind"] == kind}
    numbers = {
        name: (found[stage][of] if stage in found else 0)
        for name, stage, of in (
            ("open", True, "checked"),
            ("open_lacking", True, "lacking"),
            ("over", False, "checked"),
            ("over_lacking", False, "lacking"),
        )
    }
    many = numbers["open"] + numbers["over"]
    lacking = numbers["open_lacking"] + numbers["over_lacking"]
    share = round((many - lacking) / many, 4) if many else None
    return typed("QualityOfKind", {"kind": kind, **numbers, "share": share})


def _records(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    found = [
        typed("RecordLacking", {**each, "kind": row["kind"], "open": row["open"]})
        for row in rows
        for each in row["poor"]
    ]
    return sorted(found, key=lambda each: str(each["id"]))
