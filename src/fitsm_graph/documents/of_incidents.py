"""Documents of incident and service request management (PR9)."""

from fitsm_graph.documents.declaring import DocumentForm, Time
from fitsm_graph.documents.shaping import Column, Facts, Table
from fitsm_graph.model.declare import Process
from fitsm_graph.model.sms_documents import DocumentWord

_LINE = (
    Column("registered", "Registered"),
    Column("resolved", "Resolved"),
    Column("response_met", "Response in time", "responseMet"),
    Column("response_broken", "Response late", "responseBroken"),
    Column("resolution_met", "Resolution in time", "resolutionMet"),
    Column("resolution_broken", "Resolution late", "resolutionBroken"),
    Column("reassigned", "Given to others"),
    Column("hours_to_respond", "Hours to respond (median)", "hoursToRespond"),
    Column("hours_to_resolve", "Hours to resolve (median)", "hoursToResolve"),
)


_OLDEST = (
    Column("key", "Key"),
    Column("title", "Title"),
    Column("status", "Status"),
    Column("priority", "Priority"),
    Column("registered_at", "Registered", "createdAt"),
    Column("owner", "Owner", "owner.key"),
    Column("waiting_for", "Waits for", "waitingFor"),
)
_OLDEST_NOTE = "The 20 that were registered first, of those that are open when this is made."


def numbers(field: str) -> tuple[Column, ...]:
    """Counts and times of the incidents or requests of a period.

    Args:
        field: Of the report: `incidentReport` or `serviceRequestReport`.
    """
    done = "Resolved" if field == "incidentReport" else "Fulfilled"
    more = (
        Column("given_up", "Rejected or withdrawn", "givenUp"),
        Column("reopened", f"{done} after reopening"),
        Column("backlog", "Open at the end"),
    )
    return tuple(each.below(field) for each in (*_LINE, *more))


def _lines(heading: str, name: str, label: str, field: str = "incidentReport") -> Table:
    return Table(heading, f"{field}.{name}", (Column("name", label), *_LINE))


INCIDENT_REPORT = DocumentForm(
    DocumentWord.INCIDENT_REPORT,
    "Incident report",
    Process.ISRM,
    "PR9.5",
    "The regular report of incidents: how many, how long, how well, and what is left.",
    (
        Facts(
            "The period",
            (
                *numbers("incidentReport"),
                Column("major", "Major incidents", "incidentReport.major"),
            ),
        ),
        _lines("By service", "byService", "Service"),
        _lines("By priority", "byPriority", "Priority"),
        _lines("By category", "byCategory", "Category"),
        _lines("By who answers for it", "byGroup", "Owner"),
        _lines("By where the cause lay", "byCause", "Element"),
        Table(
            "Major incidents",
            "majorIncidents.nodes",
            (
                Column("key", "Key"),
                Column("title", "Title"),
                Column("status", "Status"),
                Column("declared_at", "Declared", "majorSince"),
                Column("stood_down_at", "Stood down", "stoodDownAt"),
                Column("resolved_at", "Resolved", "resolvedAt"),
                Column("services", "Services reached"),
            ),
        ),
        Table(
            "Backlog by age",
            "incidentReport.ageing",
            (Column("name", "Open for"), Column("count", "Incidents")),
        ),
        Table(
            "Oldest open incidents",
            "oldest.nodes",
            _OLDEST,
            note=_OLDEST_NOTE,
        ),
        Table(
            "Records that lack something",
            "incidentReport.poor",
            (Column("key", "Key"), Column("title", "Title"), Column("lacks", "Lacks")),
        ),
    ),
    time=Time.PERIOD,
)

_REQUESTS = "serviceRequestReport"

