"""The criteria of a release as records: what it has to meet, and whether it does (PR13.4)."""

from collections.abc import Mapping, Sequence
from typing import Any

from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.weighing import DEFAULT
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.model.rdm_records import CRITERION_OF
from fitsm_graph.rdm.acceptance import (
    ACCEPTANCE,
    Acceptance,
    Judged,
    Known,
    judged,
    tried_as,
)
from fitsm_graph.rdm.classifying import facts_of, type_of
from fitsm_graph.rdm.strategies import strategy_named
from fitsm_graph.rdm.within import Row


def rule_of(policies: Policies) -> Acceptance:
    """The criteria in force.

    Raises:
        Refused: NO_POLICY_IN_FORCE.
    """
    rule: Acceptance = policies.value(ACCEPTANCE, DEFAULT)
    return rule


def criteria(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    row: Row,
    release: Mapping[str, Any],
    waves: Sequence[Mapping[str, Any]],
) -> list[tuple[Judged, Properties]]:
    """Hold a release against its criteria, and keep what was found; former ones go.

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what its elements do to services.
        row: The release as it is.
        release: Its properties as they will be.
        waves: Properties of its waves as they will be.
    """
    effects = row.effects
    reach = reaching.alone(effects)
    urgent = bool(release.get("urgent"))
    facts = facts_of(reach, len(effects), len(row.changes), urgent=urgent)
    wanted = rule_of(policies).of(type_of(release), facts)
    strategy = strategy_named(policies, release.get("strategy", ""))
    wanted += tried_as(strategy.value) if strategy is not None else []
    build = release.get("build", "")
    known = Known(build, row.tests, waves, row.telling, row.training)
    found = judged(wanted, known)
    kept = {each["name"]: each for each in row.criteria}
    told = [(each, _kept(tx, row, kept.get(each.wanted.name), each)) for each in found]
    names = {each.wanted.name for each in found}
    for name, each in kept.items():
        if name not in names:
            tx.retire("AcceptanceCriterion", each)
    return told


def _kept(tx: Tx, row: Row, before: Properties | None, each: Judged) -> Properties:
    said = {"text": each.wanted.text, "met": each.met, "found": each.found}
    if before is not None:
        return tx.update("AcceptanceCriterion", before, said)
    made = tx.create("AcceptanceCriterion", {"name": each.wanted.name, **said})
    tx.relate(CRITERION_OF.type, made["id"], row.release["id"])
    return made


def waived(criterion: Mapping[str, Any], release: Mapping[str, Any]) -> bool:
    """Whether somebody decided that the build of a release need not meet a criterion."""
    build = criterion.get("waived_build")
    return bool(criterion.get("waived_by")) and build == release.get("build")


def check_met(found: Sequence[tuple[Judged, Properties]], release: Mapping[str, Any]) -> None:
    """Refuse a release that does not meet its criteria.

    Raises:
        Refused: CRITERIA_OPEN.
    """
    left = [each for each, kept in found if not each.met and not waived(kept, release)]
    if left:
        raise Refused(
            f"{release['key']} does not meet its criteria",
            code="CRITERIA_OPEN",
            why="; ".join(f"{each.wanted.name}: {each.found}" for each in left[:5]),
            remedy="meet them, or let somebody else waive one: `release waive`",
            requirement="PR13.4",
        )


def check_approver(tx: Tx, policies: Policies, row: Row) -> None:
    """Refuse whoever does not decide on releases.

    Raises:
        Refused: NOT_AN_APPROVER.
    """
    approvers = rule_of(policies).approvers
    if not row.holds & set(approvers):
        raise Refused(
            f"{tx.actor} does not decide on {row.release['key']}",
            code="NOT_AN_APPROVER",
            why=f"releases are accepted by {' or '.join(approvers)}",
            remedy="ask who holds such a role; the SMS manager gives roles",
            requirement="PR13.4",
        )
