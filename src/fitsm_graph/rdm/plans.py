"""The plan of a release: in which waves it is deployed, and whether that still holds (PR13.3).

A plan is proven with all that is wrong when it is made. It is kept with a fingerprint of what the
graph says of its waves by themselves, so that the incidents of a day void no plan; whether a wave
is safe as things stand is asked again when it begins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from fitsm_graph.flow.overriding import check_reason
from fitsm_graph.flow.policies import InForce, Policies
from fitsm_graph.flow.weighing import services_told
from fitsm_graph.impact.own import OwnStates
from fitsm_graph.impact.reach import Reach, Reaches
from fitsm_graph.impact.topology import Topology
from fitsm_graph.impact.waves import Obstacle, Order, Plan, Rule, Waving
from fitsm_graph.kernel.canonical import digest_value
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.kernel.text import first_of, plural
from fitsm_graph.model.disturbance import Effect
from fitsm_graph.model.rdm import WorstState
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.rdm.strategies import LEVELS, strategies_of
from fitsm_graph.rdm.within import Row, Wave


def strategy_for(policies: Policies, registry: TypeRegistry, row: Row) -> InForce:
    """The one strategy of all that a release alters.

    Raises:
        Refused: RELEASE_EMPTY, or STRATEGY_MISSING.
    """
    key = row.release["key"]
    if not row.effects:
        raise Refused(
            f"{key} alters nothing",
            code="RELEASE_EMPTY",
            why="it contains no change, or its changes alter no element",
            remedy="`release include` approved changes first",
            requirement="PR13.2",
        )
    known, without = strategies_of(policies, registry, row.elements)
    if without or len(known) != 1:
        names = ", ".join(each.name for each in known) or "none"
        raise Refused(
            f"{key} has no strategy of its own",
            code="STRATEGY_MISSING",
            why=f"{plural(without, 'element')} without one; those of the others: {names}",
            remedy="have a `release-strategy` approved that applies to them, or divide the release",
            requirement="PR13.1",
        )
    return known[0]


def rule_for(strategy: InForce, order: Order | None, worst: WorstState | None, reason: str) -> Rule:
    """What a plan has to keep to: the strategy, and what a person decided otherwise.

    Raises:
        BadInput: OVERRIDE_REASON.
    """
    rule: Rule = strategy.value.rule
    level = LEVELS[worst.value] if worst is not None else rule.worst
    other = replace(rule, order=order or rule.order, worst=level)
    if other.worst > rule.worst or other.order is not rule.order:
        check_reason(
            reason,
            because=f"{strategy.key} allows services to be {rule.worst.name}, and {rule.order}",
            remedy="say why this release may be deployed otherwise",
            requirement="PR13.3",
        )
    return other


def check_there(row: Row, topology: Topology) -> None:
    """Refuse a release of which something is no element any more.

    Raises:
        Refused: ELEMENT_GONE.
    """
    for each in row.changes:
        gone = [one for one in each["alters"] if topology.find(one["id"]) < 0]
        if gone:
            raise Refused(
                f"{plural(len(gone), 'element')} that {each['change']['key']} alters are gone",
                code="ELEMENT_GONE",
                why="they were retired since the change was planned",
                remedy="`change plan` it anew, or `release exclude` it",
                requirement="PR13.3",
            )


def made(row: Row, reaching: Reaches, rule: Rule) -> Plan:
    """The waves of a release, proven with all that is wrong now.

    Raises:
        Refused: PLAN_IMPOSSIBLE, which names the groups and services that make it so.
    """
    standing = reaching.standing
    check_there(row, standing.mapped.topology)
    plan = Waving(standing.mapped, standing.own).plan(row.effects, rule)
    if plan.obstacles:
        raise Refused(
            f"{row.release['key']} cannot be deployed in any waves",
            code="PLAN_IMPOSSIBLE",
            why=first_of(obstacles_told(plan.obstacles, standing.mapped.topology)),
            remedy="restore redundancy first; or allow services to be worse, with a reason",
            requirement="PR13.3",
        )
    return plan


def obstacles_told(obstacles: Sequence[Obstacle], topology: Topology) -> list[str]:
    """What makes a plan impossible, in sentences that name groups and services only."""
    found: dict[tuple[str | None, str | None], list[Obstacle]] = {}
    for each in obstacles:
        found.setdefault((each.group, each.service), []).append(each)
    return [_told(group, service, many, topology) for (group, service), many in found.items()]


def _told(
    group: str | None, service: str | None, many: Sequence[Obstacle], topology: Topology
) -> str:
    said = []
    if group is not None:
        said.append(f"{_named(group, topology)} can lose none of them")
    if service is not None:
        said.append(f"{_named(service, topology)} would be {max(e.level for e in many).name}")
    return f"{plural(len(many), 'element')}: {' and '.join(said)}"


def _named(id: str, topology: Topology) -> str:
    key, name = topology.key_and_name(topology.index(id))
    return f"{name} ({key})"


def wave_told(reach: Reach, elements: int) -> list[str]:
    """What the engine says of a wave, in sentences without names of elements."""
    said = [plural(elements, "element")]
    told = "no service gets worse"
    said.append(services_told(reach.services) if reach.services else told)
    if reach.margin is not None:
        said.append(f"redundancy that it uses bears {plural(max(reach.margin, 0), 'failure')} more")
    return said


# --- whether it holds ----------------------------------------------------------------------------


def fingerprint(
    reaching: Reaches, waves: Sequence[Mapping[str, Effect]], effects: Mapping[str, Effect],
    rule: Rule,
) -> str:  # fmt: skip
    """Digest of a plan and of what the graph says of it, with nothing else wrong.

    Args:
        reaching: Says what the graph is.
        waves: The state of each element of a wave, in order.
        effects: The same of all elements.
        rule: What the plan keeps to.
    """
    waving = Waving(reaching.standing.mapped, OwnStates.of(()))
    topology = reaching.standing.mapped.topology
    told = []
    for each in waves:
        report = waving.report(sorted(each), effects)
        rows = report.services
        services = zip(rows.number.tolist(), rows.after.tolist(), strict=True)
        named = sorted([topology.id(number), level] for number, level in services)
        pieces = sorted((id, effect.value) for id, effect in each.items())
        told.append([pieces, len(report.affected), named])
    pairs = [list(each) for each in waving.pairs(effects, rule.order)]
    return digest_value([told, pairs, rule.order.value, int(rule.worst), rule.spare])


def rule_of(release: Mapping[str, Any]) -> Rule:
    """What the plan of a release keeps to."""
    return Rule(Order(release["order"]), LEVELS[release["worst"]], release.get("spare", 0))


def check_plan(policies: Policies, registry: TypeRegistry, reaching: Reaches, row: Row) -> None:
    """Refuse a plan of what is not so any more.

    Raises:
        Refused: REPLAN_FIRST.
    """
    release = row.release
    if not release.get("plan_fingerprint") or not row.waves:
        raise replan(release, "it has no plan that holds")
    deployed = {id: effect for each in row.waves for id, effect in each.deploys.items()}
    if deployed != row.effects:
        raise replan(release, "its changes alter other elements, or in another way")
    if strategy_for(policies, registry, row).key != release["strategy"]:
        raise replan(release, f"{release['strategy']} is its strategy no more")
    check_there(row, reaching.standing.mapped.topology)
    rule, waves = rule_of(release), [each.deploys for each in row.waves if each.deploys]
    since = release.get("plan_seq")
    if fingerprint(reaching, waves, deployed, rule) != release["plan_fingerprint"]:
        raise replan(release, f"the graph under it changed since entry {since}")
    unharmed = Waving(reaching.standing.mapped, OwnStates.of(()))
    for each in row.waves:
        if unharmed.check(sorted(each.deploys), deployed, rule) is not None:
            told = f"redundancy of wave {each.wave['wave']} is less than at entry {since}"
            raise replan(release, told)


def check_order(row: Row, wave: Wave, reaching: Reaches) -> None:
    """Refuse a wave whose elements come after what is not deployed yet, as the graph is now.

    Raises:
        Refused: REPLAN_FIRST.
    """
    effects = row.effects
    waving = Waving(reaching.standing.mapped, OwnStates.of(()))
    later = {
        id for each in row.waves if each.wave["wave"] >= wave.wave["wave"] for id in each.deploys
    }
    for first, then in waving.pairs(effects, rule_of(row.release).order):
        if then in wave.deploys and first in later:
            raise replan(row.release, "something that is deployed later comes first now")


def check_safe(row: Row, wave: Wave, reaching: Reaches) -> None:
    """Refuse a wave that does more than is allowed as things stand.

    Raises:
        Refused: WAVE_UNSAFE.
    """
    standing = reaching.standing
    waving = Waving(standing.mapped, standing.own.without_record(wave.wave["key"]))
    found = waving.check(sorted(wave.deploys), wave.deploys, rule_of(row.release))
    if found is not None:
        raise Refused(
            f"wave {wave.wave['wave']} of {row.release['key']} is not safe now",
            code="WAVE_UNSAFE",
            why=first_of(obstacles_told([found], standing.mapped.topology)),
            remedy="wait until what is wrong already is put right; `impact` shows what it is",
            requirement="PR13.5",
        )


def replan(release: Mapping[str, Any], why: str) -> Refused:
    """The refusal of a plan of something else."""
    return Refused(
        f"{release['key']} has to be planned again",
        code="REPLAN_FIRST",
        why=why,
        remedy="`release plan`, and let it be accepted again; once it has begun: back it out",
        requirement="PR13.3",
    )
