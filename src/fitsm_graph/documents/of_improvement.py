"""Documents of configuration management and of continual improvement (PR11, PR14)."""

from fitsm_graph.documents.declaring import DocumentForm, Time
from fitsm_graph.documents.shaping import Column, Facts, Row, Table
from fitsm_graph.model.declare import Process
from fitsm_graph.model.sms_documents import DocumentWord

_LINE = (
    Column("sampled", "Sampled"),
    Column("examined", "Examined"),
    Column("deviating", "Deviating"),
    Column("as_recorded", "Attested as recorded", "asRecordedCount"),
    Column("attested_differs", "Attested otherwise", "attestedDiffers"),
    Column("not_there", "Not there", "notThereCount"),
    Column("agrees", "Discovery agrees", "agreesCount"),
    Column("seen_differs", "Discovery differs", "seenDiffers"),
    Column("gone", "Gone", "goneCount"),
    Column("open_deviations", "Open deviations", "openDeviations"),
)


def _verified(heading: str, name: str, label: str) -> Table:
    return Table(heading, f"verificationReport.{name}", (Column("name", label), *_LINE))


VERIFICATION_REPORT = DocumentForm(
    DocumentWord.VERIFICATION_REPORT,
    "Configuration verification report",
    Process.CONFM,
    "PR11.5",
    "What a verification of the CMDB found of its sample, and what became of deviations.",
    (
        Facts(
            "The verification",
            (
                Column("key", "Key", "verificationReport.key"),
                Column("title", "Title", "verificationReport.title"),
                Column("plan", "Plan", "verificationReport.plan"),
                Column("plan_version", "Version of the plan", "verificationReport.planKey"),
                Column("seed", "Seed of the sample", "verificationReport.seed"),
                Column("status", "Status", "verificationReport.status"),
                Column("outcome", "Outcome", "verificationReport.outcome"),
                Column("conclusion", "Conclusion", "verificationReport.conclusion"),
                Column("drawn_at", "Drawn", "verificationReport.drawnAt"),
                Column("due_at", "Due", "verificationReport.dueAt"),
                Column("compared_at", "Compared", "verificationReport.comparedAt"),
                Column("closed_at", "Finished", "verificationReport.closedAt"),
            ),
        ),
        Facts(
            "The sample",
            tuple(each.below("verificationReport.all") for each in _LINE),
        ),
        _verified("By type", "byType", "Type"),
        _verified("By who answers for it", "byOwner", "Owner"),
        Table(
            "Elements of the sample",
            "verificationReport.elements",
            (
                Column("key", "Key"),
                Column("kind", "Kind"),
                Column("type", "Type"),
                Column("owner", "Owner"),
                Column("attested", "Attested"),
                Column("attested_by", "By", "attestedBy"),
                Column("differs_in", "Differs in", "differsIn"),
                Column("seen", "Discovery saw"),
                Column("seen_in", "Differing in", "seenIn"),
                Column("note", "Note"),
                Column("deviations", "Deviations"),
            ),
        ),
        Table(
            "Deviations",
            "record.deviations",
            (
                Column("key", "Key"),
                Column("title", "Title"),
                Column("element", "Element", "deviatesAt.key"),
                Column("status", "Status"),
                Column("decision", "Decision"),
                Column("decided_by", "By", "decidedBy"),
                Column("led_to", "Led to", "ledTo.key"),
            ),
        ),
    ),
    subject="Verification",
)

