"""Problem Management (PR10): problems, known errors and their workarounds (the KEDB).

(:Incident)-[:CAUSED_BY]->(:Problem)-[:INVESTIGATES]->(any element)
(:KnownError)-[:KNOWN_FROM]->(:Problem), (:KnownError)-[:CONCERNS]->(any element)
(:Workaround)-[:HELPS_AGAINST]->(:KnownError), which keeps its first one itself
(:Incident)-[:HELPED_BY]->(:KnownError), (:Incident)-[:HELPED_WITH]->(:Workaround)
Trends, and what is looked into of a problem, are in `pm_records`.
"""

from typing import Annotated

from fitsm_graph.model.case_fields import (
    ComputedImpact,
    ComputedPriority,
    ComputedUrgency,
    EscalationLevel,
    Impact,
    OverrideImpact,
    OverrideReason,
    OverrideUrgency,
    Urgency,
)
from fitsm_graph.model.confm import ELEMENT_KINDS
from fitsm_graph.model.declare import Carried, Doc, Indexed, Process, Unit, record, relation
from fitsm_graph.model.process import PROCESS_LABELS, ProcessRecord
from fitsm_graph.model.steps import StepListNamed


@record(
    owner=Process.PM,
    prefix="PRB",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="problem",
    columns=("priority", "status", "title", "due_at", "investigates", "owner"),
)
class Problem(ProcessRecord):
    """Underlying cause of one or more incidents that requires further investigation (FitSM-0)."""

    status: Annotated[str, Indexed(), Doc("Where it stands: a state of the life `Problem`.")]
    source: Annotated[
        str,
        Doc("Where it came from: incidents, trend, major_incident, change, deviation, analysis."),
    ] = "incidents"
    category: Annotated[str, Doc("Its class: a key of the scheme in force.")] = ""
    impact: Impact = None
    urgency: Urgency = None
    priority: Annotated[int | None, Doc("1 is the highest; from cost and reach, by matrix.")] = None
    computed_impact: ComputedImpact = None
    computed_urgency: ComputedUrgency = None
    computed_priority: ComputedPriority = None
    override_impact: OverrideImpact = None
    override_urgency: OverrideUrgency = None
    override_reason: OverrideReason = None
    because: Annotated[list[str] | None, Doc("Why it has its priority.")] = None
    services_down: Annotated[int | None, Doc("Services that its elements take down alone.")] = None
    services_reached: Annotated[int | None, Doc("Services that get worse with them.")] = None
    due_at: Annotated[
        str | None,
        Doc("By when it is to be resolved, UTC: its registration and the time of its priority."),
    ] = None
    escalation_level: EscalationLevel = 0
    incident_count: Annotated[int, Doc("Incidents that it caused.")] = 0
    incident_hours: Annotated[float, Doc("How long those lasted together."), Unit("hours")] = 0.0
    cause: Annotated[str, Doc("The root cause, once it was found (PR10.2).")] = ""
    resolution: Annotated[str, Doc("What removed the cause, or why nothing will.")] = ""
    decision: Annotated[str, Doc("What is missing, while it waits for who reported it.")] = ""


@record(
    owner=Process.PM,
    prefix="KER",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="known_error",
    columns=("status", "title", "workaround", "concerns", "review_due_at"),
)
class KnownError(ProcessRecord):
    """Problem that is not corrected, with an identified cause or a workaround (FitSM-0)."""

    cause: Annotated[str, Doc("Why it happens.")] = ""
    workaround: Annotated[str, Doc("What helps until the cause is gone, step by step.")] = ""
    carried_out_by: Annotated[str, Doc("Who does that: users, the service desk, a group.")] = ""
    verified_at: Annotated[str | None, Doc("When somebody saw that it helps, UTC.")] = None
    verified_by: Annotated[str, Doc("Login of who saw it.")] = ""
    used: Annotated[int, Doc("On how many incidents this workaround was tried.")] = 0
    helped: Annotated[int, Doc("On how many of them it helped.")] = 0
    described_seq: Annotated[
        int, Doc("Ledger entry that another workaround was written with; 0: it is the first.")
    ] = 0
    review_due_at: Annotated[
        str | None, Doc("When it has to be looked at again, UTC (PR10.4).")
    ] = None
    communicated_at: Annotated[
        str | None, Doc("When staff and users were told of it last, UTC (PR10.4).")
    ] = None
    communicated_to: Annotated[str, Doc("Who was told then.")] = ""
    step_list: StepListNamed = ""