SERVICE_REQUEST_REPORT = DocumentForm(
    DocumentWord.SERVICE_REQUEST_REPORT,
    "Service request report",
    Process.ISRM,
    "PR9.5",
    "The regular report of service requests: how many, how long, how well, and what is left.",
    (
        Facts("The period", numbers(_REQUESTS)),
        _lines("By what is asked for", "byOffering", "Offering", _REQUESTS),
        _lines("By service", "byService", "Service", _REQUESTS),
        _lines("By priority", "byPriority", "Priority", _REQUESTS),
        _lines("By who answers for it", "byGroup", "Owner", _REQUESTS),
        Table(
            "Backlog by age",
            f"{_REQUESTS}.ageing",
            (Column("name", "Open for"), Column("count", "Requests")),
        ),
        Table("Oldest open requests", "oldest.nodes", _OLDEST, note=_OLDEST_NOTE),
    ),
    time=Time.PERIOD,
)

MAJOR_INCIDENT_REVIEW = DocumentForm(
    DocumentWord.MAJOR_INCIDENT_REVIEW,
    "Major incident review",
    Process.ISRM,
    "PR9.6",
    "What happened in a major incident, what was done, and what was learned.",
    (
        Facts(
            "The incident",
            (
                Column("key", "Key", "record.key"),
                Column("title", "Title", "record.title"),
                Column("status", "Status", "record.status"),
                Column("category", "Category", "record.category"),
                Column("priority", "Priority", "record.priority"),
                Column("impact", "Impact", "record.impact"),
                Column("urgency", "Urgency", "record.urgency"),
                Column("criteria", "Criteria met", "record.majorCriteria"),
                Column("reason", "Why it was declared or stood down", "record.majorReason"),
                Column("coordinator", "Coordinator", "record.coordinator.key"),
                Column("owner", "Owner", "record.owner.key"),
                Column("began_at", "Began", "record.startsAt"),
                Column("declared_at", "Declared", "record.majorSince"),
                Column("responded_at", "Responded", "record.respondedAt"),
                Column("resolved_at", "Resolved", "record.resolvedAt"),
                Column("stood_down_at", "Stood down", "record.stoodDownAt"),
                Column("closed_at", "Closed", "record.closedAt"),
            ),
        ),
        Facts(
            "Whom it reached",
            (
                Column("services_down", "Services down", "record.servicesDown"),
                Column("services_reached", "Services reached", "record.servicesReached"),
                Column("services", "Services", "record.services"),
                Column("customers", "Customers", "record.customersReached"),
                Column("users", "Users", "record.usersReached"),
            ),
        ),
        Facts(
            "Cause and resolution",
            (
                Column("cause", "Cause", "record.cause"),
                Column("caused_in", "Where it lay", "record.causedIn.key"),
                Column("resolution", "What restored the service", "record.resolution"),
                Column("closure_code", "Closure code", "record.closureCode"),
                Column("problem", "Problem", "record.causedBy.key"),
                Column("changes", "Changes raised", "record.changes.key"),
            ),
        ),
        Table(
            "Affected elements",
            "record.affects",
            (Column("element", "Element", "element.key"), Column("effect", "Effect")),
        ),
        Table(
            "Escalations",
            "record.escalations",
            (
                Column("at", "At", "createdAt"),
                Column("direction", "Direction"),
                Column("to", "To", "to.key"),
                Column("reason", "Why"),
                Column("by", "By"),
            ),
        ),
        Table(
            "What was said and done",
            "record.comments",
            (
                Column("at", "At", "createdAt"),
                Column("author", "By"),
                Column("public", "For users too"),
                Column("text", "What"),
            ),
        ),
        Table(
            "Further reports of it",
            "record.parts",
            (Column("key", "Key"), Column("title", "Title"), Column("status", "Status")),
        ),
        Table(
            "Reviews",
            "record.majorReviews",
            (
                Column("key", "Key"),
                Column("status", "Status"),
                Column("owner", "Owner", "owner.key"),
                Column("findings", "Findings"),
                Column("went_well", "What is to be kept", "wentWell"),
                Column("actions", "Actions"),
                Column("closed_at", "Finished", "closedAt"),
            ),
        ),
    ),
    subject="Incident",
    needs="record.majorSince",
    needs_why="it was never declared a major incident",
)

FORMS = (INCIDENT_REPORT, SERVICE_REQUEST_REPORT, MAJOR_INCIDENT_REVIEW)
