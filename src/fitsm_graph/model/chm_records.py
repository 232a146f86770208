"""Change Management (PR12): what is kept of changes beside themselves.

(:ChangeTask)-[:TASK_OF]->(:Change)<-[:BACKS_OUT]-(:BackOutPlan)
(:ChangeStep)-[:CHANGE_STEP_OF]->(:Change)
(:Change)-[:FOLLOWS_STANDARD]->(:StandardChange)
(:ChangeAssessment)-[:ASSESSES]->(:Change), (:ChangeAssessment)-[:REACHES_SERVICE]->(:Service)
(:Approval)-[:DECIDES_ON]->(:Change)<-[:DISCUSSES]-(:CABMeeting)
(:PostImplementationReview)-[:REVIEWS]->(:Change)
"""

from enum import StrEnum
from typing import Annotated

from fitsm_graph.model.confm import ELEMENT_KINDS
from fitsm_graph.model.declare import Carried, Doc, Indexed, Process, Unique, record, relation
from fitsm_graph.model.process import PROCESS_LABELS, ProcessRecord
from fitsm_graph.model.record import Record
from fitsm_graph.model.steps import STEP_LABELS, Step

# --- what it takes to carry a change out ---------------------------------------------------------


class TaskKind(StrEnum):
    """What is to be done for a change (the sub-activities of implementing one)."""

    TECHNICAL = "technical"
    ACQUISITION = "acquisition"
    DEVELOPMENT = "development"
    COMMUNICATION = "communication"
    TRAINING = "training"
    PROJECT = "project"


@record(
    owner=Process.CHM,
    prefix="CTK",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="change_task",
    columns=("status", "kind_of_work", "title", "due_at", "owner"),
)
class ChangeTask(ProcessRecord):
    """One technical or other action of a change, with somebody who does it (PR12.5)."""

    kind_of_work: Annotated[
        str,
        Doc("technical, acquisition, development, communication, training or project."),
    ] = "technical"
    due_at: Annotated[str | None, Doc("By when it is to be done, UTC.")] = None
    note: Annotated[str, Doc("What was reported last.")] = ""


TASK_OF = relation(
    "TASK_OF",
    owner=Process.CHM,
    sources=("ChangeTask",),
    targets=("Change",),
    doc="The change that it is an action of.",
    field="task_of",
    back="tasks",
    one=True,
)


@record(
    owner=Process.CHM,
    prefix="CST",
    labels=STEP_LABELS,
    asked=True,
)
class ChangeStep(Step):
    """A step by which a change is dealt with, and who took it (PR12.2)."""


CHANGE_STEP_OF = relation(
    "CHANGE_STEP_OF",
    owner=Process.CHM,
    sources=("ChangeStep",),
    targets=("Change",),
    doc="The change that it is a step of (PR12.2).",
    field="step_of_change",
    back="change_steps",
    one=True,
)


@record(owner=Process.CHM, prefix="BOP", asked=True)
class BackOutPlan(Record):
    """How a change is undone where it fails (PR12.3)."""

    steps: Annotated[str, Doc("What is done, step by step.")]
    tested: Annotated[bool, Doc("Somebody has seen that it works.")] = False
    author: Annotated[str, Doc("Login of who wrote it down last.")] = ""


BACKS_OUT = relation(
    "BACKS_OUT",
    owner=Process.CHM,
    sources=("BackOutPlan",),
    targets=("Change",),
    doc="The change that it undoes.",
    field="backs_out",
    back="back_out_plans",
    one=True,
)


@record(
    owner=Process.CHM,
    prefix="STC",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="standard_change",
    columns=("status", "title", "used", "failed", "may_alter"),
)
class StandardChange(ProcessRecord):
    """Well-known and recurring change with steps that were approved before (PR12.2)."""

    steps: Annotated[list[str], Doc("What is done, in order; a change that follows it has them.")]
    may_alter: Annotated[
        list[str], Doc("Kinds and CI types that a change which follows it may alter.")
    ]
    authors: Annotated[list[str], Doc("Logins of who wrote it; none of them may approve it.")]
    back_out: Annotated[str, Doc("How it is undone where it fails.")] = ""
    approver: Annotated[str, Doc("Login of who approved it.")] = ""
    approved_at: Annotated[str | None, Doc("When it was approved last, UTC.")] = None
    used: Annotated[int, Doc("Changes that followed it and have an outcome.")] = 0
    failed: Annotated[int, Doc("Those of them that failed or were backed out.")] = 0
    failed_since: Annotated[
        int, Doc("Those since it was approved last, of which the policy allows so many.")
    ] = 0
    why: Annotated[str, Doc("Why it was suspended or retired.")] = ""


