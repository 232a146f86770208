"""Documents of problem management: the known error database, and the report of a period (PR10)."""

from collections.abc import Mapping
from typing import Any

from fitsm_graph.documents.declaring import DocumentForm, Time
from fitsm_graph.documents.shaping import Column, Facts, Table
from fitsm_graph.model.declare import Process
from fitsm_graph.model.sms_documents import DocumentWord
from fitsm_graph.pm.reporting import AGES

_ERROR = (
    Column("key", "Key"),
    Column("title", "Title"),
    Column("status", "Status"),
    Column("problem", "Problem", "knownFrom.key"),
    Column("concerns", "Shows at", "concerns.key"),
    Column("cause", "Cause"),
    Column("workaround", "Workaround"),
    Column("carried_out_by", "Carried out by", "carriedOutBy"),
    Column("shown", "Shown for", take=lambda row: len(row["shownFor"])),
    Column("tried", "Tried", "used"),
    Column("helped", "Helped"),
    Column("verified_at", "Verified", "verifiedAt"),
    Column("verified_by", "Verified by", "verifiedBy"),
    Column("review_due_at", "Review due", "reviewDueAt"),
    Column("communicated_at", "Told", "communicatedAt"),
    Column("communicated_to", "Told to", "communicatedTo"),
    Column("owner", "Owner", "owner.key"),
)

_OTHER = (
    Column("key", "Key"),
    Column("known_error", "Helps against", "helpsAgainst.key"),
    Column("title", "Title"),
    Column("workaround", "Workaround"),
    Column("carried_out_by", "Carried out by", "carriedOutBy"),
    Column("tried", "Tried", "used"),
    Column("helped", "Helped"),
    Column("verified_at", "Verified", "verifiedAt"),
    Column("verified_by", "Verified by", "verifiedBy"),
    Column("review_due_at", "Review due", "reviewDueAt"),
)
_DUE = (
    Column("key", "Key"),
    Column("title", "Title"),
    Column("review_due_at", "Review due", "reviewDueAt"),
    Column("owner", "Owner", "owner.key"),
)

KEDB = DocumentForm(
    DocumentWord.KEDB,
    "Known error database",
    Process.PM,
    "PR10.4",
    "Every known error that is not over, with all that helps against it and how well.",
    (
        Facts(
            "In all",
            (
                Column("known_errors", "Known errors", "knownErrors.totalCount"),
                Column("with_workaround", "With a workaround", "withWorkaround.totalCount"),
                Column("verified", "Verified", "verified.totalCount"),
                Column("never_tried", "Never tried", "neverTried.totalCount"),
                Column("due", "Due for review", "dueForReview.totalCount"),
                Column("others", "Other workarounds", "others.totalCount"),
                Column("others_verified", "Of these, verified", "othersVerified.totalCount"),
                Column("others_never", "Of these, never tried", "othersNeverTried.totalCount"),
                Column("others_due", "Of these, due for review", "othersDueForReview.totalCount"),
            ),
        ),
        Table("Known errors", "knownErrors.nodes", _ERROR),
        Table("Other workarounds", "otherWorkarounds.nodes", _OTHER),
        Table("Due for review", "dueForReview.nodes", _DUE),
        Table("Other workarounds due for review", "othersDueForReview.nodes", _DUE),
    ),
)

REPORT = "problemReport"
_LINE = (
    Column("registered", "Registered"),
    Column("resolved", "Resolved"),
    Column("resolved_late", "Of these, late", "resolvedLate"),
    Column("given_up", "Rejected", "givenUp"),
    Column("known", "Became known errors"),
    Column("reassigned", "Given to others"),
    Column("days_to_known_error", "Days to known error (median)", "daysToKnownError"),
    Column("days_to_resolve", "Days to resolve (median)", "daysToResolve"),
    Column("open", "Open at the end"),
)


def _age(place: int, name: str) -> Column:
    """How many are open for so long."""

    def take(row: Mapping[str, Any]) -> object:
        return row["ageing"][place]["count"]

    return Column(f"open_{place}", f"Open {name}", take=take)


_AGES = tuple(_age(place, name) for place, (name, _) in enumerate(AGES))


def _lines(heading: str, name: str, label: str) -> Table:
    return Table(heading, f"{REPORT}.{name}", (Column("name", label), *_LINE, *_AGES))


PROBLEM_REPORT = DocumentForm(
    DocumentWord.PROBLEM_REPORT,
    "Problem report",
    Process.PM,
    "PR10.2",
    "The regular report of problems: how many, how long, how old those are that are left.",
    (
        Facts("The period", tuple(each.below(REPORT) for each in _LINE)),
        Table(
            "Open problems by age",
            f"{REPORT}.ageing",
            (Column("name", "Open for"), Column("count", "Problems")),
        ),
        _lines("By service", "byService", "Service"),
        _lines("By suspected element", "byElement", "Element"),
        _lines("By where the cause lies", "byCause", "Element"),
        _lines("By category", "byCategory", "Category"),
        _lines("By where it came from", "bySource", "Source"),
        _lines("By who answers for it", "byGroup", "Owner"),
        Table(
            "Known errors against which nothing helps",
            f"{REPORT}.withoutWorkaround",
            (Column("key", "Key"), Column("title", "Title"), Column("since", "Since")),
        ),
        Table(
            "Oldest open problems",
            "oldest.nodes",
            (
                Column("key", "Key"),
                Column("title", "Title"),
                Column("status", "Status"),
                Column("priority", "Priority"),
                Column("registered_at", "Registered", "createdAt"),
                Column("due_at", "Due", "dueAt"),
                Column("incidents", "Incidents", "incidentCount"),
                Column("owner", "Owner", "owner.key"),
            ),
            note="The 20 that were registered first, of those that are open when this is made.",
        ),
        Table(
            "Records that lack something",
            f"{REPORT}.poor",
            (Column("key", "Key"), Column("title", "Title"), Column("lacks", "Lacks")),
        ),
    ),
    time=Time.PERIOD,
)

FORMS = (KEDB, PROBLEM_REPORT)
