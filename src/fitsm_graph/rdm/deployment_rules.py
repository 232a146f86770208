"""What the deployment of a release takes, by its type (PR13.5, PR13.6).

types:
  minor: {back_out: planned, failures: 1, watch: P7D, review: P14D}
  major:
    back_out: tested
    failures: 0
    watch: P14D
    review: P21D
    stop: {services: true, incidents: 5, priorities: {"1": 1}, major: 1, tests: true}
  emergency: {back_out: planned, failures: 0, watch: P7D, review: P10D}

With `stop` it is said which effects of its waves say to stop: a service that it reaches is worse
than its plan allows, so many incidents were registered on what a wave reaches since that began, or
so many of a priority (or a higher one) or major ones, or a test of a wave failed. Who goes on
nevertheless says why.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from fitsm_graph.flow.policies import PolicyKind
from fitsm_graph.flow.reading import Path, Reader
from fitsm_graph.model.rdm import ReleaseType

DEPLOYMENT = "deployment-rule"
MOST_INCIDENTS = 100


class BackOut(StrEnum):
    """What is wanted of the plan for undoing a wave, from the least on."""

    NONE = "none"
    PLANNED = "planned"
    TESTED = "tested"


@dataclass(frozen=True, slots=True)
class Stop:
    """Which effects of a deployment say to stop it.

    Attributes:
        services: A service that it reaches is worse than its plan allows.
        incidents: So many were registered since a wave began, on what it reaches; None: never.
        priorities: So many of a priority or a higher one, by priority.
        major: So many major ones; None: never.
        tests: A test of a wave failed.
    """

    services: bool = False
    incidents: int | None = None
    priorities: Mapping[int, int] = field(default_factory=dict)
    major: int | None = None
    tests: bool = False


@dataclass(frozen=True, slots=True)
class Level:
    """What a release of one type takes.

    Attributes:
        failures: Failed waves that it bears; with one more it is given up.
        watch: For how long incidents may have come from it.
        review: Within which time it is reviewed.
        stop: Which of its effects say to stop.
    """

    back_out: BackOut
    failures: int
    watch: timedelta
    review: timedelta
    stop: Stop = Stop()


@dataclass(frozen=True, slots=True)
class DeploymentRule:
    """What deployment takes, for every type."""

    levels: Mapping[ReleaseType, Level]


def parse_deployment(_name: str, document: Any, read: Reader) -> DeploymentRule | None:
    """Read a rule of deployment."""
    given = read.fields(document, (), ("types",), ("types",))
    names = [each.value for each in ReleaseType]
    said = read.fields(given.get("types"), ("types",), names, names)
    levels = {}
    for each in ReleaseType:
        level = _level(said.get(each.value), ("types", each.value), read)
        if level is not None:
            levels[each] = level
    minor, major = levels.get(ReleaseType.MINOR), levels.get(ReleaseType.MAJOR)
    if minor and major:
        order = list(BackOut)
        if order.index(major.back_out) < order.index(minor.back_out):
            what = "a major release would be less easily undone than a minor one"
            path = ("types", "major", "back_out")
            read.wrong("POLICY_ORDER", path, what, "want as much or more")
    return DeploymentRule(levels) if len(levels) == len(names) else None


def _level(given: object, path: Path, read: Reader) -> Level | None:
    needed = ("back_out", "failures", "watch", "review")
    said = read.fields(given, path, (*needed, "stop"), needed)
    back_out = read.one_of(said.get("back_out"), (*path, "back_out"), list(BackOut))
    failures = read.whole(said.get("failures"), (*path, "failures"), 0, 100)
    watch = read.span(said.get("watch"), (*path, "watch"))
    review = read.span(said.get("review"), (*path, "review"))
    if not back_out or watch is None or review is None:
        return None
    if review <= watch:
        what = "it is to be reviewed while incidents are still watched for"
        read.wrong("POLICY_ORDER", (*path, "review"), what, "give it more time than `watch`")
    stop = _stop(said["stop"], (*path, "stop"), read) if "stop" in said else Stop()
    return Level(BackOut(back_out), failures, watch, review, stop)


def _stop(given: object, path: Path, read: Reader) -> Stop:
    fields = ("services", "incidents", "priorities", "major", "tests")
    said = read.fields(given, path, fields)
    of = (*path, "priorities")
    by = read.mapping(said["priorities"], of, "numbers") if "priorities" in said else {}
    priorities = {}
    for name, many in by.items():
        if re.fullmatch("[1-9]", name) is None:
            remedy = "a whole number from 1 to 9"
            read.wrong("POLICY_VALUE", (*of, name), f"'{name[:60]}' is no priority", remedy)
        else:
            priorities[int(name)] = read.whole(many, (*of, name), 1, MOST_INCIDENTS)
    counts = {
        name: read.whole(said[name], (*path, name), 1, MOST_INCIDENTS) if name in said else None
        for name in ("incidents", "major")
    }
    return Stop(
        services=read.flag(said.get("services"), (*path, "services")),
        priorities=priorities,
        tests=read.flag(said.get("tests"), (*path, "tests")),
        **counts,
    )


DEPLOYMENT_KIND = PolicyKind(
    DEPLOYMENT,
    "What the deployment of a release takes: back-out plans, when to stop, watch and review.",
    "PR13.5",
    parse_deployment,
)
