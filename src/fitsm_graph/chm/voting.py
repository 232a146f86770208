"""Whose votes approve a change, and whose are still missing: pure (PR12.4).

A vote stands for the roles that its voter holds. Each person counts for one role at most, and each
role once: who holds two of them is one person, and two who hold the same role are one role.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fitsm_graph.chm.approving import ApprovalLevel, ApprovalRule
from fitsm_graph.chm.classifying import ChangeType
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.weighing import DEFAULT
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.model.roles import RoleWord

RULE = "approval-rule"


@dataclass(frozen=True, slots=True)
class Ballot:
    """The vote of one person.

    Attributes:
        voter: Login.
        stands_for: Roles that they hold, among those that decide.
    """

    voter: str
    stands_for: frozenset[RoleWord]


@dataclass(frozen=True, slots=True)
class Tally:
    """What votes amount to.

    Attributes:
        counted: How many roles have approved, each by a person of its own.
        needed: How many have to.
        missing: Roles of which nobody has approved, in the order of the rule; empty once enough
            have.
    """

    counted: int
    needed: int
    missing: tuple[RoleWord, ...]

    @property
    def enough(self) -> bool:
        """Whether that is enough."""
        return self.counted >= self.needed


def tally(level: ApprovalLevel, ballots: Iterable[Ballot], requester: str) -> Tally:
    """Count votes for a change.

    Args:
        level: What its type takes.
        ballots: Votes for what it is now; one of each person counts.
        requester: Login of who asked for it, whose vote counts for nothing.
    """
    by_voter = {each.voter: each for each in ballots if each.voter != requester}
    held: dict[RoleWord, str] = {}
    for each in sorted(by_voter.values(), key=lambda ballot: ballot.voter):
        _placed(each.voter, by_voter, level.approvers, held, set())
    enough = len(held) >= level.quorum
    missing = () if enough else tuple(each for each in level.approvers if each not in held)
    return Tally(len(held), level.quorum, missing)


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


def level_of(policies: Policies, type: str | None) -> ApprovalLevel:
    """What the approval of a type takes; one that nothing decides takes what a normal one does.

    Raises:
        Refused: NO_POLICY_IN_FORCE.
    """
    rule: ApprovalRule = policies.value(RULE, DEFAULT)
    return rule.levels[ChangeType(type or ChangeType.NORMAL)]


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
