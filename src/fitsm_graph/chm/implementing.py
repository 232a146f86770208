"""Verbs over a change from its beginning to its end: begun, implemented, closed (PR12.5)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any

from fitsm_graph.chm import assessing, difference, seen
from fitsm_graph.chm.approving import ChangeOutcome
from fitsm_graph.chm.catalogue import counted
from fitsm_graph.chm.classifying import ChangeType
from fitsm_graph.chm.stepping import steps_done
from fitsm_graph.chm.within import AChange, Row, change_row, moved, step
from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import told
from fitsm_graph.flow.steps import check_taken, over
from fitsm_graph.flow.weighing import in_force
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import NotFound, Refused
from fitsm_graph.model.chm import CAUSED
from fitsm_graph.model.chm_records import REVIEWS
from fitsm_graph.model.declare import Process

REVIEW = "review-rule"
WATCHED = timedelta(days=7)
"""How long after a change incidents are looked at as perhaps coming from it."""
FAILED = frozenset({ChangeOutcome.FAILED, ChangeOutcome.BACKED_OUT})


@verb("change.begin", room=Process.CHM, requirement="PR12.5", on="Change")
async def begin_change(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    ref: AChange,
    *,
    expected_version: int | None = None,
) -> Properties:
    """Begin to implement a change; from now on its elements are in the state it names (PR12.5).

    It has to be approved, and what was approved has to be what the graph says of it now. What is
    no emergency begins within its planned window, and not in a freeze.

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what its elements do to services now.
        ref: Id or key of the change.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg change begin CHG-000001

    Raises:
        NotFound: There is no such change.
        Refused: It is not approved or scheduled, or PART_OF_A_RELEASE, REASSESS_FIRST,
            OUTSIDE_ITS_WINDOW, FROZEN.
        Conflict: VERSION_CONFLICT.
    """
    row = await change_row(tx, ref, expected_version)
    after = moved(policies, row.change, "change.begin", tx.at)
    await _check_alone(tx, row.change)
    assessing.check_approval(row, reaching, tx.at)
    assessing.check_time(policies, row.change, tx.at)
    return tx.update("Change", row.change, {**after, "begun_by": tx.actor})


@verb("change.complete", room=Process.CHM, requirement="PR12.5", on="Change")
async def complete_change(
    tx: Tx,
    policies: Policies,
    ref: AChange,
    *,
    outcome: ChangeOutcome = ChangeOutcome.SUCCESSFUL,
    result: str = "",
    expected_version: int | None = None,
) -> Properties:
    """Say that a change is implemented, and how it went; its elements are as before (PR12.5).

    Where the rule of reviews says so, a review is due from now on.

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the change.
        outcome: What became of it.
        result: What there is to say of how it went.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg change complete CHG-000001
        fsg change complete CHG-000001 --outcome failed --result "the controller does not start"

    Raises:
        NotFound: There is no such change.
        Refused: It is not being implemented, or TASKS_OPEN.
        Conflict: VERSION_CONFLICT.
    """
    row = await change_row(tx, ref, expected_version)
    return ended(tx, policies, row, outcome, result)


@verb("change.back_out", room=Process.CHM, requirement="PR12.5", on="Change")
async def back_out_change(
    tx: Tx, policies: Policies, ref: AChange, result: str, *, expected_version: int | None = None
) -> Properties:
    """Say that a change was undone while it was implemented, and why (PR12.5).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the change.
        result: What happened, and what is there now.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg change back-out CHG-000001 "no path to the disks; firmware 4.2 is back"

    Raises:
        NotFound: There is no such change.
        Refused: It is not being implemented.
        Conflict: VERSION_CONFLICT.
    """
    said = told(result, "result", "say what happened", "PR12.5")
    row = await change_row(tx, ref, expected_version)
    return ended(tx, policies, row, ChangeOutcome.BACKED_OUT, said)


@verb("change.suspect", room=Process.CHM, requirement="PR12.5", on="Change")
async def suspect_change(tx: Tx, policies: Policies, reaching: Reaches, ref: AChange) -> Properties:
    """Look for incidents that may have come from a change, by graph and time (PR12.5).

    Those that began during it or within a week after, on what gets worse with what it altered, are
    suggested in `suspects`, until somebody confirms them with `change blame`.

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what gets worse with its elements.
        ref: Id or key of the change.

    Examples:
        fsg change suspect CHG-000001

    Raises:
        NotFound: There is no such change.
        Refused: It has not begun, or is over.
    """
    known = found(await tx.rows("chm.suspects_context", ref=ref, until=tx.at), "change", ref)
    change = known["change"]
    step(policies, change, "change.suspect")
    end = change.get("ends_at")
    last = to_text(from_text(end) + WATCHED) if end else tx.at
    cone = reaching.cone(each["id"] for each in known["alters"])
    near = [
        each["key"]
        for each in known["incidents"]
        if each["startsAt"] <= last and cone & set(each["elements"])
    ]
    return tx.update("Change", change, {"suspects": sorted(set(near) - set(known["caused"]))})


@verb("change.blame", room=Process.CHM, requirement="PR12.5", on="Change")
async def blame_change(
    tx: Tx,
    policies: Policies,
    ref: AChange,
    incidents: Sequence[Annotated[str, Of("Incident")]],
) -> Properties:
    """Confirm that incidents came from a change (PR12.5).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the change.
        incidents: Incidents that it caused.

    Examples:
        fsg change blame CHG-000001 INC-000007

    Raises:
        NotFound: The change or an incident is not there.
        Refused: The change has not begun.
    """
    rows = await tx.rows("chm.blame_context", ref=ref, incidents=list(incidents))
    row = found(rows, "change", ref)
    step(policies, row["change"], "change.blame")
    known = {each["ref"]: each for each in row["incidents"]}
    for each in incidents:
        if each not in known:
            said = f"there is no incident '{each}'"
            raise NotFound(said, remedy="check the id or key", path=("incidents",))
    for id in dict.fromkeys(known[each]["id"] for each in incidents):
        if id not in row["caused"]:
            tx.relate(CAUSED.type, row["change"]["id"], id)
    named = {known[each]["key"] for each in incidents}
    left = [each for each in row["change"].get("suspects", ()) if each not in named]
    return tx.update("Change", row["change"], {"suspects": left} if left else {"suspects": None})


@verb("change.review", room=Process.CHM, requirement="PR12.5", on="Change")
async def review_change(
    tx: Tx,
    policies: Policies,
    ref: AChange,
    findings: str,
    *,
    aim_met: bool,
    expected_version: int | None = None,
) -> Properties:
    """Hold the post implementation review of a change (PR12.5).

    That of an emergency change is held by somebody who neither asked for it nor implemented it.

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the change.
        findings: What was found.
        aim_met: The change did what it was for.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg change review CHG-000001 "no stops for two weeks" --aim-met

    Raises:
        NotFound: There is no such change.
        Refused: It is not implemented, or SELF_REVIEW.
        Conflict: VERSION_CONFLICT.
    """
    said = told(findings, "findings", "say what was found", "PR12.5")
    row = await change_row(tx, ref, expected_version)
    target = step(policies, row.change, "change.review")
    await _check_reviewer(tx, row.change)
    held = {"done_at": tx.at, "reviewer": tx.actor, "findings": said, "aim_met": aim_met}
    held |= seen.counted(row.change)
    waiting = [each for each in row.reviews if not each.get("done_at")]
    if waiting:
        tx.update("PostImplementationReview", waiting[0], held)
    else:
        review = tx.create("PostImplementationReview", {"due_at": tx.at, **held})
        tx.relate(REVIEWS.type, review["id"], row.change["id"])
    return tx.update("Change", row.change, {"status": target, "review_due_at": None})


@verb("change.close", room=Process.CHM, requirement="PR12.5", on="Change")
async def close_change(
    tx: Tx, policies: Policies, ref: AChange, *, expected_version: int | None = None
) -> Properties:
    """Close a change that is implemented, after the review where one is due (PR12.5).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the change.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg change close CHG-000001

    Raises:
        NotFound: There is no such change.
        Refused: It is not implemented, or REVIEW_DUE, DIFFERENCE_OPEN, STEPS_OPEN.
        Conflict: VERSION_CONFLICT.
    """
    row = await change_row(tx, ref, expected_version)
    target = step(policies, row.change, "change.close")
    waiting = [each for each in row.reviews if not each.get("done_at")]
    if waiting:
        raise Refused(
            f"{row.change['key']} is not reviewed yet",
            code="REVIEW_DUE",
            why=f"the rule for its type and outcome wants a review by {waiting[0]['due_at']}",
            remedy="`change review` first",
            requirement="PR12.5",
        )
    _check_difference(row.change)
    check_taken(row.steps, row.change["key"], "PR12.2")
    after: dict[str, Any] = {"status": target, "closed_at": tx.at}
    if not row.change.get("difference_done"):
        after["awaits_since"] = None  # there is nothing that a source could see
    return over(tx, "Change", tx.update("Change", row.change, after), row.steps)


# --- within --------------------------------------------------------------------------------------


def ended(
    tx: Tx,
    policies: Policies,
    row: Row,
    outcome: ChangeOutcome,
    result: str,
    *,
    since: str | None = None,
) -> Properties:
    """Give a change its outcome; a review falls due, and its standard change counts it.

    Args:
        tx: The transaction.
        policies: In force.
        row: The change as it is.
        outcome: What became of it.
        result: What there is to say of how it went.
        since: When it began, where it was implemented with a release; else it has begun.
    """
    undone = outcome is ChangeOutcome.BACKED_OUT
    first: dict[str, Any] = {}
    if since is not None:
        first = moved(policies, {**row.change, "starts_at": since}, "change.begin", tx.at)
    verb = "change.back_out" if undone else "change.complete"
    after = {**first, **moved(policies, {**row.change, **first}, verb, tx.at)}
    if outcome not in FAILED:
        _tasks_done(tx, policies, row)
    after |= {"outcome": outcome, "result": result.strip(), "implemented_by": tx.actor}
    if row.change.get("difference") and (row.change.get("difference_done") or not undone):
        after["awaits_since"] = tx.at  # what sources say from now on is compared with it
    after["review_due_at"] = _due(policies, row.change, outcome, tx.at)
    if after["review_due_at"]:
        review = tx.create("PostImplementationReview", {"due_at": after["review_due_at"]})
        tx.relate(REVIEWS.type, review["id"], row.change["id"])
    if row.standard is not None:
        failed = outcome in FAILED
        counted(tx, policies, row.standard, failed=failed, change=row.change["key"])
    change = tx.update("Change", row.change, after)
    return change if outcome in FAILED else steps_done(tx, row, change)


async def _check_alone(tx: Tx, change: Properties) -> None:
    """Refuse a change that an open release contains: it is implemented with that."""
    releases = (await tx.one("chm.release_of", id=change["id"]))["releases"]
    if releases:
        raise Refused(
            f"{change['key']} is deployed with {releases[0]}",
            code="PART_OF_A_RELEASE",
            why="what a release contains is deployed as one, in the waves that it plans",
            remedy="deploy the release; or `release exclude` it first",
            requirement="PR13.2",
        )


def _tasks_done(tx: Tx, policies: Policies, row: Row) -> None:
    """What went well was done to its end; tasks beside a standard change are done with it."""
    life = life_of(policies, "ChangeTask")
    going = [each for each in row.tasks if each["status"] not in life.ends]
    if going and row.standard is None:
        raise Refused(
            f"{row.change['key']} has tasks that are not done",
            code="TASKS_OPEN",
            why=", ".join(f"{each['key']} {each['title']}" for each in going[:5]),
            remedy="complete or cancel them first, or say that it failed",
            requirement="PR12.5",
        )
    for each in going:
        done = life.step(each, "change_task.complete", remedy="look at its history")
        tx.update("ChangeTask", each, {"status": done, "closed_at": tx.at})


def _check_difference(change: Properties) -> None:
    """What went well left the graph as it was planned."""
    items, done = difference.length_of(change.get("difference")), change.get("difference_done", 0)
    if change.get("outcome") == ChangeOutcome.SUCCESSFUL and done < items:
        raise Refused(
            f"{items - done} of {items} items of its planned difference are not in the graph",
            code="DIFFERENCE_OPEN",
            why=f"{change['key']} was successful, and the graph does not show it",
            remedy="`change apply` until nothing is left, or `change set-aside` what cannot be",
            requirement="PR12.5",
        )


def _due(policies: Policies, change: Properties, outcome: ChangeOutcome, at: str) -> str | None:
    """By when a change is reviewed; None where no review is due."""
    rule = in_force(policies, REVIEW)
    if rule is None or change.get("type") is None:
        return None
    within = rule.within(ChangeType(change["type"]), outcome)
    return to_text(from_text(at) + within) if within is not None else None


async def _check_reviewer(tx: Tx, change: Properties) -> None:
    """Refuse who took part in an emergency change, with whatever account."""
    if change.get("type") != ChangeType.EMERGENCY:
        return
    involved = {change.get(name) for name in ("requester", "begun_by", "implemented_by")}
    rows = await tx.rows("flow.same_person", login=tx.actor)
    same = {login for each in rows for login in each["logins"]}
    if involved & {tx.actor, *same}:
        raise Refused(
            f"{tx.actor} took part in {change['key']}, and may not review it",
            code="SELF_REVIEW",
            why="an emergency change is looked at afterwards by somebody else",
            remedy="let somebody review it who neither asked for it nor implemented it",
            requirement="PR12.5",
        )
