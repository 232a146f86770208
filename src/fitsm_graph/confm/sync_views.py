"""Runs, parked rows and proposals as they are shown, page by page."""

from collections.abc import Mapping
from typing import Any

import orjson

from fitsm_graph.confm.sync_runs import no_run
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.sight import Sight, Sources
from fitsm_graph.model.confm import ELEMENT_KINDS

PAGE = 100
Told = dict[str, Any]


def run_told(state: Mapping[str, Any]) -> Told:
    """What is shown of a run."""
    summary = orjson.loads(state["summary"]) if state.get("summary") else {}
    return {
        "run": state["key"],
        "source": state["source"],
        "scope": state["scope"],
        "mode": state["mode"],
        "status": state["status"],
        "actor": state.get("actor"),
        "via": state.get("via"),
        "begunAt": state.get("begun_at"),
        "renewedAt": state.get("renewed_at"),
        "endedAt": state.get("ended_at"),
        "leaseUntil": state.get("lease_until") if state["status"] == "running" else None,
        "counts": orjson.loads(state.get("counts") or "{}"),
        "types": state.get("types") or [],
        "chunks": state.get("taken") or [],
        "hold": state.get("plan"),
        "losses": orjson.loads(state.get("losses") or "[]"),
        "reverts": state.get("reverts"),
        "summary": summary or None,
    }


async def some_runs(
    graph: Graph, place: str | None, sources: Sources, *, after: str = "", first: int = PAGE
) -> Told:
    """Runs, the latest first, of a scope or of all; ``{runs, total}``."""
    found = (
        await graph.rows(
            "confm.sync_runs",
            scope=place,
            key=None,
            sources=_listed(sources),
            after=after,
            limit=first,
        )
    )[0]
    return {"runs": [run_told(each) for each in found["runs"]], "total": found["total"]}


async def one_run(graph: Graph, key: str, sources: Sources) -> Told:
    """One run by key.

    Raises:
        NotFound: There is none, or none of these sources.
    """
    given = {"scope": None, "key": key, "sources": _listed(sources), "after": "", "limit": 1}
    found = (await graph.rows("confm.sync_runs", **given))[0]["runs"]
    if not found:
        raise no_run(key)
    return run_told(found[0])


async def some_parked(
    graph: Graph,
    place: str | None,
    sources: Sources,
    sight: Sight,
    *,
    after: str = "",
    first: int = PAGE,
) -> Told:
    """Parked rows in the order of their keys; ``{rows, total}``."""
    found = (
        await graph.rows(
            "confm.sync_parked",
            scope=place,
            sources=_listed(sources),
            types=_seen_types(sight),
            after=after,
            limit=first,
        )
    )[0]
    return {"rows": [_parked_told(each) for each in found["rows"]], "total": found["total"]}


def _parked_told(row: Mapping[str, Any]) -> Told:
    return {
        "id": row["key"],
        "scope": row["scope"],
        "run": row["run"],
        "at": row["at"],
        "place": row["place"],
        "key": row["record_key"] or None,
        "type": row["type"] or None,
        "record": orjson.loads(row["record"]) if row["record"] else None,
        "problems": orjson.loads(row["problems"]),
    }


async def some_proposals(
    graph: Graph,
    place: str | None,
    sources: Sources,
    sight: Sight,
    *,
    status: str | None = None,
    after: str = "",
    first: int = PAGE,
) -> Told:
    """Proposals to retire, the newest first; ``{proposals, total}``."""
    found = (
        await graph.rows(
            "confm.proposals",
            status=status,
            scope=place,
            sources=_listed(sources),
            types=_seen_types(sight),
            after=after,
            limit=first,
        )
    )[0]
    return {"proposals": found["proposals"], "total": found["total"]}


def _listed(sources: Sources) -> list[str] | None:
    return None if sources is None else sorted(sources)


def _seen_types(sight: Sight) -> list[str] | None:
    """CI types that are seen, with the kinds that everybody sees; None: all."""
    return None if sight is None else sorted(sight | (set(ELEMENT_KINDS) - {"CI"}))
