"""Verbs over improvements and their actions, to the review of what became of them (PR14.3)."""

from enum import StrEnum
from typing import Annotated, Any

from fitsm_graph.csi.kpis import KPI
from fitsm_graph.csi.measuring import keep, measured_in
from fitsm_graph.flow.lives import life_of, stepped
from fitsm_graph.flow.periods import Period
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import Kept, kept, own, titled, told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment, Of
from fitsm_graph.graph.tx import Tx, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput, Refused
from fitsm_graph.model.csi import CARRIES_OUT, SHOWN_BY
from fitsm_graph.model.declare import Process

ASuggestion = Annotated[str, Of("Suggestion")]
AnImprovement = Annotated[str, Of("Improvement")]
AnAction = Annotated[str, Of("ImprovementAction")]


class ImprovementEffect(StrEnum):
    """What a review found that an improvement did."""

    IMPROVED = "improved"
    NO_EFFECT = "no_effect"
    WORSE = "worse"


# --- improvements --------------------------------------------------------------------------------


@verb("improvement.implement", room=Process.CSI, requirement="PR14.3", on="Improvement")
async def implement_improvement(tx: Tx, policies: Policies, ref: AnImprovement) -> Properties:
    """Say that an improvement is implemented: its actions are done, or given up (PR14.3).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the improvement.

    Examples:
        fsg improvement implement IMP-000001

    Raises:
        NotFound: There is no such improvement.
        Refused: Actions are open, or none was done.
    """
    row = found(await tx.rows("csi.improvement_context", ref=ref), "improvement", ref)
    target = stepped(policies, "Improvement", row["improvement"], "improvement.implement")
    ends = life_of(policies, "ImprovementAction").ends
    going = [each["key"] for each in row["actions"] if each["status"] not in ends]
    done = [each for each in row["actions"] if each["status"] == "done"]
    if going or not done:
        raise Refused(
            f"{row['improvement']['key']} is not implemented yet",
            code="ACTIONS_OPEN",
            why=f"not done: {', '.join(going)}" if going else "none of its actions was done",
            remedy="complete or cancel its actions first",
            requirement="PR14.3",
        )
    after = {"status": target, "implemented_at": tx.at}
    return tx.update("Improvement", row["improvement"], after)


@verb("improvement.review", room=Process.CSI, requirement="PR14.3", on="Improvement")
async def review_improvement(
    tx: Tx, policies: Policies, ref: AnImprovement, effect: ImprovementEffect, review: str
) -> Properties:
    """Say what an improvement changed, and what that is based on; it is over then (PR14.3).

    Where it aims at an indicator, that is measured from the implementation on, and kept.

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the improvement.
        effect: What it did.
        review: What that is based on.

    Examples:
        fsg improvement review IMP-000001 improved "site B was never down since"

    Raises:
        NotFound: There is no such improvement.
        Forbidden: It aims at an indicator, and who acts does not see all records.
        Refused: It is not implemented.
    """
    said = told(review, "review", "say what the finding is based on", "PR14.3")
    row = found(await tx.rows("csi.improvement_context", ref=ref), "improvement", ref)
    record = row["improvement"]
    target = stepped(policies, "Improvement", record, "improvement.review")
    for aim in row["aims"]:
        await _shown(tx, policies, record, aim["kpi"])
    after = {"status": target, "effect": effect, "review": said, "closed_at": tx.at}
    return tx.update("Improvement", record, after)


@verb("improvement.cancel", room=Process.CSI, requirement="PR14.3", on="Improvement")
async def cancel_improvement(
    tx: Tx, policies: Policies, ref: AnImprovement, why: str
) -> Properties:
    """Give an improvement up, and say why; its open actions are given up with it (PR14.3).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the improvement.
        why: Why it is given up.

    Examples:
        fsg improvement cancel IMP-000001 "the budget went elsewhere"

    Raises:
        NotFound: There is no such improvement.
        Refused: It is implemented, or over.
    """
    said = told(why, "why", "say why it is given up", "PR14.3")
    row = found(await tx.rows("csi.improvement_context", ref=ref), "improvement", ref)
    target = stepped(policies, "Improvement", row["improvement"], "improvement.cancel")
    life = life_of(policies, "ImprovementAction")
    for action in row["actions"]:
        if action["status"] not in life.ends:
            gone = stepped(policies, "ImprovementAction", action, "improvement_action.cancel")
            tx.update("ImprovementAction", action, {"status": gone, "closed_at": tx.at})
    after = {"status": target, "review": said, "closed_at": tx.at}
    return tx.update("Improvement", row["improvement"], after)


# --- actions -------------------------------------------------------------------------------------


