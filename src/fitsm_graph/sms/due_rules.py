"""After how long what the system is run by falls due, and which reviews are planned, as policies.

due-rule/default:
  documents: {policy: P365D, scope: P365D, …}
  rules: P365D
  stakeholders: P365D
  complaints: P10D
  nonconformities: P30D
review-plan/chm-records: {kind: process_review, process: chm, every: P90D, notice: P14D}
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from fitsm_graph.flow.lives import Lived
from fitsm_graph.flow.policies import Policies, PolicyKind
from fitsm_graph.flow.reading import Reader
from fitsm_graph.flow.weighing import DEFAULT
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import PROCESSES, RoleWord

RULE, PLAN = "due-rule", "review-plan"
LIVES = (
    Lived("ManagementDocument"),
    Lived("Stakeholder"),
    Lived("Review", also=("nonconformity.register", "suggestion.from_review")),
    Lived("Nonconformity", also=("suggestion.from_nonconformity",)),
    Lived("Complaint", also=("suggestion.from_complaint",)),
    Lived("SatisfactionResult", also=("suggestion.from_satisfaction_result",)),
    Lived("Goal"),
    Lived("Reminder"),
)


class DocumentKind(StrEnum):
    """What a management document is (GR2.1, GR2.2)."""

    POLICY = "policy"
    SCOPE = "scope"
    PLAN = "plan"
    PROCESS_DEFINITION = "process_definition"
    PROCEDURE = "procedure"
    TEMPLATE = "template"
    OTHER = "other"


class ReviewKind(StrEnum):
    """What is looked at, and by whom (GR1.3, GR6.2)."""

    AUDIT = "audit"
    ASSESSMENT = "assessment"
    MANAGEMENT_REVIEW = "management_review"
    PROCESS_REVIEW = "process_review"
    KPI_REVIEW = "kpi_review"


HELD_BY: Mapping[ReviewKind, RoleWord] = {
    ReviewKind.AUDIT: RoleWord.SMS_MANAGER,
    ReviewKind.ASSESSMENT: RoleWord.SMS_MANAGER,
    ReviewKind.MANAGEMENT_REVIEW: RoleWord.SMS_OWNER,
    ReviewKind.PROCESS_REVIEW: RoleWord.PROCESS_MANAGER,
    ReviewKind.KPI_REVIEW: RoleWord.PROCESS_MANAGER,
}
"""Whoever holds this role sees to a review that no plan gives to somebody else."""
OF_A_PROCESS = frozenset({ReviewKind.PROCESS_REVIEW, ReviewKind.KPI_REVIEW})


@dataclass(frozen=True, slots=True)
class DueRule:
    """After how long something is to be seen to.

    Attributes:
        documents: Until a management document is looked at again, by what it is.
        rules: Likewise policies of the product.
        stakeholders: Likewise the analysis of a stakeholder.
        complaints: Until a complaint is answered.
        nonconformities: Until a nonconformity is corrected.
    """

    documents: Mapping[str, timedelta]
    rules: timedelta
    stakeholders: timedelta
    complaints: timedelta
    nonconformities: timedelta


@dataclass(frozen=True, slots=True)
class ReviewPlan:
    """A review that is held at intervals.

    Attributes:
        process: That is looked at; empty: the system as a whole.
        notice: How long before it is due it is put before whoever holds it.
        owner: Key of the person or group that holds it; empty: whoever holds the role for it.
    """

    kind: ReviewKind
    process: str
    every: timedelta
    notice: timedelta
    title: str
    owner: str


def parse_rule(_name: str, document: Any, read: Reader) -> DueRule | None:
    """Read after how long something falls due."""
    spans = ("rules", "stakeholders", "complaints", "nonconformities")
    given = read.fields(document, (), ("documents", *spans), ("documents", *spans))
    kinds = [each.value for each in DocumentKind]
    told = read.fields(given.get("documents"), ("documents",), kinds, kinds)
    found = {kind: read.span(told.get(kind), ("documents", kind)) for kind in kinds}
    others = {name: read.span(given.get(name), (name,)) for name in spans}
    documents = {kind: each for kind, each in found.items() if each is not None}
    held = {name: each for name, each in others.items() if each is not None}
    if len(documents) < len(kinds) or len(held) < len(spans):
        return None
    return DueRule(documents, **held)


def parse_plan(_name: str, document: Any, read: Reader) -> ReviewPlan | None:
    """Read the plan of a review."""
    known = ("kind", "process", "every", "notice", "title", "owner")
    given = read.fields(document, (), known, ("kind", "every"))
    kind = read.one_of(given.get("kind"), ("kind",), [each.value for each in ReviewKind])
    processes = [each.value for each in PROCESSES]
    process = read.one_of(given.get("process"), ("process",), processes)
    every = read.span(given.get("every"), ("every",))
    notice = read.span(given.get("notice"), ("notice",)) or timedelta(days=14)
    title = read.text(given.get("title"), ("title",))
    owner = read.text(given.get("owner"), ("owner",))
    if not kind or every is None:
        return None
    if ReviewKind(kind) in OF_A_PROCESS and not process:
        what = f"a {kind.replace('_', ' ')} is of a process"
        read.wrong("POLICY_FIELD", ("process",), what, f"one of {', '.join(processes)}")
    if notice >= every:
        what = "it would be put before somebody before the last one was due"
        read.wrong("POLICY_ORDER", ("notice",), what, "give a shorter notice")
    return ReviewPlan(ReviewKind(kind), process, every, notice, title, owner)


def rule_in(policies: Policies) -> DueRule:
    """The rule in force.

    Raises:
        Refused: NO_POLICY_IN_FORCE.
    """
    rule: DueRule = policies.value(RULE, DEFAULT)
    return rule


KINDS = (
    PolicyKind(
        RULE,
        "After how long documents, rules, complaints and nonconformities are to be seen to.",
        "GR2.4",
        parse_rule,
        needed=frozenset({DEFAULT}),
    ),
    PolicyKind(
        PLAN,
        "Which audits and reviews are held how often, and by whom.",
        "GR6.2",
        parse_plan,
        parties=lambda plan: (plan.owner,) if plan.owner else (),
        process=lambda _, plan: plan.process or Process.SMS,
    ),
)
