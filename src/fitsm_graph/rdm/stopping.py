"""Whether a release that is being deployed is to be stopped: what its waves have done (PR13.5).

Its rule says which effects say so. Each is told with the records that tripped it. Nothing stops by
itself: who goes on nevertheless says why, and that is kept at the wave.
"""

from collections.abc import Container, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from fitsm_graph.flow.overriding import check_reason
from fitsm_graph.impact.analysis import baseline
from fitsm_graph.impact.engine.cones import cone_up
from fitsm_graph.impact.network import SOFT, Level
from fitsm_graph.impact.own import OwnStates
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.impact.records import Kind
from fitsm_graph.impact.snapshot import Standing
from fitsm_graph.kernel.text import first_of, plural
from fitsm_graph.rdm.deployment_rules import Stop
from fitsm_graph.rdm.plans import rule_of
from fitsm_graph.rdm.reporting import Reading
from fitsm_graph.rdm.within import BEGUN, Row, Wave

SERVICES, INCIDENTS, PRIORITY, MAJOR, TESTS = (
    *("services", "incidents", "priorities", "major", "tests"),
)
"""Fields of `stop` in the rule."""


@dataclass(frozen=True, slots=True)
class Tripped:
    """Something that says to stop.

    Attributes:
        rule: Field of `stop` that it trips.
        wave: Key of the wave; empty: it is of the release as a whole.
        why: What is so, in a sentence without names of elements.
        records: Keys of the records that tripped it.
    """

    rule: str
    wave: str
    why: str
    records: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.why}: {first_of(self.records)}" if self.records else self.why


async def incidents_on(
    reader: Reading, reaching: Reaches, row: Row, since: str | None
) -> list[dict[str, Any]]:
    """Incidents that were registered from a moment on, on what a release reaches.

    Args:
        reader: Runs the statement.
        reaching: Says what gets worse with its elements.
        row: The release.
        since: The moment; None: nothing of it has begun.
    """
    if since is None:
        return []
    cone = sorted(reaching.cone(row.effects))
    rows = await reader.rows("rdm.incidents_since", elements=cone, since=since)
    return [dict(each) for each in rows]


async def stopped_by(reader: Reading, reaching: Reaches, row: Row, stop: Stop) -> list[Tripped]:
    """All that says to stop a release; nothing while none of it has begun.

    Args:
        reader: Runs the statement.
        reaching: Says how services are now.
        row: The release.
        stop: Its rule.
    """
    since = row.release.get("begun_at")
    if since is None:
        return []
    found = _services(reaching, row, since) if stop.services else []
    begun = [each for each in row.waves if each.wave["status"] in BEGUN]
    if stop.incidents or stop.priorities or stop.major:
        incidents = await incidents_on(reader, reaching, row, since)
        for each in begun if incidents else []:
            found += _of_wave(stop, each, on_wave(reaching, row, each, incidents))
    return [*found, *(_tests(row, begun) if stop.tests else [])]


def kept(found: Sequence[Tripped], reason: str, *, needed: bool = True) -> dict[str, Any]:
    """What a wave keeps of what said to stop, and of why somebody goes on.

    Args:
        found: What says to stop.
        reason: Why somebody goes on.
        needed: They do not without one.

    Raises:
        BadInput: OVERRIDE_REASON.
    """
    why = check_reason(
        reason,
        needed=needed and bool(found),
        because="; ".join(map(str, found[:5])),
        remedy="back the waves out, or say why it goes on nevertheless",
        requirement="PR13.5",
    )
    said: dict[str, Any] = {"stopped_by": list(map(str, found)) or None}
    return said | ({"override_reason": why} if why else {})


