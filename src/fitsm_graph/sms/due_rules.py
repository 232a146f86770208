"""After how long what the system is run by falls due, and which reviews are planned, as policies.

due-rule/default:
  documents: {policy: P365D, scope: P365D, …}
  rules: P365D
  stakeholders: P365D
  complaints: P10D
  nonconformities: P30D
review-plan/chm-records: {kind: process_review, process: chm, every: P90D, notice: P14D}
review-plan/mail-acme: {kind: service_review, service: svc-mail, customer: acme, every: P182D}
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
    SERVICE_DESCRIPTION = "service_description"
    OTHER = "other"


class ReviewKind(StrEnum):
    """What is looked at, and by whom (GR1.3, GR6.2)."""

    AUDIT = "audit"
    ASSESSMENT = "assessment"
    MANAGEMENT_REVIEW = "management_review"
    PROCESS_REVIEW = "process_review"
    KPI_REVIEW = "kpi_review"
    SERVICE_REVIEW = "service_review"


HELD_BY: Mapping[ReviewKind, RoleWord] = {
    ReviewKind.AUDIT: RoleWord.SMS_MANAGER,
    ReviewKind.ASSESSMENT: RoleWord.SMS_MANAGER,
    ReviewKind.MANAGEMENT_REVIEW: RoleWord.SMS_OWNER,
    ReviewKind.PROCESS_REVIEW: RoleWord.PROCESS_MANAGER,
    ReviewKind.KPI_REVIEW: RoleWord.PROCESS_MANAGER,
    ReviewKind.SERVICE_REVIEW: RoleWord.SERVICE_OWNER,
}
"""Whoever holds this role sees to a review that no plan gives to somebody else."""
OF_A_PROCESS = frozenset({ReviewKind.PROCESS_REVIEW, ReviewKind.KPI_REVIEW})
OF_A_SERVICE: frozenset[StrEnum] = frozenset(
    {DocumentKind.SERVICE_DESCRIPTION, ReviewKind.SERVICE_REVIEW}
)
"""Documents and reviews that are of one service each; all others are of none."""
LIKE: Mapping[DocumentKind, DocumentKind] = {DocumentKind.SERVICE_DESCRIPTION: DocumentKind.OTHER}
"""Kinds of documents that a rule may leave out, and what is said of which holds for them then: a
rule that was approved before there was the kind goes on to be in force."""


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
        process: That is looked at; empty: the system as a whole, or a service.
        service: Key of the service that is looked at; empty: none is.
        customer: Key of the customer with whom; empty: with none.
        notice: How long before it is due it is put before whoever holds it.
        owner: Key of the person or group that holds it; empty: whoever holds the role for it.
    """

    kind: ReviewKind
    process: str
    service: str
    customer: str
    every: timedelta
    notice: timedelta
    title: str
    owner: str


def parse_rule(_name: str, document: Any, read: Reader) -> DueRule | None:
    """Read after how long something falls due."""
    spans = ("rules", "stakeholders", "complaints", "nonconformities")
    given = read.fields(document, (), ("documents", *spans), ("documents", *spans))
    kinds, needed = list(DocumentKind), [each for each in DocumentKind if each not in LIKE]
    told = read.fields(given.get("documents"), ("documents",), kinds, needed)
    found = {kind: read.span(told.get(kind), ("documents", kind)) for kind in kinds}
    found |= {kind: found[kind] or found[other] for kind, other in LIKE.items()}
    others = {name: read.span(given.get(name), (name,)) for name in spans}
    documents = {kind.value: each for kind, each in found.items() if each is not None}
    held = {name: each for name, each in others.items() if each is not None}
    if len(documents) < len(kinds) or len(held) < len(spans):
        return None
    return DueRule(documents, **held)


def parse_plan(_name: str, document: Any, read: Reader) -> ReviewPlan | None:
    """Read the plan of a review."""
    known = ("kind", "process", "service", "customer", "every", "notice", "title", "owner")
    given = read.fields(document, (), known, ("kind", "every"))
    kind = read.one_of(given.get("kind"), ("kind",), [each.value for each in ReviewKind])
    processes = [each.value for each in PROCESSES]
    process = read.one_of(given.get("process"), ("process",), processes)
    every = read.span(given.get("every"), ("every",))
    notice = read.span(given.get("notice"), ("notice",)) or timedelta(days=14)
    service, customer, title, owner = (
        read.text(given.get(name), (name,)) for name in ("service", "customer", "title", "owner")
    )
    if not kind or every is None:
        return None
    if ReviewKind(kind) in OF_A_PROCESS and not process:
        what = f"a {kind.replace('_', ' ')} is of a process"
        read.wrong("POLICY_FIELD", ("process",), what, f"one of {', '.join(processes)}")
    _check_service(ReviewKind(kind), given, read)
    if notice >= every:
        what = "it would be put before somebody before the last one was due"
        read.wrong("POLICY_ORDER", ("notice",), what, "give a shorter notice")
    return ReviewPlan(ReviewKind(kind), process, service, customer, every, notice, title, owner)


def _check_service(kind: ReviewKind, given: Mapping[str, Any], read: Reader) -> None:
    """Note where a plan names no service and has to, or names what its kind is not of."""
    if kind in OF_A_SERVICE and not given.get("service"):
        what = f"a {kind.replace('_', ' ')} is of a service"
        read.wrong("POLICY_FIELD", ("service",), what, "the key of one")
    for name in ("process",) if kind in OF_A_SERVICE else ("service", "customer"):
        if given.get(name):
            read.wrong("POLICY_FIELD", (name,), f"'{kind}' is of no {name}", "leave it out")


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
