"""Which escalations are due (PR9.3).

A path has steps as shares of the time that a target gives. A step is due once a clock that still
counts has used its share.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from fitsm_graph.flow.agreements import Agreement
from fitsm_graph.flow.escalation_path import DueStep, EscalationPath
from fitsm_graph.flow.targets import Pace, Turn, pace_at, reached_at


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
