"""Points for the sides of something that people judge, by classes that are data (PR10.2, PR14.2).

points:
  value: {high: 3, medium: 2, low: 1}
  effort: {low: 3, medium: 2, high: 1}
worthwhile: 4
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fitsm_graph.flow.policies import Parse
from fitsm_graph.flow.reading import Reader
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.text import did_you_mean, plural

MOST = 100
"""Points of one class."""


@dataclass(frozen=True, slots=True)
class Points:
    """Points for each side.

    Attributes:
        points: By side and class.
        worthwhile: From how many together it is worth to be done.
    """

    points: Mapping[str, Mapping[str, int]]
    worthwhile: int

    def judged(self, given: Mapping[str, str]) -> dict[str, Any]:
        """What classes come to: ``{score, because}``.

        Args:
            given: A class for each side.

        Raises:
            BadInput: A class is unknown.
        """
        points = {side: self._one(side, word) for side, word in given.items()}
        score = sum(points.values())
        worth = "worthwhile" if score >= self.worthwhile else "not worthwhile"
        told = [f"{side} {word}: {plural(points[side], 'point')}" for side, word in given.items()]
        told.append(f"{score} together, {worth} from {self.worthwhile} on")
        return {"score": score, "because": told}

    def _one(self, side: str, word: str) -> int:
        known = self.points[side]
        if word not in known:
            what = f"'{word[:60]}' is no class of {side}"
            raise BadInput(what, remedy=did_you_mean(word, known), path=(side,))
        return known[word]


def points_for(sides: Sequence[str]) -> Parse:
    """A reader of points for some sides."""

    def parse(_name: str, document: Any, read: Reader) -> Points | None:
        given = read.fields(document, (), ("points", "worthwhile"), ("points", "worthwhile"))
        told = read.fields(given.get("points"), ("points",), sides, sides)
        points = {side: _classes(told.get(side), side, read) for side in sides}
        worthwhile = read.whole(given.get("worthwhile"), ("worthwhile",), 0, MOST * len(sides))
        if not all(points.values()):
            return None
        most = sum(max(each.values()) for each in points.values())
        if worthwhile > most:
            what = f"nothing would ever be worthwhile: {most} points are the most there are"
            read.wrong("EVALUATION_UNREACHED", ("worthwhile",), what, f"give {most} or less")
        return Points(points, worthwhile)

    return parse


def _classes(given: Any, side: str, read: Reader) -> dict[str, int]:
    classes = read.mapping(given, ("points", side), "classes")
    return {
        str(word): read.whole(number, ("points", side, str(word)), 0, MOST)
        for word, number in classes.items()
    }