def on_wave(
    reaching: Reaches, row: Row, wave: Wave, incidents: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Those incidents that were registered since a wave began, on what it reaches."""
    began = wave.wave.get("starts_at")
    cone = reaching.cone(wave.deploys or row.effects)
    return [
        each
        for each in incidents
        if began is not None and each["registered_at"] >= began and cone & set(each["elements"])
    ]


def failed(tests: Sequence[Mapping[str, Any]], wave: str) -> list[Mapping[str, Any]]:
    """Results of a wave that are no success, the latest of each suite."""
    return [each for each in _latest(tests, wave) if each["failed"] or not each["passed"]]


def passed(tests: Sequence[Mapping[str, Any]], waves: Sequence[str], kind: str) -> bool:
    """Whether tests of a kind were carried out at some waves, and none of them failed."""
    found = [each for wave in waves for each in _latest(tests, wave)]
    mine = [each for each in found if each["kind_of_test"] == kind]
    return bool(mine) and all(each["passed"] and not each["failed"] for each in mine)


# --- within --------------------------------------------------------------------------------------


def _latest(tests: Sequence[Mapping[str, Any]], wave: str) -> list[Mapping[str, Any]]:
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for each in sorted(tests, key=lambda one: (one["created_at"], one["key"])):
        if each.get("of_wave") == wave:
            found[each["kind_of_test"], each.get("suite", "")] = each
    return list(found.values())


def _of_wave(stop: Stop, wave: Wave, incidents: Sequence[Mapping[str, Any]]) -> list[Tripped]:
    """What incidents on what a wave reaches trip."""
    key, found = wave.wave["key"], []
    counted: list[tuple[str, int | None, str, list[Mapping[str, Any]]]] = [
        (INCIDENTS, stop.incidents, "incident", list(incidents)),
        (MAJOR, stop.major, "major incident", [one for one in incidents if one["major"]]),
    ]
    for priority, many in sorted(stop.priorities.items()):
        high = [one for one in incidents if (one["priority"] or priority + 1) <= priority]
        counted.append((PRIORITY, many, f"incident of priority {priority} or higher", high))
    for rule, most, what, these in counted:
        if most is not None and len(these) >= most:
            told = plural(len(these), what, what.replace("incident", "incidents"))
            why = f"{told} on what {key} reaches, since it began"
            found.append(Tripped(rule, key, why, tuple(one["key"] for one in these)))
    return found


def _tests(row: Row, begun: Sequence[Wave]) -> list[Tripped]:
    found = []
    for each in begun:
        wrong = failed(row.tests, each.wave["id"])
        if wrong:
            why = f"{plural(len(wrong), 'test result')} of {each.wave['key']} failed"
            keys = tuple(sorted(one["key"] for one in wrong))
            found.append(Tripped(TESTS, each.wave["key"], why, keys))
    return found


def _services(reaching: Reaches, row: Row, since: str) -> list[Tripped]:
    """Services that are worse than the plan allows, and than what was wrong before makes them.

    What its own waves are proven to do is part of the plan, what was wrong when it began is not of
    it: both are set aside.
    """
    standing = reaching.standing
    topology, own = standing.mapped.topology, {each.wave["key"] for each in row.waves}
    new: dict[str, Level] = {}
    for cause in (one for causes in standing.own.causes.values() for one in causes):
        if cause.starts is not None and cause.starts >= since and cause.record not in own:
            new[cause.record] = max(cause.level, new.get(cause.record, cause.level))
    if not new:
        return []
    numbers = [topology.find(id) for id in reaching.cone(row.effects)]
    services = [each for each in numbers if each >= 0 and topology.kind(each) is Kind.SERVICE]
    proven = baseline(standing.mapped, _without(standing.own, new)).levels(services)
    now, worst = standing.before.levels(services), rule_of(row.release).worst
    worse = [
        (number, Level(is_now))
        for number, is_now, was in zip(services, now.tolist(), proven.tolist(), strict=True)
        if is_now > max(was, worst)
    ]
    grave = {record for record, level in new.items() if level > worst}
    found = [_worse(standing, number, level, grave) for number, level in worse]
    return sorted(found, key=lambda each: each.why)


def _without(own: OwnStates, records: Container[str]) -> OwnStates:
    return OwnStates.of(
        cause for causes in own.causes.values() for cause in causes if cause.record not in records
    )


def _worse(standing: Standing, number: int, level: Level, new: AbstractSet[str]) -> Tripped:
    """One service, with those of the records since the beginning that are on what it needs."""
    topology = standing.mapped.topology
    needs = set(cone_up(standing.mapped.network, [number], weakest=SOFT).tolist())
    keys = {
        cause.record
        for causes in standing.own.causes.values()
        for cause in causes
        if cause.record in new and topology.find(cause.element) in needs
    }
    key, name = topology.key_and_name(number)
    why = f"{name} ({key}) is {level.name}, which the plan does not allow"
    return Tripped(SERVICES, "", why, tuple(sorted(keys)))
