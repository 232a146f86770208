"""What a suggestion would be worth, from what its elements cost in the past (PR14.2).

suggestion-value/default:
  over: P365D
  points: {incident: 1, failed_change: 8}
  hours: {"1": 4, "2": 3, "3": 2, "4": 1}
  classes:
    - {class: high, from: 40}
    - {class: medium, from: 8}
  otherwise: low

Points come from incidents that affected what it would improve or whose cause lay there, from hours
in which those took services DOWN, by the criticality of each, and from changes of it that failed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fitsm_graph.flow.overriding import check_reason
from fitsm_graph.flow.policies import Policies, PolicyKind
from fitsm_graph.flow.reading import Path, Reader
from fitsm_graph.flow.weighing import DEFAULT, in_force
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput, Problem
from fitsm_graph.kernel.text import plural

VALUE, EVALUATION = "suggestion-value", "suggestion-evaluation"
_FIELDS = ("over", "points", "hours", "classes", "otherwise")
_POINTS = ("incident", "failed_change")
_CRITICALITIES = ("1", "2", "3", "4")
_MOST = 10_000


@dataclass(frozen=True, slots=True)
class WorthRules:
    """How history becomes a class of value.

    Attributes:
        over: How far history is looked back into.
        incident: Points of an incident.
        failed_change: Points of a change that failed.
        hours: Points of an hour in which a service was DOWN, by its criticality.
        classes: From how many points on it is which class, the highest first.
        otherwise: Where it is none of these.
    """

    over: timedelta
    incident: int
    failed_change: int
    hours: Mapping[int, int]
    classes: tuple[tuple[int, str], ...]
    otherwise: str

    def class_of(self, points: float) -> str:
        """The class of some points."""
        return next((word for least, word in self.classes if points >= least), self.otherwise)


@dataclass(frozen=True, slots=True)
class Worth:
    """A class of value as history says, and why."""

    value: str
    because: tuple[str, ...]


def worth_of(policies: Policies, row: Mapping[str, Any], at: str) -> Worth | None:
    """What a suggestion would be worth; None: it names no element, or no rules are in force.

    Args:
        policies: In force.
        row: Of `csi.suggestion_history`, read since `since_when`.
        at: The moment.
    """
    rules: WorthRules | None = in_force(policies, VALUE)
    if rules is None or not row["elements"]:
        return None
    since, until = since_when(policies, at), at
    hours: dict[int, float] = {}
    for each in row["incidents"]:
        lost = _hours(each, since, until)
        for critical in each["down"]:
            hours[critical or 4] = hours.get(critical or 4, 0.0) + lost
    incidents, failed = len(row["incidents"]), len(row["failed"])
    points = incidents * rules.incident + failed * rules.failed_change
    total = points + sum(lost * rules.hours[critical] for critical, lost in hours.items())
    word = rules.class_of(total)
    told = [
        f"{plural(incidents, 'incident')} since {since[:10]}",
        *(
            f"{hours[critical]:.1f} h of a service of criticality {critical} DOWN"
            for critical in sorted(hours)
            if hours[critical]
        ),
        f"{plural(failed, 'failed change')}",
        f"value {word}: {total:.0f} points of what this has cost",
    ]
    return Worth(word, tuple(told))


def since_when(policies: Policies, at: str) -> str:
    """From when on history counts, in the stored form."""
    rules: WorthRules | None = in_force(policies, VALUE)
    return to_text(from_text(at) - (rules.over if rules is not None else timedelta()))


def decided(worth: Worth | None, value: str, reason: str) -> dict[str, Any]:
    """The value that counts, with what was computed and why a person decided otherwise.

    Raises:
        BadInput: Nobody says a value and none is computed, or a reason is missing.
    """
    if not value and worth is None:
        raise BadInput(
            "a value is missing",
            why="history says nothing: the suggestion names no element, or no rules are in force",
            remedy="say what it would be worth",
            path=("value",),
        )
    other = worth is not None and bool(value) and value != worth.value
    said = check_reason(
        reason,
        needed=other,
        because=f"history says {worth.value if worth else ''}, and is set aside only with one",
        remedy="say why it would be worth another, or leave the value out",
        field="valueReason",
    )
    return {
        "value": value or (worth.value if worth else ""),
        "computed_value": worth.value if worth else None,
        "value_because": list(worth.because) if worth else None,
        "value_reason": said if other else "",
    }


def _hours(incident: Mapping[str, Any], since: str, until: str) -> float:
    """Hours of the time that is looked at in which an incident was in effect."""
    begins, ends = max(incident["starts_at"], since), min(incident["ends_at"] or until, until)
    lost = from_text(ends) - from_text(begins) if begins < ends else timedelta()
    return lost / timedelta(hours=1)


def parse_worth(_name: str, document: Any, read: Reader) -> WorthRules | None:
    """Read how history becomes a class of value."""
    given = read.fields(document, (), _FIELDS, _FIELDS)
    over = read.span(given.get("over"), ("over",))
    points = read.fields(given.get("points"), ("points",), _POINTS, _POINTS)
    incident, failed = (
        read.whole(points.get(name), ("points", name), 0, _MOST) for name in _POINTS
    )
    said = read.fields(given.get("hours"), ("hours",), _CRITICALITIES, _CRITICALITIES)
    hours = {int(n): read.whole(said.get(n), ("hours", n), 0, _MOST) for n in _CRITICALITIES}
    classes = []
    for place, each in enumerate(read.items(given.get("classes"), ("classes",), "classes")):
        path: Path = ("classes", place)
        one = read.fields(each, path, ("class", "from"), ("class", "from"))
        word = read.word(one.get("class"), (*path, "class"))
        classes.append((read.whole(one.get("from"), (*path, "from"), 1, _MOST), word))
    otherwise = read.word(given.get("otherwise"), ("otherwise",))
    bounds = [least for least, _ in classes]
    if bounds != sorted(set(bounds), reverse=True):
        read.wrong("POLICY_VALUE", ("classes",), "the bounds do not fall", "the highest first")
    if over is None or not otherwise:
        return None
    return WorthRules(over, incident, failed, hours, tuple(classes), otherwise)


def worth_fits(name: str, value: WorthRules, policies: Policies) -> Iterable[Problem]:
    """The classes are those that suggestions are evaluated by."""
    points = in_force(policies, EVALUATION)
    if name != DEFAULT or points is None:
        return
    known = points.points["value"]
    for word in (*(word for _, word in value.classes), value.otherwise):
        if word not in known:
            yield Problem(
                "POLICY_MISSING",
                f"suggestions are evaluated by no class of value '{word}'",
                why=f"there are {', '.join(known)}",
                remedy="name one of these",
                path=("classes",),
            )


KIND = PolicyKind(
    VALUE, "What suggestions are worth by what was lost before.", "PR14.2", parse_worth, worth_fits
)
