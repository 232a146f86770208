"""Documents of release and deployment management over several releases (PR13)."""

from fitsm_graph.documents.declaring import DocumentForm, Time
from fitsm_graph.documents.shaping import Column, Facts, Table
from fitsm_graph.model.declare import Process
from fitsm_graph.model.sms_documents import DocumentWord

_FIELD = "releasesReport"
_NUMBERS = (
    Column("count", "Releases"),
    Column("successful", "Successful"),
    Column("failed", "Failed"),
    Column("backed_out", "Backed out", "backedOut"),
    Column("late", "Later than planned"),
    Column("changes", "Changes"),
    Column("waves", "Waves"),
    Column("failures", "Waves that failed"),
    Column("minutes", "Minutes (median)"),
    Column("reviewed", "Reviewed"),
    Column("found_good", "Found to be a success", "foundGood"),
    Column("incidents", "Incidents near them"),
)

RELEASES_REPORT = DocumentForm(
    DocumentWord.RELEASES_REPORT,
    "Report of releases",
    Process.RDM,
    "PR13.6",
    "What was a success and what failed among the releases of a period.",
    (
        Facts(
            "The period",
            tuple(each.below(_FIELD) for each in _NUMBERS),
        ),
        Table("By type", f"{_FIELD}.byType", (Column("name", "Type"), *_NUMBERS)),
        Table("By strategy", f"{_FIELD}.byStrategy", (Column("name", "Strategy"), *_NUMBERS)),
        Table(
            "Each of them",
            f"{_FIELD}.releases",
            (
                Column("key", "Key"),
                Column("title", "Title"),
                Column("type", "Type"),
                Column("outcome", "Outcome"),
                Column("deployed_at", "Outcome known", "deployedAt"),
                Column("owner", "Owner"),
                Column("changes", "Changes"),
                Column("waves", "Waves"),
                Column("failures", "Waves that failed"),
                Column("late", "Later than planned"),
                Column("minutes", "Minutes"),
                Column("found_good", "Found to be a success", "foundGood"),
                Column("incidents", "Incidents near it"),
            ),
        ),
    ),
    time=Time.PERIOD,
)

FORMS = (RELEASES_REPORT,)
