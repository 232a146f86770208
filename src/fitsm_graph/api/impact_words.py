"""Impact answers in words and numbers: states, completeness, confidence, the reason in a line."""

from typing import Any

from fitsm_graph.impact.answer import Answer
from fitsm_graph.impact.explain import View
from fitsm_graph.impact.network import Level
from fitsm_graph.impact.saying import sentence_of
from fitsm_graph.impact.snapshot import Standing

TAGS = {"Service": "SV", "ServiceComponent": "SC", "RedundancyGroup": "RG"}
"""Two letters for kinds of elements that have no CI type to give them."""


def state_of(view: View, standing: Standing, id: str) -> dict[str, Any]:
    """State, margin and why of one element."""
    number = standing.mapped.topology.find(id)
    if number < 0:
        return {"state": "UP", "margin": None, "why": None}
    level = Level(int(standing.before.state[number]))
    margins = [
        each.margin_after for each in view.requirements(number) if each.strength.name == "HARD"
    ]
    proven = view.proof(number)
    return {
        "state": level.name,
        "margin": min(margins) if margins else None,
        "why": sentence_of(view, proven.steps[0]) if proven else None,
    }


def completeness_of(answer: Answer, shown: int) -> dict[str, Any]:
    """How much there is, and how much of it is shown."""
    told = answer.completeness
    displayed = min(told.affected, shown)
    note = "complete" if displayed == told.affected else f"{displayed} of {told.affected} are shown"
    if told.affected_hidden:
        note += f"; {told.affected_hidden} are hidden from you"
    return {
        "complete": told.complete,
        "affectedCount": told.affected,
        "shownCount": displayed,
        "hiddenCount": told.affected_hidden,
        "note": note,
    }


def confidence_of(view: View, limit: int) -> dict[str, Any]:
    """The least confidence on the proofs, and why."""
    least, reasons = 1.0, set()
    for number in view.affected(min(limit, 1_000)).number.tolist():
        proven = view.proof(number)
        if proven is None:
            continue
        least = min(least, proven.confidence.least)
        reasons |= {reason for weak in proven.confidence.weak for reason in weak.reasons}
    return {"level": least, "reasons": sorted(reasons)}
