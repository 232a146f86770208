"""The verb that assesses a change, and what is decided on with it (PR12.3)."""

from collections.abc import Mapping
from typing import Any

from fitsm_graph.chm import assessed
from fitsm_graph.chm.approving import ApprovalLevel
from fitsm_graph.chm.assessed import Found, Plan
from fitsm_graph.chm.risk import RISK, Decided, RiskPoints
from fitsm_graph.chm.voting import level_of
from fitsm_graph.chm.within import AChange, Row, led, planned_so, step
from fitsm_graph.flow.planned import defines_types
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.weighing import DEFAULT
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx, check_version, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.model.chm_records import ASSESSES
from fitsm_graph.model.declare import Process
from fitsm_graph.model.registry import TypeRegistry


@verb("change.assess", room=Process.CHM, requirement="PR12.3", on="Change")
async def assess_change(
    tx: Tx,
    policies: Policies,
    registry: TypeRegistry,
    reaching: Reaches,
    ref: AChange,
    *,
    note: str = "",
    risk_class: str = "",
    risk_reason: str = "",
    expected_version: int | None = None,
) -> Properties:
    """Assess a change: potential impact, risk, and what it collides with, from the graph (PR12.3).

    It is to be approved anew; the graver of the computed risk and a decided one says by whom.

    Args:
        tx: The transaction.
        policies: In force; say how risk adds up, and who decides.
        registry: The types in force.
        reaching: Says what its elements do to services.
        ref: Id or key of the change.
        note: What people have to say beside what is computed.
        risk_class: Another class of risk than the computed one; needs a reason.
        risk_reason: Why it is another.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg change assess CHG-000001 --note "the vendor stands by"

    Raises:
        NotFound: There is no such change.
        BadInput: UNKNOWN_CLASS, or OVERRIDE_REASON.
        Refused: It is being implemented, or over; or no rule is in force.
        Conflict: VERSION_CONFLICT.
    """
    rule: RiskPoints = policies.value(RISK, DEFAULT)
    decided = rule.decided(risk_class, risk_reason)
    context, row = await _read(tx, ref, expected_version)
    target = step(policies, row.change, "change.assess")
    plans = [Plan(row, context)]
    (said,) = await assessed.found_of(tx, policies, registry, reaching, rule, plans)
    record = assessed.record_of(tx, said, decided, note)
    tx.relate(ASSESSES.type, record["id"], row.change["id"])
    now = {**said.typed, **_latest(said, decided, tx.at)}
    now |= _decided(tx, policies, row, level_of(policies, now), target)
    return led(tx, policies, row, tx.update("Change", row.change, now))


async def _read(tx: Tx, ref: str, expected_version: int | None) -> tuple[Properties, Row]:
    """A change with all that an assessment needs, and with what hangs together with it."""
    context = found(await tx.rows("chm.assessment_context", ref=ref), "change", ref)
    row = Row(**{name: context[name] for name in Row.__slots__})
    check_version(row.change, expected_version)
    return context, row


def _latest(said: Found, decided: Decided, at: str) -> dict[str, Any]:
    """What a change itself keeps of its last assessment."""
    return {
        "risk": said.risk.points,
        **decided.of(said.risk),
        "fingerprint": said.fingerprint,
        "assessed_seq": said.potential.meanwhile.seq,
        "assessed_at": at,
    }


def _decided(
    tx: Tx, policies: Policies, row: Row, level: ApprovalLevel, target: str
) -> dict[str, Any]:
    """Who decides on a change: people, or the catalogue."""
    if level.quorum:
        types = defines_types(row.change.get("difference"))
        return {**_waiting(level, target), "types_vote_missing": types}
    planned_so(tx, policies, row, "was approved by the catalogue")
    return _by_catalogue(tx, policies, row.change)


def _waiting(level: ApprovalLevel, target: str) -> dict[str, Any]:
    """It waits for its approval, whatever was approved before."""
    votes: dict[str, Any] = {"votes_needed": level.quorum, "votes_missing": list(level.approvers)}
    votes |= {"owners_missing": None}
    return {"status": target, "approved_at": None, "approved_until": None, **votes}


def _by_catalogue(tx: Tx, policies: Policies, change: Mapping[str, Any]) -> dict[str, Any]:
    """What it follows approves it as it is now; so that the catalogue gives back what it gave."""
    after: dict[str, Any] = {"approved_at": tx.at, "approved_until": None}
    after |= {"votes_needed": 0, "votes_missing": []}
    if not change.get("approved_at"):
        after["status"] = step(policies, change, "change.from_standard")
    return after
