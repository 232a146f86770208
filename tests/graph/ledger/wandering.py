"""Verbs at random on few records, so that they meet each other in every order."""

import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from fitsm_graph.chm import standard
from fitsm_graph.chm.approving import ChangeOutcome
from fitsm_graph.chm.assessments import assess_change
from fitsm_graph.chm.implementing import (
    back_out_change,
    begin_change,
    close_change,
    complete_change,
    review_change,
)
from fitsm_graph.chm.maintenance import cancel_maintenance, plan_maintenance
from fitsm_graph.chm.service import cancel_change, register_change
from fitsm_graph.confm import service as confm
from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.graph.graph import Graph, Outcome
from fitsm_graph.isrm.service import (
    classify_incident,
    clear_incident_effect,
    prioritise_incident,
    register_incident,
    resolve_incident,
    set_incident_effect,
)
from fitsm_graph.kernel.clock import ManualClock, to_text
from fitsm_graph.kernel.errors import Broken, FitsmError
from fitsm_graph.sms import policies
from fitsm_graph.sms import service as sms
from graph.support import asking
from graph.syncing import KINDS, REGISTRY, handed, record, send

ELEMENTS = [f"e{n}" for n in range(8)]
PARTIES = [f"p{n}" for n in range(4)]
GROUPS = ["g0", "g1"]
EFFECTS = ["down", "degraded", "at_risk"]
Step = Callable[["Wanderer"], Awaitable[Any]]


class Wanderer:
    """Does something, whether or not it can be done."""

    def __init__(self, graph: Graph, clock: ManualClock, pick: random.Random) -> None:
        self.graph, self.clock, self.pick = graph, clock, pick

    async def act(self, verb: Any, *given: Any, **more: Any) -> Outcome:
        dry = self.pick.random() < 0.1
        return await self.graph.write(
            verb, asking(dry_run=dry), *await handed(self.graph, verb, given), **more
        )

    def one(self, keys: list[str]) -> str:
        return self.pick.choice(keys)

    async def known(self, kind: str) -> str:
        rows = await self.graph.ask(
            f"MATCH (n:{kind}) RETURN n.id AS id ORDER BY n.created, n.id", {}
        )
        return self.pick.choice(rows)["id"] if rows else "nobody"


async def element(do: Wanderer) -> None:
    kind, type = do.pick.choice(
        [("CI", "Server"), ("CI", "Application"), ("Service", ""), ("RedundancyGroup", "")]
    )
    given: dict[str, Any] = {"need": 1} if kind == "RedundancyGroup" else {}
    if type == "Server":
        given["attributes"] = {"asset_tag": f"S{do.pick.randrange(4)}"}
    key = do.one(ELEMENTS)
    draft = ElementDraft(kind=kind, type=type, key=key, name=key, **given)
    await do.act(confm.register_element, REGISTRY, draft)


async def change(do: Wanderer) -> None:
    changes = do.pick.choice(
        [
            {"name": f"n{do.pick.randrange(3)}"},
            {"description": do.pick.choice(["", "x", "ä\u2028\U0001f600"]), "is_source": True},
            {"asset_tag": do.pick.choice([None, "S1", "S2", "S3"])},
            {"criticality": do.pick.randrange(1, 5)},
            {"reserve": do.pick.choice([None, 0, 2])},
        ]
    )
    await do.act(confm.update_element, REGISTRY, do.one(ELEMENTS), changes)


async def relate(do: Wanderer) -> None:
    type = do.pick.choice(["DEPENDS_ON", "RUNS_ON", "HAS_MEMBER"])
    given: dict[str, Any] = {"confidence": do.pick.choice([None, 0.1, 1.0])}
    if type == "HAS_MEMBER":
        given["weight"] = do.pick.randrange(1, 4)
    draft = RelationDraft(type=type, source=do.one(ELEMENTS), target=do.one(ELEMENTS), **given)
    await do.act(confm.relate, REGISTRY, draft)


async def unrelate(do: Wanderer) -> None:
    type = do.pick.choice(["DEPENDS_ON", "RUNS_ON", "HAS_MEMBER"])
    await do.act(confm.unrelate, REGISTRY, type, do.one(ELEMENTS), do.one(ELEMENTS))


async def retire(do: Wanderer) -> None:
    await do.act(confm.retire_element, REGISTRY, do.one(ELEMENTS))


async def own(do: Wanderer) -> None:
    await do.act(confm.assign_owner, do.one(ELEMENTS), do.one(PARTIES + GROUPS))


async def party(do: Wanderer) -> None:
    if do.pick.random() < 0.3:
        key = do.one(GROUPS)
        await do.act(sms.register_party, "Group", {"key": key, "name": key})
    else:
        key = do.one(PARTIES)
        email = do.pick.choice([None, f"{key}@example.org"])
        await do.act(sms.register_party, "Person", {"key": key, "name": key, "email": email})


async def rename(do: Wanderer) -> None:
    names = [f"n{do.pick.randrange(3)}", None]
    await do.act(sms.update_party, do.one(PARTIES), {"name": do.pick.choice(names)})


async def tie(do: Wanderer) -> None:
    since = {"since": str(do.pick.randrange(3))}
    await do.act(sms.tie, "BELONGS_TO", do.one(PARTIES), do.one(GROUPS), since)


