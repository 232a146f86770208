"""Change Management (PR12): changes and maintenance windows.

(:Change)-[:CHANGES {effect}]->(any element)
(:MaintenanceWindow)-[:COVERS {effect}]->(any element)

What else is kept of a change is declared in `chm_records`.
"""

from typing import Annotated

from fitsm_graph.model.case_fields import EscalationLevel
from fitsm_graph.model.confm import ELEMENT_KINDS
from fitsm_graph.model.declare import Doc, Indexed, Process, record, relation
from fitsm_graph.model.disturbance import DISTURBANCE_LABELS, HIT, DatedDisturbance, Disturbance
from fitsm_graph.model.steps import StepLists, StepsOpen, StepsTotal


@record(
    owner=Process.CHM,
    prefix="CHG",
    labels=DISTURBANCE_LABELS,
    asked=True,
    over="closed_at",
    group="change",
    columns=("status", "type", "title", "risk_class", "planned_starts_at", "alters"),
)
class Change(Disturbance):
    """Alteration of a configuration item or another entity that requires change control (FitSM-0).

    What it changes is in the state that `CHANGES` names while the change is being implemented,
    whatever was planned.
    """

    status: Annotated[str, Indexed(), Doc("Where it stands: a state of the life `Change`.")]
    requester: Annotated[
        str, Doc("Login of who asked for it, and therefore never approves it (PR12.4).")
    ] = ""
    escalation_level: EscalationLevel = 0
    aim: Annotated[str, Doc("What it is for, by which the review measures it.")] = ""
    benefits: Annotated[str, Doc("What it would bring (PR12.3).")] = ""
    effort: Annotated[str, Doc("What it would take (PR12.3).")] = ""
    feasibility: Annotated[str, Doc("Whether it can be done, and how (PR12.3).")] = ""
    urgent: Annotated[bool, Doc("It cannot wait for the usual steps.")] = False
    type: Annotated[
        str | None, Doc("standard, normal, major or emergency; null: nothing decides it (PR12.1).")
    ] = None
    computed_type: Annotated[str | None, Doc("What the criteria say, whatever was decided.")] = None
    override_type: Annotated[str | None, Doc("What a person decided instead.")] = None
    override_reason: Annotated[str | None, Doc("Why a person decided so.")] = None
    because: Annotated[list[str] | None, Doc("Why it is of its type.")] = None
    planned_starts_at: Annotated[
        str | None, Doc("When its implementation is to begin, UTC; null: not planned yet.")
    ] = None
    planned_ends_at: Annotated[
        str | None,
        Indexed(),
        Doc("When its implementation is to be over, UTC; null: not planned yet."),
    ] = None
    schedule_findings: Annotated[
        list[str] | None,
        Doc("What its time collides with, as it was scheduled; null: it is not (PR12.6)."),
    ] = None
    difference: Annotated[
        str | None,
        Doc("What it adds to, changes in and takes from the graph, as canonical JSON (PR12.1)."),
    ] = None
    difference_by: Annotated[
        str | None, Doc("Login of who planned it last, if they acted for a person.")
    ] = None
    difference_done: Annotated[
        int, Doc("How many of its items are carried out, or set aside (PR12.5).")
    ] = 0
    difference_aside: Annotated[
        list[str] | None,
        Doc("Of each item why it was set aside, or empty: it was not; null: none was (PR12.5)."),
    ] = None
    awaits_since: Annotated[
        str | None,
        Indexed(),
        Doc("Since when sources are to say that its difference came about, UTC; null: not (more)."),
    ] = None
    compared_at: Annotated[
        str | None, Doc("When what is known of it by them changed last, UTC (PR12.5).")
    ] = None
    difference_seen: Annotated[
        list[str] | None,
        Doc("Of each item: `confirmed`, `contradicted`, `unseen` or `not_observed`; null: none."),
    ] = None
    difference_seen_by: Annotated[
        list[str] | None, Doc("Of each item the run of sync that said so first, or empty.")
    ] = None
    services_down: Annotated[
        int | None, Doc("Services that are DOWN while it is being implemented.")
    ] = None
    services_reached: Annotated[int | None, Doc("Services that get worse meanwhile.")] = None
    margin_left: Annotated[
        int | None,
        Doc("Failures that the redundancy which it uses can still bear; null: it uses none."),
    ] = None
    classified_seq: Annotated[
        int | None, Doc("Ledger entry whose graph its type was computed on.")
    ] = None
    risk: Annotated[
        int | None, Doc("Probability times consequence, in points; null: not assessed.")
    ] = None
    risk_class: Annotated[str, Doc("The class that counts: the computed one, or a person's.")] = ""
    computed_risk_class: Annotated[str, Doc("The class of these points, by the policy.")] = ""
    risk_reason: Annotated[str | None, Doc("Why a person decided on another class.")] = None
    assessed_seq: Annotated[
        int | None, Doc("Ledger entry whose graph it was assessed on last (PR12.3).")
    ] = None
    assessed_at: Annotated[str | None, Doc("When that was, UTC.")] = None
    fingerprint: Annotated[
        str, Doc("Digest of its plan and of what the graph said of it when it was assessed.")
    ] = ""
    votes_needed: Annotated[
        int | None, Doc("How many roles have to approve it, by the rule for its type (PR12.4).")
    ] = None
    votes_missing: Annotated[
        list[str] | None, Doc("Roles of which nobody has approved it yet; empty: none is missing.")
    ] = None
    owners_missing: Annotated[
        list[str] | None,
        Doc("Keys of services it reaches whose owner has not approved it, while that is wanted."),
    ] = None
    types_vote_missing: Annotated[
        bool,
        Doc("It defines types, and the process manager of CONFM has not approved it (PR12.4)."),
    ] = False
    approved_at: Annotated[str | None, Doc("When it was approved, UTC.")] = None
    approved_until: Annotated[
        str | None, Doc("Until when the approval holds, UTC; null: until its plan changes.")
    ] = None
    decision: Annotated[str, Doc("Why it was rejected, returned or given up.")] = ""
    begun_by: Annotated[str, Doc("Login of who began to implement it.")] = ""
    implemented_by: Annotated[str, Doc("Login of who said what became of it.")] = ""
    outcome: Annotated[
        str | None,
        Doc("successful, partly_successful, backed_out or failed; null: not known (PR12.5)."),
    ] = None
    result: Annotated[str, Doc("What there is to say of how it went.")] = ""
    suspects: Annotated[
        list[str] | None,
        Doc("Keys of incidents that may have come from it, which nobody has confirmed (PR12.5)."),
    ] = None
    review_due_at: Annotated[
        str | None, Doc("By when it is reviewed, UTC; null: no review is due (PR12.5).")
    ] = None
    closed_at: Annotated[str | None, Doc("When it was over, UTC; null: it is not.")] = None
    step_lists: StepLists = None
    steps_total: StepsTotal = 0
    steps_open: StepsOpen = 0


