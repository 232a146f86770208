"""A problem made like another one: it is back, or is there a second time (PR10.1)."""

from fitsm_graph.flow.cloning import check_live, made_like, taken_over
from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.model.declare import Process
from fitsm_graph.pm.within import AProblem, entered, known_problem


@verb("problem.clone", room=Process.PM, requirement="PR10.1", on="Problem", anytime=True)
async def clone_problem(
    tx: Tx, policies: Policies, reaching: Reaches, ref: AProblem, *, title: str = ""
) -> Properties:
    """Register a problem like another one, whatever became of that (PR10.1).

    It investigates the same elements, in the same words and category. Incidents stay with the
    other, as they have one cause; its priority comes from what its elements reach now.

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what elements do to services.
        ref: Id or key of the other problem.
        title: What happens again and again, in a line; that of the other when left out.

    Examples:
        fsg problem clone PRB-000001 --title "controllers stop, with firmware 4.3 too"

    Raises:
        NotFound: There is no such problem.
        Refused: CLONE_OF_RETIRED.
    """
    row = await known_problem(tx, ref)
    check_live(tx, "Problem", row["investigates"])
    fields = {"category": "", **taken_over(policies, "Problem", row["problem"], title)}
    suspected = [each["id"] for each in row["investigates"]]
    made = await entered(tx, policies, reaching, fields, suspected, [], row=row)
    return made_like(tx, made, row["problem"])
