"""Policies of improvement: how suggestions are evaluated, alike whoever does it (PR14.2).

points:
value: {high: 3, medium: 2, low: 1}
effort: {low: 3, medium: 2, high: 1}
urgency: {high: 3, medium: 2, low: 1}
worthwhile: 6
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fitsm_graph.csi import kpis
from fitsm_graph.flow.lives import Lived
from fitsm_graph.flow.policies import PolicyKind
from fitsm_graph.flow.reading import Reader

EVALUATION = "suggestion-evaluation"
SIDES = ("value", "effort", "urgency")
MOST = 100
"""Points of one class."""
LIVES = (
    Lived("Suggestion", also=("suggestion.accept",)),
    Lived("Improvement", also=("improvement_action.register",)),
    Lived("ImprovementAction"),
)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Points for each side of a suggestion.

    Attributes:
        points: By side and class.
        worthwhile: From how many together it is worth to be accepted.
    """

    points: Mapping[str, Mapping[str, int]]
    worthwhile: int


def parse_evaluation(_name: str, document: Any, read: Reader) -> Evaluation | None:
    """Read how suggestions are evaluated."""
    given = read.fields(document, (), ("points", "worthwhile"), ("points", "worthwhile"))
    sides = read.fields(given.get("points"), ("points",), SIDES, SIDES)
    points = {
        side: {
            str(word): read.whole(number, ("points", side, str(word)), 0, MOST)
            for word, number in read.mapping(sides.get(side), ("points", side), "classes").items()
        }
        for side in SIDES
    }
    worthwhile = read.whole(given.get("worthwhile"), ("worthwhile",), 0, MOST * len(SIDES))
    if not all(points.values()):
        return None
    most = sum(max(each.values()) for each in points.values())
    if worthwhile > most:
        what = f"nothing would ever be worthwhile: {most} points are the most there are"
        read.wrong("EVALUATION_UNREACHED", ("worthwhile",), what, f"give {most} or less")
    return Evaluation(points, worthwhile)


KINDS = (
    PolicyKind(EVALUATION, "What suggestions are worth, in points.", "PR14.2", parse_evaluation),
    kpis.KIND,
)
