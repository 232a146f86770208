"""Sync over GraphQL: runs, proposals to retire and parked rows, asked for and acted on (PR11.3)."""

import hashlib
import io
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import wraps
from typing import Any

import orjson
import strawberry

from fitsm_graph.api.answers import Info, answering, asked_list_of, asked_of
from fitsm_graph.api.context import Context
from fitsm_graph.api.executor import Shaped
from fitsm_graph.api.mutations import options_of
from fitsm_graph.api.paging import page_size, read_cursor, write_cursor
from fitsm_graph.api.payloads import failed_payload
from fitsm_graph.api.selection import pick
from fitsm_graph.api.sync_asked import ending_of
from fitsm_graph.api.sync_rights import may_look, who_of
from fitsm_graph.api.sync_types import (
    PARKED,
    PROPOSALS,
    RUNS,
    AbortSyncRunInput,
    ApproveRetirementInput,
    ApproveSyncRunInput,
    BeginSyncRunInput,
    ClearParkedRowsInput,
    DismissRetirementInput,
    EndSyncRunInput,
    PutSyncRecordsInput,
    RevertSyncRunInput,
    SyncPayload,
    SyncRunView,
)
from fitsm_graph.confm.sync_blast import Blasts
from fitsm_graph.confm.sync_decisions import approve_run
from fitsm_graph.confm.sync_parked import clear_parked
from fitsm_graph.confm.sync_proposals import approve, dismiss
from fitsm_graph.confm.sync_revert import revert_run, reverted_lines
from fitsm_graph.confm.sync_sessions import Sessions, Who
from fitsm_graph.confm.sync_vanish import Part
from fitsm_graph.confm.sync_views import one_run, some_parked, some_proposals, some_runs
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.errors import BadInput, Broken, Conflict, NotFound, Refused
from fitsm_graph.model.registry_types import camel_case
from fitsm_graph.sms.rights import READ

Told = dict[str, Any]
ERROR_TYPES = {"__typename": "InvalidInput"}


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    fields: dict[str, tuple[Callable[..., Any], Any]] = {
        "sync_runs": (sync_runs, RUNS),
        "sync_run": (sync_run, SyncRunView | None),
        "retirement_proposals": (retirement_proposals, PROPOSALS),
        "parked_rows": (parked_rows, PARKED),
    }
    return {
        name: strawberry.field(resolver=answering(run), graphql_type=kind, description=run.__doc__)
        for name, (run, kind) in fields.items()
    }


def verbs() -> dict[str, Any]:
    """Fields of the mutation type."""
    runs = (
        begin_sync_run,
        put_sync_records,
        end_sync_run,
        resume_sync_run,
        abort_sync_run,
        approve_sync_run,
        revert_sync_run,
        approve_retirement,
        dismiss_retirement,
        clear_parked_rows,
    )
    return {
        run.__name__: strawberry.field(
            resolver=_acting(run), graphql_type=SyncPayload, description=run.__doc__
        )
        for run in runs
    }


# --- questions -----------------------------------------------------------------------------------


async def sync_runs(
    info: Info,
    *,
    source: str | None = None,
    scope: str = "default",
    first: int = 50,
    after: str | None = None,
) -> object:
    """Runs of a scope or of all, the latest first (PR11.3)."""
    context = info.context
    sources = may_look(context.principal, context.rights)
    place, mark = _place(source, scope), read_cursor(after, "RUN", 1)[0] if after else ""
    size = page_size(first) + 1
    found = await some_runs(context.graph, place, sources, after=mark, first=size)
    return _page(info, "RUN", found["runs"], found["total"], _mark_of_run)


def _mark_of_run(run: Told) -> str:
    return f"{run['begunAt']}|{run['run']}"


async def sync_run(info: Info, run: strawberry.ID) -> object:
    """One run by key, source/scope/number; null where there is none (PR11.3)."""
    sources = may_look(info.context.principal, info.context.rights)
    try:
        found = await one_run(info.context.graph, str(run), sources)
    except NotFound:
        return None
    return pick(found, asked_of(info))


async def retirement_proposals(
    info: Info,
    *,
    status: str | None = "proposed",
    source: str | None = None,
    scope: str = "default",
    first: int = 50,
    after: str | None = None,
) -> object:
    """Proposals to retire what a source no longer has; open ones unless said otherwise (PR11.4)."""
    context = info.context
    sources = context.allow(READ).sources
    mark = read_cursor(after, "PROPOSAL", 1)[0] if after else ""
    found = await some_proposals(
        context.graph,
        _place(source, scope),
        sources,
        context.sight,
        status=status,
        after=mark,
        first=page_size(first) + 1,
    )
    rows = [_camel(each) for each in found["proposals"]]
    return _page(info, "PROPOSAL", rows, found["total"], lambda row: str(row["id"]))


