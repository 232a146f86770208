"""The report on one service over all processes (PR14.1): what service reporting hands to others.

    fsg document issue service_report --about mail --since … --until …

What concerns a service: incidents that reach it, requests for what it offers, and whatever the
other processes do about it or about an element that it needs, as the graph stands when it is made.
"""

from typing import Any

from fitsm_graph.documents.declaring import DocumentForm, Time
from fitsm_graph.documents.of_incidents import numbers
from fitsm_graph.documents.shaping import Column, Facts, Row, Table
from fitsm_graph.flow.agreements import targets_for
from fitsm_graph.model.declare import Process
from fitsm_graph.model.sms_documents import SERVICE, DocumentWord

_CONCERNS = "Open at some time of the period; of the service, or of an element that it needs now."


def _agreements(data: Row) -> list[Row]:
    """The targets in force for the service."""
    return targets_for(
        data["targets"]["nodes"],
        [data["record"]["key"]],
        lambda each: (each["name"], each["document"].get("services") or ()),
    )


def _agreed(data: Row) -> list[str]:
    return sorted(each["key"] for each in _agreements(data))


def _agreed_with(data: Row) -> list[str]:
    """What the agreements are, and with whom."""
    said = [each["document"] for each in _agreements(data)]
    return [
        f"{each['kind']}: {', '.join(each.get('with') or ['all'])}"
        for each in said
        if "kind" in each
    ]


def _times(data: Row) -> list[str]:
    """In what time each priority is dealt with, in the words of the agreement."""
    return [
        f"priority {priority}: {_within(times)}"
        for agreement in _agreements(data)
        for priority, times in sorted((agreement["document"].get("priorities") or {}).items())
    ]


def _within(times: Row) -> str:
    told = (f"{name} {times[name]}" for name in ("response", "resolution") if times.get(name))
    return ", ".join(told)


def _customers(data: Row) -> list[str]:
    return [f"{each['key']} ({each['userCount']})" for each in data["record"]["customers"]]


def _late(done: str, due: str) -> Any:
    """Whether something was done late; None: it is not done. A target that was met has no end."""
    return lambda row: row[due] is not None if row[done] else None


_KEY, _TITLE, _STATUS = (
    Column("key", "Key"),
    Column("title", "Title"),
    Column("status", "Status"),
)
_OWNER = Column("owner", "Owner", "owner.key")

