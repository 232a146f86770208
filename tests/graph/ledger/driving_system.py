"""Every verb of the management system, driven: documents, reviews, what was found, what is due."""

from datetime import timedelta
from typing import TYPE_CHECKING

from fitsm_graph.flow.due import Due
from fitsm_graph.graph.verb import VERBS, Request
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.model.declare import Process
from fitsm_graph.sms import due, goals, parties, reviews, stakeholders
from fitsm_graph.sms import feedback as said
from fitsm_graph.sms import management_documents as documents
from fitsm_graph.sms import nonconformities as found
from fitsm_graph.sms.due_rules import DocumentKind, ReviewKind

if TYPE_CHECKING:
    from graph.ledger.driving import Driver

OTHER = Request(actor="other", via="test", reason="to see")


async def managing(do: "Driver") -> None:
    """The system as it is run: each verb at least once."""
    await written(do)
    await looked_at(do)
    await heard(do)
    await aimed(do)
    late = Due("review", Process.SMS, "RVW-000003", "an audit is late", to_text(do.clock.now()))
    for _ in range(2):
        await do.act(due.raise_reminder, late)
    await do.act(VERBS["reminder.settle"].run, "RMD-000001", note="it was held")


async def written(do: "Driver") -> None:
    policy, second = "MGD-000001", "MGD-000002"
    given = {"text": "We want to get better.", "owner": "ops"}
    await do.act(documents.register_management_document, "Policy", DocumentKind.POLICY, **given)
    await do.act(documents.describe_management_document, policy, text="We get better.")
    await do.act(documents.approve_management_document, policy, request=OTHER)
    plan = VERBS["communication.plan"].run
    goals = await do.act(plan, policy, "goals of the year", to=["ops"], owner="ops")
    await do.act(VERBS["communication.perform"].run, goals["key"], people=3)
    for to in (["ada"], ["ada", "ops"]):
        await do.act(documents.communicate_management_document, policy, to)
    await do.act(documents.review_management_document, policy)
    where = {"url": "https://wiki.example.org/policy", "digest": "a" * 64}
    await do.act(documents.revise_management_document, policy, "goals", **where, owner="ada")
    await do.act(documents.approve_management_document, second, request=OTHER)
    await do.act(documents.retire_management_document, second, "there is a better one")
    of_shop = {"text": "It sells.", "service": "shop"}
    kind = DocumentKind.SERVICE_DESCRIPTION
    await do.act(documents.register_management_document, "Shop", kind, **of_shop)
    await do.act(documents.approve_management_document, "MGD-000003", request=OTHER)
    await do.act(documents.revise_management_document, "MGD-000003", "more", text="It sells more.")
    await do.act(stakeholders.register_stakeholder, "Authority", owner="ops")
    await do.act(stakeholders.analyse_stakeholder, "STK-000001", "notice", obligations=["33"])
    await do.act(stakeholders.retire_stakeholder, "STK-000001", "it is closed")


async def looked_at(do: "Driver") -> None:
    soon = {"due_at": to_text(do.clock.now() + timedelta(days=9))}
    for kind in (ReviewKind.AUDIT, ReviewKind.PROCESS_REVIEW, ReviewKind.MANAGEMENT_REVIEW):
        process = Process.CHM if kind is ReviewKind.PROCESS_REVIEW else None
        await do.act(reviews.plan_review, kind, process=process, owner="ops", **soon)
    await do.act(reviews.move_review, "RVW-000001", "too soon", **soon)
    more = {"attended": ["ada"], "decisions": ["ask"]}
    await do.act(reviews.hold_review, "RVW-000001", ["no aims"], **more)
    await do.act(reviews.cancel_review, "RVW-000002", "the audit looked at it")
    register = found.register_nonconformity
    await do.act(register, "no aims", "PR12.3", found_in="RVW-000001", owner="ada")
    first = "NCF-000001"
    await do.act(found.analyse_nonconformity, first, "nobody asks")
    await do.act(found.correct_nonconformity, first, "the form asks")
    await do.act(found.reopen_nonconformity, first, "one lacks it")
    await do.act(found.correct_nonconformity, first, "the form insists")
    await do.act(found.close_nonconformity, first, "all have it", request=OTHER)
    await do.act(register, "no cake", "our procedure 7")
    await do.act(found.reject_nonconformity, "NCF-000002", "there is no such requirement")


async def aimed(do: "Driver") -> None:
    """Goals of each end."""
    until = to_text(do.clock.now() + timedelta(days=90))
    for number, end in enumerate((goals.reach_goal, goals.miss_goal, goals.give_goal_up), 1):
        await do.act(goals.set_goal, "an aim", until, plan="MGD-000001", owner="ops")
        key = f"GOL-{number:06d}"
        await do.act(goals.report_on_goal, key, "half of it")
        await do.act(end, key, "as the list says")


async def heard(do: "Driver") -> None:
    customer = (await do.act(parties.register_customer, "Lab 2", known_as="lab-2"))["key"]
    given = {"service": "shop", "customer": customer, "due_at": to_text(do.clock.now())}
    spoken = await do.act(reviews.plan_review, ReviewKind.SERVICE_REVIEW, **given)
    await do.act(reviews.hold_review, spoken["key"], ["too dear"])
    await do.act(VERBS["suggestion.from_review"].run, spoken["key"])
    about = {"service": "shop", "owner": "ops"}
    await do.act(said.register_complaint, "it is dark", customer, **about)
    await do.act(said.answer_complaint, "CPL-000001", "there is light")
    await do.act(said.close_complaint, "CPL-000001", "they are content")
    await do.act(said.record_satisfaction_result, "survey", customer, 40, **about)
    await do.act(said.close_satisfaction_result, "SAT-000001", "more light")
    for word, key in (
        ("review", "RVW-000001"),
        ("nonconformity", "NCF-000001"),
        ("complaint", "CPL-000001"),
        ("satisfaction_result", "SAT-000001"),
    ):
        for _ in range(2):
            await do.act(VERBS[f"suggestion.from_{word}"].run, key, would_improve=["shop"])