FOLLOWS_STANDARD = relation(
    "FOLLOWS_STANDARD",
    owner=Process.CHM,
    sources=("Change",),
    targets=("StandardChange",),
    doc="The standard change of the catalogue that it follows (PR12.2).",
    field="follows_standard",
    back="followed_by",
    one=True,
)

# --- assessment ----------------------------------------------------------------------------------


class CollisionKind(StrEnum):
    """How two pieces of work at one time get in each other's way (PR12.3)."""

    SAME_ELEMENT = "same_element"
    IN_CONE = "in_cone"
    JOINT = "joint"
    SAME_PEOPLE = "same_people"


@record(owner=Process.CHM, prefix="CAS", asked=True)
class ChangeAssessment(Record):
    """What a change would do, and how likely it is to fail, as computed at one entry (PR12.3)."""

    seq: Annotated[int, Doc("Ledger entry whose graph it was computed on.")]
    fingerprint: Annotated[str, Doc("Digest of the plan and of what the graph said of it.")]
    services_down: Annotated[int, Doc("Services that are DOWN while it is implemented.")]
    services_reached: Annotated[int, Doc("Services that get worse meanwhile.")]
    services_down_if_fails: Annotated[int, Doc("Services that are DOWN if it fails.")]
    services_reached_if_fails: Annotated[int, Doc("Services that get worse if it fails.")]
    probability: Annotated[int, Doc("How likely it is to fail, in points.")]
    consequence: Annotated[int, Doc("What it would do then, in points.")]
    risk: Annotated[int, Doc("The one times the other.")]
    risk_class: Annotated[str, Doc("The class that counts: the computed one, or a person's.")]
    because: Annotated[list[str], Doc("Where the points come from, and what was found.")]
    margin_left: Annotated[
        int | None, Doc("Failures that can still be borne meanwhile; null: no redundancy is used.")
    ] = None
    frozen_by: Annotated[
        list[str] | None, Doc("Names of freezes that its planned window lies in.")
    ] = None
    in_maintenance: Annotated[
        bool | None,
        Doc("Its planned window lies in one for maintenance; null: it has none, or none is kept."),
    ] = None
    computed_risk_class: Annotated[str, Doc("The class of these points, by the policy.")] = ""
    risk_reason: Annotated[str | None, Doc("Why a person decided on another class.")] = None
    author: Annotated[str, Doc("Login of who asked for it.")] = ""
    note: Annotated[str, Doc("What people have to say beside what was computed.")] = ""


ASSESSES = relation(
    "ASSESSES",
    owner=Process.CHM,
    sources=("ChangeAssessment",),
    targets=("Change",),
    doc="The change that it is about.",
    field="assesses",
    back="assessments",
    one=True,
)
REACHES_SERVICE = relation(
    "REACHES_SERVICE",
    owner=Process.CHM,
    sources=("ChangeAssessment",),
    targets=("Service",),
    doc="A service that gets worse while the change is implemented, or if it fails (PR12.3).",
    field="services",
    back="assessments",
    carries=(
        Carried("meanwhile", str, "Its state while the change is implemented."),
        Carried("if_fails", str, "Its state if the change fails."),
    ),
)
SINGLE_POINT = relation(
    "SINGLE_POINT",
    owner=Process.CHM,
    sources=("ChangeAssessment",),
    targets=ELEMENT_KINDS,
    doc="An element it alters that takes a service DOWN alone (PR12.3).",
    field="single_points",
    back="single_point_in",
)
COLLIDES = relation(
    "COLLIDES",
    owner=Process.CHM,
    sources=("ChangeAssessment",),
    targets=("Change", "MaintenanceWindow"),
    doc="Work at the same time that gets in its way (PR12.3).",
    field="collisions",
    back="collides_in",
    carries=(
        Carried("how", str, "What they have in common."),
        Carried("because", str, "In a sentence."),
    ),
)

# --- approval ------------------------------------------------------------------------------------


class Vote(StrEnum):
    """What somebody decided on a change (PR12.4)."""

    APPROVED = "approved"
    REJECTED = "rejected"


