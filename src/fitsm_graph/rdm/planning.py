"""The verb that plans the deployment of a release in waves, and its criteria (PR13.3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.policies import InForce, Policies
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.impact.waves import Order, Plan, Rule
from fitsm_graph.model.declare import Process
from fitsm_graph.model.disturbance import Effect
from fitsm_graph.model.rdm import DEPLOYS, WAVE_OF, WorstState
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.rdm import gate, plans
from fitsm_graph.rdm.phasing import Planned, phases_of
from fitsm_graph.rdm.within import (
    NO_PLAN,
    ARelease,
    Row,
    classified,
    give_up_waves,
    release_row,
    step,
)


@verb("release.plan", room=Process.RDM, requirement="PR13.3", on="Release")
async def plan_release(
    tx: Tx,
    policies: Policies,
    registry: TypeRegistry,
    reaching: Reaches,
    ref: ARelease,
    *,
    order: Order | None = None,
    worst: WorstState | None = None,
    override_reason: str = "",
    expected_version: int | None = None,
) -> Properties:
    """Plan in which waves a release is deployed, each proven by the impact engine (PR13.3).

    Its strategy says what comes first, what may be lost, and in which phases users get it.

    Args:
        tx: The transaction.
        policies: In force.
        registry: The types in force.
        reaching: Says what its elements do to services, and what is wrong already.
        ref: Id or key of the release.
        order: What comes first, instead of what the strategy says.
        worst: State that a service may get into, instead of what the strategy says.
        override_reason: Why it is planned otherwise.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg release plan REL-000001 --worst down --override-reason "users know of the stop at night"

    Raises:
        NotFound: There is no such release.
        BadInput: OVERRIDE_REASON, or PLAN_TOO_LARGE.
        Refused: RELEASE_EMPTY, STRATEGY_MISSING, ELEMENT_GONE, PLAN_IMPOSSIBLE, PHASE_FOR_NOBODY.
        Conflict: VERSION_CONFLICT.
    """
    row = await release_row(tx, ref, expected_version)
    status = step(policies, row.release, "release.plan")
    strategy = plans.strategy_for(policies, registry, row)
    rule = plans.rule_for(strategy, order, worst, override_reason)
    plan = plans.made(row, reaching, rule)
    decided = classified(policies, reaching, row.release, [each["alters"] for each in row.changes])
    give_up_waves(tx, policies, row, "release.plan")
    waves = _divided(plan, row.effects)
    kept, phases = await _waves(_Making(tx, policies, row, reaching), waves, strategy)
    gate.criteria(tx, policies, reaching, row, {**row.release, **decided}, kept)
    said = {**_said(rule, plan, phases), "strategy": strategy.key, "planned_by": tx.actor}
    said |= {"plan_reason": override_reason.strip() or None, "status": status}
    said |= _proven(reaching, waves, row.effects, rule)
    return tx.update("Release", row.release, {**NO_PLAN, **decided, **said})


def _divided(plan: Plan, effects: Mapping[str, Effect]) -> list[dict[str, Effect]]:
    return [{id: effects[id] for id in each} for each in plan.waves]


def _proven(
    reaching: Reaches,
    waves: Sequence[Mapping[str, Effect]],
    effects: Mapping[str, Effect],
    rule: Rule,
) -> dict[str, Any]:
    """What the plan is worth."""
    known = plans.fingerprint(reaching, waves, effects, rule)
    return {"plan_seq": reaching.standing.seq, "plan_fingerprint": known}


def _said(rule: Rule, plan: Plan, phases: int | None) -> dict[str, Any]:
    """What a release keeps of its plan."""
    return {
        "order": rule.order,
        "worst": rule.worst.name.lower(),
        "spare": rule.spare,
        "waves_planned": len(plan.waves),
        "waves_least": plan.least,
        "phases_planned": phases,
    }


@dataclass(frozen=True, slots=True)
class _Making:
    """What waves are made with."""

    tx: Tx
    policies: Policies
    row: Row
    reaching: Reaches

    def wave(self, place: int, deploys: Mapping[str, Effect], phase: Planned | None) -> Properties:
        """The record of a wave; how it is undone stays where a wave before was the same."""
        release, of = self.row.release, phase.fields() if phase is not None else {}
        reach = self.reaching.of(deploys)
        because = plans.wave_told(reach, len(deploys)) if deploys else ["no element is altered"]
        because += [phase.phase.told()] if phase is not None else []
        before = self._same(deploys, of.get("phase"))
        title = f"wave {place} of {release['key']}: {release['title']}"
        wave = self.tx.create(
            "Deployment",
            {
                "title": title,
                "status": life_of(self.policies, "Deployment").initial,
                "wave": place,
                "because": because,
                "services_reached": len(reach.services),
                "back_out": before.get("back_out", ""),
                "back_out_tested": before.get("back_out_tested", False),
                **of,
            },
        )
        self.tx.relate(WAVE_OF.type, wave["id"], release["id"])
        for id, effect in deploys.items():
            self.tx.relate(DEPLOYS.type, wave["id"], id, {"effect": effect})
        if phase is not None:
            phase.opens(self.tx, wave)
        return wave

    def _same(self, deploys: Mapping[str, Effect], phase: str | None) -> Mapping[str, Any]:
        return next(
            (
                each.wave
                for each in self.row.waves
                if each.deploys == deploys and each.wave.get("phase") == phase
            ),
            {},
        )


async def _waves(
    making: _Making, waves: Sequence[Mapping[str, Effect]], strategy: InForce
) -> tuple[list[Properties], int | None]:
    """Records of waves: those of elements are the first phase, each other one is one by itself."""
    phases = await phases_of(making.tx, strategy)
    first = phases[0] if phases else None
    made = [making.wave(place, deploys, first) for place, deploys in enumerate(waves, 1)]
    later = enumerate(phases[1:], len(waves) + 1)
    made += [making.wave(place, {}, phase) for place, phase in later]
    return made, len(phases) or None
