"""Documents that processes hand out: kept as they were issued, in versions (GR2.3, GR2.4).

(:Document)-[:REPORTS_ON]->(:Incident|:Verification|:Change|:Release)
(:Document)-[:REPORTS_ON_SERVICE]->(:Service)
(:Document)-[:SUPERSEDES]->(:Document), (:Document)-[:DISTRIBUTED_TO]->(:Person|:Group)
(:DocumentPart)-[:CONTENT_OF]->(:Document)
"""

from enum import StrEnum
from typing import Annotated

from fitsm_graph.model.declare import Doc, Indexed, Process, Unit, record, relation
from fitsm_graph.model.record import Record


class DocumentWord(StrEnum):
    """Which of the outputs of the processes a document is."""

    KEDB = "kedb"
    PROBLEM_REPORT = "problem_report"
    INCIDENT_REPORT = "incident_report"
    SERVICE_REQUEST_REPORT = "service_request_report"
    MAJOR_INCIDENT_REVIEW = "major_incident_review"
    VERIFICATION_REPORT = "verification_report"
    SCHEDULE_OF_CHANGES = "schedule_of_changes"
    STANDARD_CHANGES = "standard_changes"
    POST_IMPLEMENTATION_REVIEW = "post_implementation_review"
    RELEASE_REPORT = "release_report"
    RELEASES_REPORT = "releases_report"
    IMPROVEMENT_REGISTER = "improvement_register"
    CONFORMITY_REPORT = "conformity_report"
    SERVICE_REPORT = "service_report"
    PROCESS_REPORT = "process_report"


class DocumentStatus(StrEnum):
    """Where a version of a document stands."""

    PROPOSED = "proposed"
    ISSUED = "issued"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


@record(
    owner=Process.SMS,
    prefix="DCM",
    asked=True,
    group="document",
    columns=("kind_of_document", "number", "status", "title", "made_at"),
)
class Document(Record):
    """Version of an output of a process, kept as it was when it was made (GR2.3).

    Its content is never changed: what is made anew is the next version of its series.
    """

    title: Annotated[str, Doc("What it is called.")]
    kind_of_document: Annotated[str, Indexed(), Doc("Which output it is, such as `kedb`.")]
    series: Annotated[str, Indexed(), Doc("What its versions have in common: kind and subject.")]
    number: Annotated[int, Doc("Of the version in its series, from 1 on.")]
    status: Annotated[str, Indexed(), Doc("`proposed`, `issued`, `superseded` or `withdrawn`.")]
    made_at: Annotated[str, Doc("When its content was read from the graph, UTC.")]
    entry: Annotated[int, Doc("Ledger entry that its content shows, with all before it.")]
    entry_until: Annotated[
        int, Doc("The last entry that it may show; another than `entry`: others wrote meanwhile.")
    ]
    starts_at: Annotated[str | None, Doc("Beginning of its period, UTC; included.")] = None
    ends_at: Annotated[str | None, Doc("End of its period, UTC; not included.")] = None
    digest: Annotated[str, Doc("SHA-256 of its content, 64 hexadecimal digits.")]
    size: Annotated[int, Doc("Of its content."), Unit("bytes")]
    parts: Annotated[int, Doc("Pieces that its content is kept in.")]
    issuer: Annotated[str, Doc("Login of who issued it.")]
    sees: Annotated[
        list[str] | None,
        Doc("CI types that the issuer saw, to whom it is limited; null: all, and no such limit."),
    ] = None
    issued_at: Annotated[
        str | None, Doc("When it was issued, UTC; null: it is proposed, or was issued before this.")
    ] = None
    approver: Annotated[str, Doc("Login of who approved it; empty: nobody, or none is needed.")] = (
        ""
    )
    approved_at: Annotated[str | None, Doc("When it was approved, UTC.")] = None
    withdrawn_by: Annotated[str, Doc("Login of who withdrew it.")] = ""
    withdrawn_at: Annotated[str | None, Doc("When it was withdrawn, UTC.")] = None
    why: Annotated[str, Doc("Why it was withdrawn.")] = ""


@record(owner=Process.SMS)
class DocumentPart(Record):
    """A piece of a document's content: JSON, compressed, in letters."""

    number: Annotated[int, Doc("Its place, from 1 on.")]
    text: Annotated[str, Doc("The piece, in base64.")]


REPORTED = ("Incident", "Verification", "Change", "Release")
"""Kinds of records of processes that a document may be about."""
SERVICE = "Service"
"""What a document is about that tells of one service."""
PROCESS = "Process"
"""What a document is about that tells of one process; there is no record of that."""
LASTING = (SERVICE, PROCESS)
"""What is there for long, and reported on in one period after another."""

REPORTS_ON = relation(
    "REPORTS_ON",
    owner=Process.SMS,
    sources=("Document",),
    targets=REPORTED,
    doc="The record that it is about.",
    field="reports_on",
    back="documents",
    one=True,
)
REPORTS_ON_SERVICE = relation(
    "REPORTS_ON_SERVICE",
    owner=Process.SMS,
    sources=("Document",),
    targets=("Service",),
    doc="The service that it is about.",
    field="reports_on_service",
    one=True,
)
SUPERSEDES = relation(
    "SUPERSEDES",
    owner=Process.SMS,
    sources=("Document",),
    targets=("Document",),
    doc="The version before it (GR2.4).",
    field="supersedes",
    back="superseded_by",
    one=True,
)
DISTRIBUTED_TO = relation(
    "DISTRIBUTED_TO",
    owner=Process.SMS,
    sources=("Document",),
    targets=("Person", "Group"),
    doc="Whom it is meant for (GR2.4).",
    field="distribution",
)
CONTENT_OF = relation(
    "CONTENT_OF",
    owner=Process.SMS,
    sources=("DocumentPart",),
    targets=("Document",),
    doc="The document that it is a piece of.",
)
