"""Incident and Service Request Management (PR9).

(:Incident)-[:AFFECTS {effect}]->(any element)
(:Incident)-[:MAY_AFFECT {score, because}]->(any element)
(:Incident)-[:CHILD_OF]->(:Incident), (:Incident)-[:CAUSED_IN]->(any element)
(:ServiceRequest)-[:REQUESTS]->(:RequestOffering)-[:OFFERS]->(:Service)
(:CaseStep)-[:STEP_OF]->(:Incident|:ServiceRequest)-[:REQUESTED_BY]->(:Person)
"""

from typing import Annotated

from fitsm_graph.model.case_fields import (
    Agreed,
    Because,
    Category,
    ClosedAt,
    ClosureCode,
    ComputedImpact,
    ComputedPriority,
    ComputedUrgency,
    Confirmed,
    EscalationLevel,
    Impact,
    NextUpdateDueAt,
    OverrideImpact,
    OverrideReason,
    OverrideUrgency,
    Priority,
    Reopened,
    ReopenReason,
    ResolutionDueAt,
    ResolvedAt,
    RespondedAt,
    ResponseDueAt,
    TargetPriority,
    Urgency,
    UsersUpdatedAt,
    WaitingFor,
    WaitingReason,
)
from fitsm_graph.model.confm import ELEMENT_KINDS
from fitsm_graph.model.declare import Carried, Doc, Indexed, Process, record, relation
from fitsm_graph.model.disturbance import DISTURBANCE_LABELS, HIT, DatedDisturbance
from fitsm_graph.model.process import PROCESS_LABELS, ProcessRecord
from fitsm_graph.model.steps import (
    STEP_LABELS,
    Step,
    StepListNamed,
    StepLists,
    StepsOpen,
    StepsTotal,
)


@record(
    owner=Process.ISRM,
    prefix="INC",
    labels=DISTURBANCE_LABELS,
    asked=True,
    over="ends_at",
    group="incident",
    columns=("priority", "status", "title", "affects", "starts_at"),
)
class Incident(DatedDisturbance):
    """Unplanned disruption of operation in a service or service component (FitSM-0).

    What it affects is in the state that `AFFECTS` names while the incident's own state has an
    effect, as its life says.
    """

    status: Annotated[str, Indexed(), Doc("Where it stands: a state of the life `Incident`.")]
    resolution: Annotated[str, Doc("What restored the service, or why it was given up.")] = ""
    closure_code: ClosureCode = ""
    cause: Annotated[str, Doc("Why it happened, as far as it is known.")] = ""
    resolved_at: ResolvedAt = None
    closed_at: ClosedAt = None
    confirmed: Confirmed = False
    reopened: Reopened = 0
    reopen_reason: ReopenReason = ""
    responded_at: RespondedAt = None
    response_due_at: ResponseDueAt = None
    resolution_due_at: ResolutionDueAt = None
    target_priority: TargetPriority = None
    agreed: Agreed = None
    waiting_for: WaitingFor = ""
    waiting_reason: WaitingReason = ""
    escalation_level: EscalationLevel = 0
    users_updated_at: UsersUpdatedAt = None
    next_update_due_at: NextUpdateDueAt = None
    major_since: Annotated[
        str | None, Doc("When it was declared a major incident, UTC (PR9.6).")
    ] = None
    major_reason: Annotated[str, Doc("Why it was declared or stood down.")] = ""
    stood_down_at: Annotated[str | None, Doc("When it was no major one any more, UTC.")] = None
    alert: Annotated[
        str, Indexed(), Doc("Fingerprint of the alert that it came from; empty: of none.")
    ] = ""
    alert_count: Annotated[int, Doc("How often that alert was sent.")] = 0
    similar: Annotated[
        list[str] | None,
        Doc("Open incidents that it may be another report of, as it was registered (PR9.1)."),
    ] = None
    similar_because: Annotated[
        list[str] | None, Doc("Why each of them is like it, in the same order.")
    ] = None
    needs_element: Annotated[
        bool | None, Doc("True: nobody has said which element it is about (PR9.1).")
    ] = None
    category: Category = ""
    suggested_category: Annotated[
        str | None, Doc("The category that was suggested when it was registered without one.")
    ] = None
    suggested_category_because: Annotated[str | None, Doc("Why it was suggested.")] = None
    impact: Impact = None
    urgency: Urgency = None
    priority: Priority = None
    computed_impact: ComputedImpact = None
    computed_urgency: ComputedUrgency = None
    computed_priority: ComputedPriority = None
    override_impact: OverrideImpact = None
    override_urgency: OverrideUrgency = None
    override_reason: OverrideReason = None
    because: Because = None
    services_down: Annotated[int | None, Doc("Services that are DOWN by it.")] = None
    services_reached: Annotated[int | None, Doc("Services that get worse by it.")] = None
    services: Annotated[
        list[str] | None, Doc("Keys of the services that it reaches, the worst first; 100 at most.")
    ] = None
    customers_reached: Annotated[int | None, Doc("Customers who receive those services.")] = None
    users_reached: Annotated[int | None, Doc("Users of those customers.")] = None
    assessed_seq: Annotated[int | None, Doc("Ledger entry that it was assessed at.")] = None
    major_criteria: Annotated[
        list[str] | None, Doc("Criteria of a major incident that it meets (PR9.6).")
    ] = None
    step_lists: StepLists = None
    steps_total: StepsTotal = 0
    steps_open: StepsOpen = 0