async def untie(do: Wanderer) -> None:
    await do.act(sms.untie, "BELONGS_TO", do.one(PARTIES), do.one(GROUPS))


async def leave(do: Wanderer) -> None:
    await do.act(sms.retire_party, do.one(PARTIES + GROUPS))


async def erase(do: Wanderer) -> None:
    await do.act(sms.erase_party, await do.known(do.pick.choice(["Person", "RetiredPerson"])))


async def incident(do: Wanderer) -> None:
    hit = [(do.one(ELEMENTS), do.one(EFFECTS))]
    await do.act(register_incident, "trouble", hit)


async def spread(do: Wanderer) -> None:
    which, element = await do.known("Incident"), do.one(ELEMENTS)
    if do.pick.random() < 0.25:
        await do.act(clear_incident_effect, which, element)
    else:
        await do.act(set_incident_effect, which, element, do.one(EFFECTS))


async def prioritise(do: Wanderer) -> None:
    which = await do.known("Incident")
    if do.pick.random() < 0.5:
        await do.act(classify_incident, which, do.pick.choice(["", "power", "disk?"]))
    else:
        impact, why = do.pick.choice(["", "high", "low"]), do.pick.choice(["", "so"])
        await do.act(prioritise_incident, which, impact=impact, override_reason=why)


async def resolve(do: Wanderer) -> None:
    await do.act(resolve_incident, await do.known("Incident"), "done")


async def maintain(do: Wanderer) -> None:
    start = do.clock.now() + timedelta(hours=do.pick.randrange(1, 9))
    times = {"starts_at": to_text(start), "ends_at": to_text(start + timedelta(hours=1))}
    await do.act(plan_maintenance, "work", [(do.one(ELEMENTS), do.one(EFFECTS))], **times)


async def cancel(do: Wanderer) -> None:
    await do.act(cancel_maintenance, await do.known("MaintenanceWindow"))


async def alter(do: Wanderer) -> None:
    hits = [(do.one(ELEMENTS), do.one(EFFECTS))]
    if do.pick.random() < 0.5:
        await do.act(standard.raise_standard_change, await do.known("StandardChange"), hits)
    else:
        await do.act(register_change, "better", hits)


async def catalogue(do: Wanderer) -> None:
    which = await do.known("StandardChange")
    if which == "nobody":
        said = {"steps": ["do it"], "may_alter": ["CI", "Service", "ServiceComponent"]}
        await do.act(standard.register_standard_change, "again and again", **said)
    request = asking(actor="other")
    given = await handed(do.graph, standard.approve_standard_change, (which,))
    await do.graph.write(standard.approve_standard_change, request, *given)


async def go_on(do: Wanderer) -> None:
    which, turn = await do.known("Change"), do.pick.randrange(7)
    if turn < 3:
        await do.act(do.pick.choice([begin_change, cancel_change, close_change]), which)
    elif turn == 3:
        await do.act(complete_change, which, outcome=do.pick.choice(list(ChangeOutcome)))
    elif turn == 4:
        await do.act(back_out_change, which, "no")
    elif turn == 5:
        await do.act(review_change, which, "so", aim_met=do.pick.random() < 0.5)
    else:
        await do.act(assess_change, which)


async def rule(do: Wanderer) -> None:
    hours = do.pick.choice(["always", {"mon": ["09:00-17:00"]}])
    owner = do.pick.choice(["", do.one(PARTIES + GROUPS)])
    document = {"zone": "UTC", "week": hours}
    if do.pick.random() < 0.5:
        place = ("service-calendar", do.one(["c0", "c1"]))
        await do.act(policies.draft_policy, KINDS, *place, document, owner=owner)
    else:
        ref = await do.known("Policy")
        await do.act(policies.change_policy, KINDS, ref, document, owner=owner)


async def decide(do: Wanderer) -> None:
    verb = do.pick.choice(
        [policies.approve_policy, policies.approve_policy, policies.retire_policy]
    )
    request = asking(actor=do.pick.choice(["tester", "other"]))
    await do.graph.write(verb, request, KINDS, await do.known("Policy"))


async def sync(do: Wanderer) -> None:
    rows = [
        record("VirtualMachine", f"v{n}", ("RUNS_ON", "s0"), cpu_count=do.pick.randrange(1, 3))
        for n in range(do.pick.randrange(1, 4))
    ]
    await send(do.graph, [record("Server", "s0"), *rows], source="wander")


STEPS: tuple[Step, ...] = (
    *(element,) * 4,
    *(change,) * 3,
    *(relate,) * 4,
    *(unrelate, retire, own, own, party, party, party, rename, tie, tie, untie, leave, erase),
    *(incident, spread, prioritise, resolve, maintain, cancel, sync),
    *(alter, catalogue, go_on, go_on),
    *(rule, rule, decide, decide),
)


async def wander(graph: Graph, clock: ManualClock, pick: random.Random, steps: int) -> None:
    """Take steps until so many of them were possible.

    Raises:
        Broken: A promise of the product did not hold.
    """
    do, done = Wanderer(graph, clock, pick), 0
    while done < steps:
        clock.advance(timedelta(minutes=pick.randrange(-5, 60)))
        try:
            await pick.choice(STEPS)(do)
        except Broken:
            raise
        except FitsmError:
            continue
        done += 1