@record(
    owner=Process.PM,
    prefix="WKA",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="workaround",
    columns=("status", "title", "helps_against", "used", "helped", "review_due_at"),
)
class Workaround(ProcessRecord):
    """Another way to reduce the impact of a known error, beside its own (PR10.3)."""

    workaround: Annotated[str, Doc("What helps until the cause is gone, step by step.")]
    carried_out_by: Annotated[str, Doc("Who does that: users, the service desk, a group.")] = ""
    verified_at: Annotated[str | None, Doc("When somebody saw that it helps, UTC.")] = None
    verified_by: Annotated[str, Doc("Login of who saw it.")] = ""
    used: Annotated[int, Doc("On how many incidents it was tried, as it is written now.")] = 0
    helped: Annotated[int, Doc("On how many of them it helped.")] = 0
    described_seq: Annotated[int, Doc("Ledger entry that it was written with last.")] = 0
    review_due_at: Annotated[
        str | None, Doc("When it has to be looked at again, UTC (PR10.4).")
    ] = None
    retired_because: Annotated[str, Doc("Why nobody should do that any more.")] = ""


INVESTIGATES = relation(
    "INVESTIGATES",
    owner=Process.PM,
    sources=("Problem",),
    targets=ELEMENT_KINDS,
    doc="The element that the cause is suspected in (PR10.2).",
    field="investigates",
    back="problems",
)
CAUSED_BY = relation(
    "CAUSED_BY",
    owner=Process.PM,
    sources=("Incident",),
    targets=("Problem",),
    doc="The problem that the incident comes from (PR10.1).",
    field="caused_by",
    back="incidents",
    one=True,
)
ARISES_FROM = relation(
    "ARISES_FROM",
    owner=Process.PM,
    sources=("Problem",),
    targets=("Change",),
    doc="The change that went wrong, and that the problem was raised from (PR10.1).",
    field="arises_from",
    back="problems_arising",
    one=True,
)
KNOWN_FROM = relation(
    "KNOWN_FROM",
    owner=Process.PM,
    sources=("KnownError",),
    targets=("Problem",),
    doc="The problem whose cause, or a workaround for it, is known (PR10.3).",
    field="known_from",
    back="known_errors",
    one=True,
)
CONCERNS = relation(
    "CONCERNS",
    owner=Process.PM,
    sources=("KnownError",),
    targets=ELEMENT_KINDS,
    doc="The element at which it shows (PR10.3).",
    field="concerns",
    back="known_errors",
)
HELPED_BY = relation(
    "HELPED_BY",
    owner=Process.PM,
    sources=("Incident",),
    targets=("KnownError",),
    doc="The known error whose workaround was tried on the incident (PR10.4).",
    field="tried",
    back="tried_on",
    carries=(
        Carried("helped", bool, "Whether it helped."),
        Carried("tried_seq", int, "Ledger entry that said so."),
    ),
)
HELPS_AGAINST = relation(
    "HELPS_AGAINST",
    owner=Process.PM,
    sources=("Workaround",),
    targets=("KnownError",),
    doc="The known error that it helps against, beside the workaround of that (PR10.3).",
    field="helps_against",
    back="other_workarounds",
    one=True,
)
HELPED_WITH = relation(
    "HELPED_WITH",
    owner=Process.PM,
    sources=("Incident",),
    targets=("Workaround",),
    doc="The other workaround that was tried on the incident (PR10.4).",
    field="tried_others",
    back="tried_for",
    carries=(
        Carried("helped", bool, "Whether it helped."),
        Carried("tried_seq", int, "Ledger entry that said so."),
    ),
)
