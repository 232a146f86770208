"""Suggestions and improvements made like others, also such as were decided on long ago (PR14)."""

from fitsm_graph.csi.suggestions import AnImprovement, ASuggestion, entered, followed
from fitsm_graph.flow.cloning import check_live, made_like, original, taken_over
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.reporters import reported
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.model.declare import Process


@verb("suggestion.clone", room=Process.CSI, requirement="PR14.1", on="Suggestion", anytime=True)
async def clone_suggestion(
    tx: Tx, policies: Policies, ref: ASuggestion, *, title: str = ""
) -> Properties:
    """Register a suggestion like another one, whatever became of that (PR14.1).

    It is about the same elements, in the same words. It is evaluated and decided on anew, and is no
    finding: found again, the other one is counted.

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the other suggestion.
        title: What could be better, in a line; that of the other when left out.

    Examples:
        fsg suggestion clone SUG-000001 --title "a second uplink for site C"

    Raises:
        NotFound: There is no such suggestion.
        Refused: CLONE_OF_RETIRED.
    """
    other = await original(tx, "Suggestion", ref)
    check_live(tx, "Suggestion", other.ties)
    fields = taken_over(policies, "Suggestion", other.record, title)
    made = entered(tx, policies, fields, [each["id"] for each in other.ties])
    return made_like(tx, reported(tx, made, other.row), other.record)


@verb("improvement.clone", room=Process.CSI, requirement="PR14.2", on="Improvement", anytime=True)
async def clone_improvement(
    tx: Tx, policies: Policies, ref: AnImprovement, *, title: str = ""
) -> Properties:
    """Begin an improvement like another one, such as for another service (PR14.2).

    It follows the same suggestion, as that was decided on once. Actions, their days and owners are
    of the other; what became of it says nothing of the new one.

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the other improvement.
        title: What is to be better, in a line; that of the other when left out.

    Examples:
        fsg improvement clone IMP-000001 --title "a second uplink for site C"

    Raises:
        NotFound: There is no such improvement.
        Refused: CLONE_OF_RETIRED.
    """
    other = await original(tx, "Improvement", ref)
    check_live(tx, "Improvement", other.ties)
    fields = taken_over(policies, "Improvement", other.record, title)
    made = followed(tx, policies, fields, [each["id"] for each in other.ties])
    return made_like(tx, made, other.record)
