"""What the service management system keeps of itself: documents, reviews, what was found (GR1–GR7).

(:ManagementDocument)-[:REVISES]->(:ManagementDocument)-[:COMMUNICATED_TO]->(:Person|:Group)
(:ManagementDocument)-[:DESCRIBES]->(:Service)
(:Nonconformity)-[:FOUND_IN]->(:Review)-[:LOOKED_AT]->(:Document)
(:Stakeholder|:Complaint|:SatisfactionResult|:Review)-[:FROM_CUSTOMER]->(:Customer)
(:Complaint|:SatisfactionResult|:Review)-[:SPEAKS_OF]->(:Service)
(:Review|:Nonconformity|:Complaint|:SatisfactionResult)-[:GAVE_RISE_TO]->(:Suggestion)
(:Goal)-[:GOAL_OF]->(:ManagementDocument)
(:Reminder)-[:REMINDS_OF]->(any record of a process)
"""

from typing import Annotated

from fitsm_graph.model.declare import Doc, Indexed, Process, Unique, Unit, record, relation
from fitsm_graph.model.process import PROCESS_KINDS, PROCESS_LABELS, ProcessRecord


@record(
    owner=Process.SMS,
    prefix="MGD",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="management_document",
    columns=(
        *("kind_of_document", "of_process", "describes", "number", "status", "title"),
        "next_review_at",
    ),
)
class ManagementDocument(ProcessRecord):
    """Version of a document that the system is run by: its words, or where they are (GR2.4).

    A description of a service is one: it is about that service, and so is each of its versions.
    """

    kind_of_document: Annotated[
        str, Indexed(), Doc("What it is: policy, scope, plan, process_definition, procedure, …")
    ]
    of_process: Annotated[
        str, Doc("The process that it is of; empty: the system as a whole, or a service.")
    ] = ""
    series: Annotated[str, Indexed(), Doc("What its versions have in common.")]
    number: Annotated[int, Doc("Of the version, from 1 on.")]
    text: Annotated[str, Doc("What it says; empty: it is kept elsewhere.")] = ""
    url: Annotated[str, Doc("Where it is; empty: its text is here.")] = ""
    digest: Annotated[str, Doc("SHA-256 of what is there, 64 hexadecimal digits, or empty.")] = ""
    authors: Annotated[list[str], Doc("Logins of all who wrote it; none of them may approve it.")]
    why: Annotated[str, Doc("Why there is this version, or why it counts no more.")] = ""
    approver: Annotated[str, Doc("Login of who approved it; empty: nobody has.")] = ""
    approved_at: Annotated[str | None, Doc("When it was approved, UTC.")] = None
    communicated_at: Annotated[
        str | None, Doc("When somebody was told of it for the first time, UTC.")
    ] = None
    reviewed_at: Annotated[str | None, Doc("When it was looked at again last, UTC.")] = None
    next_review_at: Annotated[
        str | None, Indexed(), Doc("By when it is to be looked at again, UTC.")
    ] = None


@record(
    owner=Process.SMS,
    prefix="STK",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="stakeholder",
    columns=("status", "title", "customer", "next_review_at"),
)
class Stakeholder(ProcessRecord):
    """Person or organisation with an interest in services or in the system (GR3.1)."""

    needs: Annotated[str, Doc("What they need and expect.")] = ""
    obligations: Annotated[
        list[str] | None, Doc("Laws, regulations and contracts that follow from them.")
    ] = None
    analysed_at: Annotated[str | None, Doc("When that was analysed last, UTC.")] = None
    next_review_at: Annotated[
        str | None, Indexed(), Doc("By when it is to be analysed again, UTC.")
    ] = None
    why: Annotated[str, Doc("Why it is none any more.")] = ""


