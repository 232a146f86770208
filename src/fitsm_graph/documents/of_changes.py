"""Documents of change management and of release and deployment management (PR12, PR13)."""

from typing import Any

from fitsm_graph.documents.declaring import DocumentForm, Time
from fitsm_graph.documents.shaping import Column, Facts, Row, Table
from fitsm_graph.model.declare import Process
from fitsm_graph.model.sms_documents import DocumentWord

_PLANNED = (
    Column("planned_from", "Planned from", "plannedStartsAt"),
    Column("planned_until", "Planned until", "plannedEndsAt"),
)


def _services(row: Row) -> list[str]:
    """Services that a change reaches, as it was assessed last."""
    assessed = row["assessments"]
    current = [each for each in assessed if each["fingerprint"] == row["fingerprint"]]
    last = max(current, key=lambda each: int(each["seq"]), default=None)
    reached = last["services"] if last is not None else []
    return sorted({str(each["element"]["key"]) for each in reached if each["element"]})


def _votes(row: Row) -> list[str]:
    """Votes on a change as it was assessed last: who, what, and what has to be done."""
    counted = [each for each in row["approvals"] if each["fingerprint"] == row["fingerprint"]]
    return [_vote(each) for each in counted]


def _vote(given: Row) -> str:
    conditions = f" ({given['conditions']})" if given["conditions"] else ""
    return f"{given['voter']}: {given['vote']}{conditions}"


def _is_freeze(policy: Row) -> bool:
    return bool(_said(policy, "effect") == "freeze")


def _said(policy: Row, name: str) -> Any:
    document = policy["document"]
    return document.get(name) if isinstance(document, dict) else None


def _hours(policy: Row) -> list[str]:
    """Hours of a week in which a freeze is in force."""
    week = _said(policy, "week") or {}
    return [f"{days} {' '.join(map(str, hours))}" for days, hours in week.items()]


def _periods(policy: Row) -> list[str]:
    """Single periods of a freeze, with why."""
    periods = _said(policy, "periods") or []
    return [
        f"{each.get('from')} – {each.get('until')}{': ' if each.get('why') else ''}"
        f"{each.get('why') or ''}"
        for each in periods
    ]


SCHEDULE_OF_CHANGES = DocumentForm(
    DocumentWord.SCHEDULE_OF_CHANGES,
    "Schedule of changes",
    Process.CHM,
    "PR12.6",
    "Approved changes and releases of a time to come, with what they reach, freezes and windows.",
    (
        Facts(
            "In all",
            (
                Column("changes", "Changes", "changes.totalCount"),
                Column("releases", "Releases", "releases.totalCount"),
                Column("windows", "Maintenance windows", "maintenanceWindows.totalCount"),
            ),
        ),
        Table(
            "Changes",
            "changes.nodes",
            (
                Column("key", "Key"),
                Column("title", "Title"),
                Column("type", "Type"),
                Column("status", "Status"),
                *_PLANNED,
                Column("alters", "Alters", "alters.element.key"),
                Column("services", "Services reached", take=_services),
                Column("risk", "Risk", "riskClass"),
                Column("votes", "Votes", take=_votes),
                Column("approved_at", "Approved", "approvedAt"),
                Column("approved_until", "Approved until", "approvedUntil"),
                Column("collides_with", "Collides with", "scheduleFindings"),
                Column("release", "Release", "releasedWith.key"),
                Column("owner", "Owner", "owner.key"),
            ),
        ),
        Table(
            "Releases",
            "releases.nodes",
            (
                Column("key", "Key"),
                Column("title", "Title"),
                Column("type", "Type"),
                Column("status", "Status"),
                *_PLANNED,
                Column("contains", "Changes", "contains.key"),
                Column("owner", "Owner", "owner.key"),
            ),
        ),
        Table(
            "Maintenance windows",
            "maintenanceWindows.nodes",
            (
                Column("key", "Key"),
                Column("title", "Title"),
                Column("from", "From", "startsAt"),
                Column("until", "Until", "endsAt"),
                Column("covers", "Covers", "covers.element.key"),
            ),
        ),
        Table(
            "Freezes",
            "windows.nodes",
            (
                Column("name", "Name"),
                Column("types", "Types of changes", take=lambda row: _said(row, "types")),
                Column("zone", "Zone", take=lambda row: _said(row, "zone")),
                Column("hours", "Hours of a week", take=_hours),
                Column("periods", "Periods", take=_periods),
            ),
            note="Rules in force; hours and periods are wall time of the zone.",
            only=_is_freeze,
        ),
    ),
    time=Time.AHEAD,
)

