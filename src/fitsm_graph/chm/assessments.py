"""The verb that assesses a change, and the record that is kept of it (PR12.3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fitsm_graph.chm import assessing, catalogue, deciding
from fitsm_graph.chm.approving import ApprovalLevel
from fitsm_graph.chm.assessing import Collision, Known, Potential
from fitsm_graph.chm.deciding import Override
from fitsm_graph.chm.risk import RISK, Decided, Risk, RiskPoints
from fitsm_graph.chm.voting import level_of
from fitsm_graph.chm.within import AChange, Row, led, step
from fitsm_graph.flow.planned import defines_types
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.weighing import DEFAULT, Behind
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx, check_version, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.model.chm_records import ASSESSES, COLLIDES, REACHES_SERVICE, SINGLE_POINT
from fitsm_graph.model.declare import Process
from fitsm_graph.model.registry import TypeRegistry

MOST_SERVICES = 500
"""Services that an assessment is linked with, the worst first; all are counted."""


HOPS_DOWN, MOST_AROUND = 3, 2_000
"""How far down is looked for what is wrong, and at how many elements above and below together."""
LOOKED_BACK = timedelta(days=365)
"""For how long a change of the same type that went wrong counts."""


@dataclass(frozen=True, slots=True)
class _Found:
    """All that an assessment says."""

    potential: Potential
    risk: Risk
    decided: Decided
    collisions: Sequence[Collision]
    freezes: Sequence[str]
    known: Known
    fingerprint: str


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
    seen = assessing.potential(reaching, row.hit)
    meanwhile, if_fails = await _people(tx, seen)
    approved = catalogue.approves(registry, row.standard, row.change, row.alters)
    typed = _typed(policies, row, seen, meanwhile, reaching, preapproved=approved)
    met = assessing.collisions(reaching, row.hit, context["work"], context["people"])
    known = await _known(tx, registry, reaching, row, context)
    risk = rule.of(assessing.facts(row, seen, if_fails, known, met))
    held = assessing.frozen_by(policies, {**row.change, **typed})
    said = _Found(seen, risk, decided, met, held, known, seen.of(row))
    return _written(tx, policies, row, said, typed, note=note, target=target)


def _written(
    tx: Tx,
    policies: Policies,
    row: Row,
    said: _Found,
    typed: Mapping[str, Any],
    *,
    note: str,
    target: str,
) -> Properties:
    """State what an assessment says, and that the voting begins anew."""
    _kept(tx, policies, row, said, note)
    now = {**typed, **_latest(said, tx.at)}
    now |= _decided(tx, policies, row.change, level_of(policies, now), target)
    return led(tx, policies, row, tx.update("Change", row.change, now))


async def _read(tx: Tx, ref: str, expected_version: int | None) -> tuple[Properties, Row]:
    """A change with all that an assessment needs, and with what hangs together with it."""
    context = found(await tx.rows("chm.assessment_context", ref=ref), "change", ref)
    row = Row(**{name: context[name] for name in Row.__slots__})
    check_version(row.change, expected_version)
    return context, row


async def _known(
    tx: Tx, registry: TypeRegistry, reaching: Reaches, row: Row, context: Properties
) -> Known:
    """What records say of the elements of a change, and of what is above and below these."""
    types = {label for each in row.alters for label in each["labels"]} & registry.ci_types.keys()
    near = await tx.one(
        "chm.wrong_around",
        change=row.change["id"],
        altered=sorted(row.hit),
        around=reaching.around(row.hit, HOPS_DOWN, MOST_AROUND),
        types=sorted(types),
        since=to_text(from_text(tx.at) - LOOKED_BACK),
    )
    own = {name: context[name] for name in ("incidents", "problems", "former")}
    said = {*own["incidents"], *own["problems"], *near["deviations"]}
    around = ("incidents_around", "problems_around", "deviations_around")
    beside = {name: [each for each in near[name] if each not in said] for name in around}
    wrong = {each["key"] for each in own["former"]}
    alike = [each for each in near["alike"] if each not in wrong]
    return Known(**own, **beside, deviations=near["deviations"], alike=alike)


def _latest(said: _Found, at: str) -> dict[str, Any]:
    """What a change itself keeps of its last assessment."""
    return {
        "risk": said.risk.points,
        **said.decided.of(said.risk),
        "fingerprint": said.fingerprint,
        "assessed_seq": said.potential.meanwhile.seq,
        "assessed_at": at,
    }


def _decided(
    tx: Tx, policies: Policies, change: Mapping[str, Any], level: ApprovalLevel, target: str
) -> dict[str, Any]:
    """Who decides on a change: people, or the catalogue."""
    if level.quorum:
        types = defines_types(change.get("difference"))
        return {**_waiting(level, target), "types_vote_missing": types}
    return _by_catalogue(tx, policies, change)


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


async def _people(tx: Tx, seen: Potential) -> tuple[Behind, Behind]:
    """Who receives the services that are reached, while it is implemented and if it fails."""
    if not seen.if_fails.services:
        return Behind(0, 0), Behind(0, 0)
    reached = (seen.meanwhile.services, seen.if_fails.services)
    ids = [[each.id for each in services] for services in reached]
    row = await tx.one("chm.people_behind_both", meanwhile=ids[0], if_fails=ids[1])
    return Behind(**row["meanwhile"]), Behind(**row["if_fails"])


def _typed(
    policies: Policies,
    row: Row,
    seen: Potential,
    people: Behind,
    reaching: Reaches,
    *,
    preapproved: bool,
) -> dict[str, Any]:
    """The type of a change on the graph that it is assessed on."""
    return deciding.typed(
        policies,
        seen.meanwhile,
        people,
        urgent=bool(row.change.get("urgent")),
        preapproved=preapproved,
        types=defines_types(row.change.get("difference")),
        kinds=reaching.kinds(row.hit),
        override=Override.of(row.change),
    )


def _kept(tx: Tx, policies: Policies, row: Row, said: _Found, note: str) -> None:
    """The record of an assessment with what it found."""
    seen, risk = said.potential, said.risk
    because = assessing.told(seen, said.known, said.collisions, said.freezes)
    record = tx.create(
        "ChangeAssessment",
        {
            "seq": seen.meanwhile.seq,
            "fingerprint": said.fingerprint,
            "services_down": len(seen.meanwhile.down),
            "services_reached": len(seen.meanwhile.services),
            "services_down_if_fails": len(seen.if_fails.down),
            "services_reached_if_fails": len(seen.if_fails.services),
            "probability": risk.probability,
            "consequence": risk.consequence,
            "risk": risk.points,
            **said.decided.of(risk),
            "because": [*because, *risk.because, *said.decided.because],
            "margin_left": seen.meanwhile.margin,
            "frozen_by": list(said.freezes) or None,
            "in_maintenance": assessing.in_maintenance(policies, row.change),
            "author": tx.actor,
            "note": note.strip(),
        },
    )
    tx.relate(ASSESSES.type, record["id"], row.change["id"])
    meanwhile = {each.id: each.after.name for each in seen.meanwhile.services}
    for each in seen.if_fails.services[:MOST_SERVICES]:
        levels = {
            "meanwhile": meanwhile.get(each.id, each.before.name),
            "if_fails": each.after.name,
        }
        tx.relate(REACHES_SERVICE.type, record["id"], each.id, levels)
    for id in seen.single:
        tx.relate(SINGLE_POINT.type, record["id"], id)
    for met in said.collisions:
        how = {"how": met.how, "because": met.because}
        tx.relate(COLLIDES.type, record["id"], met.record, how)