_SERVICE = Facts(
    "The service",
    (
        Column("key", "Key", "record.key"),
        Column("name", "Name", "record.name"),
        Column("description", "What it is for", "record.description"),
        Column("lifecycle", "Lifecycle", "record.lifecycle"),
        Column("owner", "Owner", "record.owner.key"),
        Column("criticality", "Criticality", "record.criticality"),
        Column("customers", "Customers (users)", take=_customers),
        Column("agreement", "Agreement", take=_agreed),
        Column("agreed_with", "Agreed with", take=_agreed_with),
        Column("times", "Agreed times", take=_times),
        Column("state", "State when this was made", "record.state"),
        Column("why", "Why", "record.why"),
    ),
)
_DESCRIPTIONS = Table(
    "Descriptions",
    "descriptions.nodes",
    (
        *(_KEY, _TITLE, _STATUS),
        Column("number", "Version"),
        _OWNER,
        Column("next_review_at", "Looked at again by", "nextReviewAt"),
    ),
    note="In force, or worked on, at some time of the period.",
)
_INCIDENTS = (
    Facts(
        "Incidents",
        (
            *numbers("incidentReport"),
            Column("major", "Major incidents", "incidentReport.major"),
            Column("hours_in_effect", "Hours in effect", "incidentReport.hoursInEffect"),
            Column("hours_down", "Hours down", "incidentReport.hoursDown"),
        ),
    ),
    Table(
        "Availability",
        "incidentReport.availability",
        (
            Column("agreement", "Agreement"),
            Column("kind", "Kind"),
            Column("with", "With", "parties"),
            Column("agreed", "Agreed (%)"),
            Column("per", "Of each"),
            Column("measured", "Measured (%)"),
            Column("kept", "Kept"),
            Column("periods", "Periods"),
            Column("missed", "Missed"),
            Column("worst", "The worst (%)"),
            Column("hours_of_service", "Hours of service time", "hoursOfService"),
            Column("hours_down", "Hours down in these", "hoursDown"),
            Column("since", "From"),
            Column("until", "Until"),
        ),
        note="Of the service time agreed on, in the periods that ended in the time of this report; "
        "else in the one that goes on. Planned maintenance does not count against it.",
    ),
    Table(
        "Incidents that reached it",
        "incidents.nodes",
        (
            *(_KEY, _TITLE, _STATUS),
            Column("priority", "Priority"),
            Column("major_since", "Major since", "majorSince"),
            Column("began_at", "Began", "startsAt"),
            Column("resolved_at", "Resolved", "resolvedAt"),
            Column("response_late", "Response late", take=_late("respondedAt", "responseDueAt")),
            Column("late", "Resolution late", take=_late("resolvedAt", "resolutionDueAt")),
            Column("cause", "Cause"),
            Column("caused_in", "Where it lay", "causedIn.key"),
            Column("problem", "Problem", "causedBy.key"),
        ),
        note="Registered before the end of the period, and not closed before its beginning.",
    ),
)
_REQUESTS = (
    Facts("Service requests", numbers("serviceRequestReport")),
    Table(
        "Service requests by what is asked for",
        "serviceRequestReport.byOffering",
        (
            Column("name", "Offering"),
            Column("registered", "Registered"),
            Column("resolved", "Fulfilled"),
            Column("response_broken", "Response late", "responseBroken"),
            Column("resolution_broken", "Resolution late", "resolutionBroken"),
            Column("hours_to_resolve", "Hours to fulfil (median)", "hoursToResolve"),
        ),
    ),
)
_PROBLEMS = (
    Table(
        "Problems",
        "problems.nodes",
        (
            *(_KEY, _TITLE, _STATUS),
            Column("priority", "Priority"),
            _OWNER,
            Column("incidents", "Incidents", "incidentCount"),
            Column("hours", "Hours lost", "incidentHours"),
            Column("cause", "Cause"),
            Column("due_at", "Due", "dueAt"),
            Column("known_errors", "Known errors", "knownErrors.key"),
        ),
        note=_CONCERNS,
    ),
    Table(
        "Known errors",
        "knownErrors.nodes",
        (
            *(_KEY, _TITLE, _STATUS),
            Column("concerns", "Shows at", "concerns.key"),
            Column("workaround", "Workaround"),
            Column("tried", "Tried", "used"),
            Column("helped", "Helped"),
            Column("review_due_at", "Review due", "reviewDueAt"),
            _OWNER,
        ),
        note=_CONCERNS,
    ),
)
_PLANNED = (
    Column("planned_from", "Planned from", "plannedStartsAt"),
    Column("planned_until", "Planned until", "plannedEndsAt"),
)
_CHANGES = (
    Table(
        "Changes",
        "changes.nodes",
        (
            *(_KEY, _TITLE),
            Column("type", "Type"),
            _STATUS,
            Column("risk", "Risk", "riskClass"),
            *_PLANNED,
            Column("began_at", "Began", "startsAt"),
            Column("ended_at", "Ended", "endsAt"),
            Column("outcome", "Outcome"),
            Column("alters", "Alters", "alters.element.key"),
            Column("caused", "Incidents caused", "caused.key"),
            _OWNER,
        ),
        note=f"{_CONCERNS} Or a change reaches the service as it was assessed.",
    ),
    Table(
        "Releases",
        "releases.nodes",
        (
            *(_KEY, _TITLE),
            Column("type", "Type"),
            _STATUS,
            *_PLANNED,
            Column("began_at", "Began", "begunAt"),
            Column("deployed_at", "Deployed", "deployedAt"),
            Column("outcome", "Outcome"),
            Column("changes", "Changes", "contains.key"),
            _OWNER,
        ),
        note="Those that contain such a change.",
    ),
)
_ESTATE = (
    Table(
        "Deviations",
        "deviations.nodes",
        (
            *(_KEY, _TITLE),
            Column("element", "Element", "deviatesAt.key"),
            _STATUS,
            Column("source", "Source"),
            Column("fields", "Fields"),
            Column("decision", "Decision"),
            Column("led_to", "Led to", "ledTo.key"),
        ),
        note=_CONCERNS,
    ),
    Facts(
        "Redundancy",
        (
            Column("already", "DOWN when this was made", "singlePointsOfFailure.already"),
            Column("complete", "All elements were looked at", "singlePointsOfFailure.complete"),
        ),
    ),
    Table(
        "Single points of failure",
        "singlePointsOfFailure.elements",
        (_KEY, Column("name", "Name"), Column("kind", "Kind")),
        note="Each of them takes the service down alone, as the graph stands.",
    ),
)
_VOICES = (
    Table(
        "Reviews with its customers",
        "reviews.nodes",
        (
            *(_KEY, _TITLE),
            Column("customer", "Customer", "customer.key"),
            _STATUS,
            Column("due_at", "Due", "dueAt"),
            Column("held_at", "Held", "heldAt"),
            Column("attended", "Attended"),
            Column("findings", "Found"),
            Column("decisions", "Decided"),
        ),
    ),
    Table(
        "Complaints",
        "complaints.nodes",
        (
            *(_KEY, _TITLE),
            Column("customer", "Customer", "customer.key"),
            _STATUS,
            Column("due_at", "Answer due", "dueAt"),
            Column("answered_at", "Answered", "answeredAt"),
            Column("outcome", "Outcome"),
        ),
    ),
    Table(
        "Satisfaction",
        "satisfaction.nodes",
        (
            *(_KEY, _TITLE),
            Column("customer", "Customer", "customer.key"),
            Column("score", "Score"),
            Column("answers", "Answers"),
            Column("outcome", "Outcome"),
        ),
    ),
)
_IMPROVEMENT = (
    Table(
        "Suggestions",
        "suggestions.nodes",
        (
            *(_KEY, _TITLE, _STATUS),
            Column("source", "Source"),
            Column("times_seen", "Times seen", "timesSeen"),
            Column("score", "Points"),
            Column("would_improve", "Would improve", "wouldImprove.key"),
            Column("decision", "Decision"),
        ),
        note=_CONCERNS,
    ),
    Table(
        "Improvements",
        "improvements.nodes",
        (
            *(_KEY, _TITLE, _STATUS),
            Column("suggestion", "Suggestion", "follows.key"),
            _OWNER,
            Column("due_at", "Due", "dueAt"),
            Column("implemented_at", "Implemented", "implementedAt"),
            Column("effect", "Effect"),
        ),
        note="Those that follow a suggestion about it.",
    ),
)

SERVICE_REPORT = DocumentForm(
    DocumentWord.SERVICE_REPORT,
    "Service report",
    Process.SMS,
    "PR14.1",
    "One service over all processes: what it is, what became of it, and what is done about it.",
    (
        _SERVICE,
        _DESCRIPTIONS,
        *_INCIDENTS,
        *_REQUESTS,
        *_PROBLEMS,
        *_CHANGES,
        *_ESTATE,
        *_VOICES,
        *_IMPROVEMENT,
    ),
    subject=SERVICE,
    time=Time.PERIOD,
)

FORMS = (SERVICE_REPORT,)