AFFECTS = relation(
    "AFFECTS",
    owner=Process.ISRM,
    sources=("Incident",),
    targets=ELEMENT_KINDS,
    doc="The element suffers from the incident, as hard as `effect` says (PR9.1).",
    effect="incident",
    field="affects",
    back="incidents",
    carries=HIT,
)


MAY_AFFECT = relation(
    "MAY_AFFECT",
    owner=Process.ISRM,
    sources=("Incident",),
    targets=ELEMENT_KINDS,
    doc="What it may be about, suggested as it was registered without an element (PR9.1).",
    field="suggested_elements",
    back="suggested_for",
    carries=(
        Carried("score", float, "How sure that is, from 0 to 1."),
        Carried("because", str, "Why it may be."),
    ),
)


@record(
    owner=Process.ISRM,
    prefix="OFR",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="request_offering",
    columns=("status", "title", "offers", "steps", "owner"),
)
class RequestOffering(ProcessRecord):
    """What users can ask for, and the steps by which they get it (PR9.2)."""

    steps: Annotated[
        list[str], Doc("In order, each as its kind and what is done: `manual: order it`.")
    ]
    impact: Annotated[str, Doc("Impact of its requests: a class of the matrix; empty: the least.")]
    urgency: Annotated[str, Doc("Their urgency, likewise.")]
    category: Category = ""
    step_list: StepListNamed = ""


@record(
    owner=Process.ISRM,
    prefix="SRQ",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="service_request",
    columns=("priority", "status", "title", "requests", "resolution_due_at"),
)
class ServiceRequest(ProcessRecord):
    """User request for information, advice, access or a standard change (FitSM-0)."""

    status: Annotated[str, Indexed(), Doc("Where it stands: a state of its life.")]
    registered_by: Annotated[str, Doc("Login of who registered it.")]
    resolution: Annotated[str, Doc("What was delivered, or why it was given up.")] = ""
    closure_code: ClosureCode = ""
    resolved_at: ResolvedAt = None
    confirmed: Confirmed = False
    reopened: Reopened = 0
    reopen_reason: ReopenReason = ""
    responded_at: RespondedAt = None
    response_due_at: ResponseDueAt = None
    resolution_due_at: ResolutionDueAt = None
    target_priority: TargetPriority = None
    agreed: Agreed = None
    waiting_for: WaitingFor = ""
    waiting_reason: WaitingReason = ""
    escalation_level: EscalationLevel = 0
    users_updated_at: UsersUpdatedAt = None
    next_update_due_at: NextUpdateDueAt = None
    category: Category = ""
    impact: Impact = None
    urgency: Urgency = None
    priority: Priority = None
    computed_impact: ComputedImpact = None
    computed_urgency: ComputedUrgency = None
    computed_priority: ComputedPriority = None
    override_impact: OverrideImpact = None
    override_urgency: OverrideUrgency = None
    override_reason: OverrideReason = None
    because: Because = None
    step_lists: StepLists = None
    steps_total: StepsTotal = 0
    steps_open: StepsOpen = 0