@record(owner=Process.CHM, prefix="APR", asked=True)
class Approval(Record):
    """The decision of one person on a change as it was assessed (PR12.4)."""

    voter: Annotated[str, Doc("Login of who decided.")]
    vote: Annotated[str, Doc("`approved` or `rejected`.")]
    stood_for: Annotated[list[str], Doc("Roles that they held then, among those that decide.")]
    fingerprint: Annotated[str, Doc("Of what they decided on; it counts as long as that holds.")]
    conditions: Annotated[str, Doc("Under which it was given, or why it was refused.")] = ""
    owner_of: Annotated[
        list[str] | None, Doc("Keys of services that it reached whose owner they stood for.")
    ] = None
    on_behalf_of: Annotated[
        list[str] | None, Doc("Keys of persons who had delegated their votes to them.")
    ] = None
    for_types: Annotated[
        bool, Doc("They stood for the process manager of CONFM, as the change defines types.")
    ] = False


DECIDES_ON = relation(
    "DECIDES_ON",
    owner=Process.CHM,
    sources=("Approval",),
    targets=("Change",),
    doc="The change that was decided on.",
    field="decides_on",
    back="approvals",
    one=True,
)


DELEGATES_TO = relation(
    "DELEGATES_TO",
    owner=Process.CHM,
    sources=("Person",),
    targets=("Person",),
    doc="Votes for them on changes for a time, but never on what they asked for (PR12.4).",
    field="delegates_to",
    back="votes_for",
    carries=(
        Carried("starts_at", str, "From when on, UTC; included."),
        Carried("ends_at", str, "Until when, UTC; not included."),
        Carried("why", str, "Why they do not vote themselves."),
        Carried("given_by", str, "Login of who said so."),
    ),
    called="Delegation",
)


@record(
    owner=Process.CHM,
    prefix="CAB",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    called="cab_meeting",
    group="cab",
    columns=("status", "title", "starts_at", "agenda"),
)
class CABMeeting(ProcessRecord):
    """Meeting of the change advisory board on changes that wait for approval (PR12.4)."""

    starts_at: Annotated[str, Doc("When it begins, UTC.")]
    agenda: Annotated[list[str], Doc("What waits, the gravest first, as it was convened.")]
    minutes: Annotated[str, Doc("What was said and decided.")] = ""
    attended: Annotated[list[str] | None, Doc("Keys of who was there.")] = None


DISCUSSES = relation(
    "DISCUSSES",
    owner=Process.CHM,
    sources=("CABMeeting",),
    targets=("Change",),
    doc="A change on its agenda.",
    field="discusses",
    back="meetings",
)
INVITES = relation(
    "INVITES",
    owner=Process.CHM,
    sources=("CABMeeting",),
    targets=("Person", "Group"),
    doc="A stakeholder of a change on its agenda (PR12.4).",
    field="invites",
    back="cab_meetings",
)

# --- schedule ------------------------------------------------------------------------------------


class FeedOf(StrEnum):
    """What a feed of the schedule of changes is about (PR12.6)."""

    ALL = "all"
    SERVICE = "service"
    OWNER = "owner"
    ROLE = "role"


@record(owner=Process.CHM, prefix="CAL")
class CalendarFeed(Record):
    """The schedule of changes at an address that calendars fetch (PR12.6).

    The address holds a secret, of which only a digest is kept, and apart from here.
    """

    of: Annotated[str, Doc("`all`, `service`, `owner` or `role`.")]
    place: Annotated[str, Doc("Id of the service, of the person or group, or of the role.")]
    name: Annotated[str, Doc("What calendars call it.")]
    hint: Annotated[str, Unique(), Doc("First characters of the secret, by which it is looked up.")]
    account: Annotated[str, Doc("Login of who made it.")]
    revoked: Annotated[bool, Doc("It is answered no more.")] = False


# --- review --------------------------------------------------------------------------------------


@record(owner=Process.CHM, prefix="PIR", asked=True)
class PostImplementationReview(Record):
    """What became of a change, looked at after it (PR12.5)."""

    due_at: Annotated[str, Indexed(), Doc("By when it is due, UTC.")]
    done_at: Annotated[str | None, Doc("When it was held, UTC; null: it was not.")] = None
    reviewer: Annotated[str, Doc("Login of who held it.")] = ""
    aim_met: Annotated[bool | None, Doc("The change did what it was for; null: not known.")] = None
    findings: Annotated[str, Doc("What was found.")] = ""
    confirmed: Annotated[
        int | None, Doc("Items of its difference that sources had confirmed; null: not compared.")
    ] = None
    contradicted: Annotated[
        int | None, Doc("Items that they had contradicted; null: not compared.")
    ] = None


REVIEWS = relation(
    "REVIEWS",
    owner=Process.CHM,
    sources=("PostImplementationReview",),
    targets=("Change",),
    doc="The change that it is about.",
    field="reviews",
    back="reviews",
    one=True,
)
