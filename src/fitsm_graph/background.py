"""What the server does by itself: everything that is due, put together from all rooms."""

import os
from collections.abc import Awaitable, Callable, Mapping

from fitsm_graph.api.api import Api
from fitsm_graph.api.freshness import Freshness
from fitsm_graph.api.inner import asking_of
from fitsm_graph.chm.due import meetings_due
from fitsm_graph.chm.late import approvals_void, changes_due
from fitsm_graph.chm.schedule_digest import telling
from fitsm_graph.confm import types
from fitsm_graph.confm.due import plans_due, sweeping
from fitsm_graph.confm.source_register import sources_due
from fitsm_graph.csi.due import improvements_due, measuring
from fitsm_graph.csi.effects import effects_due
from fitsm_graph.csi.findings_due import finding
from fitsm_graph.csi.opportunities_due import seeking
from fitsm_graph.documents import due as documents_due
from fitsm_graph.documents.composing import compose
from fitsm_graph.flow import escalations_due
from fitsm_graph.flow.digests import digesting
from fitsm_graph.flow.due import Look
from fitsm_graph.flow.events import CHANNEL
from fitsm_graph.flow.following import PoliciesInForce
from fitsm_graph.flow.mail import mail_of
from fitsm_graph.flow.notices import Channel
from fitsm_graph.flow.outbox import Outbox, Sender
from fitsm_graph.flow.policies import Policies, PolicyKinds
from fitsm_graph.flow.scheduler import Job
from fitsm_graph.flow.webhooks import Webhooks
from fitsm_graph.graph.graph import Graph
from fitsm_graph.handover.comparing import comparing
from fitsm_graph.impact.mapped import Mapped
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.impact.snapshot import Snapshot
from fitsm_graph.isrm.due import escalating
from fitsm_graph.isrm.unanswered import closing_unanswered
from fitsm_graph.isrm.updates import UPDATE_DUE, updates_due
from fitsm_graph.isrm.weighing_again import weighing_again
from fitsm_graph.model.principal import Principal
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.pm import due as pm_due
from fitsm_graph.pm.known_errors_due import known_errors_due
from fitsm_graph.pm.recurring import step_lists_wanted
from fitsm_graph.pm.solved import problems_solved
from fitsm_graph.rdm.cycles import planning_ahead
from fitsm_graph.rdm.due import releases_due
from fitsm_graph.sms.due import reminding, reminding_soon
from fitsm_graph.sms.issuing import Draft, Wanted
from fitsm_graph.sms.looking import looking

ADDRESS = "FITSM_ADDRESS"
"""Where people reach the product: links in messages lead there."""
_SYSTEM = "system"
SOON: Mapping[str, Look] = {UPDATE_DUE: updates_due}
"""What cannot wait until everything else is looked at, by matter."""


def looks_of(kinds: PolicyKinds, reaches: Callable[[], Awaitable[Reaches]]) -> tuple[Look, ...]:
    """What people are reminded of, room by room, apart from what is looked at soon."""
    return (
        *(known_errors_due, step_lists_wanted, problems_solved, plans_due, meetings_due),
        sources_due,
        *(changes_due, approvals_void(reaches), releases_due),
        *(improvements_due, effects_due, looking(kinds)),
    )


def jobs_of(
    graph: Graph,
    snapshot: Snapshot,
    ruled: PoliciesInForce,
    freshness: Freshness,
    webhooks: Webhooks,
    kinds: PolicyKinds,
) -> tuple[Job, ...]:
    """What is due: messages, escalation, deviations, indicators, trends, and what people do."""

    async def in_force() -> Policies:
        return await ruled.at((await freshness.seen()).policies)

    async def reaches() -> Reaches:
        return Reaches(await snapshot.current())

    async def mapped() -> Mapped:
        return (await snapshot.current()).mapped

    async def registry() -> TypeRegistry:
        return (await types.from_graph(graph))[0]

    mail = mail_of(os.environ)
    senders: dict[str, Sender] = {CHANNEL: webhooks}
    if mail is not None:
        senders[Channel.EMAIL] = mail
    outbox = Outbox(graph, in_force, reaches, senders, os.environ.get(ADDRESS, "").strip())
    sweep = sweeping(graph, in_force, registry)
    compare = comparing(graph, in_force, registry)
    measure = measuring(graph, in_force)
    remind = reminding(graph, in_force, looks_of(kinds, reaches), apart=SOON)
    soon = reminding_soon(graph, in_force, SOON)
    opportunities = seeking(graph, in_force, reaches)
    findings = finding(graph, in_force)
    weigh = weighing_again(graph, in_force, reaches)
    of_records = escalations_due.escalating(graph, in_force, reaches)
    trends = pm_due.reviewing(graph, in_force, mapped)
    cycles = planning_ahead(graph, in_force, reaches)
    return (
        *(weigh, escalating(graph, in_force, reaches), of_records, sweep, compare, measure),
        *(trends, cycles, opportunities, findings, remind, soon),
        closing_unanswered(graph, in_force),
        *(digesting(graph, in_force), telling(graph, in_force, reaches)),
        *outbox.jobs(),
    )


def documents_of(api: Api) -> Job:
    """What is due of documents: composed as the system, which sees everything."""

    async def in_force() -> Policies:
        return await api.policies.at((await api.freshness.seen()).policies)

    async def draft(wanted: Wanted) -> Draft:
        principal = Principal(_SYSTEM, frozenset({"administrator"}))
        async with api.admission.turn(principal):
            seen = await api.freshness.seen()
            edition = await api.editions.at(seen.types)
            context = api.context(edition, seen, principal, "scheduler")
            return await compose(asking_of(context), wanted)

    return documents_due.issuing(api.graph, in_force, draft)