@record(
    owner=Process.ISRM,
    prefix="STP",
    labels=STEP_LABELS,
    asked=True,
)
class CaseStep(Step):
    """A step by which an incident or a service request is dealt with, and who took it (PR9.2)."""


CASE_KINDS = ("Incident", "ServiceRequest")
"""Kinds of records that the service desk deals with by the same rules."""


@record(
    owner=Process.ISRM,
    prefix="MIR",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="major_incident_review",
    columns=("status", "title", "examines", "owner", "actions"),
)
class MajorIncidentReview(ProcessRecord):
    """What was learned from a major incident, before it is closed (PR9.6)."""

    findings: Annotated[str, Doc("What happened, why, and what made it worse.")] = ""
    went_well: Annotated[str, Doc("What is to be kept.")] = ""
    actions: Annotated[list[str] | None, Doc("What is to be done, and who does it.")] = None


WAS_SHOWN = relation(
    "WAS_SHOWN",
    owner=Process.ISRM,
    sources=("Incident",),
    targets=("KnownError",),
    doc="What was known where it shows when somebody began to deal with it (PR10.4).",
    field="shown",
    back="shown_for",
)
EXAMINES = relation(
    "EXAMINES",
    owner=Process.ISRM,
    sources=("MajorIncidentReview",),
    targets=("Incident",),
    doc="The major incident that it looks at (PR9.6).",
    field="examines",
    back="major_reviews",
    one=True,
)
COORDINATED_BY = relation(
    "COORDINATED_BY",
    owner=Process.ISRM,
    sources=("Incident",),
    targets=("Person",),
    doc="Who coordinates what is done about a major incident (PR9.6).",
    field="coordinator",
    one=True,
)
CHILD_OF = relation(
    "CHILD_OF",
    owner=Process.ISRM,
    sources=("Incident",),
    targets=("Incident",),
    doc="The incident that it is another report of; it ends with that (PR9.1, PR9.5).",
    field="part_of",
    back="parts",
    one=True,
)
CAUSED_IN = relation(
    "CAUSED_IN",
    owner=Process.ISRM,
    sources=("Incident",),
    targets=ELEMENT_KINDS,
    doc="The element that its cause lay in, as was confirmed when it was resolved (PR9.5).",
    field="caused_in",
    back="caused",
)
OFFERS = relation(
    "OFFERS",
    owner=Process.ISRM,
    sources=("RequestOffering",),
    targets=("Service",),
    doc="The service that it belongs to; its agreement counts for the requests (PR9.1).",
    field="offers",
    back="offerings",
    one=True,
)
REQUESTS = relation(
    "REQUESTS",
    owner=Process.ISRM,
    sources=("ServiceRequest",),
    targets=("RequestOffering",),
    doc="What is asked for.",
    field="requests",
    back="requested_as",
    one=True,
)
REQUESTED_BY = relation(
    "REQUESTED_BY",
    owner=Process.ISRM,
    sources=("ServiceRequest",),
    targets=("Person",),
    doc="Who asks for it, and who therefore approves none of it (PR9.2).",
    field="requester",
    one=True,
)
STEP_OF = relation(
    "STEP_OF",
    owner=Process.ISRM,
    sources=("CaseStep",),
    targets=CASE_KINDS,
    doc="The incident or request that it is a step of (PR9.2).",
    field="step_of",
    back="steps",
    one=True,
)
