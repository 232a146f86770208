"""Suggestions from what was reported: reviews, verifications, trends, documents (PR14.1).

Each kind is declared once; the same finding in the same words is the same suggestion, counted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from fitsm_graph.csi.suggestions import SuggestionSource, register_suggestion
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import snake, spoken
from fitsm_graph.graph.changes import Properties, kind_of
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.model.csi import COMES_FROM, REPORTS
from fitsm_graph.model.declare import RECORDS, Process


@dataclass(frozen=True, slots=True)
class Report:
    """A kind of record that reports something.

    Attributes:
        source: Where its suggestions are said to come from.
        says: Whether it has found anything yet.
        about: What its elements are, where none are named.
        until: When it has, in words.
    """

    source: SuggestionSource
    says: Callable[[Properties], bool]
    about: str
    until: str


def _ended(status: str) -> Callable[[Properties], bool]:
    return lambda record: record["status"] == status


FAMILY = {
    "MajorIncidentReview": Report(
        SuggestionSource.INCIDENT,
        _ended("completed"),
        "what the major incident affected",
        "it is completed",
    ),
    "PostImplementationReview": Report(
        SuggestionSource.CHANGE,
        lambda record: bool(record.get("done_at")),
        "what the change altered",
        "it is held",
    ),
    "DeploymentReview": Report(
        SuggestionSource.RELEASE, lambda _: True, "nothing", "it is registered"
    ),
    "Verification": Report(
        SuggestionSource.VERIFICATION,
        _ended("finished"),
        "what was found to deviate",
        "it is finished",
    ),
    "TrendFinding": Report(
        SuggestionSource.TREND, lambda _: True, "what stands out", "it is registered"
    ),
    "Document": Report(
        SuggestionSource.REPORT,
        lambda record: record["status"] in {"issued", "superseded"},
        "nothing",
        "it is issued",
    ),
}


def _declare(kind: str, report: Report) -> None:
    """Declare the verb by which an opportunity for improvement comes from one kind of report."""
    word = snake(kind)

    async def raise_suggestion(
        tx: Tx,
        policies: Policies,
        report_of: Annotated[str, Of(kind)],
        title: str,
        *,
        description: str = "",
        would_improve: Sequence[Annotated[str, Of("Element")]] = (),
    ) -> Properties:
        rows = await tx.rows("csi.report_by_ref", ref=report_of)
        row = found(
            [each for each in rows if kind_of(each["labels"]) == kind], spoken(kind), report_of
        )
        record = row["record"]
        if not report.says(record):
            raise _too_early(record, report)
        about = [str(each["id"]) for each in row["about"] if tx.sees(each["labels"])]
        made = await register_suggestion(
            tx,
            policies,
            title,
            source=report.source,
            finding=f"{word}/{record['key']}/{title.strip()}",
            description=description or record.get("findings") or "",
            would_improve=would_improve or about,
        )
        if made["id"] not in row["suggested"]:
            tx.relate(COMES_FROM.type, made["id"], record["id"])
        return made

    raise_suggestion.__name__ = raise_suggestion.__qualname__ = f"raise_suggestion_from_{word}"
    raise_suggestion.__doc__ = _told(kind, word, report)
    verb(f"suggestion.from_{word}", room=Process.CSI, requirement="PR14.1", on="Suggestion")(
        raise_suggestion
    )


def _too_early(record: Properties, report: Report) -> Refused:
    return Refused(
        f"{record['key']} has found nothing yet",
        code="NOTHING_REPORTED",
        why=f"something comes from it once {report.until}",
        remedy="wait for that, or register the suggestion by itself",
        requirement="PR14.1",
    )


def _told(kind: str, word: str, report: Report) -> str:
    """The docstring of a verb, that its help is made of."""
    what, command = spoken(kind), f"from-{word.replace('_', '-')}"
    left_out = f"; left out: {report.about}" if report.about != "nothing" else ""
    return (
        f"Suggest an improvement from a {what}; in the same words again it is counted (PR14.1).\n\n"
        f"Args:\n    report_of: Id or key of the {what}.\n"
        "    title: What could be better, in a line.\n"
        "    description: What is known; what was found when left out.\n"
        f"    would_improve: Elements that it is about{left_out}.\n\n"
        f'Examples:\n    fsg suggestion {command} {RECORDS[kind].prefix}-000001 "test it before"\n'
    )


for _kind in REPORTS:
    _declare(_kind, FAMILY[_kind])
