"""What a release has to meet before it is deployed, by its type and impact (PR13.4).

    approvers: [process_manager]
    criteria:
      - {name: functional, types: [minor, major], test: functional, least: 1, passed: 100,
         text: All functional tests passed.}
      - {name: back-out-tested, types: [major], when: {services_down: 1}, holds: back_out_tested,
         text: Somebody has seen that each wave can be undone.}

A criterion wants tests of a kind, of the build that is to be deployed, or that something holds.
What the strategy of a release says of how it is tried is a criterion too (PR13.1).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fitsm_graph.flow.criteria import Criterion, Facts, read_criterion
from fitsm_graph.flow.policies import PolicyKind
from fitsm_graph.flow.reading import Path, Reader
from fitsm_graph.kernel.text import plural
from fitsm_graph.model.rdm import ReleaseType
from fitsm_graph.model.rdm_records import KindOfTest
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.rdm.classifying import FACTS
from fitsm_graph.rdm.strategies import Strategy, TestingApproach

ACCEPTANCE = "release-acceptance"
APPROVERS = (
    RoleWord.PROCESS_MANAGER,
    RoleWord.PROCESS_OWNER,
    RoleWord.SMS_MANAGER,
    RoleWord.SMS_OWNER,
)
"""Roles that can be given the decision: over the process, or over the whole system."""


class Holds(StrEnum):
    """What can be wanted of a release beside tests."""

    BACK_OUT = "back_out"
    BACK_OUT_TESTED = "back_out_tested"
    COMMUNICATION = "communication"
    TRAINING = "training"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One criterion.

    Attributes:
        types: Types of release that have to meet it.
        when: Facts that it depends on; None: it always counts.
        test: Kind of test that is wanted; None: `holds` says what is.
        least: Tests that have to have passed.
        passed: Share of those carried out that have to have passed, in per cent.
        suites: Of so many suites tests have to have passed: variants, or environments.
    """

    name: str
    text: str
    types: frozenset[ReleaseType]
    when: Criterion | None
    test: KindOfTest | None
    least: int
    passed: int
    holds: Holds | None
    suites: int = 1


