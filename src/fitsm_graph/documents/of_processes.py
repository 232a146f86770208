"""The report on one process (GR6.1): what its indicators say, and what its requirements find."""

from fitsm_graph.documents.declaring import DocumentForm, Time
from fitsm_graph.documents.of_improvement import findings, violations
from fitsm_graph.documents.shaping import Column, Facts, Table
from fitsm_graph.model.declare import Process
from fitsm_graph.model.sms_documents import PROCESS, DocumentWord

_SAYS = (
    Column("value", "Value"),
    Column("standing", "Standing"),
    Column("numerator", "Counted"),
    Column("denominator", "Of"),
)

PROCESS_REPORT = DocumentForm(
    DocumentWord.PROCESS_REPORT,
    "Process report",
    Process.SMS,
    "GR6.1",
    "How one process performs: indicators with target, value and trend, and what does not conform.",
    (
        Facts(
            "The process",
            (
                Column("process", "Process", "conformity.capabilities.process"),
                Column("level", "Level", "conformity.capabilities.level"),
                Column("why", "Why", "conformity.capabilities.why"),
            ),
        ),
        Table(
            "Indicators",
            "kpis",
            (
                Column("key", "Indicator"),
                Column("title", "Title"),
                Column("unit", "Unit"),
                Column("better", "Better"),
                Column("target", "Target"),
                Column("tolerance", "Tolerance"),
                *_SAYS,
                Column("owner", "Owner"),
                Column("known", "Known only as it is now"),
            ),
            note="Of the period of this report.",
        ),
        Table(
            "Trend of the indicators",
            "kpis",
            (
                Column("key", "Indicator"),
                Column("every", "Every"),
                Column("since", "From"),
                Column("until", "Until"),
                Column("target", "Target"),
                *_SAYS,
            ),
            spread="trend",
            note="The last six periods of each that were over by the end of this report's.",
        ),
        findings("Requirements", "conformity"),
        violations("What does not conform", "conformity"),
        Table(
            "Records that lack something",
            "recordQuality.kinds",
            (
                Column("kind", "Kind"),
                Column("open", "Open"),
                Column("open_lacking", "Lacking", "openLacking"),
                Column("over", "Over in the period"),
                Column("over_lacking", "Lacking", "overLacking"),
                Column("share", "Share that lacks nothing"),
            ),
            note="What good records say is the policy `record-quality`; open ones as they are now.",
        ),
        Table(
            "Which of them",
            "recordQuality.records",
            (
                Column("key", "Key"),
                Column("title", "Title"),
                Column("status", "Status"),
                Column("owner", "Owner"),
                Column("lacks", "Lacks"),
            ),
            note="The first 100, in the order in which they were registered.",
        ),
        Table(
            "Trend of conformity",
            "conformityTrend",
            (
                Column("requirement", "Requirement"),
                Column("since", "From"),
                Column("until", "Until"),
                Column("verdict", "Verdict"),
                Column("checked", "Checked"),
                Column("conforming", "Conforming"),
                Column("share", "Share"),
            ),
            spread="shares",
            note="Month by month, half a year back from the end of the period.",
        ),
    ),
    subject=PROCESS,
    time=Time.PERIOD,
)

FORMS = (PROCESS_REPORT,)
