"""How risky a change is: probability of failure times consequence, as points that add up (PR12.3).

    probability:
      - {points: 3, when: {failed_before: 1}, because: a change of the same elements went wrong}
    consequence:
      - {points: 2, when: {services_down: 1}, because: a service is DOWN if it fails}
    classes: {low: 0, medium: 4, high: 12}

Each side begins at one point; all rules that hold count. So the same facts always have the same
points, and each point has its reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fitsm_graph.flow import criteria
from fitsm_graph.flow.criteria import Criterion, Facts, read_criterion
from fitsm_graph.flow.overriding import check_reason
from fitsm_graph.flow.reading import Path, Reader
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.text import did_you_mean, plural

RISK = "risk-points"
SIDES = ("probability", "consequence")
MOST = 100
"""Points of one rule."""
FACTS = (
    criteria.SERVICES_DOWN,
    criteria.SERVICES_REACHED,
    criteria.DOWN_CRITICALITY,
    criteria.CRITICALITY,
    criteria.CUSTOMERS,
    criteria.USERS,
    criteria.MARGIN_LEFT,
    criteria.URGENT,
    criteria.FAILED_BEFORE,
    criteria.DONE_BEFORE,
    criteria.OPEN_INCIDENTS,
    criteria.OPEN_PROBLEMS,
    criteria.OPEN_DEVIATIONS,
    criteria.INCIDENTS_AROUND,
    criteria.PROBLEMS_AROUND,
    criteria.DEVIATIONS_AROUND,
    criteria.FAILED_ALIKE,
    criteria.COLLISIONS,
    criteria.ELEMENTS_ALTERED,
    criteria.SINGLE_POINTS,
    criteria.NO_BACK_OUT,
    criteria.BACK_OUT_UNTESTED,
)
"""What is known when risk is worked out; services are those that a change takes if it fails."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Points for something that holds.

    Attributes:
        because: What it says of the change, in words.
    """

    points: int
    when: Criterion
    because: str


@dataclass(frozen=True, slots=True)
class Risk:
    """What the rules say of one change.

    Attributes:
        word: Its class.
        because: Where the points come from, in order.
    """

    probability: int
    consequence: int
    word: str
    because: tuple[str, ...]

    @property
    def points(self) -> int:
        """The one times the other."""
        return self.probability * self.consequence


@dataclass(frozen=True, slots=True)
class Decided:
    """The class that a person decided on instead of the computed one; empty: nobody did.

    Attributes:
        why: Needed where a class is given.
    """

    word: str = ""
    why: str = ""

    def of(self, risk: Risk) -> dict[str, Any]:
        """What a change and its assessment keep: the class that counts, and the computed one."""
        said = {"risk_class": self.word or risk.word, "computed_risk_class": risk.word}
        return {**said, "risk_reason": self.why.strip() if self.word else None}

    @property
    def because(self) -> tuple[str, ...]:
        """The sentence that says so."""
        told = f"risk {self.word} as a person decided: {self.why.strip()}"
        return (told,) if self.word else ()


@dataclass(frozen=True, slots=True)
class RiskPoints:
    """Rules of both sides, and from how many points on a change is of which class.

    Attributes:
        sides: Rules by side.
        classes: Least points by class, ascending.
    """

    sides: Mapping[str, tuple[Rule, ...]]
    classes: tuple[tuple[str, int], ...]

    def decided(self, word: str, why: str) -> Decided:
        """What a person decides, checked.

        Raises:
            BadInput: UNKNOWN_CLASS, or OVERRIDE_REASON.
        """
        known = [name for name, _ in self.classes]
        if word and word not in known:
            raise BadInput(
                f"there is no class of risk '{word[:60]}'",
                code="UNKNOWN_CLASS",
                remedy=did_you_mean(word[:60], known),
                path=("riskClass",),
            )
        if word:
            check_reason(why, remedy="say why the risk is another", field="riskReason")
        return Decided(word, why)

    def gravest(self, *words: str | None) -> str | None:
        """The gravest of some classes; None: none of them is one."""
        found = [name for name, _ in self.classes if name in words]
        return found[-1] if found else None

    def of(self, facts: Facts) -> Risk:
        """The risk of a change of which some facts are known."""
        points, because = dict.fromkeys(SIDES, 1), []
        for side in SIDES:
            for each in self.sides[side]:
                if each.when.met(facts):
                    points[side] += each.points
                    because.append(f"{side} +{each.points}: {each.because}{_told(each, facts)}")
        total = points["probability"] * points["consequence"]
        word = [name for name, least in self.classes if least <= total][-1]
        told = f"risk {word}: probability {points['probability']} × consequence "
        told += f"{points['consequence']} = {plural(total, 'point')}"
        return Risk(points["probability"], points["consequence"], word, (*because, told))


def parse_risk(_name: str, document: Any, read: Reader) -> RiskPoints | None:
    """Read how points of risk add up."""
    fields = (*SIDES, "classes")
    given = read.fields(document, (), fields, fields)
    sides = {side: _rules(given.get(side), (side,), read) for side in SIDES}
    found = [
        (read.whole(least, ("classes", str(word)), 0, MOST * MOST), str(word))
        for word, least in read.mapping(given.get("classes"), ("classes",), "classes").items()
    ]
    classes = tuple((word, least) for least, word in sorted(found))
    _check_classes(classes, sides, read)
    return RiskPoints(sides, classes) if classes and classes[0][1] == 0 else None


def _told(rule: Rule, facts: Facts) -> str:
    counts = [f"{facts[name]}" for name in rule.when.when if name not in _SAID]
    return f" ({', '.join(counts)})" if counts else ""


_SAID = frozenset(each.name for each in FACTS if each.sense is criteria.Sense.IS)
"""Facts that hold or do not: the words of a rule say all there is."""


def _rules(given: object, path: Path, read: Reader) -> tuple[Rule, ...]:
    found = []
    for place, said in enumerate(read.items(given, path, "rules", least=0)):
        here: Path = (*path, place)
        fields = ("points", "when", "because")
        one = read.fields(said, here, fields, fields)
        points = read.whole(one.get("points"), (*here, "points"), 1, MOST)
        because = read.text(one.get("because"), (*here, "because"))
        when = read_criterion(str(place), one.get("when"), (*here, "when"), FACTS, read)
        if when is not None:
            found.append(Rule(points, when, because))
    return tuple(found)


def _check_classes(
    classes: tuple[tuple[str, int], ...], sides: Mapping[str, tuple[Rule, ...]], read: Reader
) -> None:
    if not classes:
        return
    bounds = [least for _, least in classes]
    if bounds[0] != 0:
        what = "a change with few points would be of no class"
        read.wrong("RISK_UNCLASSED", ("classes",), what, "let the least grave begin at 0")
    if len(set(bounds)) < len(bounds):
        what = "two classes begin with the same points"
        read.wrong("POLICY_TWICE", ("classes",), what, "let the graver one begin later")
    most = 1
    for rules in sides.values():
        most *= 1 + sum(each.points for each in rules)
    if bounds[-1] > most and not read.problems:
        what = f"nothing would ever be '{classes[-1][0]}': {most} points are the most there are"
        read.wrong("RISK_UNREACHED", ("classes", classes[-1][0]), what, f"give {most} or less")
