"""What is due of the management system, done without anybody asking (GR5.2, GR6.2).

One job puts the reviews of the programme before whoever holds them, reminds of what fell due in
any process, and settles what is due no more. Each is an entry of the ledger, made once: a review
for its plan and day, a reminder for its matter, subject and time, however often the job is begun.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from fitsm_graph.flow.due import Due, Look, responsible
from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.policies import InForce, Policies
from fitsm_graph.flow.scheduler import Job, OneByOne, Turn, Went
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import Request, verb
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.model.confm import OWNED_BY
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import role_key
from fitsm_graph.model.sms_system import REMINDS_OF
from fitsm_graph.sms.due_rules import HELD_BY, OF_A_PROCESS, PLAN, ReviewPlan
from fitsm_graph.sms.reminders import KIND, settle_reminder
from fitsm_graph.sms.reviews import plan_review

EVERY, SOON = timedelta(minutes=10), timedelta(minutes=1)
AT_ONCE = 100
"""Entries of one turn; what is left is done in the next, at once."""


@verb("reminder.raise", room=Process.SMS, requirement="GR5.2", on=KIND)
async def raise_reminder(tx: Tx, policies: Policies, due: Due) -> Properties:
    """Remind whoever is responsible of what fell due; of the same thing once (GR5.2)."""
    row = await tx.one(
        "sms.reminder_context",
        identity=due.identity,
        record=due.record,
        subject=due.subject,
        owner=due.owner,
        roles=list(due.roles),
        at=tx.at,
    )
    if row["known"] is not None:
        return dict(row["known"])
    made = tx.create(
        KIND,
        {
            "title": due.title,
            "matter": due.matter,
            "of_process": due.process,
            "subject": due.subject,
            "due_at": due.due_at,
            "identity": due.identity,
            "status": life_of(policies, KIND).initial,
        },
    )
    if row["record"] is not None:
        tx.relate(REMINDS_OF.type, made["id"], row["record"])
    for party in row["owners"]:
        tx.relate(OWNED_BY.type, made["id"], party)
    return made


def reminding(
    graph: Graph,
    policies: Callable[[], Awaitable[Policies]],
    looks: Sequence[Look],
    *,
    apart: Collection[str] = (),
) -> Job:
    """The job that plans reviews, and reminds of what fell due.

    Args:
        graph: Where records are.
        policies: In force.
        looks: What is due, room by room.
        apart: Matters that another job looks at; their reminders are left alone.
    """

    async def run(turn: Turn) -> Went:
        ruled = await policies()
        did, counts = OneByOne(), Counter[str]()
        for wanted in (await reviews_due(graph, ruled, turn.now))[:AT_ONCE]:
            counts["planned"] += await did.do(wanted[0].key, _plan(graph, ruled, wanted))
        due = await _due(graph, ruled, looks, turn)
        most = await _reminded(graph, ruled, due, did, counts, lambda matter: matter not in apart)
        return _went(did, counts, most)

    return Job("remind", EVERY, run, "Plans reviews, and reminds of what fell due.")


def reminding_soon(
    graph: Graph, policies: Callable[[], Awaitable[Policies]], looks: Mapping[str, Look]
) -> Job:
    """The job that reminds of what is promised by the hour: it is looked at every minute.

    Args:
        graph: Where records are.
        policies: In force.
        looks: What is due, by matter; other matters are left alone.
    """

    async def run(turn: Turn) -> Went:
        ruled, did, counts = await policies(), OneByOne(), Counter[str]()
        due = await _due(graph, ruled, looks.values(), turn)
        most = await _reminded(graph, ruled, due, did, counts, lambda matter: matter in looks)
        return _went(did, counts, most)

    return Job("remind-soon", SOON, run, "Reminds of updates for users that are due.")


async def _due(
    graph: Graph, policies: Policies, looks: Iterable[Look], turn: Turn
) -> dict[str, Due]:
    """All that is due, by what tells it from all others."""
    return {each.identity: each for look in looks for each in await look(graph, policies, turn.now)}


async def _reminded(
    graph: Graph,
    policies: Policies,
    due: dict[str, Due],
    did: OneByOne,
    counts: Counter[str],
    ours: Callable[[str], bool],
) -> int:
    """Remind of what fell due, and settle what is due no more; how much of either there was.

    Args:
        graph: Where records are.
        policies: In force.
        due: All that is due, by identity.
        did: What was done and left in this turn.
        counts: How much was done, by word.
        ours: Says of a matter whether its reminders are settled here.
    """
    (known,) = await graph.rows("sms.reminders_known", identities=sorted(due))
    fresh = [due[each] for each in sorted(due.keys() - set(known["known"]), key=_first(due))]
    gone = [
        each
        for each in known["open"]
        if each["identity"] not in due and ours(each["identity"].partition("/")[0])
    ]
    for one in fresh[:AT_ONCE]:
        counts["reminded"] += await did.do(one.identity, _remind(graph, policies, one))
    for each in gone[:AT_ONCE]:
        counts["settled"] += await did.do(each["identity"], _settle(graph, policies, each))
    return max(len(fresh), len(gone))


def _went(did: OneByOne, counts: Counter[str], most: int) -> Went:
    said = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    return Went(did.said(said), again=did.done > 0 and most > AT_ONCE)


async def reviews_due(
    graph: Graph, policies: Policies, now: datetime
) -> list[tuple[InForce, str, str]]:
    """Plans whose next review is to be put before somebody: when it is due, and who holds it."""
    plans = {each.name: each for each in policies if each.kind == PLAN}
    if not plans:
        return []
    asked = [
        {"plan": name, "roles": list(_holding(each.value)), "owner": each.value.owner}
        for name, each in sorted(plans.items())
    ]
    found = []
    for row in await graph.rows("sms.review_plans", plans=asked, at=to_text(now)):
        it = plans[row["plan"]]
        due = next_review(it.value, row["since"] or to_text(now), row["last"])
        if row["planned"] is None and from_text(due) - it.value.notice <= now:
            found.append((it, due, row["owner"] or ""))
    return found


def next_review(plan: ReviewPlan, since: str, last: Any) -> str:
    """When a plan's next review is due.

    Args:
        plan: In force.
        since: When the plan came into force for the first time.
        last: ``{held_at, due_at}`` of the last one that is over; None: there was none. One that
            was cancelled counts as if it had been held when it was due.
    """
    begun = (last["held_at"] or last["due_at"]) if last else since
    return to_text(from_text(begun) + plan.every)


def _holding(plan: ReviewPlan) -> Iterable[str]:
    """Keys of the roles whose holders see to a review, nearest first."""
    over = plan.process if plan.kind in OF_A_PROCESS else plan.service
    own = role_key(HELD_BY[plan.kind], over)
    return dict.fromkeys((own, *responsible(plan.process)))


def _first(due: dict[str, Due]) -> Callable[[str], tuple[str, str]]:
    return lambda identity: (due[identity].due_at, identity)


def _scheduled(reason: str, key: str, **payload: str) -> Request:
    return Request(
        actor="system", via="scheduler", reason=reason, idempotency_key=key, payload=payload
    )


async def _plan(graph: Graph, policies: Policies, wanted: tuple[InForce, str, str]) -> None:
    it, due, owner = wanted
    plan: ReviewPlan = it.value
    request = _scheduled(f"due by {it.key}", f"{it.kind}/{it.name}/{due}", due_at=due)
    process = Process(plan.process) if plan.process else None
    given: dict[str, Any] = {"process": process, "title": plan.title, "plan": it.name}
    given |= {"service": plan.service, "customer": plan.customer}
    await graph.write(plan_review, request, policies, plan.kind, due_at=due, owner=owner, **given)


async def _remind(graph: Graph, policies: Policies, due: Due) -> None:
    request = _scheduled(f"due since {due.due_at}", "", due=due.identity)
    await graph.write(raise_reminder, request, policies, due)


async def _settle(graph: Graph, policies: Policies, reminder: Properties) -> None:
    request = _scheduled("it is due no more", "", ref=reminder["id"])
    note = "it was seen to, or is due no more"
    await graph.write(settle_reminder, request, policies, reminder["id"], note=note)
