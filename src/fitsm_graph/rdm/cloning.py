"""A release made like another one: the next of its sort (PR13.2)."""

from fitsm_graph.flow.cloning import made_like, original, taken_over
from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.model.declare import Process
from fitsm_graph.rdm.service import registered
from fitsm_graph.rdm.within import ARelease


@verb("release.clone", room=Process.RDM, requirement="PR13.2", on="Release", anytime=True)
async def clone_release(
    tx: Tx, policies: Policies, reaching: Reaches, ref: ARelease, *, title: str = ""
) -> Properties:
    """Register a release like another one, whatever became of that (PR13.2).

    It has the words of the other and is as urgent. Its changes are not taken over, as they are
    deployed once; so it has no type but that of a release with nothing in it, and no plan.

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what elements do to services.
        ref: Id or key of the other release.
        title: What is released, in a line; that of the other when left out.

    Examples:
        fsg release clone REL-000001 --title "portal 2027.2"

    Raises:
        NotFound: There is no such release.
    """
    other = await original(tx, "Release", ref)
    made = registered(tx, policies, reaching, taken_over(policies, "Release", other.record, title))
    return made_like(tx, made, other.record)