@dataclass(frozen=True, slots=True)
class Acceptance:
    """All criteria, and who may decide that one need not be met."""

    approvers: tuple[RoleWord, ...]
    criteria: tuple[Wanted, ...]

    def of(self, type: ReleaseType, facts: Facts) -> list[Wanted]:
        """Those that a release of a type has to meet, of which some facts are known."""
        return [
            each
            for each in self.criteria
            if type in each.types and (each.when is None or each.when.met(facts))
        ]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a release when it is held against criteria.

    Attributes:
        build: What is to be deployed.
        tests: Properties of results, of any build.
        waves: Properties of its waves.
        communication: Of its actions of communication that were not given up.
        training: Of its training, likewise.
    """

    build: str
    tests: Sequence[Mapping[str, Any]]
    waves: Sequence[Mapping[str, Any]]
    communication: Sequence[Mapping[str, Any]]
    training: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Judged:
    """A criterion, and whether it is met."""

    wanted: Wanted
    met: bool
    found: str


TRIED: Mapping[TestingApproach, tuple[KindOfTest, int, str]] = {
    TestingApproach.CANARY: (KindOfTest.CANARY, 1, "A few users or servers have tried it."),
    TestingApproach.SPLIT: (KindOfTest.SPLIT, 2, "Each of two variants was tried, each a suite."),
    TestingApproach.BLUE_GREEN: (
        *(KindOfTest.BLUE_GREEN, 2),
        "Both environments were tried, each a suite.",
    ),
}
"""What shows that it was tried as its strategy says; staging is where other tests are run."""


def tried_as(strategy: Strategy) -> list[Wanted]:
    """Criteria that follow from the testing approaches of a strategy (PR13.1)."""
    return [
        Wanted(
            f"tried-{each.value}", text, frozenset(ReleaseType), None, kind, 1, 100, None, suites
        )
        for each in strategy.testing
        if each in TRIED
        for kind, suites, text in (TRIED[each],)
    ]


def judged(wanted: Sequence[Wanted], known: Known) -> list[Judged]:
    """Hold what is known of a release against criteria."""
    return [Judged(each, *_judge(each, known)) for each in wanted]


def _judge(each: Wanted, known: Known) -> tuple[bool, str]:
    if each.test is not None:
        return _tested(each, known)
    match each.holds:
        case Holds.BACK_OUT:
            return _waves_with(known, "back_out", "a back-out plan")
        case Holds.BACK_OUT_TESTED:
            return _waves_with(known, "back_out_tested", "a back-out plan that was tested")
        case Holds.COMMUNICATION:
            return _done(known.communication, "actions of communication")
        case _:
            return _done(known.training, "training")


def _tested(each: Wanted, known: Known) -> tuple[bool, str]:
    """The latest result of each suite counts: what failed and was put right is right."""
    if not known.build:
        return False, "nothing is built yet"
    latest: dict[str, Mapping[str, Any]] = {}
    for one in sorted(known.tests, key=lambda one: (one["created_at"], one["key"])):
        if one["kind_of_test"] == each.test and one["build"] == known.build:
            latest[one.get("suite", "")] = one
    passed = sum(one["passed"] for one in latest.values())
    failed = sum(one["failed"] for one in latest.values())
    ran = passed + failed
    told = f"{passed} of {plural(ran, f'{each.test} test')} of {known.build} passed"
    suites = sum(one["passed"] > 0 for one in latest.values())
    if each.suites > 1:
        told += f", in {suites} of {each.suites} suites"
    enough = passed >= each.least and ran > 0 and suites >= each.suites
    return enough and 100 * passed >= each.passed * ran, told


def _waves_with(known: Known, field: str, what: str) -> tuple[bool, str]:
    having = [one for one in known.waves if one.get(field)]
    told = f"{len(having)} of {plural(len(known.waves), 'wave')} have {what}"
    return bool(known.waves) and len(having) == len(known.waves), told


def _done(actions: Sequence[Mapping[str, Any]], what: str) -> tuple[bool, str]:
    done = [one for one in actions if one["status"] == "performed"]
    return bool(actions) and len(done) == len(actions), f"{len(done)} of {len(actions)} {what} done"


def parse_acceptance(_name: str, document: Any, read: Reader) -> Acceptance | None:
    """Read criteria of acceptance."""
    fields = ("approvers", "criteria")
    given = read.fields(document, (), fields, fields)
    words = [each.value for each in APPROVERS]
    approvers = read.some_of(given.get("approvers"), ("approvers",), words, "roles")
    items = read.items(given.get("criteria"), ("criteria",), "criteria")
    found = [_read(each, ("criteria", place), read) for place, each in enumerate(items)]
    kept = [each for each in found if each is not None]
    read.once([each.name for each in kept], ("criteria",))
    for type in ReleaseType:
        if not any(type in each.types and each.when is None and each.test for each in kept):
            what = f"a release that is {type} could be deployed untested"
            read.wrong("ACCEPTANCE_UNTESTED", ("criteria",), what, "want a test without `when`")
    return Acceptance(tuple(RoleWord(each) for each in approvers), tuple(kept))


def _read(given: object, path: Path, read: Reader) -> Wanted | None:
    fields = ("name", "text", "types", "when", "test", "least", "passed", "holds")
    said = read.fields(given, path, fields, ("name", "text", "types"))
    name = read.word(said.get("name"), (*path, "name"))
    types = read.some_of(said.get("types"), (*path, "types"), list(ReleaseType), "types")
    test = read.one_of(said.get("test"), (*path, "test"), list(KindOfTest))
    holds = read.one_of(said.get("holds"), (*path, "holds"), list(Holds))
    if bool(said.get("test")) == bool(said.get("holds")):
        what = f"'{name}' wants nothing, or two things"
        read.wrong("POLICY_FORM", path, what, "give one of `test` and `holds`")
    when = None
    if said.get("when") is not None:
        when = read_criterion(name, said["when"], (*path, "when"), FACTS, read)
    least = read.whole(said.get("least", 1), (*path, "least"), 1, 1_000_000)
    passed = read.whole(said.get("passed", 100), (*path, "passed"), 1, 100)
    return Wanted(
        name,
        read.text(said.get("text"), (*path, "text")),
        frozenset(ReleaseType(each) for each in types),
        when,
        KindOfTest(test) if test else None,
        least,
        passed,
        Holds(holds) if holds else None,
    )


ACCEPTANCE_KIND = PolicyKind(
    ACCEPTANCE,
    "What a release has to meet before it is deployed, by its type and impact.",
    "PR13.4",
    parse_acceptance,
)
