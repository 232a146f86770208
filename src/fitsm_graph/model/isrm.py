"""Incident and Service Request Management (PR9).

(:Incident)-[:AFFECTS {effect}]->(any element)
(:Incident)-[:CHILD_OF]->(:Incident), (:Incident)-[:CAUSED_IN]->(any element)
(:Escalation)-[:ESCALATES]->(:Incident), (:Escalation)-[:ESCALATED_TO]->(:Person|:Group)
"""

from typing import Annotated

from fitsm_graph.model.confm import ELEMENT_KINDS
from fitsm_graph.model.declare import Doc, Indexed, Process, record, relation
from fitsm_graph.model.disturbance import DISTURBANCE_LABELS, HIT, DatedDisturbance
from fitsm_graph.model.process import PROCESS_LABELS, ProcessRecord
from fitsm_graph.model.record import Record

# What incidents and service requests have in common is declared once.
ClosureCode = Annotated[str, Doc("How it ended: a code of the closure rules in force (PR9.5).")]
ResolvedAt = Annotated[str | None, Doc("When it was resolved last, UTC; null: it is not.")]
ClosedAt = Annotated[str | None, Doc("When it was over for good, UTC; null: it is not.")]
Confirmed = Annotated[bool, Doc("A user confirmed that all is well; else time decided.")]
Reopened = Annotated[int, Doc("How often it was opened again.")]
ReopenReason = Annotated[str, Doc("Why it was opened again last.")]
RespondedAt = Annotated[str | None, Doc("When somebody first dealt with it, UTC (PR9.2).")]
ResponseDueAt = Annotated[
    str | None,
    Doc("When the response target breaks or broke, UTC; null: it was met, or nothing is agreed."),
]
ResolutionDueAt = Annotated[
    str | None,
    Indexed(),
    Doc(
        "When the resolution target breaks or broke, UTC; null: it was met, the clock waits, or "
        "nothing is agreed."
    ),
]
TargetPriority = Annotated[
    int | None,
    Doc("Priority whose targets count: that of impact and urgency before time ran out."),
]
Agreed = Annotated[
    list[str] | None,
    Doc("Versions of targets and service calendars that its clocks are read by."),
]
WaitingFor = Annotated[str, Doc("Whom it waits for: user, supplier, change, …; empty: nobody.")]
WaitingReason = Annotated[str, Doc("What it waits for.")]
UsersUpdatedAt = Annotated[str | None, Doc("When users were told of the progress last, UTC.")]
NextUpdateDueAt = Annotated[
    str | None, Doc("When users are to be told again, UTC; null: it is resolved (PR9.4).")
]
EscalationLevel = Annotated[int, Doc("Steps of the escalation path that were taken (PR9.3).")]


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
    similar: Annotated[
        list[str] | None,
        Doc("Open incidents that affected some of the same elements when it was registered."),
    ] = None
    category: Annotated[str, Doc("Its class: a key of the scheme in force.")] = ""
    impact: Annotated[str | None, Doc("How grave it is: a class of the matrix.")] = None
    urgency: Annotated[str | None, Doc("How soon it has to end: a class of the matrix.")] = None
    priority: Annotated[int | None, Doc("1 is the highest; from both by matrix.")] = None
    computed_impact: Annotated[str | None, Doc("The impact that the graph says.")] = None
    computed_urgency: Annotated[str | None, Doc("The urgency that the graph says.")] = None
    computed_priority: Annotated[int | None, Doc("The priority that the graph says.")] = None
    override_impact: Annotated[str | None, Doc("The impact that a person decided on.")] = None
    override_urgency: Annotated[str | None, Doc("The urgency that a person decided on.")] = None
    override_reason: Annotated[str | None, Doc("Why a person decided otherwise.")] = None
    because: Annotated[list[str] | None, Doc("Why it has its impact, urgency and priority.")] = None
    services_down: Annotated[int | None, Doc("Services that are DOWN by it.")] = None
    services_reached: Annotated[int | None, Doc("Services that get worse by it.")] = None
    customers_reached: Annotated[int | None, Doc("Customers who receive those services.")] = None
    users_reached: Annotated[int | None, Doc("Users of those customers.")] = None
    assessed_seq: Annotated[int | None, Doc("Ledger entry that it was assessed at.")] = None
    major_criteria: Annotated[
        list[str] | None, Doc("Criteria of a major incident that it meets (PR9.6).")
    ] = None


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
CASE_KINDS = ("Incident",)
"""Kinds of records that the service desk deals with by the same rules."""


@record(owner=Process.ISRM, prefix="ESC", asked=True)
class Escalation(Record):
    """A record was handed to who can solve it, or told to who decides (PR9.3)."""

    direction: Annotated[str, Doc("functional or hierarchical.")]
    reason: Annotated[str, Doc("Why.")]
    by: Annotated[str, Doc("Login of who did it.")]
    step: Annotated[int, Doc("Of the escalation path, from 1 on; 0: of none.")] = 0
    by_rule: Annotated[bool, Doc("Time made it due; else a person wanted it.")] = False
    vacant: Annotated[list[str] | None, Doc("Roles of the step that nobody held.")] = None


@record(
    owner=Process.ISRM,
    prefix="MIR",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="major_incident_review",
    columns=("status", "title", "reviews", "owner", "actions"),
)
class MajorIncidentReview(ProcessRecord):
    """What was learned from a major incident, before it is closed (PR9.6)."""

    findings: Annotated[str, Doc("What happened, why, and what made it worse.")] = ""
    went_well: Annotated[str, Doc("What is to be kept.")] = ""
    actions: Annotated[list[str] | None, Doc("What is to be done, and who does it.")] = None


REVIEWS = relation(
    "REVIEWS",
    owner=Process.ISRM,
    sources=("MajorIncidentReview",),
    targets=("Incident",),
    doc="The major incident that it looks at (PR9.6).",
    field="reviews",
    back="reviews",
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
ESCALATES = relation(
    "ESCALATES",
    owner=Process.ISRM,
    sources=("Escalation",),
    targets=CASE_KINDS,
    doc="The record that was escalated (PR9.3).",
    field="escalates",
    back="escalations",
    one=True,
)
ESCALATED_TO = relation(
    "ESCALATED_TO",
    owner=Process.ISRM,
    sources=("Escalation",),
    targets=("Person", "Group"),
    doc="Who was told, or got it (PR9.3).",
    field="to",
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
