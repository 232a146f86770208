"""What was planned and what was seen, driven on one graph."""

from datetime import timedelta
from typing import Any

from fitsm_graph.chm import cloning, delegating
from fitsm_graph.confm import deviations
from fitsm_graph.confm import service as confm
from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.csi import missed_targets, weak_services
from fitsm_graph.flow.policies import InForce
from fitsm_graph.graph.verb import VERBS, Request
from fitsm_graph.handover import comparing, problems
from fitsm_graph.handover import deviations as deviations_raised
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.impact.snapshot import Snapshot
from fitsm_graph.isrm.service import register_incident, resolve_incident
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.rdm import cycles
from fitsm_graph.rdm.strategies import STRATEGY
from fitsm_graph.sms import accounts
from fitsm_graph.sms import service as sms
from fitsm_graph.sms.policies import from_files
from graph.syncing import KINDS, POLICIES, REGISTRY, run

OTHER = Request(actor="other", via="test")


async def seen(do: Any) -> None:
    """A planned difference is compared, and a deviation leads to a change."""
    waiting = await run(do.graph, "MATCH (c:Change) WHERE c.awaits_since > '' RETURN c.key")
    for (key,) in waiting:
        await do.act(comparing.compare_difference, key)
    assert waiting, "a release added something"
    made = await do.act(deviations.register_deviation, "host", "9 disks", fields=["name"])
    await do.act(deviations_raised.raise_change_from_deviation, made["key"])


async def ahead(do: Any) -> None:
    """The next release of a strategy with a cycle."""
    cycle = {"approach": "fixed_cycle", "cycle": "P28D", "applies_to": {"types": ["Server"]}}
    rolling = {each.name: each.document for each in from_files() if each.kind == STRATEGY}
    rule = KINDS.kind(STRATEGY).checked("monthly", {**rolling["rolling"], **cycle})
    ruled = POLICIES.with_(InForce(f"{STRATEGY}/monthly/1", STRATEGY, "monthly", "", rule))
    reaching = Reaches(await Snapshot(do.graph, REGISTRY).current())
    await do.graph.write(cycles.plan_release_ahead, OTHER, ruled, reaching, "monthly")


async def cloned(do: Any) -> None:
    """A change like another one, with its task and how it is undone."""
    ((key,),) = await run(
        do.graph,
        "MATCH (c:Change)<-[:TASK_OF]-(), (c)<-[:BACKS_OUT]-(:BackOutPlan) "
        "WHERE NOT EXISTS { (c)-[:CHANGES]->(e) WHERE NOT e:Element } "
        "RETURN c.key ORDER BY c.key LIMIT 1",
    )
    await do.act(cloning.clone_change, key, title="the same again")
    await do.act(VERBS["release.clone"].run, await _any(do, "Release"), title="autumn")
    live = "NOT EXISTS { (r)-[:INVESTIGATES]->(e) WHERE NOT e:Element }"
    problem = await _any(do, "Problem", live)
    await do.act(VERBS["problem.clone"].run, problem)
    about = "NOT EXISTS { (r)-[:WOULD_IMPROVE]->(e) WHERE NOT e:Element }"
    await do.act(VERBS["suggestion.clone"].run, await _any(do, "Suggestion", about))
    offered = "EXISTS { (r)-[:REQUESTS]->({status: 'offered'}) }"
    request = await _any(do, "ServiceRequest", offered)
    await do.act(VERBS["service_request.clone"].run, request, title="the same again")
    hums = (await do.act(register_incident, "it hums", [("host", "degraded")]))["key"]
    await do.act(VERBS["incident.clone"].run, hums, title="the other, too")
    await do.act(VERBS["improvement.clone"].run, await _any(do, "Improvement"), title="again")


async def returned(do: Any) -> None:
    """A problem and a suggestion of which something is missing."""
    for kind in ("problem", "suggestion"):
        made = (await do.act(VERBS[f"{kind}.register"].run, "it stops", reporter="eve"))["key"]
        await do.act(VERBS[f"{kind}.return"].run, made, "how often")
        await do.act(VERBS[f"{kind}.answer"].run, made, "each Monday")


async def _any(do: Any, kind: str, where: str = "true") -> str:
    """Key of a record of a kind, the first of those for which something holds."""
    asked = f"MATCH (r:{kind}) WHERE {where} RETURN r.key ORDER BY r.key LIMIT 1"
    ((key,),) = await run(do.graph, asked)
    return str(key)


async def weak(do: Any) -> None:
    """A service that one element takes down, and whose targets are missed."""
    for kind, type, key in (("Service", "", "frail"), ("CI", "Server", "lonely")):
        draft = ElementDraft(kind=kind, type=type, key=key, name=key)
        await do.act(confm.register_element, REGISTRY, draft)
    tie = RelationDraft(type="DEPENDS_ON", source="frail", target="lonely")
    await do.act(confm.relate, REGISTRY, tie)
    for _ in range(2):
        await do.act(weak_services.suggest_from_service, "frail")
    await do.act(problems.raise_problem_from_single_point, "frail")
    await do.act(problems.raise_problem_from_change, "CHG-000003")
    hums = (await do.act(register_incident, "it hums", [("host", "degraded")]))["key"]
    await do.act(problems.raise_problem_from_incident, hums, investigates=["host"])
    begun = to_text(do.clock.now())
    slow = await do.act(register_incident, "it stops", [("lonely", "down")])
    do.clock.advance(timedelta(days=30))
    await do.act(resolve_incident, slow["key"], "it goes on")
    ended = to_text(do.clock.now() + timedelta(seconds=1))
    for _ in range(2):
        given = {"since": begun, "until": ended}
        await do.act(missed_targets.suggest_from_targets, "frail", **given)


async def delegated(do: Any) -> None:
    """Somebody lets another one vote, for another time, and votes again."""
    for key in ("deputed", "deputy"):
        await do.act(sms.register_party, "Person", {"key": key, "name": key})
    await do.act(accounts.create_account, "deputed", ["editor"], "digest", person="deputed")
    who = Request(actor="deputed", via="test")
    for days in (2, 3):
        until = to_text(do.clock.now() + timedelta(days=days))
        given = delegating.delegate_votes
        await do.act(given, "deputy", "on leave", ends_at=until, request=who)
    await do.act(delegating.recall_votes, "deputy", request=who)
