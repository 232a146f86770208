"""Verbs over trends of incidents, and over what is looked into of problems, driven."""

from datetime import timedelta
from typing import Any

from fitsm_graph.flow.periods import Period
from fitsm_graph.flow.weighing import DEFAULT
from fitsm_graph.graph.verb import VERBS
from fitsm_graph.handover import problem_options as raised
from fitsm_graph.impact.snapshot import Snapshot
from fitsm_graph.isrm.service import register_incident
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.pm import causes, findings, options, trending
from fitsm_graph.pm import service as pm
from fitsm_graph.pm.looking import look
from fitsm_graph.pm.trend_rules import RULES
from graph.syncing import POLICIES, REGISTRY, run

SECOND = timedelta(seconds=1)
UNDECIDED = """MATCH (:TrendReview {key: $key})<-[:BROUGHT_UP_IN]-(f) WHERE f.status = 'open'
  RETURN f.key ORDER BY f.rank"""


async def reviewed(do: Any, count: int, times: int) -> list[str]:
    """Register incidents, look through just that time so often; the findings, by rank."""
    since = to_text(do.clock.now() + SECOND)
    for _ in range(count):
        await do.act(register_incident, "it stops", [("host", "degraded")])
    period = Period(since, to_text(do.clock.now() + SECOND))
    mapped = (await Snapshot(do.graph, REGISTRY).current()).mapped
    version = POLICIES.find(RULES, DEFAULT)
    assert version is not None
    looked = await look(do.graph, mapped, version, period)
    given = {"since": period.since, "until": period.until}
    for _ in range(times):
        review = await do.act(trending.begin_trend_review, looked, **given)
    return [key for (key,) in await run(do.graph, UNDECIDED, key=review["key"])]


async def investigated(do: Any) -> None:
    """Causes of a problem, and what is done about it."""
    problem = (await do.act(pm.register_problem, "it stops", investigates=["host"]))["key"]
    await do.act(pm.classify_problem, problem, "storage")
    await do.act(VERBS["problem.escalate"].run, problem, "it is in the host", to="eve")
    await do.act(VERBS["problem.escalate_up"].run, problem, "nobody knows")
    cause = causes.suspect_problem_cause
    first = (await do.act(cause, problem, "no memory", lies_in=["host"]))["key"]
    behind = (await do.act(cause, problem, "a leak", reason_of=first))["key"]
    await do.act(causes.describe_problem_cause, behind, "since the new version", lies_in=["host"])
    other = (await do.act(cause, problem, "no disk"))["key"]
    await do.act(cause, problem, "too many logs", reason_of=other)
    await do.act(causes.rule_out_problem_cause, other, "half of it is free")
    await do.act(causes.confirm_problem_cause, first, "it says so")
    await do.act(causes.confirm_problem_cause, behind, "seen", root=True)
    classes = {"effort": "low", "risk": "low", "effect": "high"}
    chosen, declined, third = [
        (await do.act(options.propose_problem_option, problem, title, aim=aim, **classes))["key"]
        for title, aim in (
            ("mend it", options.OptionAim.RESOLVE),
            ("replace it", options.OptionAim.RESOLVE),
            ("restart it", options.OptionAim.REDUCE),
        )
    ]
    await do.act(options.rate_problem_option, declined, **{**classes, "effort": "high"})
    await do.act(options.choose_problem_option, chosen, "it is the least")
    await do.act(options.decline_problem_option, third, "no need")
    await do.act(raised.raise_change_from_problem_option, chosen, [("host", "degraded")])
    for _ in range(2):
        await do.act(raised.raise_suggestion_from_problem, problem)
        await do.act(raised.raise_suggestion_from_problem_option, chosen)


async def trended(do: Any) -> None:
    """A finding is dismissed and comes back; others lead to a problem."""
    first, *rest = await reviewed(do, 4, 2)
    await do.act(findings.dismiss_trend_finding, first, "a test")
    for key in rest:
        await do.act(findings.dismiss_trend_finding, key, "likewise")
    await do.act(trending.conclude_trend_review, "TRV-000001", "tests")
    first, *rest = await reviewed(do, 9, 1)
    problem = await do.act(findings.accept_trend_finding, first)
    for key in rest:
        await do.act(findings.merge_trend_finding, key, problem["key"])
    await do.act(trending.conclude_trend_review, "TRV-000002", "the host")
