"""Verbs over suggestions: registered, evaluated, accepted or rejected (PR14.1, PR14.2)."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

from fitsm_graph.csi.policies import EVALUATION, SIDES
from fitsm_graph.csi.worth import decided, since_when, worth_of
from fitsm_graph.flow.lives import life_of, stepped
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import Kept, kept, own, titled, told
from fitsm_graph.flow.reporters import looked_for, reported
from fitsm_graph.flow.weighing import DEFAULT
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment, Of
from fitsm_graph.graph.tx import Tx, check_version, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact import effects
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.model.csi import FOLLOWS, WOULD_IMPROVE
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
    SERVICE_REVIEW = "service_review"
    NONCONFORMITY = "nonconformity"
    COMPLAINT = "complaint"
    SATISFACTION = "satisfaction"
    PROBLEM = "problem"
    INCIDENT = "incident"
    CHANGE = "change"
    RELEASE = "release"
    VERIFICATION = "verification"
    TREND = "trend"


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
    reporter: Annotated[str, Of("Person")] = "",
) -> Properties:
    """Register an opportunity for improvement; the same finding again is counted (PR14.1).

    Args:
        tx: The transaction.
        policies: In force.
        title: What could be better, in a line.
        source: Where it comes from.
        finding: What tells it from other findings; one that is known and not decided is counted.
        description: What is known; of the same finding, the newest is kept.
        would_improve: Elements that it is about; of the same finding, those that are missing are
            added.
        reporter: Id or key of the person who has found it; who registers it when left out. Of the
            same finding, it stays as it was.

    Examples:
        fsg suggestion register "a second uplink for site B" --would-improve uplink-b

    Raises:
        NotFound: An element or the person is not there.
        BadInput: With what is wrong.
    """
    said = titled(title)
    given = {"finding": finding or None, "elements": list(would_improve)}
    row = await tx.one("csi.suggestion_context", **given, **looked_for(tx, reporter))
    life = life_of(policies, "Suggestion")
    seen = effects.seen(tx, row["named_elements"])
    about = effects.named(seen, would_improve, "wouldImprove")
    improves = dict.fromkeys(about[ref] for ref in would_improve)
    for known in row["known"]:
        if known["record"]["status"] not in life.ends:
            newest = {"description": description} if description else {}
            again = {"times_seen": known["record"].get("times_seen", 1) + 1}
            missing = [each for each in improves if each not in known["improves"]]
            _improve(tx, known["record"], missing)
            return tx.update("Suggestion", known["record"], {**again, **newest})
    fields = {"title": said, "description": description, "source": source, "finding": finding}
    return reported(tx, entered(tx, policies, fields, improves), row, reporter)


def entered(
    tx: Tx, policies: Policies, fields: Mapping[str, Any], elements: Iterable[str]
) -> Properties:
    """A suggestion that nobody has made before, about some elements, by their ids (PR14.1)."""
    status = life_of(policies, "Suggestion").initial
    suggestion = tx.create("Suggestion", {**fields, "status": status})
    _improve(tx, suggestion, elements)
    return suggestion


def _improve(tx: Tx, suggestion: Properties, elements: Iterable[str]) -> None:
    """Say that a suggestion is about more elements, by their ids."""
    for element in elements:
        tx.relate(WOULD_IMPROVE.type, suggestion["id"], element)


@verb("suggestion.evaluate", room=Process.CSI, requirement="PR14.2", on="Suggestion")
async def evaluate_suggestion(
    tx: Tx,
    policies: Policies,
    ref: ASuggestion,
    *,
    effort: str,
    urgency: str,
    value: str = "",
    value_reason: str = "",
    expected_version: int | None = None,
) -> Properties:
    """Say what it would take and how soon; value is computed, and points made of all (PR14.2).

    Value is what its elements have cost in incidents, hours of services and failed changes.

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the suggestion.
        effort: What it would take: a class of the policy.
        urgency: How soon it is needed: a class of the policy.
        value: What it would be worth: a class of the policy; as history says when left out.
        value_reason: Why it is another than history says.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg suggestion evaluate SUG-000001 --effort low --urgency medium
        fsg suggestion evaluate SUG-000002 --value high --effort low --urgency medium

    Raises:
        NotFound: There is no such suggestion.
        BadInput: A class is unknown, none is known, or OVERRIDE_REASON.
        Refused: It is decided, or no policy is in force.
        Conflict: VERSION_CONFLICT.
    """
    since = since_when(policies, tx.at)
    rows = await tx.rows("csi.suggestion_history", ref=ref, since=since)
    row = found(rows, "suggestion", ref)
    suggestion = row["suggestion"]
    check_version(suggestion, expected_version)
    target = stepped(policies, "Suggestion", suggestion, "suggestion.evaluate")
    worth = decided(worth_of(policies, row, tx.at), value, value_reason)
    given = dict(zip(SIDES, (worth["value"], effort, urgency), strict=True))
    judged = policies.value(EVALUATION, DEFAULT).judged(given)
    return tx.update("Suggestion", suggestion, {**given, **worth, **judged, "status": target})


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
    target = stepped(policies, "Suggestion", it.record, "suggestion.accept")
    named = {"title": titled(title or it.record["title"]), "due_at": due}
    fields = {**named, "description": it.record.get("description", "")}
    improvement = followed(tx, policies, fields, [it.record["id"]])
    if owner:
        own(tx, Kept(improvement, {}, it.owners), owner)
    tx.update("Suggestion", it.record, {"status": target, "decision": said, "closed_at": tx.at})
    return improvement


def followed(
    tx: Tx, policies: Policies, fields: Mapping[str, Any], suggestions: Iterable[str]
) -> Properties:
    """An improvement that nobody has begun before, of suggestions by their ids (PR14.2)."""
    status = life_of(policies, "Improvement").initial
    improvement = tx.create("Improvement", {**fields, "status": status})
    for suggestion in suggestions:
        tx.relate(FOLLOWS.type, improvement["id"], suggestion)
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
    target = stepped(policies, "Suggestion", record, "suggestion.reject")
    return tx.update("Suggestion", record, {"status": target, "decision": said, "closed_at": tx.at})
