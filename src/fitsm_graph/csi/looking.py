"""What a look after a period has found is suggested, unless it was decided lately (PR14.1)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from fitsm_graph.csi.opportunity_rules import OpportunityRules
from fitsm_graph.flow.periods import PERIOD_OVER, Period
from fitsm_graph.flow.scheduler import OneByOne, Turn
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.clock import to_text

Suggest = Callable[[Request], Awaitable[Any]]
"""Registers a suggestion, or counts it once more."""


async def suggested(
    graph: Graph,
    found: Mapping[str, Suggest],
    *,
    job: str,
    period: Period,
    rules: OpportunityRules,
    turn: Turn,
) -> OneByOne:
    """Suggest what a look has found, one after another.

    Args:
        graph: Where the suggestions are.
        found: What suggests it, by what tells the finding from others.
        job: Word of the look: a look that broke off counts nothing twice when it is taken again.
        period: That was looked at.
        rules: Say how long what was decided rests.
        turn: Of the job.
    """
    since = to_text(turn.now - rules.rests)
    (row,) = await graph.rows("csi.findings_decided", findings=list(found), since=since)
    done = OneByOne()
    for finding, suggest in found.items():
        if finding not in row["decided"]:
            key = f"{job}/{period.until}/{finding}"
            await done.do(finding, suggest(replace(PERIOD_OVER, idempotency_key=key)))
    return done
