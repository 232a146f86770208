"""A suggestion is given back for information to who reported it (PR14.2)."""

from fitsm_graph.csi.suggestions import ASuggestion
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import kept
from fitsm_graph.flow.returning import answered, asked, returned, said
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx, check_version
from fitsm_graph.graph.verb import verb
from fitsm_graph.model.declare import Process


@verb("suggestion.return", room=Process.CSI, requirement="PR14.2", on="Suggestion")
async def return_suggestion(
    tx: Tx,
    policies: Policies,
    ref: ASuggestion,
    question: str,
    *,
    expected_version: int | None = None,
) -> Properties:
    """Give a suggestion back to who reported it for information (PR14.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the suggestion.
        question: What is missing.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg suggestion return SUG-000001 "for how many users?"

    Raises:
        NotFound: There is no such suggestion.
        Refused: It is decided already.
        Conflict: VERSION_CONFLICT.
    """
    missing = asked(question, "PR14.2")
    suggestion = (await kept(tx, "Suggestion", ref)).record
    check_version(suggestion, expected_version)
    return returned(tx, policies, "Suggestion", suggestion, missing)


@verb("suggestion.answer", room=Process.CSI, requirement="PR14.2", on="Suggestion")
async def answer_suggestion(
    tx: Tx,
    policies: Policies,
    ref: ASuggestion,
    answer: str,
    *,
    expected_version: int | None = None,
) -> Properties:
    """Give the information that a suggestion was returned for; it is evaluated then (PR14.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the suggestion.
        answer: What was missing; it is added to what is known, with the question.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg suggestion answer SUG-000001 "for all of site B"

    Raises:
        NotFound: There is no such suggestion.
        Refused: It was not returned.
        Conflict: VERSION_CONFLICT.
    """
    known = said(answer, "PR14.2")
    suggestion = (await kept(tx, "Suggestion", ref)).record
    check_version(suggestion, expected_version)
    return answered(tx, policies, "Suggestion", suggestion, known)