IMPROVEMENT_REGISTER = DocumentForm(
    DocumentWord.IMPROVEMENT_REGISTER,
    "Improvement register",
    Process.CSI,
    "PR14.3",
    "Suggestions and improvements with their actions, who does them, and what is overdue.",
    (
        Facts(
            "In all",
            (
                Column("suggestions", "Open suggestions", "suggestions.totalCount"),
                Column("improvements", "Improvements", "improvements.totalCount"),
                Column("open", "Open improvements", "open.totalCount"),
                Column("overdue", "Overdue actions", "overdueActions.totalCount"),
            ),
        ),
        Table(
            "Open suggestions",
            "suggestions.nodes",
            (
                Column("key", "Key"),
                Column("title", "Title"),
                Column("status", "Status"),
                Column("source", "Source"),
                Column("times_seen", "Times seen", "timesSeen"),
                Column("value", "Value"),
                Column("effort", "Effort"),
                Column("urgency", "Urgency"),
                Column("score", "Points"),
                Column("would_improve", "Would improve", "wouldImprove.key"),
                Column("owner", "Owner", "owner.key"),
            ),
        ),
        Table(
            "Improvements",
            "improvements.nodes",
            (
                Column("key", "Key"),
                Column("title", "Title"),
                Column("status", "Status"),
                Column("owner", "Owner", "owner.key"),
                Column("suggestion", "Suggestion", "follows.key"),
                Column("due_at", "Due", "dueAt"),
                Column("implemented_at", "Implemented", "implementedAt"),
                Column("effect", "Effect"),
                Column("review", "Review"),
                Column("changes", "Changes", "changes.key"),
            ),
        ),
        Table(
            "Actions",
            "improvements.nodes",
            (
                Column("improvement", "Improvement"),
                Column("key", "Key"),
                Column("title", "Title"),
                Column("status", "Status"),
                Column("owner", "Owner", "owner.key"),
                Column("due_at", "Due", "dueAt"),
                Column("progress", "Progress (%)"),
                Column("note", "Note"),
            ),
            spread="actions",
        ),
        Table(
            "Overdue actions",
            "overdueActions.nodes",
            (
                Column("key", "Key"),
                Column("title", "Title"),
                Column("improvement", "Improvement", "carriesOut.key"),
                Column("owner", "Owner", "owner.key"),
                Column("due_at", "Due", "dueAt"),
                Column("progress", "Progress (%)"),
            ),
        ),
    ),
)


def _evidence(row: Row) -> list[str]:
    return [f"{each['count']} {each['what']}" for each in row["evidence"]]


def findings(heading: str, name: str) -> Table:
    """What each of some requirements finds, as a table."""
    columns = (
        Column("requirement", "Requirement"),
        Column("title", "What is looked at"),
        Column("verdict", "Verdict"),
        Column("checked", "Checked"),
        Column("conforming", "Conforming"),
        Column("share", "Share"),
        Column("evidence", "Rests on", take=_evidence),
    )
    return Table(heading, f"{name}.findings", columns)


def violations(heading: str, name: str) -> Table:
    """Which records do not conform to them, and why."""
    columns = (
        Column("requirement", "Requirement"),
        Column("kind", "Kind"),
        Column("key", "Key"),
        Column("indicator", "Check"),
        Column("why", "Why"),
    )
    note = "The first 1,000 of each requirement; `Checked` and `Conforming` count all."
    return Table(heading, f"{name}.findings", columns, spread="violations", note=note)


CONFORMITY_REPORT = DocumentForm(
    DocumentWord.CONFORMITY_REPORT,
    "Conformity report",
    Process.CSI,
    "PR14.1",
    "What each requirement of FitSM-1 finds in the records of a period, and what lacks something.",
    (
        Table(
            "Processes",
            "conformity.capabilities",
            (Column("process", "Process"), Column("level", "Level"), Column("why", "Why")),
            note="An estimate from records: 0 nothing is done, 1 it is done, 2 done as defined.",
        ),
        findings("Requirements of the processes", "conformity"),
        findings("Requirements of the system", "system"),
        violations("What does not conform", "conformity"),
        violations("What does not conform in the system", "system"),
    ),
    time=Time.PERIOD,
    approved=True,
)

FORMS = (VERIFICATION_REPORT, IMPROVEMENT_REGISTER, CONFORMITY_REPORT)
