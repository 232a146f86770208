"""Verbs over verifications: a sample is drawn, attested, compared with discovery (PR11.5)."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Annotated

from fitsm_graph.confm.claims import Seen
from fitsm_graph.confm.examining import (
    check_alone,
    check_attester,
    check_examined,
    claims_now,
    differing,
    drawn,
    found_out,
    outcome_of,
    population,
    title_of,
)
from fitsm_graph.confm.policies import PLAN, VerificationPlan
from fitsm_graph.confm.raising import finding_of, raised
from fitsm_graph.flow.lives import life_of, stepped
from fitsm_graph.flow.policies import InForce, Policies
from fitsm_graph.flow.records import titled, told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import NotFound, Refused
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.confm_records import VERIFIES, Attested, DeviationSource
from fitsm_graph.model.declare import Process
from fitsm_graph.model.registry import TypeRegistry

AVerification = Annotated[str, Of("Verification")]


@verb("verification.begin", room=Process.CONFM, requirement="PR11.5", on="Verification")
async def begin_verification(
    tx: Tx,
    policies: Policies,
    registry: TypeRegistry,
    plan: str,
    *,
    title: str = "",
    seed: str = "",
) -> Properties:
    """Begin a verification by a plan in force: its sample is drawn from what there is now (PR11.5).

    Args:
        tx: The transaction.
        policies: In force.
        registry: The types in force.
        plan: Name of the plan, a policy of the kind `verification-plan`.
        title: What it is about, in a line; the name of the plan when left out.
        seed: What the sample is drawn by; when left out, what nobody could know before.

    Examples:
        fsg verification begin default
        fsg verification begin default --seed 2026-q4 --dry-run

    Raises:
        NotFound: There is no such plan, or it names what is not there.
        Refused: VERIFICATION_RUNNING.
        BadInput: NOTHING_SELECTED.
    """
    version = _plan_in_force(policies, plan)
    rule: VerificationPlan = version.value
    state = await tx.one("confm.verifications_of", plan=plan)
    check_alone(policies, state["open"], plan)
    given = {"services": list(rule.services), "owners": list(rule.owners)}
    row = await tx.one("confm.estate_at", at=tx.at, since=None, **given)
    there = population(tx, registry, rule, row)
    drawn_by = seed.strip() or sha256(f"{row['hash']}/{plan}".encode()).hexdigest()[:16]
    sample = drawn(there, drawn_by, rule.size(len(there)))
    said = {"title": titled(title or plan), "plan": plan, "plan_key": version.key}
    said |= {"status": life_of(policies, "Verification").initial, "seed": drawn_by}
    said |= {"due_at": to_text(from_text(tx.at) + rule.within), "entry": row["seq"]}
    counted = {"population": len(there), "sampled": len(sample)}
    made = tx.create("Verification", {**said, **counted})
    for element in sample:
        tx.relate(VERIFIES.type, made["id"], element)
    return made


def _plan_in_force(policies: Policies, plan: str) -> InForce:
    version = policies.find(PLAN, plan)
    if version is None:
        known = [each.name for each in policies if each.kind == PLAN]
        told_of = f"no plan of verification '{plan[:60]}' is in force"
        raise NotFound(told_of, remedy=did_you_mean(plan, known), path=("plan",))
    return version


@verb("verification.attest", room=Process.CONFM, requirement="PR11.5", on="Verification")
async def attest_element(
    tx: Tx,
    policies: Policies,
    registry: TypeRegistry,
    ref: AVerification,
    element: Annotated[str, Of("Element")],
    attested: Attested,
    *,
    differs_in: Sequence[str] = (),
    note: str = "",
) -> Properties:
    """Say whether an element of the sample is as recorded; what is not is a deviation (PR11.5).

    Said once, by who answers for it or is in its group, or else by people of the process.

    Args:
        tx: The transaction.
        policies: In force.
        registry: The types in force.
        ref: Id or key of the verification.
        element: Id or key of the element.
        attested: What there is to say of it.
        differs_in: Fields and attributes that differ, `owner` or `relations`.
        note: What else there is to say.

    Examples:
        fsg verification attest VER-000001 sto-a as_recorded
        fsg verification attest VER-000001 sto-b differs --differs-in disk_count

    Raises:
        NotFound: The verification or the element is not there, or NOT_IN_SAMPLE.
        BadInput: With what is wrong.
        Refused: ALREADY_ATTESTED, NOT_ITS_OWNER, or it is over.
    """
    given = {"ref": ref, "element": element, "actor": tx.actor, "at": tx.at}
    row = found(await tx.rows("confm.attest_context", **given), "verification", ref)
    record, about = row["verification"], row["element"]
    stepped(policies, "Verification", record, "verification.attest")
    check_examined(tx, row, record, element)
    check_attester(tx, row)
    names = differing(attested, differs_in, row, registry)
    by = {"attested_by": tx.actor, "by_owner": bool(row["owns"] and tx.as_person)}
    found_so = {"attested": attested, "attested_at": tx.at, "differs_in": names or None}
    said = {**found_so, **by, "note": note.strip() or None}
    tx.change_relation(VERIFIES.type, record["id"], about["id"], row["examined"], said)
    if attested is not Attested.AS_RECORDED:
        _deviates(tx, policies, row, names, said)
    return dict(record)


def _deviates(
    tx: Tx, policies: Policies, row: Properties, names: list[str], said: Properties
) -> None:
    """Raise the deviation that somebody's word is."""
    verification, about = row["verification"]["id"], row["element"]["id"]
    described = {
        "title": title_of(names) if names else "it is not there",
        "description": said["note"] or "",
        "source": DeviationSource.ATTESTATION,
        "fields": names,
        "finding": finding_of("attested", verification, about),
        "why": "somebody who knows the element said so",
    }
    raised(tx, policies, about, described, verification=verification)