@record(
    owner=Process.SMS,
    prefix="RVW",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="review",
    columns=(
        *("kind_of_review", "of_process", "speaks_of", "customer", "status", "title"),
        *("due_at", "owner"),
    ),
)
class Review(ProcessRecord):
    """A look at the system or a part that is planned at intervals, held, and acted on (GR6.2).

    An audit, an assessment, a management review, a process manager's look at records or at
    indicators, a look at a service with its customer: they differ in who holds them and in what
    is looked at.
    """

    kind_of_review: Annotated[
        str,
        Indexed(),
        Doc("audit, assessment, management_review, process_review, kpi_review or service_review."),
    ]
    of_process: Annotated[
        str, Doc("The process looked at; empty: the system as a whole, or a service.")
    ] = ""
    plan: Annotated[
        str, Indexed(), Doc("Name of the plan that it is held by, a policy; empty: of none.")
    ] = ""
    due_at: Annotated[str, Indexed(), Doc("By when it is to be held, UTC.")]
    held_at: Annotated[str | None, Doc("When it was held, UTC.")] = None
    since: Annotated[str | None, Doc("Beginning of the time that was looked at, UTC.")] = None
    attended: Annotated[list[str] | None, Doc("Keys or names of who was there.")] = None
    inputs: Annotated[list[str] | None, Doc("What was looked at.")] = None
    findings: Annotated[
        list[str] | None, Doc("What was found: trends, nonconformities, poor records.")
    ] = None
    decisions: Annotated[list[str] | None, Doc("What was decided, and who does it.")] = None
    why: Annotated[str, Doc("Why it was moved or cancelled.")] = ""


@record(
    owner=Process.SMS,
    prefix="NCF",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="nonconformity",
    columns=("of_requirement", "status", "title", "due_at", "owner"),
)
class Nonconformity(ProcessRecord):
    """Case in which a requirement is not fulfilled (FitSM-0, GR7.1)."""

    of_requirement: Annotated[
        str, Indexed(), Doc("The requirement: of FitSM-1, or of a document of the provider's own.")
    ]
    of_process: Annotated[str, Doc("The process that it is in; empty: the system.")] = ""
    raised_by: Annotated[str, Doc("Login of who raised it.")]
    due_at: Annotated[str | None, Doc("By when it is to be corrected, UTC.")] = None
    cause: Annotated[str, Doc("Why it came about.")] = ""
    correction: Annotated[str, Doc("What was done about it and about its cause.")] = ""
    corrected_by: Annotated[str, Doc("Login of who said that it is corrected.")] = ""
    corrected_at: Annotated[str | None, Doc("When, UTC.")] = None
    evidence: Annotated[str, Doc("What shows that it is gone, or that it was none.")] = ""
    closed_by: Annotated[str, Doc("Login of who closed it.")] = ""


@record(
    owner=Process.SMS,
    prefix="CPL",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="complaint",
    columns=("status", "title", "customer", "due_at", "owner"),
)
class Complaint(ProcessRecord):
    """What a customer is not content with, and what they were answered (PR14.1)."""

    due_at: Annotated[str | None, Doc("By when it is to be answered, UTC.")] = None
    answer: Annotated[str, Doc("What the customer was told.")] = ""
    answered_at: Annotated[str | None, Doc("When, UTC.")] = None
    outcome: Annotated[str, Doc("Whether that settled it.")] = ""


@record(
    owner=Process.SMS,
    prefix="SAT",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="satisfaction_result",
    columns=("status", "score", "title", "customer", "since"),
)
class SatisfactionResult(ProcessRecord):
    """How content a customer is, by a survey or in a service review (PR14.1)."""

    score: Annotated[int, Doc("How content."), Unit("0 not at all – 100 wholly")]
    answers: Annotated[int, Doc("How many said so.")] = 1
    since: Annotated[str | None, Doc("Beginning of the time they speak of, UTC.")] = None
    until: Annotated[str | None, Doc("Its end, UTC.")] = None
    outcome: Annotated[str, Doc("What follows from it.")] = ""


@record(
    owner=Process.SMS,
    prefix="GOL",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="goal",
    columns=("status", "of_process", "title", "due_at", "owner"),
)
class Goal(ProcessRecord):
    """What the system, or a process, is to have reached by a day (GR5.1)."""

    of_process: Annotated[str, Doc("The process that it is of; empty: the system as a whole.")] = ""
    due_at: Annotated[str, Indexed(), Doc("By when it is to be reached, UTC.")]
    measure: Annotated[str, Doc("By what one will see whether it is reached.")] = ""
    set_by: Annotated[str, Doc("Login of who set it.")] = ""
    note: Annotated[str, Doc("What was reported of it last.")] = ""
    reported_at: Annotated[str | None, Doc("When that was, UTC; null: never.")] = None
    evidence: Annotated[str, Doc("What shows that it was reached, or was not; or why not.")] = ""
    decided_by: Annotated[str, Doc("Login of who said so; empty: it is not decided.")] = ""


