"""What a change would do and how likely it is to fail, from the graph and from records (PR12.3).

All of it is computed on the estate as it would be with nothing else wrong, so that the incidents of
today change no approval; they are counted as a risk beside it. What was computed has a fingerprint:
where it is another later on, the plan or the graph under it changed, and nobody has approved that.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fitsm_graph.chm.classifying import ChangeType
from fitsm_graph.chm.deciding import meanwhile_told
from fitsm_graph.chm.windows import ChangeWindow, WindowEffect
from fitsm_graph.chm.within import Row
from fitsm_graph.flow.criteria import Facts
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.weighing import Behind, facts_of, services_told
from fitsm_graph.impact.reach import Reach, Reaches
from fitsm_graph.kernel.canonical import digest_value
from fitsm_graph.kernel.clock import from_text
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.kernel.text import first_of, plural
from fitsm_graph.model.chm_records import CollisionKind
from fitsm_graph.model.disturbance import Effect

WINDOW = "change-window"
WRONG = frozenset({"failed", "backed_out"})
"""Outcomes of changes that count as having gone wrong."""
MOST_SINGLE = 200
"""Altered elements that are looked at one by one."""
_GRAVEST = (Effect.AT_RISK, Effect.DEGRADED, Effect.DOWN)
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Potential:
    """What a change does to services, while it is implemented and if it fails.

    Attributes:
        single: Ids of the elements it alters that take a service DOWN alone.
    """

    meanwhile: Reach
    if_fails: Reach
    single: tuple[str, ...]

    def of(self, row: Row) -> str:
        """Fingerprint of a change as it is planned."""
        return self.fingerprint(row.hit, row.change.get("difference"))

    def fingerprint(self, hit: Mapping[str, Effect], difference: str | None = None) -> str:
        """Digest of a change's plan and of this.

        Args:
            hit: The state of each element while it is implemented, by id.
            difference: Its planned difference of the graph, if any.
        """
        said = [
            sorted((id, effect.value) for id, effect in hit.items()),
            difference or "",
            [_said(each) for each in (self.meanwhile, self.if_fails)],
            sorted(self.single),
        ]
        return digest_value(said)


def potential(reaching: Reaches, hit: Mapping[str, Effect]) -> Potential:
    """What elements do to services in the state they are put into, and if they go DOWN."""
    alone = [id for id in list(hit)[:MOST_SINGLE] if reaching.alone({id: Effect.DOWN}).down]
    return Potential(
        reaching.alone(hit), reaching.alone(dict.fromkeys(hit, Effect.DOWN)), tuple(alone)
    )


def _said(reach: Reach) -> list[Any]:
    services = sorted([each.id, each.after.name, each.criticality] for each in reach.services)
    return [reach.affected, reach.margin, services]


# --- other work at the same time -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Collision:
    """Other work at the same time that gets in the way.

    Attributes:
        record: Id of the other change or window.
    """

    record: str
    how: CollisionKind
    because: str


def collisions(
    reaching: Reaches,
    hit: Mapping[str, Effect],
    work: Iterable[Mapping[str, Any]],
    people: Iterable[str] = (),
) -> list[Collision]:
    """What other work has to do with a change: together, same element or people, above or below.

    Args:
        reaching: Says what elements do to services.
        hit: The state of each element that the change alters, by id.
        work: ``{id, key, hits, people}`` of each; hits are ``[element id, effect]``, people ids
            of who does it.
        people: Ids of who does the change.
    """
    mine, own, busy = reaching.cone(hit), _down(reaching.alone(hit)), set(people)
    found = []
    for each in work:
        both = bool(busy & {*each.get("people", ())})
        also = ", and takes the same people" if both else ""
        other = {id: Effect(effect) for id, effect in each["hits"]}
        joint = _joint(reaching, hit, other, own)
        if joint:
            told = f"together with {each['key']}: {', '.join(joint[:_NAMED])} DOWN{also}"
            found.append(Collision(each["id"], CollisionKind.JOINT, told))
        elif hit.keys() & other.keys():
            told = f"{each['key']} alters the same at the same time{also}"
            found.append(Collision(each["id"], CollisionKind.SAME_ELEMENT, told))
        elif mine & other.keys() or reaching.cone(other) & hit.keys():
            told = f"{each['key']} works above or below it at the same time{also}"
            found.append(Collision(each["id"], CollisionKind.IN_CONE, told))
        elif both:
            told = f"{each['key']} takes the same people at the same time"
            found.append(Collision(each["id"], CollisionKind.SAME_PEOPLE, told))
    return found


def _joint(
    reaching: Reaches, hit: Mapping[str, Effect], other: Mapping[str, Effect], own: dict[str, str]
) -> list[str]:
    """Names of services that are DOWN by both, and by neither alone."""
    both = dict(hit)
    for id, effect in other.items():
        both[id] = max(both.get(id, effect), effect, key=_GRAVEST.index)
    together = _down(reaching.alone(both))
    theirs = _down(reaching.alone(other)) if together.keys() - own.keys() else {}
    return [name for id, name in together.items() if id not in own and id not in theirs]


def _down(reach: Reach) -> dict[str, str]:
    return {each.id: f"{each.name} ({each.key})" for each in reach.down}


# --- time ----------------------------------------------------------------------------------------


def windows(policies: Policies, effect: WindowEffect) -> dict[str, ChangeWindow]:
    """Rules of one effect that are in force, by name."""
    return {
        each.name: each.value
        for each in policies
        if each.kind == WINDOW and each.value.effect is effect
    }


def type_of(change: Mapping[str, Any]) -> ChangeType:
    """The type of a change; one that nothing decides is treated as normal."""
    return ChangeType(change.get("type") or ChangeType.NORMAL)


def frozen_by(policies: Policies, change: Mapping[str, Any]) -> list[str]:
    """Names of freezes that the planned window of a change lies in, also partly."""
    span = _span(change)
    if span is None:
        return []
    found = windows(policies, WindowEffect.FREEZE).items()
    return sorted(name for name, rule in found if rule.touches(*span, type_of(change)))


def in_maintenance(policies: Policies, change: Mapping[str, Any]) -> bool | None:
    """Whether its planned window lies in one for maintenance; None: one of both is missing."""
    span, found = _span(change), windows(policies, WindowEffect.MAINTENANCE)
    if span is None or not found:
        return None
    return any(rule.covers(*span, type_of(change)) for rule in found.values())


def _span(change: Mapping[str, Any]) -> tuple[Any, Any] | None:
    if not change.get("planned_starts_at"):
        return None
    return from_text(change["planned_starts_at"]), from_text(change["planned_ends_at"])


def check_time(policies: Policies, change: Mapping[str, Any], at: str) -> None:
    """Refuse to begin a change at a moment that is not its own; an emergency does not wait.

    Raises:
        Refused: FROZEN, NOT_SCHEDULED, or OUTSIDE_ITS_WINDOW.
    """
    type = type_of(change)
    if type is ChangeType.EMERGENCY:
        return
    freezes = windows(policies, WindowEffect.FREEZE).items()
    check_not_frozen(change, [n for n, rule in freezes if rule.holds(from_text(at), type)])
    if type is ChangeType.STANDARD:
        return
    starts, ends = change.get("planned_starts_at"), change.get("planned_ends_at")
    if starts is None or ends is None:
        raise Refused(
            f"{change['key']} has no planned time",
            code="NOT_SCHEDULED",
            why="others learn from the schedule of changes when it is done",
            remedy="`change schedule` first",
            requirement="PR12.6",
        )
    if not starts <= at < ends:
        raise Refused(
            f"it is not the time of {change['key']}",
            code="OUTSIDE_ITS_WINDOW",
            why=f"it is planned from {starts} until {ends}, and it is {at}",
            remedy="wait for it, or `change schedule` it anew",
            requirement="PR12.6",
        )


def check_not_frozen(change: Mapping[str, Any], freezes: Sequence[str]) -> None:
    """Refuse a time in which changes of a type are not begun.

    Raises:
        Refused: FROZEN.
    """
    if freezes:
        raise Refused(
            f"{change['key']} lies in a freeze: {', '.join(sorted(freezes))}",
            code="FROZEN",
            why=f"changes that are {type_of(change)} are not begun in it",
            remedy="plan it for another time; what cannot wait is an emergency change",
            requirement="PR12.6",
        )


# --- what an approval is worth -------------------------------------------------------------------


def check_approval(row: Row, reaching: Reaches, at: str) -> None:
    """Refuse a change whose approval is over, or was given to something else.

    What a standard change approves is approved as long as that is.

    Raises:
        Refused: REASSESS_FIRST.
    """
    model = row.standard
    by_model = model is not None and type_of(row.change) is ChangeType.STANDARD
    if model is not None and by_model and model["status"] != "approved":
        raise reassess(row.change, f"{model['key']}, which approved it, is {model['status']}")
    until = row.change.get("approved_until")
    if until is not None and until <= at:
        raise reassess(row.change, f"its approval held until {until}")
    check_fingerprint(row, reaching)


def check_fingerprint(row: Row, reaching: Reaches) -> None:
    """Refuse a change that is not what it was when it was assessed.

    Raises:
        Refused: REASSESS_FIRST.
    """
    known, difference = row.change.get("fingerprint"), row.change.get("difference")
    if not known:
        raise reassess(row.change, "nothing is kept of what was approved")
    if potential(reaching, row.hit).fingerprint(row.hit, difference) != known:
        since = row.change.get("assessed_seq")
        raise reassess(row.change, f"its plan or the graph under it changed since entry {since}")


def reassess(change: Mapping[str, Any], why: str) -> Refused:
    """The refusal of what was assessed as something else."""
    return Refused(
        f"{change['key']} has to be assessed again",
        code="REASSESS_FIRST",
        why=why,
        remedy="`change assess`, and let it be approved again",
        requirement="PR12.4",
    )


# --- facts and words -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Known:
    """What records say about the elements of a change.

    Attributes:
        incidents: Keys of open ones on them.
        problems: Likewise.
        former: ``{key, outcome}`` of changes of the same elements that have an outcome.
        deviations: Keys of open ones of them.
        incidents_around: Keys of open ones on what depends on them, or what they depend on.
        problems_around: Likewise.
        deviations_around: Likewise.
        alike: Keys of changes of other CIs of their types that went wrong.
    """

    incidents: Sequence[str]
    problems: Sequence[str]
    former: Sequence[Mapping[str, Any]]
    deviations: Sequence[str]
    incidents_around: Sequence[str]
    problems_around: Sequence[str]
    deviations_around: Sequence[str]
    alike: Sequence[str]

    @property
    def wrong(self) -> list[str]:
        """Keys of former changes that went wrong."""
        return [each["key"] for each in self.former if each["outcome"] in WRONG]


def facts(
    row: Row, found: Potential, people: Behind, known: Known, met: Sequence[Collision]
) -> Facts:
    """What rules of risk are held against."""
    back_out = row.back_out
    return {
        **facts_of(found.if_fails, people),
        "margin_left": found.meanwhile.margin,
        "urgent": int(bool(row.change.get("urgent"))),
        "failed_before": len(known.wrong),
        "done_before": len(known.former) - len(known.wrong),
        "open_incidents": len(known.incidents),
        "open_problems": len(known.problems),
        "open_deviations": len(known.deviations),
        "incidents_around": len(known.incidents_around),
        "problems_around": len(known.problems_around),
        "deviations_around": len(known.deviations_around),
        "failed_alike": len(known.alike),
        "collisions": len(met),
        "elements_altered": len(row.hit),
        "single_points": len(found.single),
        "no_back_out": int(back_out is None),
        "back_out_untested": int(back_out is not None and not back_out.get("tested")),
    }


def told(
    found: Potential, known: Known, met: Sequence[Collision], freezes: Sequence[str]
) -> list[str]:
    """What was found, in sentences that name services and records of processes only."""
    said = [meanwhile_told(found.meanwhile), _fails_told(found.if_fails)]
    if found.single:
        count = plural(len(found.single), "element")
        said.append(f"{count} that it alters take a service down alone")
    for word, keys in (
        ("open incidents on what it alters", known.incidents),
        ("open problems on what it alters", known.problems),
        ("open deviations of what it alters", known.deviations),
        ("open incidents above or below it", known.incidents_around),
        ("open problems above or below it", known.problems_around),
        ("open deviations above or below it", known.deviations_around),
        ("changes of the same that went wrong", known.wrong),
        ("changes of other CIs of its types that went wrong", known.alike),
    ):
        if keys:
            said.append(f"{word}: {first_of(keys)}")
    if not known.former:
        said.append("no change of the same elements has an outcome yet: nothing is known of those")
    said += [each.because for each in met[: 2 * _NAMED]]
    said += [f"it lies in the freeze {name}" for name in freezes]
    return said


def _fails_told(reach: Reach) -> str:
    if not reach.services:
        return "if it fails, no service gets worse"
    return f"if it fails: {services_told(reach.services)}"
