"""Which escalations are due, and to whom they lead (PR9.3).

A path has steps as shares of the time that a target gives. A step is due once a clock that still
counts has used its share; who stands there is found by role, over what the record reaches.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fitsm_graph.flow.agreements import Agreement
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.targets import Pace, Turn, pace_at, reached_at
from fitsm_graph.flow.weighing import in_force
from fitsm_graph.isrm.informing import EscalationPath, EscalationStep
from fitsm_graph.model.roles import RoleWord

PATH = "escalation-path"


@dataclass(frozen=True, slots=True)
class DueStep:
    """A step that is due and was not taken.

    Attributes:
        number: Of the step in its path, from 1 on.
        target: Whose time it is.
        since: When it became due.
    """

    number: int
    step: EscalationStep
    target: str
    since: datetime


def path_in_force(policies: Policies) -> EscalationPath:
    """The path in force; one without steps where none is."""
    found: EscalationPath | None = in_force(policies, PATH)
    return found if found is not None else EscalationPath(())


def due_steps(
    path: EscalationPath,
    taken: int,
    agreements: Sequence[Agreement],
    priority: int | None,
    lives: Mapping[str, Sequence[Turn]],
    now: datetime,
) -> list[DueStep]:
    """Steps that are due at a moment, the lowest first.

    Args:
        path: In force.
        taken: How many steps were taken already.
        agreements: That hold for the record.
        priority: Whose targets count.
        lives: What each target's clock went through, by name.
        now: The moment.
    """
    found: list[DueStep] = []
    shares = [step.at for step in path.steps[taken:]]
    read = [
        (target.name, reached_at(each.calendar, target.within, shares, lives[target.name], now))
        for each in agreements
        for target in each.targets.targets.get(priority or 0, ())
        if pace_at(lives[target.name], now) is not Pace.STOPS
    ]
    for number, step in enumerate(path.steps[taken:], taken + 1):
        since = [(reached[step.at], name) for name, reached in read if step.at in reached]
        if since:
            moment, name = min(since)
            found.append(DueStep(number, step, name, moment))
    return found


def roles_of(step: EscalationStep) -> list[RoleWord]:
    """Roles that a step leads to."""
    return [RoleWord(each.name) for each in step.to if each.by == "role"]


def next_line(lines: Sequence[str], owners: Iterable[str]) -> str:
    """The line of support after the one that a record is with; empty: there is none.

    Args:
        lines: Keys of groups, the first line first.
        owners: Keys of who answers for the record now.
    """
    places = [lines.index(each) for each in owners if each in lines]
    following = max(places, default=-1) + 1
    return lines[following] if following < len(lines) else ""


def first_owner(
    rows: Iterable[Mapping[str, Any]], former: Iterable[str]
) -> Mapping[str, Any] | None:
    """Who owns what a record affects most, other than who answers for it now.

    Args:
        rows: Owners of affected elements, those of the hardest effect first.
        former: Ids of who answers for the record.
    """
    known = set(former)
    return next((row for row in rows if row["id"] not in known), None)
