"""Suggestions from what reviews, nonconformities and customers say (PR14.1, the arrows to CSI)."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fitsm_graph.csi.suggestions import SuggestionSource, register_suggestion
from fitsm_graph.flow.lives import stepped
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import snake, spoken
from fitsm_graph.graph.changes import Properties, kind_of
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.model.declare import RECORDS, Process
from fitsm_graph.model.sms_system import GAVE_RISE_TO, ORIGINS, SPEAKS_OF

OF_REVIEWS: Mapping[str, SuggestionSource] = {
    "audit": SuggestionSource.AUDIT,
    "assessment": SuggestionSource.ASSESSMENT,
    "management_review": SuggestionSource.MANAGEMENT_REVIEW,
    "process_review": SuggestionSource.REPORT,
    "kpi_review": SuggestionSource.MEASUREMENT,
    "service_review": SuggestionSource.SERVICE_REVIEW,
}
SOURCES: Mapping[str, SuggestionSource] = {
    "Nonconformity": SuggestionSource.NONCONFORMITY,
    "Complaint": SuggestionSource.COMPLAINT,
    "SatisfactionResult": SuggestionSource.SATISFACTION,
}


def _declare(kind: str) -> None:
    """Declare the verb by which an opportunity for improvement comes from one kind of record."""
    word = snake(kind)
    name = f"suggestion.from_{word}"

    async def raise_suggestion(
        tx: Tx,
        policies: Policies,
        origin: Annotated[str, Of(kind)],
        *,
        title: str = "",
        description: str = "",
        would_improve: Sequence[Annotated[str, Of("Element")]] = (),
    ) -> Properties:
        rows = await tx.rows("sms.origin_of_suggestions", ref=origin)
        row = found(
            [each for each in rows if kind_of(each["labels"]) == kind], spoken(kind), origin
        )
        record = row["record"]
        stepped(policies, kind, record, name, remedy="only what took place leads to something")
        source = SOURCES.get(kind) or OF_REVIEWS[record["kind_of_review"]]
        said = title.strip()
        made = await register_suggestion(
            tx,
            policies,
            said or record["title"],
            source=source,
            finding="/".join(filter(None, (word, record["key"], said))),
            description=description or record.get("description", ""),
            would_improve=would_improve or row["speaks_of"],
        )
        if made["id"] not in row["gave_rise_to"]:
            tx.relate(GAVE_RISE_TO.type, record["id"], made["id"])
        return made

    raise_suggestion.__name__ = raise_suggestion.__qualname__ = f"raise_suggestion_from_{word}"
    raise_suggestion.__doc__ = _told(kind, word)
    verb(
        name,
        room=Process.CSI,
        raised_in=Process.SMS,
        requirement="PR14.1",
        on="Suggestion",
    )(raise_suggestion)


def _told(kind: str, word: str) -> str:
    """The docstring of a verb, that its help is made of."""
    what, command = spoken(kind), f"from-{word.replace('_', '-')}"
    of_service = "; left out: the service that this is about" if kind in SPEAKS_OF.sources else ""
    return (
        f"Suggest an improvement from a {what}; in the same words again it is counted (PR14.1).\n\n"
        f"Args:\n    origin: Id or key of the {what}.\n"
        f"    title: What could be better, in a line; that of the {what} when left out.\n"
        "    description: What is known.\n"
        f"    would_improve: Elements that it is about{of_service}.\n\n"
        f"Examples:\n    fsg suggestion {command} {RECORDS[kind].prefix}-000001\n"
    )


for _kind in ORIGINS:
    _declare(_kind)
