"""The verb that closes a release (PR13.6)."""

from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.kernel.text import first_of
from fitsm_graph.model.declare import Process
from fitsm_graph.rdm.inclusion import said_of
from fitsm_graph.rdm.informing import isrm_told
from fitsm_graph.rdm.within import ARelease, Row, release_row, step


@verb("release.close", room=Process.RDM, requirement="PR13.6", on="Release")
async def close_release(
    tx: Tx, policies: Policies, ref: ARelease, *, expected_version: int | None = None
) -> Properties:
    """Close a release: it is reviewed, in the CMDB, and those concerned are told (PR13.6).

    How ISRM was told what became of it is kept with it; where it was not, conformity says so.

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the release.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg release close REL-000001

    Raises:
        NotFound: There is no such release.
        Refused: It is not reviewed, or DIFFERENCE_OPEN, COMMUNICATION_OPEN.
        Conflict: VERSION_CONFLICT.
    """
    row = await release_row(tx, ref, expected_version)
    target = step(policies, row.release, "release.close")
    _check_differences(row)
    _check_told(row)
    told = {"isrm_told": isrm_told(policies, row)}
    return tx.update("Release", row.release, {"status": target, "closed_at": tx.at, **told})


def _check_differences(row: Row) -> None:
    """What went well left the graph as it was planned."""
    left = [
        change["key"]
        for change in (each["change"] for each in row.changes)
        if change.get("outcome") == "successful"
        and change.get("difference_done", 0) < sum(map(len, said_of(change).values()))
    ]
    if left:
        raise Refused(
            f"changes of {row.release['key']} are not in the graph yet",
            code="DIFFERENCE_OPEN",
            why=f"items of the planned difference of {first_of(left)} are left",
            remedy="`change apply` until nothing is left, or `change set-aside` what cannot be",
            requirement="PR13.6",
        )


def _check_told(row: Row) -> None:
    """Those who were to be told are told, also of the results."""
    left = [each["key"] for each in row.telling if each["status"] == "planned"]
    if left:
        raise Refused(
            f"people are still to be told of {row.release['key']}",
            code="COMMUNICATION_OPEN",
            why=f"{first_of(left)} is planned, and nobody has done it",
            remedy="`communication perform` or `communication cancel`",
            requirement="PR13.6",
        )
