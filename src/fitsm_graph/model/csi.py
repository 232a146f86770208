"""Continual Service Improvement Management (PR14): suggestions, improvements, their actions.

(:Improvement)-[:FOLLOWS]->(:Suggestion)-[:WOULD_IMPROVE]->(any element)
(:Suggestion)-[:COMES_FROM]->(:MajorIncidentReview|:PostImplementationReview|:DeploymentReview)
(:Suggestion)-[:COMES_FROM]->(:Verification|:TrendFinding|:Document)
(:ImprovementAction)-[:CARRIES_OUT]->(:Improvement)
(:Improvement)-[:AIMS_AT|SHOWN_BY]->(:KPIValue)
"""

from typing import Annotated

from fitsm_graph.model.case_fields import EscalationLevel
from fitsm_graph.model.confm import ELEMENT_KINDS
from fitsm_graph.model.declare import Doc, Indexed, Process, Unit, Whole, record, relation
from fitsm_graph.model.process import PROCESS_LABELS, ProcessRecord
from fitsm_graph.model.record import Record


@record(
    owner=Process.CSI,
    prefix="SUG",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="suggestion",
    columns=("score", "status", "source", "title", "times_seen"),
)
class Suggestion(ProcessRecord):
    """Opportunity to improve a service or the management of services (PR14.1)."""

    source: Annotated[str, Doc("Where it came from: a person, a report, an audit, …")]
    finding: Annotated[
        str, Indexed(), Doc("What tells one finding from another; found again, it is counted.")
    ] = ""
    times_seen: Annotated[int, Doc("How often it was found.")] = 1
    value: Annotated[str, Doc("What it would be worth: a class of the policy.")] = ""
    computed_value: Annotated[
        str | None, Doc("The value that history says; null: it says nothing.")
    ] = None
    value_because: Annotated[list[str] | None, Doc("What history says, point by point.")] = None
    value_reason: Annotated[str, Doc("Why a person decided on another value.")] = ""
    effort: Annotated[str, Doc("What it would take: a class of the policy.")] = ""
    urgency: Annotated[str, Doc("How soon it would be needed: a class of the policy.")] = ""
    score: Annotated[int | None, Doc("Points of the three together; null: not evaluated.")] = None
    because: Annotated[list[str] | None, Doc("Where the points come from.")] = None
    decision: Annotated[
        str, Doc("Why it was accepted or rejected, or what is missing while it is returned.")
    ] = ""


@record(
    owner=Process.CSI,
    prefix="IMP",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="improvement",
    columns=("status", "title", "due_at", "owner", "effect"),
)
class Improvement(ProcessRecord):
    """Action or set of actions to improve conformity, quality or performance (FitSM-0)."""

    status: Annotated[str, Indexed(), Doc("Where it stands: a state of the life `Improvement`.")]
    due_at: Annotated[str | None, Doc("By when it is to be implemented, UTC.")] = None
    escalation_level: EscalationLevel = 0
    implemented_at: Annotated[str | None, Doc("When its actions were done, UTC.")] = None
    effect: Annotated[str, Doc("What the review found: improved, no_effect or worse.")] = ""
    review: Annotated[str, Doc("What the review was based on.")] = ""


@record(
    owner=Process.CSI,
    prefix="IMA",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="improvement_action",
    columns=("status", "progress", "title", "due_at", "owner"),
)
class ImprovementAction(ProcessRecord):
    """One step of an improvement, with somebody who does it and a day by which it is done."""

    due_at: Annotated[str, Doc("By when it is to be done, UTC.")]
    progress: Annotated[int, Doc("How far it is."), Unit("0 – 100 %")] = 0
    note: Annotated[str, Doc("What was reported last.")] = ""


@record(
    owner=Process.CSI,
    prefix="KPV",
    asked=True,
    group="kpi_value",
    columns=("kpi", "since", "until", "value", "unit", "standing"),
)
class KPIValue(Record):
    """What a key performance indicator said of a period, kept as evidence (PR14.1).

    It names the version of the definition, and the digest of the formula, that it came from.
    """

    kpi: Annotated[str, Doc("Name of its definition, a policy.")]
    of_process: Annotated[str, Doc("The process that it tells of.")]
    since: Annotated[str, Doc("Beginning of the period, UTC; included.")]
    until: Annotated[str, Doc("Its end, UTC; not included.")]
    unit: Annotated[str, Doc("share, hours, days or count.")]
    target: Annotated[float, Doc("The target then.")]
    definition: Annotated[str, Doc("Key of the version of its definition.")]
    formula: Annotated[str, Doc("Name of the query that it came from.")]
    formula_digest: Annotated[str, Doc("Of its text, 64 hexadecimal digits.")]
    identity: Annotated[
        str, Indexed(), Doc("Digest of definition, formula and period: kept once for each.")
    ]
    value: Annotated[
        float | None, Whole(), Doc("In the unit; null: there was nothing to measure.")
    ] = None
    numerator: Annotated[int | None, Whole(), Doc("What was counted.")] = None
    denominator: Annotated[int | None, Whole(), Doc("What that is of.")] = None
    standing: Annotated[
        str | None, Whole(), Doc("met, tolerated, missed or nothing_to_measure.")
    ] = None


WOULD_IMPROVE = relation(
    "WOULD_IMPROVE",
    owner=Process.CSI,
    sources=("Suggestion",),
    targets=ELEMENT_KINDS,
    doc="The element that it is about (PR14.1).",
    field="would_improve",
    back="suggestions",
)
REPORTS = (
    "MajorIncidentReview",
    "PostImplementationReview",
    "DeploymentReview",
    "Verification",
    "TrendFinding",
    "Document",
)
"""Kinds of records that report something, and that suggestions come from therefore."""
COMES_FROM = relation(
    "COMES_FROM",
    owner=Process.CSI,
    sources=("Suggestion",),
    targets=REPORTS,
    doc="The review, verification, trend or document that it came from (PR14.1).",
    field="comes_from",
    back="suggested",
)
FOLLOWS = relation(
    "FOLLOWS",
    owner=Process.CSI,
    sources=("Improvement",),
    targets=("Suggestion",),
    doc="The suggestion that it was accepted from (PR14.2).",
    field="follows",
    back="improvements",
    one=True,
)
CARRIES_OUT = relation(
    "CARRIES_OUT",
    owner=Process.CSI,
    sources=("ImprovementAction",),
    targets=("Improvement",),
    doc="The improvement that it is a step of (PR14.3).",
    field="carries_out",
    back="actions",
    one=True,
)
AIMS_AT = relation(
    "AIMS_AT",
    owner=Process.CSI,
    sources=("Improvement",),
    targets=("KPIValue",),
    doc="What the indicator that it is to better said before (PR14.3).",
    field="aims_at",
    back="aimed_at_by",
    one=True,
)
SHOWN_BY = relation(
    "SHOWN_BY",
    owner=Process.CSI,
    sources=("Improvement",),
    targets=("KPIValue",),
    doc="What that indicator said after it was implemented, when it was reviewed (PR14.3).",
    field="shown_by",
    back="shows",
    one=True,
)