STANDARD_CHANGES = DocumentForm(
    DocumentWord.STANDARD_CHANGES,
    "List of standard changes",
    Process.CHM,
    "PR12.2",
    "The catalogue of changes that are approved beforehand, with steps and how often they failed.",
    (
        Facts(
            "In all",
            (
                Column("standard_changes", "Standard changes", "standardChanges.totalCount"),
                Column("approved", "Approved", "approved.totalCount"),
            ),
        ),
        Table(
            "Standard changes",
            "standardChanges.nodes",
            (
                Column("key", "Key"),
                Column("title", "Title"),
                Column("status", "Status"),
                Column("may_alter", "May alter", "mayAlter"),
                Column("steps", "Steps"),
                Column("back_out", "How it is undone", "backOut"),
                Column("approver", "Approved by"),
                Column("approved_at", "Approved", "approvedAt"),
                Column("used", "Followed"),
                Column("failed", "Failed"),
                Column("failed_since", "Failed since it was approved", "failedSince"),
                Column("why", "Why it stands so"),
                Column("owner", "Owner", "owner.key"),
            ),
        ),
    ),
    approved=True,
)

POST_IMPLEMENTATION_REVIEW = DocumentForm(
    DocumentWord.POST_IMPLEMENTATION_REVIEW,
    "Post implementation review",
    Process.CHM,
    "PR12.5",
    "What was planned of a change and what became of it, incidents that it caused, and findings.",
    (
        Facts(
            "The change",
            (
                Column("key", "Key", "record.key"),
                Column("title", "Title", "record.title"),
                Column("type", "Type", "record.type"),
                Column("status", "Status", "record.status"),
                Column("requester", "Asked for by", "record.requester"),
                Column("owner", "Owner", "record.owner.key"),
                Column("aim", "Aim", "record.aim"),
                Column("alters", "Alters", "record.alters.element.key"),
                Column("resolves", "Problems that it resolves", "record.resolves.key"),
                Column("risk", "Risk", "record.riskClass"),
                Column("approved_at", "Approved", "record.approvedAt"),
            ),
        ),
        Facts(
            "Planned, and done",
            (
                Column("planned_from", "Planned from", "record.plannedStartsAt"),
                Column("began_at", "Began", "record.startsAt"),
                Column("planned_until", "Planned until", "record.plannedEndsAt"),
                Column("ended_at", "Ended", "record.endsAt"),
                Column("begun_by", "Begun by", "record.begunBy"),
                Column("implemented_by", "Implemented by", "record.implementedBy"),
            ),
        ),
        Facts(
            "Outcome",
            (
                Column("outcome", "Outcome", "record.outcome"),
                Column("result", "What became of it", "record.result"),
                Column("incidents", "Incidents caused", "record.caused.key"),
                Column("suspects", "Incidents that it may have caused", "record.suspects"),
                Column("seen", "Planned items as sources saw them", "record.differenceSeen"),
                Column("compared_at", "Compared", "record.comparedAt"),
            ),
        ),
        Table(
            "Not seen as planned",
            "record.remainingDeviations",
            (
                Column("key", "Key"),
                Column("title", "Title"),
                Column("status", "Status"),
                Column("decision", "Decision"),
            ),
        ),
        Table(
            "Reviews",
            "record.reviews",
            (
                Column("due_at", "Due", "dueAt"),
                Column("done_at", "Done", "doneAt"),
                Column("reviewer", "By"),
                Column("aim_met", "Aim met", "aimMet"),
                Column("confirmed", "Items confirmed"),
                Column("contradicted", "Items contradicted"),
                Column("findings", "Findings"),
            ),
        ),
        Table(
            "Incidents caused",
            "record.caused",
            (
                Column("key", "Key"),
                Column("title", "Title"),
                Column("status", "Status"),
                Column("priority", "Priority"),
                Column("began_at", "Began", "startsAt"),
                Column("resolved_at", "Resolved", "resolvedAt"),
            ),
        ),
        Table(
            "Tasks",
            "record.tasks",
            (
                Column("key", "Key"),
                Column("title", "Title"),
                Column("status", "Status"),
                Column("owner", "Owner", "owner.key"),
                Column("note", "Note"),
            ),
        ),
        Table(
            "Steps",
            "record.changeSteps",
            (
                Column("number", "Step"),
                Column("title", "What"),
                Column("state", "State"),
                Column("by", "By", "doneBy"),
                Column("note", "Note"),
            ),
        ),
        Table(
            "Back-out plans",
            "record.backOutPlans",
            (
                Column("steps", "Steps"),
                Column("tested", "Tested"),
                Column("author", "By"),
            ),
        ),
    ),
    subject="Change",
    needs="record.outcome",
    needs_why="it has no outcome yet",
)