async def parked_rows(
    info: Info,
    *,
    source: str | None = None,
    scope: str = "default",
    first: int = 50,
    after: str | None = None,
) -> object:
    """Rows that could not go in, with all that is wrong with each (PR11.3)."""
    context = info.context
    sources = may_look(context.principal, context.rights)
    mark = read_cursor(after, "PARKED", 1)[0] if after else ""
    found = await some_parked(
        context.graph,
        _place(source, scope),
        sources,
        context.sight,
        after=mark,
        first=page_size(first) + 1,
    )
    rows = [
        {**each, "problems": [ERROR_TYPES | problem for problem in each["problems"]]}
        for each in found["rows"]
    ]
    return _page(info, "PARKED", rows, found["total"], lambda row: str(row["id"]))


def _page(
    info: Info, order: str, rows: Sequence[Told], total: int, mark: Callable[[Told], str]
) -> Told:
    """A connection; one row more than was asked for says that there is another page."""
    what = asked_list_of(info)
    first = int(what.arguments.get("first", 50))
    more, shown = len(rows) > first, list(rows[:first])
    cursors = [write_cursor(order, [mark(row)]) for row in shown]
    data = {
        "nodes": shown,
        "edges": [{"cursor": c, "node": row} for c, row in zip(cursors, shown, strict=True)],
        "pageInfo": {
            "hasNextPage": more,
            "hasPreviousPage": what.arguments.get("after") is not None,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        },
        "totalCount": total,
    }
    answer: Told = pick(data, what)
    return answer


def _place(source: str | None, scope: str) -> str | None:
    return None if source is None else f"{source}/{scope}"


def _camel(row: Mapping[str, Any]) -> Told:
    return {camel_case(name): value for name, value in row.items()}


# --- verbs ---------------------------------------------------------------------------------------


def _acting(run: Callable[..., Awaitable[Told]]) -> Callable[..., Any]:
    @wraps(run)
    async def wrapped(*args: Any, **kwargs: Any) -> Any:
        info: Info = kwargs["info"] if "info" in kwargs else args[0]
        what = asked_of(info)
        try:
            told = await run(*args, **kwargs)
        except (BadInput, NotFound, Refused, Conflict) as error:
            return Shaped(pick(failed_payload(error, "SyncPayload"), what))
        whole = {"ok": True, "dryRun": False, "replayed": False, "seq": None, "errors": [], **told}
        context = info.context
        context.seq = max(context.seq, whole["seq"] or 0)
        return Shaped(pick({"__typename": "SyncPayload", **whole}, what))

    return wrapped


def _who(context: Context) -> tuple[Who, Sessions]:
    """Whoever drives a run, and the runs."""
    principal = context.allow("sync.elements")
    if context.sync is None:
        raise Broken("no runs are driven here", why="the API was put together without sync")
    return who_of(principal, context.registry, context.via), context.sync


async def begin_sync_run(info: Info, input: BeginSyncRunInput) -> Told:
    """Begin a run of a source (PR11.3)."""
    who, sync = _who(info.context)
    parts = [Part(each.name, tuple(each.types), tuple(each.depends_on)) for each in input.parts]
    given: dict[str, Any] = {"types": input.types, "parts": parts, "fence": input.fence}
    begun = await sync.begin(who, input.source, input.scope, input.mode, **given)
    return _driven(begun)


def _driven(begun: Told) -> Told:
    return {"run": begun["run"], "fence": begun["fence"], "answer": begun}


async def put_sync_records(info: Info, input: PutSyncRecordsInput) -> Told:
    """Take in a numbered chunk of records; `row n` is the nth of them (PR11.3)."""
    who, sync = _who(info.context)
    lines = b"\n".join(orjson.dumps(each) for each in input.records)
    digest = hashlib.blake2b(lines, digest_size=16).hexdigest()
    rows = info.context.read_records(io.BytesIO(lines), 1)
    answer = await sync.take(who, str(input.run), input.fence, input.chunk, digest, rows)
    return {"run": input.run, "replayed": answer["replayed"], "answer": answer}