CHANGES = relation(
    "CHANGES",
    owner=Process.CHM,
    sources=("Change",),
    targets=ELEMENT_KINDS,
    doc="The element is in the state `effect` while the change is being implemented (PR12.3).",
    effect="change",
    field="alters",
    back="changes",
    carries=HIT,
)


@record(
    owner=Process.CHM,
    prefix="MWN",
    labels=DISTURBANCE_LABELS,
    asked=True,
    over="ends_at",
    group="maintenance",
    columns=("status", "title", "covers", "starts_at", "ends_at"),
)
class MaintenanceWindow(DatedDisturbance):
    """Time agreed on for work during which the elements it covers are out of operation (PR12.6)."""

    status: Annotated[str, Doc("Where it stands: a state of the life `MaintenanceWindow`.")]


COVERS = relation(
    "COVERS",
    owner=Process.CHM,
    sources=("MaintenanceWindow",),
    targets=ELEMENT_KINDS,
    doc="The element is in the state `effect` while the window is in force (PR12.6).",
    effect="maintenance",
    field="covers",
    back="maintenance_windows",
    carries=HIT,
)

RAISED_FROM = relation(
    "RAISED_FROM",
    owner=Process.CHM,
    sources=("Change",),
    targets=("Incident", "ServiceRequest", "Problem", "Improvement", "Deviation"),
    doc="What made somebody ask for the change (PR12.1).",
    field="raised_from",
    back="changes",
    one=True,
)
RESOLVES = relation(
    "RESOLVES",
    owner=Process.CHM,
    sources=("Change",),
    targets=("Problem",),
    doc="The problem whose cause it is to remove; implemented, it does not resolve it by itself.",
    field="resolves",
    back="resolved_by",
)
CAUSED = relation(
    "CAUSED",
    owner=Process.CHM,
    sources=("Change",),
    targets=("Incident",),
    doc="The incident that came from it, as a person confirmed (PR12.5).",
    field="caused",
    back="caused_by_changes",
)
