"""Whose votes approve a change, and whose are still missing: pure (PR12.4).

A vote stands for the roles that its voter holds. Each person counts for one role at most, and each
role once: who holds two of them is one person, and two who hold the same role are one role. Where
several services are reached, each one's owner has a vote, and the role has approved once all have.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import combinations
from typing import Any

from fitsm_graph.chm.approving import APPROVAL, ApprovalLevel, ApprovalRule
from fitsm_graph.chm.classifying import ChangeType
from fitsm_graph.chm.risk import RISK, RiskPoints
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.weighing import DEFAULT, in_force
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import RoleWord, role_key

OWNER = RoleWord.SERVICE_OWNER
TYPES_ROLE = role_key(RoleWord.PROCESS_MANAGER, Process.CONFM)
"""Who answers for types, and has to agree to a change that defines some, beside who decides."""
MOST_DOUBLE = 8
"""Owners with another role that are tried in all ways; of more, all count as owners."""


@dataclass(frozen=True, slots=True)
class Ballot:
    """The vote of one person.

    Attributes:
        voter: Login.
        stands_for: Roles that they hold, among those that decide.
        services: Keys of reached services whose owner they are.
    """

    voter: str
    stands_for: frozenset[RoleWord]
    services: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Tally:
    """What votes amount to.

    Attributes:
        counted: How many roles have approved, each by a person of its own.
        needed: How many have to.
        missing: Roles of which nobody has approved, in the order of the rule; empty once enough
            have.
        owners: Keys of reached services whose owner has not; empty likewise.
    """

    counted: int
    needed: int
    missing: tuple[RoleWord, ...]
    owners: tuple[str, ...] = ()

    @property
    def enough(self) -> bool:
        """Whether that is enough."""
        return self.counted >= self.needed


def tally(
    level: ApprovalLevel,
    ballots: Iterable[Ballot],
    requester: str,
    owned: Collection[str] = (),
) -> Tally:
    """Count votes for a change.

    Args:
        level: What its type takes.
        ballots: Votes for what it is now; one of each person counts.
        requester: Login of who asked for it, whose vote counts for nothing.
        owned: Keys of reached services that somebody else owns; each one's owner has a vote.
    """
    by_voter = {each.voter: each for each in ballots if each.voter != requester}
    if OWNER not in level.approvers or not owned:
        held = _placed_all(by_voter, level.approvers)
    else:
        held = _with_owners(by_voter, level.approvers, frozenset(owned))
    enough = len(held) >= level.quorum
    missing = () if enough else tuple(each for each in level.approvers if each not in held)
    voted = {service for each in by_voter.values() for service in each.services}
    owners = tuple(sorted({*owned} - voted)) if OWNER in missing else ()
    return Tally(len(held), level.quorum, missing, owners)


def _with_owners(
    ballots: Mapping[str, Ballot], roles: Sequence[RoleWord], owned: frozenset[str]
) -> set[RoleWord]:
    """The most roles that votes can stand for, where that of owners takes all of them."""
    others = [each for each in roles if each is not OWNER]
    best = _placed_all(ballots, others)
    for owners in _ways_to_own(ballots, others, owned):
        rest = {voter: each for voter, each in ballots.items() if voter not in owners}
        found = {*_placed_all(rest, others), OWNER}
        best = found if len(found) > len(best) else best
    return best


def _ways_to_own(
    ballots: Mapping[str, Ballot], others: Collection[RoleWord], owned: frozenset[str]
) -> Iterator[set[str]]:
    """Voters who own all services together: those who hold no other role, and as few more."""
    owners = {voter: each.services & owned for voter, each in ballots.items()}
    double = sorted(v for v in owners if owners[v] and ballots[v].stands_for & {*others})
    single = {voter for voter in owners if owners[voter] and voter not in double}
    for count in range(min(len(double), MOST_DOUBLE) + 1):
        for more in combinations(double, count):
            voters = {*single, *more}
            if owned <= {each for voter in voters for each in owners[voter]}:
                yield voters
    if len(double) > MOST_DOUBLE and owned <= {each for v in owners for each in owners[v]}:
        yield {*single, *double}


def _placed_all(ballots: Mapping[str, Ballot], roles: Sequence[RoleWord]) -> set[RoleWord]:
    """The most roles that votes can stand for, each person for one."""
    held: dict[RoleWord, str] = {}
    for voter in sorted(ballots):
        _placed(voter, ballots, roles, held, set())
    return set(held)


def _placed(
    voter: str,
    ballots: Mapping[str, Ballot],
    roles: Sequence[RoleWord],
    held: dict[RoleWord, str],
    tried: set[RoleWord],
) -> bool:
    """Let a voter stand for a role, where need be by moving others to roles that they hold too."""
    for role in roles:
        if role not in ballots[voter].stands_for or role in tried:
            continue
        tried.add(role)
        if role not in held or _placed(held[role], ballots, roles, held, tried):
            held[role] = voter
            return True
    return False


def level_of(policies: Policies, change: Mapping[str, Any]) -> ApprovalLevel:
    """What the approval of a change takes; one of no type takes what a normal one does.

    Of the risk that was computed and the one that a person decided on, the graver one counts:
    nobody makes the way to an approval shorter by an opinion.

    Args:
        policies: In force.
        change: Its type, and its classes of risk where somebody has assessed it.

    Raises:
        Refused: NO_POLICY_IN_FORCE.
    """
    rule: ApprovalRule = policies.value(APPROVAL, DEFAULT)
    points: RiskPoints | None = in_force(policies, RISK)
    level = rule.levels[ChangeType(change.get("type") or ChangeType.NORMAL)]
    if points is None:
        return level.at(None, [])
    risk = points.gravest(change.get("risk_class"), change.get("computed_risk_class"))
    return level.at(risk, [word for word, _ in points.classes])


def until(valid: timedelta | None, at: str) -> str | None:
    """Until when an approval of a moment holds; None: until the plan changes."""
    return to_text(from_text(at) + valid) if valid is not None else None


def check_not_own(change: Mapping[str, Any], actor: str, same: Collection[str]) -> None:
    """Refuse whoever asked for a change, with whatever account.

    Args:
        change: Its properties.
        actor: Login of who decides.
        same: Logins of the accounts that act for the same person, that one among them.

    Raises:
        Refused: SELF_APPROVAL.
    """
    if change.get("requester") in {actor, *same}:
        raise Refused(
            f"{actor} asked for {change['key']}, and may not decide on it",
            code="SELF_APPROVAL",
            why="a requester never approves the own change",
            remedy="let somebody else decide, with an account of their own",
            requirement="PR12.4",
        )
