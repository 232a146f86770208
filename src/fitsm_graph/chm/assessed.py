"""What is found out about a plan of a change: one that it has, or one that it could have (PR12.3).

However many plans are looked at, it takes two reads: who receives what they reach, and what is
wrong around what they alter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fitsm_graph.chm import assessing, catalogue, deciding
from fitsm_graph.chm.assessing import Collision, Known, Potential
from fitsm_graph.chm.deciding import Override
from fitsm_graph.chm.risk import Decided, Risk, RiskPoints
from fitsm_graph.chm.within import Row
from fitsm_graph.flow.planned import defines_types
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.weighing import Behind
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.impact.reach import Reaches, Remembering
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.model.chm_records import COLLIDES, REACHES_SERVICE, SINGLE_POINT
from fitsm_graph.model.registry import TypeRegistry

MOST_SERVICES = 500
"""Services that an assessment is linked with, the worst first; all are counted."""
HOPS_DOWN, MOST_AROUND = 3, 2_000
"""How far down is looked for what is wrong, and at how many elements above and below together."""
LOOKED_BACK = timedelta(days=365)
"""For how long a change of the same type that went wrong counts."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan of a change, and what was read of it.

    Attributes:
        row: The change as it would be by it.
        context: ``{incidents, problems, former, work, people}`` of `chm.assessment_context`.
    """

    row: Row
    context: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """All that an assessment says.

    Attributes:
        typed: Values of the change's record: its type, and why.
    """

    potential: Potential
    typed: Mapping[str, Any]
    risk: Risk
    collisions: Sequence[Collision]
    freezes: Sequence[str]
    in_maintenance: bool | None
    known: Known
    fingerprint: str


async def found_of(
    tx: Tx,
    policies: Policies,
    registry: TypeRegistry,
    reaching: Reaches,
    rule: RiskPoints,
    plans: Sequence[Plan],
) -> list[Found]:
    """What is found out about plans of one change, in their order.

    Args:
        tx: The transaction.
        policies: In force.
        registry: The types in force.
        reaching: Says what elements do to services.
        rule: Says how risk adds up.
        plans: Of one change.
    """
    reaching = Remembering(reaching)
    seen = [assessing.potential(reaching, each.row.hit) for each in plans]
    people = await _people(tx, seen)
    near = await _near(tx, registry, reaching, plans)
    told = []
    for plan, said, (meanwhile, if_fails), wrong in zip(plans, seen, people, near, strict=True):
        row = plan.row
        approved = catalogue.approves(registry, row.standard, row.change, row.alters)
        typed = _typed(policies, row, said, meanwhile, reaching, preapproved=approved)
        met = assessing.collisions(reaching, row.hit, plan.context["work"], plan.context["people"])
        known = _known(plan, wrong)
        risk = rule.of(assessing.facts(row, said, if_fails, known, met))
        held = assessing.frozen_by(policies, {**row.change, **typed})
        kept = assessing.in_maintenance(policies, row.change)
        told.append(Found(said, typed, risk, met, held, kept, known, said.of(row)))
    return told


async def _people(tx: Tx, seen: Sequence[Potential]) -> list[tuple[Behind, Behind]]:
    """Who receives the services that each reaches, while it is implemented and if it fails."""
    if not any(each.if_fails.services for each in seen):
        return [(Behind(0, 0), Behind(0, 0))] * len(seen)
    reached = [each for one in seen for each in (one.meanwhile.services, one.if_fails.services)]
    sets = [[each.id for each in services] for services in reached]
    rows = await tx.rows("chm.people_behind_each", sets=sets)
    found = [Behind(each["customers"], each["users"]) for each in rows]
    return list(zip(found[::2], found[1::2], strict=True))


async def _near(
    tx: Tx, registry: TypeRegistry, reaching: Reaches, plans: Sequence[Plan]
) -> list[Properties]:
    """What records say of what is around the elements of each plan."""
    return await tx.rows(
        "chm.wrong_around_each",
        change=plans[0].row.change["id"],
        plans=[
            {
                "altered": sorted(each.row.hit),
                "around": reaching.around(each.row.hit, HOPS_DOWN, MOST_AROUND),
                "types": sorted(
                    {label for one in each.row.alters for label in one["labels"]}
                    & registry.ci_types.keys()
                ),
            }
            for each in plans
        ],
        since=to_text(from_text(tx.at) - LOOKED_BACK),
    )


def _known(plan: Plan, near: Mapping[str, Any]) -> Known:
    """What records say of the elements of a plan, and of what is above and below these."""
    own = {name: plan.context[name] for name in ("incidents", "problems", "former")}
    said = {*own["incidents"], *own["problems"], *near["deviations"]}
    around = ("incidents_around", "problems_around", "deviations_around")
    beside = {name: [each for each in near[name] if each not in said] for name in around}
    wrong = {each["key"] for each in own["former"]}
    alike = [each for each in near["alike"] if each not in wrong]
    return Known(**own, **beside, deviations=near["deviations"], alike=alike)


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


def record_of(tx: Tx, said: Found, decided: Decided, note: str = "") -> Properties:
    """The record of an assessment with what it found; what it is about is for the caller to say.

    Args:
        tx: The transaction.
        said: What was found out.
        decided: The class of risk that a person decided on, if any.
        note: What people have to say beside it.
    """
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
            **decided.of(risk),
            "because": [*because, *risk.because, *decided.because],
            "margin_left": seen.meanwhile.margin,
            "frozen_by": list(said.freezes) or None,
            "in_maintenance": said.in_maintenance,
            "author": tx.actor,
            "note": note.strip(),
        },
    )
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
    return record
