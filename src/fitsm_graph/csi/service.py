"""Verbs of improvement, from a suggestion to the review of what became of it (PR14)."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any

from fitsm_graph.csi.policies import EVALUATION, SIDES
from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import Kept, kept, own, titled, told
from fitsm_graph.flow.weighing import DEFAULT
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment, Of
from fitsm_graph.graph.tx import Tx, check_version, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact import effects
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput, Refused
from fitsm_graph.kernel.text import did_you_mean, plural
from fitsm_graph.model.csi import CARRIES_OUT, FOLLOWS, WOULD_IMPROVE
from fitsm_graph.model.declare import Process

ASuggestion = Annotated[str, Of("Suggestion")]
AnImprovement = Annotated[str, Of("Improvement")]
AnAction = Annotated[str, Of("ImprovementAction")]


class SuggestionSource(StrEnum):
    """Where a suggestion comes from (PR14.1)."""

    PERSON = "person"
    REPORT = "report"
    MEASUREMENT = "measurement"
    ASSESSMENT = "assessment"
    AUDIT = "audit"
    MANAGEMENT_REVIEW = "management_review"
    NONCONFORMITY = "nonconformity"
    COMPLAINT = "complaint"
    SATISFACTION = "satisfaction"
    PROBLEM = "problem"
    INCIDENT = "incident"
    CHANGE = "change"
    RELEASE = "release"


class ImprovementEffect(StrEnum):
    """What a review found that an improvement did."""

    IMPROVED = "improved"
    NO_EFFECT = "no_effect"
    WORSE = "worse"


# --- suggestions ---------------------------------------------------------------------------------


@verb("suggestion.register", room=Process.CSI, requirement="PR14.1", on="Suggestion")
async def register_suggestion(
    tx: Tx,
    policies: Policies,
    title: str,
    *,
    source: SuggestionSource = SuggestionSource.PERSON,
    finding: str = "",
    description: str = "",
    would_improve: Sequence[Annotated[str, Of("Element")]] = (),
) -> Properties:
    """Register an opportunity for improvement; the same finding again is counted (PR14.1).

    Args:
        tx: The transaction.
        policies: In force.
        title: What could be better, in a line.
        source: Where it comes from.
        finding: What tells it from other findings; one that is known and not decided is counted.
        description: What is known.
        would_improve: Elements that it is about.

    Examples:
        fsg suggestion register "a second uplink for site B" --would-improve uplink-b

    Raises:
        NotFound: An element is not there.
        BadInput: With what is wrong.
    """
    said = titled(title)
    row = await tx.one(
        "csi.suggestion_context", finding=finding or None, elements=list(would_improve)
    )
    life = life_of(policies, "Suggestion")
    for known in row["known"]:
        if known["status"] not in life.ends:
            again = {"times_seen": known.get("times_seen", 1) + 1}
            return tx.update("Suggestion", known, again)
    seen = effects.seen(tx, row["named_elements"])
    about = effects.named(seen, would_improve, "wouldImprove")
    fields = {"title": said, "description": description, "source": source, "finding": finding}
    suggestion = tx.create("Suggestion", {**fields, "status": life.initial})
    for element in dict.fromkeys(about[ref] for ref in would_improve):
        tx.relate(WOULD_IMPROVE.type, suggestion["id"], element)
    return suggestion


@verb("suggestion.evaluate", room=Process.CSI, requirement="PR14.2", on="Suggestion")
async def evaluate_suggestion(
    tx: Tx,
    policies: Policies,
    ref: ASuggestion,
    *,
    value: str,
    effort: str,
    urgency: str,
    expected_version: int | None = None,
) -> Properties:
    """Say what it would be worth, take and how soon; the policy makes points of it (PR14.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the suggestion.
        value: What it would be worth: a class of the policy.
        effort: What it would take: a class of the policy.
        urgency: How soon it is needed: a class of the policy.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg suggestion evaluate SUG-000001 --value high --effort low --urgency medium

    Raises:
        NotFound: There is no such suggestion.
        BadInput: A class is unknown.
        Refused: It is decided, or no policy is in force.
        Conflict: VERSION_CONFLICT.
    """
    given = dict(zip(SIDES, (value, effort, urgency), strict=True))
    points = _points(policies, given)
    suggestion = (await kept(tx, "Suggestion", ref)).record
    check_version(suggestion, expected_version)
    target = _step(policies, "Suggestion", suggestion, "suggestion.evaluate")
    rule = policies.value(EVALUATION, DEFAULT)
    score = sum(points.values())
    worth = "worthwhile" if score >= rule.worthwhile else "not worthwhile"
    because = [f"{side} {word}: {plural(points[side], 'point')}" for side, word in given.items()]
    because.append(f"{score} together, {worth} from {rule.worthwhile} on")
    return tx.update(
        "Suggestion", suggestion, {**given, "score": score, "because": because, "status": target}
    )


@verb("suggestion.accept", room=Process.CSI, requirement="PR14.2", on="Improvement")
async def accept_suggestion(
    tx: Tx,
    policies: Policies,
    suggestion: ASuggestion,
    decision: str,
    *,
    title: str = "",
    owner: Annotated[str, Of("Party")] = "",
    due_at: Moment | None = None,
) -> Properties:
    """Accept a suggestion: an improvement follows it (PR14.2).

    Args:
        tx: The transaction.
        policies: In force.
        suggestion: Id or key of the suggestion.
        decision: Why it is accepted.
        title: Of the improvement; that of the suggestion when left out.
        owner: Person or group that answers for the improvement.
        due_at: By when it is to be implemented, RFC 3339.

    Examples:
        fsg suggestion accept SUG-000001 "it would have saved two incidents" --owner network

    Raises:
        NotFound: The suggestion or the owner is not there.
        Refused: It is not evaluated, or decided already.
    """
    said = told(decision, "decision", "say why it is accepted", "PR14.2")
    due = to_text(from_text(due_at, path=("dueAt",))) if due_at else None
    it = await kept(tx, "Suggestion", suggestion, owner)
    target = _step(policies, "Suggestion", it.record, "suggestion.accept")
    improvement = tx.create(
        "Improvement",
        {
            "title": titled(title or it.record["title"]),
            "description": it.record.get("description", ""),
            "status": life_of(policies, "Improvement").initial,
            "due_at": due,
        },
    )
    tx.relate(FOLLOWS.type, improvement["id"], it.record["id"])
    if owner:
        own(tx, Kept(improvement, {}, it.owners), owner)
    tx.update("Suggestion", it.record, {"status": target, "decision": said, "closed_at": tx.at})
    return improvement


@verb("suggestion.reject", room=Process.CSI, requirement="PR14.2", on="Suggestion")
async def reject_suggestion(
    tx: Tx, policies: Policies, ref: ASuggestion, decision: str
) -> Properties:
    """Reject a suggestion, and say why (PR14.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the suggestion.
        decision: Why it will not be followed.

    Examples:
        fsg suggestion reject SUG-000001 "the site is given up next year"

    Raises:
        NotFound: There is no such suggestion.
        Refused: It is decided already.
    """
    said = told(decision, "decision", "say why it is rejected", "PR14.2")
    record = (await kept(tx, "Suggestion", ref)).record
    target = _step(policies, "Suggestion", record, "suggestion.reject")
    return tx.update("Suggestion", record, {"status": target, "decision": said, "closed_at": tx.at})


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
    target = _step(policies, "Improvement", row["improvement"], "improvement.implement")
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
        Refused: It is not implemented.
    """
    said = told(review, "review", "say what the finding is based on", "PR14.3")
    record = (await kept(tx, "Improvement", ref)).record
    target = _step(policies, "Improvement", record, "improvement.review")
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
    target = _step(policies, "Improvement", row["improvement"], "improvement.cancel")
    life = life_of(policies, "ImprovementAction")
    for action in row["actions"]:
        if action["status"] not in life.ends:
            gone = _step(policies, "ImprovementAction", action, "improvement_action.cancel")
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
    target = _step(policies, "Improvement", it.record, "improvement_action.register")
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
    _step(policies, "ImprovementAction", record, "improvement_action.report")
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
    target = _step(policies, "ImprovementAction", record, "improvement_action.complete")
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
    target = _step(policies, "ImprovementAction", record, "improvement_action.cancel")
    after = {"status": target, "note": said, "closed_at": tx.at}
    return tx.update("ImprovementAction", record, after)


# --- within --------------------------------------------------------------------------------------


def _step(policies: Policies, kind: str, record: Properties, verb: str) -> str:
    return life_of(policies, kind).step(record, verb, remedy="look at its history")


def _points(policies: Policies, given: dict[str, str]) -> dict[str, int]:
    rule = policies.value(EVALUATION, DEFAULT)
    points: dict[str, int] = {}
    for side, word in given.items():
        known = rule.points[side]
        if word not in known:
            told = f"'{word[:60]}' is no class of {side}"
            raise BadInput(told, remedy=did_you_mean(word, known), path=(side,))
        points[side] = known[word]
    return points