@verb(
    "improvement_action.register",
    room=Process.CSI,
    requirement="PR14.3",
    on="ImprovementAction",
)
async def register_improvement_action(
    tx: Tx,
    policies: Policies,
    improvement: AnImprovement,
    title: str,
    *,
    due_at: Moment,
    owner: Annotated[str, Of("Party")] = "",
    description: str = "",
) -> Properties:
    """Plan an action of an improvement, with a day and somebody who does it (PR14.3).

    Args:
        tx: The transaction.
        policies: In force.
        improvement: Id or key of the improvement.
        title: What is to be done, in a line.
        due_at: By when, RFC 3339.
        owner: Person or group that does it.
        description: What is known.

    Examples:
        fsg improvement-action register IMP-000001 "order the line" --due-at 2027-03-01T00:00Z

    Raises:
        NotFound: The improvement or the owner is not there.
        Refused: The improvement is implemented, or over.
    """
    fields = {"title": titled(title), "description": description}
    due = to_text(from_text(due_at, path=("dueAt",)))
    it = await kept(tx, "Improvement", improvement, owner)
    target = stepped(policies, "Improvement", it.record, "improvement_action.register")
    status = life_of(policies, "ImprovementAction").initial
    action = tx.create("ImprovementAction", {**fields, "due_at": due, "status": status})
    tx.relate(CARRIES_OUT.type, action["id"], it.record["id"])
    if owner:
        own(tx, Kept(action, {}, it.owners), owner)
    tx.update("Improvement", it.record, {"status": target})
    return action


@verb("improvement_action.report", room=Process.CSI, requirement="PR14.3", on="ImprovementAction")
async def report_improvement_action(
    tx: Tx, policies: Policies, ref: AnAction, progress: int, *, note: str = ""
) -> Properties:
    """Say how far an action is (PR14.3).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the action.
        progress: How far it is, 0 to 100 per cent.
        note: What there is to report.

    Examples:
        fsg improvement-action report IMA-000001 60 --note "the line is ordered"

    Raises:
        NotFound: There is no such action.
        BadInput: The progress is out of range.
        Refused: It is over.
    """
    if not 0 <= progress <= 100:
        remedy = "give a whole number from 0 to 100"
        raise BadInput(f"{progress} is no progress", remedy=remedy, path=("progress",))
    record = (await kept(tx, "ImprovementAction", ref)).record
    stepped(policies, "ImprovementAction", record, "improvement_action.report")
    return tx.update("ImprovementAction", record, {"progress": progress, "note": note})


@verb("improvement_action.complete", room=Process.CSI, requirement="PR14.3", on="ImprovementAction")
async def complete_improvement_action(
    tx: Tx, policies: Policies, ref: AnAction, *, note: str = ""
) -> Properties:
    """Say that an action is done (PR14.3).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the action.
        note: What there is to report.

    Examples:
        fsg improvement-action complete IMA-000001

    Raises:
        NotFound: There is no such action.
        Refused: It is over already.
    """
    record = (await kept(tx, "ImprovementAction", ref)).record
    target = stepped(policies, "ImprovementAction", record, "improvement_action.complete")
    after: dict[str, Any] = {"status": target, "progress": 100, "closed_at": tx.at}
    return tx.update("ImprovementAction", record, after | ({"note": note} if note else {}))


@verb("improvement_action.cancel", room=Process.CSI, requirement="PR14.3", on="ImprovementAction")
async def cancel_improvement_action(
    tx: Tx, policies: Policies, ref: AnAction, why: str
) -> Properties:
    """Give an action up, and say why (PR14.3).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the action.
        why: Why it is given up.

    Examples:
        fsg improvement-action cancel IMA-000001 "the line is there already"

    Raises:
        NotFound: There is no such action.
        Refused: It is over already.
    """
    said = told(why, "why", "say why it is given up", "PR14.3")
    record = (await kept(tx, "ImprovementAction", ref)).record
    target = stepped(policies, "ImprovementAction", record, "improvement_action.cancel")
    after = {"status": target, "note": said, "closed_at": tx.at}
    return tx.update("ImprovementAction", record, after)


# --- within --------------------------------------------------------------------------------------


async def _shown(tx: Tx, policies: Policies, improvement: Properties, kpi: str) -> None:
    """Keep what the indicator that was aimed at says since; nothing where none is in force."""
    it = policies.find(KPI, kpi)
    period = Period(improvement["implemented_at"], tx.at)
    if it is not None and period.since < period.until:
        value = keep(tx, it, await measured_in(tx, policies, it.value, period))
        tx.relate(SHOWN_BY.type, improvement["id"], value["id"])