async def end_sync_run(info: Info, input: EndSyncRunInput) -> Told:
    """End a run: relate what waited, and decide on what vanished (PR11.4)."""
    who, sync = _who(info.context)
    ending = ending_of(input.complete)
    told = await sync.end(
        who, str(input.run), input.fence, ending, failed=input.failed, chunks=input.chunks
    )
    return {"run": told["run"], "replayed": told.get("replayed", False), "answer": told}


async def resume_sync_run(info: Info, run: strawberry.ID) -> Told:
    """Go on with a run under a new fence; whoever drove it before is out (PR11.3)."""
    who, sync = _who(info.context)
    return _driven(await sync.resume(who, str(run)))


async def abort_sync_run(info: Info, input: AbortSyncRunInput) -> Told:
    """Break a run off: nothing vanishes; without a fence it is taken over first (PR11.3)."""
    who, sync = _who(info.context)
    run = str(input.run)
    fence = input.fence or (await sync.resume(who, run))["fence"]
    return {"run": run, "answer": await sync.abort(who, run, fence)}


async def approve_sync_run(
    info: Info, input: ApproveSyncRunInput, *, dry_run: bool = False
) -> Told:
    """Let a held run propose what it found missing (PR11.4)."""
    request, blasts = _deciding(info.context, "run.approve", input, dry_run=dry_run)
    done = await approve_run(info.context.graph, request, str(input.run), input.hold, blasts)
    seq = max(done.seqs, default=None)
    answer = {"proposed": done.proposed, "seqs": list(done.seqs)}
    return {"run": done.run, "dryRun": dry_run, "seq": seq, "answer": answer}


async def revert_sync_run(info: Info, input: RevertSyncRunInput, *, dry_run: bool = False) -> Told:
    """Undo what a run did to elements and relations, entry by entry (PR11.4)."""
    context = info.context
    request, _ = _deciding(context, "run.revert", input, dry_run=dry_run)
    made = await revert_run(context.graph, context.registry, request, str(input.run))
    shown = reverted_lines(made) if request.sight is None else []
    answer = {"by": made.by or None, "entries": made.entries, "changes": shown}
    return {
        "run": made.run,
        "dryRun": dry_run,
        "seq": max(made.seqs, default=None),
        "answer": answer,
    }


def _deciding(
    context: Context, verb: str, act: Any, *, dry_run: bool
) -> tuple[Request, Blasts | None]:
    """A request for a verb that is done in several entries."""
    principal = context.allow(verb)
    request = Request(
        actor=principal.login,
        via=context.via,
        reason=act.reason,
        change=act.change,
        dry_run=dry_run,
        sight=context.sight,
        sources=principal.sources,
    )
    return request, Blasts(context.impact.snapshot, context.sight)


async def approve_retirement(
    info: Info,
    input: ApproveRetirementInput,
    *,
    dry_run: bool = False,
    idempotency_key: str = "",
) -> Told:
    """Retire the element of a proposal, unless something live needs it (PR11.4)."""
    context = info.context
    outcome = await context.write(
        approve,
        context.registry,
        str(input.proposal),
        options=options_of(input, dry_run=dry_run, key=idempotency_key),
        payload={"proposal": input.proposal},
    )
    return _decided(outcome)


async def dismiss_retirement(
    info: Info,
    input: DismissRetirementInput,
    *,
    dry_run: bool = False,
    idempotency_key: str = "",
) -> Told:
    """Keep the element of a proposal, for a reason (PR11.4)."""
    act = ApproveRetirementInput(proposal=input.proposal, reason=input.reason)
    outcome = await info.context.write(
        dismiss,
        str(input.proposal),
        input.reason,
        options=options_of(act, dry_run=dry_run, key=idempotency_key),
        payload={"proposal": input.proposal, "reason": input.reason},
    )
    return _decided(outcome)


def _decided(outcome: Any) -> Told:
    return {
        "dryRun": outcome.dry_run,
        "replayed": outcome.replayed,
        "seq": outcome.seq,
        "proposal": {**_camel(outcome.value), "__typename": "RetirementProposal"},
    }


async def clear_parked_rows(info: Info, input: ClearParkedRowsInput) -> Told:
    """Forget parked rows of a scope (PR11.3)."""
    act = ApproveRetirementInput(proposal=strawberry.ID(""))
    outcome = await info.context.write(
        clear_parked,
        input.source,
        input.scope,
        [str(each) for each in input.ids],
        options=options_of(act, dry_run=False, key=""),
        payload={},
    )
    return {"answer": {"cleared": outcome.value}}
