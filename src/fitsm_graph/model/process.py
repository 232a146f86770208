"""What records of all processes have: an owner, comments, attachments.

(:Incident …)-[:OWNED_BY]->(:Person|:Group)
(:Comment)-[:ABOUT]->(:Incident …)
(:Attachment)-[:ATTACHED_TO]->(:Incident …)
(:Change …)-[:CLONED_FROM]->(:Change …)
(:Incident|:Problem|:Suggestion)-[:REPORTED_BY]->(:Person)
(:Escalation)-[:ESCALATES]->(:Incident …), (:Escalation)-[:ESCALATED_TO]->(:Person|:Group)
"""

from collections.abc import Mapping
from typing import Annotated

from fitsm_graph.model.declare import Doc, Process, base, record, relation
from fitsm_graph.model.record import Record

OF_REQUIREMENTS: Mapping[str, Process] = {
    "PR9": Process.ISRM,
    "PR10": Process.PM,
    "PR11": Process.CONFM,
    "PR12": Process.CHM,
    "PR13": Process.RDM,
    "PR14": Process.CSI,
}
"""Which process a group of requirements is about."""
PROCESS_LABEL = "ProcessRecord"
PROCESS_LABELS = (PROCESS_LABEL,)
"""Their keys are unique among all of them, so that one is found by its key alone."""
PROCESS_KINDS = (
    *("Incident", "Problem", "KnownError", "Change", "MaintenanceWindow"),
    *("TrendReview", "TrendFinding", "ProblemCause", "ProblemOption", "Workaround"),
    *("Suggestion", "Improvement", "ImprovementAction"),
    *("ChangeTask", "StandardChange", "CABMeeting", "ChangeVariant"),
    *("MajorIncidentReview", "RequestOffering", "ServiceRequest"),
    *("Release", "Deployment", "CommunicationAction", "TrainingRecord"),
    *("Baseline", "Verification", "Deviation", "ConfigurationSource"),
    *("ManagementDocument", "Stakeholder", "Review", "Nonconformity"),
    *("Complaint", "SatisfactionResult", "Goal", "Reminder"),
)
"""Kinds of records that have a life in a process."""


@base
class ProcessRecord(Record):
    """Something that a process deals with, from its registration until it is over."""

    title: Annotated[str, Doc("What it is about, in a line.")]
    status: Annotated[str, Doc("Where it stands: a state of the life of its kind.")]
    description: Annotated[str, Doc("What is known of it.")] = ""
    closed_at: Annotated[str | None, Doc("When it was over, UTC; null: it is not.")] = None


@record(owner=Process.SMS, prefix="CMT", asked=True)
class Comment(Record):
    """Something that was said about a record: a comment, or what was done (its work log)."""

    text: Annotated[str, Doc("What was said.")]
    author: Annotated[str, Doc("Login of who said it.")]
    public: Annotated[bool, Doc("Users read it too.")] = False


@record(owner=Process.SMS, prefix="ATT", asked=True)
class Attachment(Record):
    """A document that belongs to a record: where it is, and what it was when it was attached."""

    url: Annotated[str, Doc("Where it is.")]
    name: Annotated[str, Doc("What people call it.")]
    digest: Annotated[str, Doc("SHA-256 of its content, 64 hexadecimal digits, or empty.")] = ""


ABOUT = relation(
    "ABOUT",
    owner=Process.SMS,
    sources=("Comment",),
    targets=PROCESS_KINDS,
    doc="What was said about it: comments, and what was done.",
    field="about",
    back="comments",
    one=True,
)
ATTACHED_TO = relation(
    "ATTACHED_TO",
    owner=Process.SMS,
    sources=("Attachment",),
    targets=PROCESS_KINDS,
    doc="Documents that belong to it.",
    field="attached_to",
    back="attachments",
    one=True,
)


CLONED_KINDS = (
    *("Change", "Incident", "ServiceRequest", "Problem", "Release"),
    *("Suggestion", "Improvement"),
)
"""Kinds of records that others are made like."""
CLONED_FROM = relation(
    "CLONED_FROM",
    owner=None,
    sources=CLONED_KINDS,
    targets=CLONED_KINDS,
    doc="The record of its kind that it was made like (PR9.1, PR10.1, PR12.1, PR13.2, PR14.1).",
    field="cloned_from",
    back="clones",
    one=True,
)
REPORTED_BY = relation(
    "REPORTED_BY",
    owner=None,
    sources=("Incident", "Problem", "Suggestion"),
    targets=("Person",),
    doc="Who reported it, and is asked for more (PR9.1, PR10.1, PR14.1).",
    field="reporter",
    back="reported",
    one=True,
)
ESCALATED_KINDS = ("Incident", "ServiceRequest", "Problem", "Change", "Release", "Improvement")
"""Kinds of records that are handed on, and told of to who decides."""


@record(owner=Process.SMS, prefix="ESC", asked=True)
class Escalation(Record):
    """A record was handed to who can solve it, or told to who decides (PR9.3, PR10.2)."""

    direction: Annotated[str, Doc("functional or hierarchical.")]
    reason: Annotated[str, Doc("Why it was escalated.")]
    by: Annotated[str, Doc("Login of who did it.")]
    step: Annotated[int, Doc("Of the escalation path, from 1 on; 0: of none.")] = 0
    by_rule: Annotated[bool, Doc("Time made it due; else a person wanted it.")] = False
    vacant: Annotated[list[str] | None, Doc("Roles of the step that nobody held.")] = None


ESCALATES = relation(
    "ESCALATES",
    owner=Process.SMS,
    sources=("Escalation",),
    targets=ESCALATED_KINDS,
    doc="The record that was escalated (PR9.3).",
    field="escalates",
    back="escalations",
    one=True,
)
ESCALATED_TO = relation(
    "ESCALATED_TO",
    owner=Process.SMS,
    sources=("Escalation",),
    targets=("Person", "Group"),
    doc="Who was told, or got it (PR9.3).",
    field="to",
)


def process_of(requirement: str) -> Process | None:
    """The process that a requirement is about; None: the system as a whole, or none of FitSM.

    >>> process_of("PR12.4"), process_of("GR2.4")
    (<Process.CHM: 'chm'>, None)
    """
    return OF_REQUIREMENTS.get(requirement.strip().upper().partition(".")[0])
