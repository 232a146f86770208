"""What is done about problems by other processes: changes, improvements (the arrows from PM)."""

from collections.abc import Sequence
from typing import Annotated

from fitsm_graph.chm.within import named_hit, registered
from fitsm_graph.csi.suggestions import SuggestionSource, register_suggestion
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import kept, titled
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact.effects import Hit
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.model.chm import RAISED_FROM, RESOLVES
from fitsm_graph.model.declare import Process
from fitsm_graph.model.pm_records import TURNED_INTO
from fitsm_graph.pm.options import OptionAim, option_row

AnOption = Annotated[str, Of("ProblemOption")]
CHOSEN = "chosen"


@verb(
    "change.from_option", room=Process.CHM, raised_in=Process.PM, requirement="PR10.2", on="Change"
)
async def raise_change_from_problem_option(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    option: AnOption,
    changes: Sequence[Hit],
    *,
    title: str = "",
    description: str = "",
    urgent: bool = False,
) -> Properties:
    """Raise a request for change that carries out the option chosen for a problem (PR10.2).

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what elements do to services.
        option: Id or key of the option.
        changes: The elements that it alters, and their state while it is implemented.
        title: What is to be altered, in a line; that of the option when left out.
        description: What is known; that of the option when left out.
        urgent: It cannot wait for the usual steps.

    Examples:
        fsg change from-option OPT-000001 engine=degraded

    Raises:
        NotFound: The option or an element is not there.
        Refused: OPTION_NOT_CHOSEN.
    """
    row = await option_row(tx, option)
    chosen = _chosen(row["option"])
    hit, _ = await named_hit(tx, changes)
    given = {
        "title": titled(title or chosen["title"]),
        "description": description or chosen.get("description", ""),
        "urgent": urgent,
    }
    change = await registered(tx, policies, reaching, given, hit)
    tx.relate(RAISED_FROM.type, change["id"], row["problem"]["id"])
    if chosen["aim"] == OptionAim.RESOLVE:
        tx.relate(RESOLVES.type, change["id"], row["problem"]["id"])
    tx.relate(TURNED_INTO.type, chosen["id"], change["id"])
    return change


@verb(
    "suggestion.from_problem",
    room=Process.CSI,
    raised_in=Process.PM,
    requirement="PR10.2",
    on="Suggestion",
)
async def raise_suggestion_from_problem(
    tx: Tx,
    policies: Policies,
    problem: Annotated[str, Of("Problem")],
    *,
    title: str = "",
    description: str = "",
    would_improve: Sequence[Annotated[str, Of("Element")]] = (),
) -> Properties:
    """Suggest an improvement from a problem; from the same one again it is counted (PR10.2).

    Args:
        tx: The transaction.
        policies: In force.
        problem: Id or key of the problem.
        title: What could be better, in a line; that of the problem when left out.
        description: What is known; the cause of the problem when left out.
        would_improve: Elements that it is about.

    Examples:
        fsg suggestion from-problem PRB-000001 --title "measure memory everywhere"

    Raises:
        NotFound: The problem or an element is not there.
    """
    of = (await kept(tx, "Problem", problem)).record
    return await _suggested(
        tx,
        policies,
        of,
        title=title or of["title"],
        description=description or of.get("cause", ""),
        finding=f"problem/{of['key']}",
        would_improve=would_improve,
    )


@verb(
    "suggestion.from_option",
    room=Process.CSI,
    raised_in=Process.PM,
    requirement="PR10.2",
    on="Suggestion",
)
async def raise_suggestion_from_problem_option(
    tx: Tx,
    policies: Policies,
    option: AnOption,
    *,
    title: str = "",
    description: str = "",
    would_improve: Sequence[Annotated[str, Of("Element")]] = (),
) -> Properties:
    """Suggest as an improvement what was chosen for a problem; again, it is counted (PR10.2).

    Args:
        tx: The transaction.
        policies: In force.
        option: Id or key of the option.
        title: What could be better, in a line; that of the option when left out.
        description: What is known; that of the option when left out.
        would_improve: Elements that it is about.

    Examples:
        fsg suggestion from-option OPT-000001

    Raises:
        NotFound: The option or an element is not there.
        Refused: OPTION_NOT_CHOSEN.
    """
    chosen = _chosen((await option_row(tx, option))["option"])
    return await _suggested(
        tx,
        policies,
        chosen,
        title=title or chosen["title"],
        description=description or chosen.get("description", ""),
        finding=f"problem-option/{chosen['key']}",
        would_improve=would_improve,
    )


# --- within --------------------------------------------------------------------------------------


def _chosen(option: Properties) -> Properties:
    if option["status"] != CHOSEN:
        raise Refused(
            f"{option['key']} is {option['status']}",
            code="OPTION_NOT_CHOSEN",
            why="what is done about a problem is decided among its options first",
            remedy=f"`fsg problem-option choose {option['key']}` with the reason",
            path=("option",),
            requirement="PR10.2",
        )
    return option


async def _suggested(
    tx: Tx,
    policies: Policies,
    of: Properties,
    *,
    title: str,
    description: str,
    finding: str,
    would_improve: Sequence[str],
) -> Properties:
    made = await register_suggestion(
        tx,
        policies,
        title,
        source=SuggestionSource.PROBLEM,
        finding=finding,
        description=description,
        would_improve=would_improve,
    )
    if made.get("times_seen", 1) == 1:
        tx.relate(TURNED_INTO.type, of["id"], made["id"])
    return made
