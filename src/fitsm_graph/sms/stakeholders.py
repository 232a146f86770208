"""Verbs over stakeholders: known, analysed again and again, known no more (GR3.1)."""

from collections.abc import Sequence
from typing import Annotated

from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import titled, told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment, Of
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.model.declare import Process
from fitsm_graph.model.sms_system import FROM_CUSTOMER
from fitsm_graph.sms.due_rules import rule_in
from fitsm_graph.sms.within import led, lines, moment, owned, read, worded

KIND = "Stakeholder"
AStakeholder = Annotated[str, Of(KIND)]


@verb("stakeholder.register", room=Process.SMS, requirement="GR3.1", on=KIND)
async def register_stakeholder(
    tx: Tx,
    policies: Policies,
    title: str,
    *,
    customer: Annotated[str, Of("Customer")] = "",
    description: str = "",
    owner: Annotated[str, Of("Party")] = "",
) -> Properties:
    """Register who has an interest in services or in the system (GR3.1).

    Args:
        tx: The transaction.
        policies: In force.
        title: Who it is.
        customer: The customer that it is, if it is one.
        description: What it has to do with the services.
        owner: Person or group that keeps in touch.

    Examples:
        fsg stakeholder register "Data protection authority" --owner sms

    Raises:
        NotFound: The customer or the owner is not there.
    """
    it = await read(tx, customer=customer, owner=owner)
    status = life_of(policies, KIND).initial
    fields = {"title": titled(title), "description": description.strip(), "status": status}
    made = tx.create(KIND, fields)
    found = it.other("customer", customer)
    if found:
        tx.relate(FROM_CUSTOMER.type, made["id"], found)
    owned(tx, it, made, owner)
    return made


@verb("stakeholder.analyse", room=Process.SMS, requirement="GR3.1", on=KIND)
async def analyse_stakeholder(
    tx: Tx,
    policies: Policies,
    ref: AStakeholder,
    needs: str,
    *,
    obligations: Sequence[str] = (),
    next_review_at: Moment | None = None,
) -> Properties:
    """Say what a stakeholder needs and expects, and which laws and contracts hold (GR3.1).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the stakeholder.
        needs: What they need and expect.
        obligations: Laws, regulations and contracts that follow from them; all of them.
        next_review_at: By when to look again, RFC 3339; as the rule says otherwise.

    Examples:
        fsg stakeholder analyse STK-000001 "notice of breaches" --obligations "GDPR 33"

    Raises:
        NotFound: There is no such stakeholder.
        Refused: It is none any more.
    """
    said = worded(told(needs, "needs", "say what they need and expect", "GR3.1"), "needs")
    it = await read(tx, ref)
    stakeholder = it.record(KIND, ref)
    target = led(policies, KIND, stakeholder, "analyse", "register it again")
    after = to_text(from_text(tx.at) + rule_in(policies).stakeholders)
    next_at = moment(next_review_at, "nextReviewAt") or after
    found = {"needs": said, "obligations": lines(obligations), "next_review_at": next_at}
    return tx.update(KIND, stakeholder, {**target, **found, "analysed_at": tx.at})


@verb("stakeholder.retire", room=Process.SMS, requirement="GR3.1", on=KIND)
async def retire_stakeholder(tx: Tx, policies: Policies, ref: AStakeholder, why: str) -> Properties:
    """Say that somebody is no stakeholder any more (GR3.1).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the stakeholder.
        why: Why that is so.

    Examples:
        fsg stakeholder retire STK-000001 "the contract has ended"

    Raises:
        NotFound: There is no such stakeholder.
        Refused: It is none already.
    """
    said = told(why, "why", "say why it is none any more", "GR3.1")
    it = await read(tx, ref)
    stakeholder = it.record(KIND, ref)
    target = led(policies, KIND, stakeholder, "retire")
    return tx.update(KIND, stakeholder, {**target, "why": said, "closed_at": tx.at})