@verb("verification.compare", room=Process.CONFM, requirement="PR11.5", on="Verification")
async def compare_verification(tx: Tx, policies: Policies, ref: AVerification) -> Properties:
    """Compare the sample with what discovery saw last; what differs is a deviation (PR11.5).

    A difference that was found already is counted, and one that was accepted stays so.

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the verification.

    Examples:
        fsg verification compare VER-000001

    Raises:
        NotFound: There is no such verification.
        Refused: It is over.
    """
    row = found(await tx.rows("confm.claims_context", ref=ref), "verification", ref)
    record = row["verification"]
    stepped(policies, "Verification", record, "verification.compare")
    whole = True
    for each in row["examined"]:
        if not tx.sees(each["labels"]):
            whole = False
            continue
        claims = claims_now(each)
        said = {"seen": claims.seen, "seen_in": list(claims.fields) or None}
        tx.change_relation(VERIFIES.type, record["id"], each["id"], each["said"], said)
        if claims.seen in {Seen.DIFFERS, Seen.GONE}:
            found_out(tx, policies, record, each, claims)
    if not whole:  # somebody who sees all of it has to finish that
        return dict(record)
    return tx.update("Verification", record, {"compared_at": tx.at})


@verb("verification.finish", room=Process.CONFM, requirement="PR11.5", on="Verification")
async def finish_verification(
    tx: Tx, policies: Policies, ref: AVerification, *, conclusion: str = ""
) -> Properties:
    """Finish a verification; its outcome follows from what was found (PR11.5).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the verification.
        conclusion: What there is to say of it.

    Examples:
        fsg verification finish VER-000001 --conclusion "the racks are in order"

    Raises:
        NotFound: There is no such verification.
        Refused: NOTHING_EXAMINED, or it is over.
    """
    row = found(await tx.rows("confm.verification_context", ref=ref), "verification", ref)
    record, examined = row["verification"], row["examined"]
    target = stepped(policies, "Verification", record, "verification.finish")
    if not any(each.get("attested") or each.get("seen") for each in examined):
        raise Refused(
            f"nothing of {record['key']} was looked at",
            code="NOTHING_EXAMINED",
            why="no element of its sample is attested, and it was not compared with discovery",
            remedy="attest some, or compare it; `fsg verification cancel` gives it up",
            requirement="PR11.5",
        )
    after = {"status": target, "outcome": outcome_of(examined), "closed_at": tx.at}
    after["conclusion"] = conclusion.strip()
    return tx.update("Verification", record, after)


@verb("verification.cancel", room=Process.CONFM, requirement="PR11.5", on="Verification")
async def cancel_verification(
    tx: Tx, policies: Policies, ref: AVerification, why: str
) -> Properties:
    """Give a verification up, and say why; the plan is due as it was before (PR11.5).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the verification.
        why: Why it is given up.

    Examples:
        fsg verification cancel VER-000001 "the site is being moved"

    Raises:
        NotFound: There is no such verification.
        Refused: It is over.
    """
    said = told(why, "why", "say why it is given up", "PR11.5")
    row = found(await tx.rows("confm.verification_context", ref=ref), "verification", ref)
    target = stepped(policies, "Verification", row["verification"], "verification.cancel")
    after = {"status": target, "conclusion": said, "closed_at": tx.at}
    return tx.update("Verification", row["verification"], after)
