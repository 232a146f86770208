"""A release is given back for information before it is planned (PR13.3)."""

from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.returning import answered, asked, returned, said
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.model.declare import Process
from fitsm_graph.rdm.within import ARelease, release_row, remedy_of


@verb("release.return", room=Process.RDM, requirement="PR13.3", on="Release")
async def return_release(
    tx: Tx, policies: Policies, ref: ARelease, question: str, *, expected_version: int | None = None
) -> Properties:
    """Give a release back to its requester for information, before it is planned (PR13.3).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the release.
        question: What is missing.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg release return REL-000001 "who tests the new search?"

    Raises:
        NotFound: There is no such release.
        Refused: It is planned already, or over.
        Conflict: VERSION_CONFLICT.
    """
    missing = asked(question, "PR13.3")
    release = (await release_row(tx, ref, expected_version)).release
    return returned(tx, policies, "Release", release, missing, remedy=remedy_of("release.return"))


@verb("release.answer", room=Process.RDM, requirement="PR13.3", on="Release")
async def answer_release(
    tx: Tx, policies: Policies, ref: ARelease, answer: str, *, expected_version: int | None = None
) -> Properties:
    """Give the information that a release was returned for; it is planned then (PR13.3).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the release.
        answer: What was missing; it is added to what is known.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg release answer REL-000001 "the night shift tests it"

    Raises:
        NotFound: There is no such release.
        Refused: It was not returned.
        Conflict: VERSION_CONFLICT.
    """
    known = said(answer, "PR13.3")
    release = (await release_row(tx, ref, expected_version)).release
    return answered(tx, policies, "Release", release, known, remedy=remedy_of("release.answer"))
