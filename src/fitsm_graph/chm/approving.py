"""Who approves a change of each type, and by when it is reviewed (PR12.4, PR12.5).

types:
standard: {approvers: [], quorum: 0}
normal:
  approvers: [process_manager]
  quorum: 1
  valid: P30D
  risks: {high: {approvers: [process_manager, cab_member], quorum: 2}}
…

A class of risk, and all above it, takes what is said of it; what is left out is as of the type.

due:
normal: {failed: P5D, backed_out: P5D}
…
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from fitsm_graph.chm.classifying import ChangeType
from fitsm_graph.chm.risk import RISK, RiskPoints
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.reading import Path, Reader
from fitsm_graph.flow.weighing import DEFAULT, in_force
from fitsm_graph.kernel.errors import Problem
from fitsm_graph.model.roles import RoleWord

APPROVAL = "approval-rule"
INVOLVED = frozenset({RoleWord.REQUESTER, RoleWord.CASE_OWNER})
"""Roles that never approve what they asked for or answer for."""


@dataclass(frozen=True, slots=True)
class ApprovalLevel:
    """What the approval of one type takes.

    Attributes:
        approvers: Roles, of which each stands for who holds it on the change.
        quorum: How many of them have to approve.
        valid: For how long an approval holds; None: until the plan changes.
        review: It is looked at afterwards by somebody else.
        risks: What it takes from a class of risk on, by its word.
    """

    approvers: tuple[RoleWord, ...]
    quorum: int
    valid: timedelta | None
    review: bool
    risks: Mapping[str, "ApprovalLevel"] = field(default_factory=dict)

    def at(self, risk: str | None, classes: Sequence[str]) -> "ApprovalLevel":
        """What it takes at a class of risk: as is said of it, or of the next below.

        Args:
            risk: Word of the class; None: nobody has assessed it.
            classes: All that there are, ascending.
        """
        found = self
        for each in classes[: classes.index(risk) + 1] if risk in classes else ():
            found = self.risks.get(each, found)
        return found


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """What approval takes, for every type."""

    levels: Mapping[ChangeType, ApprovalLevel]


def parse_approval(_name: str, document: Any, read: Reader) -> ApprovalRule | None:
    """Read a rule of approval."""
    given = read.fields(document, (), ("types",), ("types",))
    names = [each.value for each in ChangeType]
    types = read.fields(given.get("types"), ("types",), names, names)
    levels = {
        ChangeType(name): _level(ChangeType(name), said, ("types", name), read)
        for name, said in types.items()
        if name in names and said is not None
    }
    _check_order(levels, read)
    return ApprovalRule(levels) if len(levels) == len(names) else None


def _level(type: ChangeType, given: object, path: Path, read: Reader) -> ApprovalLevel:
    more = () if type is ChangeType.STANDARD else ("risks",)
    said = read.fields(given, path, ("approvers", "quorum", "valid", "review", *more), ("quorum",))
    base = _one_level(type, said, path, read)
    found = {}
    if said.get("risks") is not None and more:
        here = (*path, "risks")
        for word, one in read.mapping(said["risks"], here, "classes of risk").items():
            at = (*here, str(word))
            fields = ("approvers", "quorum", "valid", "review")
            own = read.fields(one, at, fields, ("quorum",))
            found[str(word)] = level = _one_level(type, {**said, **own}, at, read)
            if level.quorum < base.quorum:
                what = f"a change of risk {word} takes fewer approvals than another"
                read.wrong("APPROVAL_QUORUM", (*at, "quorum"), what, "want as many or more")
    return replace(base, risks=found)


def _one_level(
    type: ChangeType, said: Mapping[str, Any], path: Path, read: Reader
) -> ApprovalLevel:
    words = [each.value for each in RoleWord]
    here = (*path, "approvers")
    approvers = tuple(
        RoleWord(each)
        for each in read.some_of(said.get("approvers", []), here, words, "roles", least=0)
    )
    quorum = read.whole(said.get("quorum"), (*path, "quorum"), 0, 20)
    review = read.flag(said.get("review"), (*path, "review"))
    for each in approvers:
        if each in INVOLVED:
            what = f"{each} would approve what is their own"
            read.wrong("APPROVAL_OF_ONES_OWN", here, what, "name somebody who is not involved")
    if quorum > len(approvers):
        what = f"{quorum} have to approve, and {len(approvers)} are named"
        read.wrong("APPROVAL_QUORUM", (*path, "quorum"), what, "name as many, or want fewer")
    if quorum == 0 and type is not ChangeType.STANDARD:
        what = f"nobody has to approve a change that is {type}"
        read.wrong("APPROVAL_BY_NOBODY", path, what, "name approvers, and want one of them")
    if type is ChangeType.EMERGENCY and not review:
        what = "nobody looks at an emergency change afterwards"
        read.wrong("APPROVAL_UNREVIEWED", (*path, "review"), what, "review: true")
    return ApprovalLevel(approvers, quorum, read.span(said.get("valid"), (*path, "valid")), review)


def _check_order(levels: Mapping[ChangeType, ApprovalLevel], read: Reader) -> None:
    """A major change takes no fewer than a normal one."""
    normal, major = levels.get(ChangeType.NORMAL), levels.get(ChangeType.MAJOR)
    if normal is not None and major is not None and major.quorum < normal.quorum:
        what = "a major change takes fewer approvals than a normal one"
        read.wrong("APPROVAL_QUORUM", ("types", "major", "quorum"), what, "want as many or more")


def risks_fit(name: str, value: ApprovalRule, policies: Policies) -> Iterable[Problem]:
    """Classes of risk are those in force, and a higher one never takes fewer approvals."""
    points: RiskPoints | None = in_force(policies, RISK)
    if name == DEFAULT and points is not None:
        yield from _fitting(value, points)


def approvals_fit(name: str, value: RiskPoints, policies: Policies) -> Iterable[Problem]:
    """The rule of approval in force names classes that there are."""
    rule: ApprovalRule | None = in_force(policies, APPROVAL)
    if name == DEFAULT and rule is not None:
        yield from _fitting(rule, value)


def _fitting(rule: ApprovalRule, points: RiskPoints) -> Iterator[Problem]:
    classes = [word for word, _ in points.classes]
    for type, level in rule.levels.items():
        for word in level.risks:
            if word not in classes:
                yield Problem(
                    "APPROVAL_RISK",
                    f"approval of what is {type} names the risk '{word[:60]}', which nothing has",
                    why=f"classes of risk are {', '.join(classes)}",
                    remedy="give both the same; approve a rule of approval without risks first",
                    path=("types", str(type), "risks"),
                )
        rising = [level.at(word, classes) for word in classes]
        for word, lower, higher in zip(classes[1:], rising, rising[1:], strict=False):
            if higher.quorum < lower.quorum or lower.review > higher.review:
                yield _falls(type, f"risk {word} than a lower one")
    normal, major = rule.levels[ChangeType.NORMAL], rule.levels[ChangeType.MAJOR]
    for word in classes:
        if major.at(word, classes).quorum < normal.at(word, classes).quorum:
            yield _falls(ChangeType.MAJOR, f"risk {word} than a normal one")


def _falls(type: ChangeType, than: str) -> Problem:
    return Problem(
        "APPROVAL_QUORUM",
        f"a change that is {type} takes less at {than}",
        why="what risks more is decided on by no fewer",
        remedy="want as many approvals or more, and a review where the lower one has one",
        path=("types", str(type), "risks"),
    )


# --- reviews -------------------------------------------------------------------------------------


class ChangeOutcome(StrEnum):
    """What became of a change, from the best on."""

    SUCCESSFUL = "successful"
    PARTLY_SUCCESSFUL = "partly_successful"
    BACKED_OUT = "backed_out"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ReviewRule:
    """After which time a review is due, by type and outcome; none is due where nothing is said."""

    due: Mapping[tuple[ChangeType, ChangeOutcome], timedelta]

    def within(self, type: ChangeType, outcome: ChangeOutcome) -> timedelta | None:
        """The time from the end of a change to its review; None: no review is due."""
        return self.due.get((type, outcome))


def parse_reviews(_name: str, document: Any, read: Reader) -> ReviewRule | None:
    """Read a rule of reviews."""
    given = read.fields(document, (), ("due",), ("due",))
    types = read.fields(given.get("due"), ("due",), [each.value for each in ChangeType])
    outcomes = [each.value for each in ChangeOutcome]
    due: dict[tuple[ChangeType, ChangeOutcome], timedelta] = {}
    for type in ChangeType:
        path: Path = ("due", type.value)
        said = read.fields(types.get(type.value, {}), path, outcomes)
        for outcome in ChangeOutcome:
            span = read.span(said.get(outcome.value), (*path, outcome.value))
            if span is not None:
                due[type, outcome] = span
        _check_due(type, due, path, read)
    return ReviewRule(due)


def _check_due(
    type: ChangeType,
    due: Mapping[tuple[ChangeType, ChangeOutcome], timedelta],
    path: Path,
    read: Reader,
) -> None:
    """What went worse is reviewed no later, and emergencies and failures always are."""
    longest: timedelta | None = None
    for outcome in ChangeOutcome:
        span = due.get((type, outcome))
        always = type is ChangeType.EMERGENCY or outcome is ChangeOutcome.FAILED
        if span is None and (always or longest is not None):
            what = f"a change that is {type} and {outcome} is never reviewed"
            read.wrong("REVIEW_MISSING", (*path, outcome.value), what, "say by when, as P5D")
        elif span is not None and longest is not None and span > longest:
            what = "what went worse would be reviewed later"
            read.wrong("POLICY_ORDER", (*path, outcome.value), what, "give it as long or less")
        longest = span if span is not None else longest