RELEASE_REPORT = DocumentForm(
    DocumentWord.RELEASE_REPORT,
    "Release report",
    Process.RDM,
    "PR13.6",
    "How a release stands or went: its changes, waves, criteria, tests, incidents and reviews.",
    (
        Facts(
            "The release",
            (
                Column("key", "Key", "record.key"),
                Column("title", "Title", "record.title"),
                Column("type", "Type", "record.type"),
                Column("status", "Status", "record.status"),
                Column("outcome", "Outcome", "record.outcome"),
                Column("decision", "Decision", "record.decision"),
                Column("strategy", "Strategy", "record.strategy"),
                Column("build", "Build", "record.build"),
                Column("owner", "Owner", "record.owner.key"),
                Column("accepted_by", "Accepted by", "record.acceptedBy"),
                Column("accepted_at", "Accepted", "record.acceptedAt"),
            ),
        ),
        Facts(
            "Planned, and done",
            (
                Column("planned_from", "Planned from", "record.plannedStartsAt"),
                Column("planned_until", "Planned until", "record.plannedEndsAt"),
                Column("begun_at", "Begun", "record.begunAt"),
                Column("deployed_at", "Deployed", "record.deployedAt"),
                Column("minutes", "Minutes", "releaseReport.minutes"),
                Column("waves", "Waves", "releaseReport.waves"),
                Column("waves_deployed", "Waves deployed", "releaseReport.wavesDeployed"),
                Column("failures", "Failures", "releaseReport.failures"),
                Column("watched_until", "Watched until", "releaseReport.watchedUntil"),
                Column("incidents", "Incidents near it", "releaseReport.incidents"),
                Column("open_criteria", "Criteria that are not met", "releaseReport.openCriteria"),
            ),
        ),
        Table(
            "Changes",
            "record.contains",
            (
                Column("key", "Key"),
                Column("title", "Title"),
                Column("status", "Status"),
                Column("outcome", "Outcome"),
            ),
        ),
        Table(
            "Left out",
            "record.leftOut",
            (Column("key", "Key", "record.key"), Column("because", "Why")),
        ),
        Table(
            "Waves",
            "record.waves",
            (
                Column("wave", "Wave"),
                Column("key", "Key"),
                Column("status", "Status"),
                Column("deploys", "Deploys", "deploys.element.key"),
                Column("began_at", "Began", "startsAt"),
                Column("ended_at", "Ended", "endsAt"),
                Column("attempts", "Attempts"),
                Column("deployer", "By"),
                Column("result", "Result"),
            ),
        ),
        Table(
            "Acceptance criteria",
            "record.criteria",
            (
                Column("name", "Name"),
                Column("met", "Met"),
                Column("found", "Found"),
                Column("waived_by", "Waived by", "waivedBy"),
                Column("waiver", "Why"),
            ),
        ),
        Table(
            "Tests",
            "record.testResults",
            (
                Column("kind", "Kind", "kindOfTest"),
                Column("build", "Build"),
                Column("suite", "Suite"),
                Column("passed", "Passed"),
                Column("failed", "Failed"),
                Column("skipped", "Skipped"),
            ),
        ),
        Table(
            "Reviews",
            "record.deploymentReviews",
            (
                Column("success", "A success"),
                Column("findings", "Findings"),
                Column("reviewer", "By"),
                Column("incidents", "Incidents"),
            ),
        ),
    ),
    subject="Release",
)

FORMS = (SCHEDULE_OF_CHANGES, STANDARD_CHANGES, POST_IMPLEMENTATION_REVIEW, RELEASE_REPORT)