@record(
    owner=Process.SMS,
    prefix="RMD",
    labels=PROCESS_LABELS,
    asked=True,
    over="closed_at",
    group="reminder",
    columns=("status", "matter", "title", "due_at", "owner"),
)
class Reminder(ProcessRecord):
    """Something fell due, and somebody is to see to it; raised once, and gone once it is done."""

    matter: Annotated[str, Indexed(), Doc("What fell due, such as `known_error_review`.")]
    of_process: Annotated[str, Doc("The process that it belongs to.")]
    subject: Annotated[str, Doc("Key of the record or the policy by which it is due.")]
    due_at: Annotated[str, Indexed(), Doc("Since when it is due, UTC.")]
    identity: Annotated[str, Unique(), Doc("Matter, subject and time: raised once for each.")]
    note: Annotated[str, Doc("How it was settled.")] = ""


REVISES = relation(
    "REVISES",
    owner=Process.SMS,
    sources=("ManagementDocument",),
    targets=("ManagementDocument",),
    doc="The version before it (GR2.4).",
    field="revises",
    back="revised_by",
    one=True,
)
GOAL_OF = relation(
    "GOAL_OF",
    owner=Process.SMS,
    sources=("Goal",),
    targets=("ManagementDocument",),
    doc="The document that it stands in, such as the service management plan (GR5.1).",
    field="goal_of",
    back="goals",
    one=True,
)
COMMUNICATED_TO = relation(
    "COMMUNICATED_TO",
    owner=Process.SMS,
    sources=("ManagementDocument",),
    targets=("Person", "Group"),
    doc="Who was told of it (GR2.4).",
    field="communicated_to",
)
DESCRIBES = relation(
    "DESCRIBES",
    owner=Process.SMS,
    sources=("ManagementDocument",),
    targets=("Service",),
    doc="The service that it describes (FitSM-3, service owner).",
    field="describes",
    one=True,
)
LOOKED_AT = relation(
    "LOOKED_AT",
    owner=Process.SMS,
    sources=("Review",),
    targets=("Document",),
    doc="A document that was looked at, such as a report (GR6.2).",
    field="looked_at",
    back="looked_at_in",
)
FOUND_IN = relation(
    "FOUND_IN",
    owner=Process.SMS,
    sources=("Nonconformity",),
    targets=("Review",),
    doc="The review that brought it to light (GR7.1).",
    field="found_in",
    back="nonconformities",
    one=True,
)
FROM_CUSTOMER = relation(
    "FROM_CUSTOMER",
    owner=Process.SMS,
    sources=("Stakeholder", "Complaint", "SatisfactionResult", "Review"),
    targets=("Customer",),
    doc="The customer whose voice it is, or with whom a service is reviewed (GR3.1).",
    field="customer",
    back="feedback",
    one=True,
)
SPEAKS_OF = relation(
    "SPEAKS_OF",
    owner=Process.SMS,
    sources=("Complaint", "SatisfactionResult", "Review"),
    targets=("Service",),
    doc="The service that it is about (PR14.1).",
    field="speaks_of",
    one=True,
)
ORIGINS = ("Review", "Nonconformity", "Complaint", "SatisfactionResult")
"""Kinds of records that opportunities for improvement come from."""
GAVE_RISE_TO = relation(
    "GAVE_RISE_TO",
    owner=Process.SMS,
    sources=ORIGINS,
    targets=("Suggestion",),
    doc="The opportunity for improvement that came from it (PR14.1).",
    field="gave_rise_to",
    back="arose_from",
)
REMINDS_OF = relation(
    "REMINDS_OF",
    owner=Process.SMS,
    sources=("Reminder",),
    targets=tuple(each for each in PROCESS_KINDS if each != "Reminder"),
    doc="The record that is to be seen to.",
    field="reminds_of",
    one=True,
)
