"""Verbs of change management: requests for change registered, described, classified (PR12.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from fitsm_graph.chm import deciding, planning
from fitsm_graph.chm.classifying import ChangeType
from fitsm_graph.chm.deciding import Override
from fitsm_graph.chm.within import (
    AChange,
    Row,
    change_row,
    led,
    moved,
    named_hit,
    planned,
    planned_so,
    registered,
    remedy_of,
    step,
)
from fitsm_graph.flow.planned import defines_types
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import titled
from fitsm_graph.flow.returning import answered, asked, returned, said
from fitsm_graph.flow.steps import over
from fitsm_graph.flow.weighing import behind
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment, Of
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact import effects
from fitsm_graph.impact.effects import Hit
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.errors import NotFound
from fitsm_graph.model.chm import RESOLVES
from fitsm_graph.model.declare import Process
from fitsm_graph.model.disturbance import Effect
from fitsm_graph.model.registry import TypeRegistry


@verb("change.register", room=Process.CHM, requirement="PR12.1", on="Change")
async def register_change(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    title: str,
    changes: Sequence[Hit],
    *,
    planned_starts_at: Moment | None = None,
    planned_ends_at: Moment | None = None,
    description: str = "",
    aim: str = "",
    benefits: str = "",
    effort: str = "",
    feasibility: str = "",
    urgent: bool = False,
    resolves: Sequence[Annotated[str, Of("Problem")]] = (),
) -> Properties:
    """Register a request for change with the elements it alters; its type is computed (PR12.1).

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what the elements do to services meanwhile.
        title: What is going to be altered, in a line.
        changes: The elements that it alters, and their state while it is being implemented.
        planned_starts_at: When that is to begin, RFC 3339; not planned yet when left out.
        planned_ends_at: When it is to be over; given with the beginning or not at all.
        description: What is known.
        aim: What it is for, by which its review measures it.
        benefits: What it would bring.
        effort: What it would take.
        feasibility: Whether it can be done, and how.
        urgent: It cannot wait for the usual steps.
        resolves: Problems whose cause it is to remove.

    Examples:
        fsg change register "firmware of the controllers" sto-a=degraded sto-b=at_risk

    Raises:
        NotFound: An element or a problem is not there.
        BadInput: With what is wrong.
    """
    fields = {"title": titled(title), "description": description, "aim": aim, "urgent": urgent}
    fields |= {"benefits": benefits, "effort": effort, "feasibility": feasibility}
    fields |= planned(planned_starts_at, planned_ends_at, tx.at)
    hit, problems = await _named(tx, changes, resolves)
    change = await registered(tx, policies, reaching, fields, hit)
    for problem in problems:
        tx.relate(RESOLVES.type, change["id"], problem)
    return change


@verb("change.describe", room=Process.CHM, requirement="PR12.3", on="Change")
async def describe_change(
    tx: Tx,
    policies: Policies,
    ref: AChange,
    *,
    aim: str | None = None,
    benefits: str | None = None,
    effort: str | None = None,
    feasibility: str | None = None,
    description: str | None = None,
    expected_version: int | None = None,
) -> Properties:
    """Say what a change is for, would bring and take, and whether it can be done (PR12.3).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the change.
        aim: What it is for; as before when left out, as everything here.
        benefits: What it would bring.
        effort: What it would take.
        feasibility: Whether it can be done, and how.
        description: What is known.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg change describe CHG-000001 --aim "no more stops" --effort "2 hours" --benefits "quiet"

    Raises:
        NotFound: There is no such change.
        Refused: It is approved already, or over.
        Conflict: VERSION_CONFLICT.
    """
    change = (await change_row(tx, ref, expected_version)).change
    step(policies, change, "change.describe")
    given = {"aim": aim, "benefits": benefits, "effort": effort, "feasibility": feasibility}
    given["description"] = description
    return tx.update("Change", change, {k: v for k, v in given.items() if v is not None})


@verb("change.classify", room=Process.CHM, requirement="PR12.1", on="Change")
async def classify_change(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    ref: AChange,
    *,
    type: ChangeType | None = None,
    override_reason: str = "",
    urgent: bool | None = None,
    expected_version: int | None = None,
) -> Properties:
    """Compute the type of a change again, or set it aside with a reason (PR12.1).

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what its elements do to services meanwhile.
        ref: Id or key of the change.
        type: Another type than the criteria say; where none is given, they decide from now on.
        override_reason: Why the type is another.
        urgent: It cannot wait for the usual steps; as before when left out.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg change classify CHG-000001
        fsg change classify CHG-000001 --type major --override-reason "the exam week begins"

    Raises:
        NotFound: There is no such change.
        BadInput: The reason is missing, or the type has to be earned.
        Refused: It is approved already, or over.
        Conflict: VERSION_CONFLICT.
    """
    row = await change_row(tx, ref, expected_version)
    step(policies, row.change, "change.classify")
    hurry = bool(row.change.get("urgent")) if urgent is None else urgent
    reach = reaching.alone(row.hit)
    override = Override(type, override_reason)
    people = await behind(tx, reach)
    types = defines_types(row.change.get("difference"))
    given: dict[str, Any] = {"urgent": hurry, "types": types, "override": override}
    given["kinds"] = reaching.kinds(row.hit)
    decided = deciding.typed(policies, reach, people, **given)
    return led(tx, policies, row, tx.update("Change", row.change, {**decided, "urgent": hurry}))


@verb("change.plan", room=Process.CHM, requirement="PR12.1", on="Change")
async def plan_change(
    tx: Tx,
    policies: Policies,
    registry: TypeRegistry,
    reaching: Reaches,
    ref: AChange,
    *,
    changes: Sequence[Hit] = (),
    difference_of_graph: Mapping[str, Any] | None = None,
    planned_starts_at: Moment | None = None,
    planned_ends_at: Moment | None = None,
    expected_version: int | None = None,
) -> Properties:
    """Say what a change alters, by which difference of the graph, and when (PR12.1).

    What is left out stays. What was approved of another plan is approved no more; a change that
    follows a standard change waits to be assessed then.

    Args:
        tx: The transaction.
        policies: In force.
        registry: The types in force.
        reaching: Says what its elements do to services meanwhile.
        ref: Id or key of the change.
        changes: The elements that it alters, instead of those before.
        difference_of_graph: CIs and relations to add, change, take away; see the how-to guide.
        planned_starts_at: When it is to begin, RFC 3339.
        planned_ends_at: When it is to be over.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg change plan CHG-000001 --changes sto-a=down --changes sto-b

    Raises:
        NotFound: The change or an element is not there.
        BadInput: With what is wrong.
        Refused: It is being implemented, or over; or OUTSIDE_THE_STANDARD.
        Conflict: VERSION_CONFLICT.
    """
    after: dict[str, Any] = planned(planned_starts_at, planned_ends_at, tx.at)
    if difference_of_graph is not None:
        after |= planning.differing(tx, registry, difference_of_graph)
    row = await change_row(tx, ref, expected_version)
    step(policies, row.change, "change.plan")
    if changes:
        new = replace(row, change={**row.change, **after})
        after |= await _altered(tx, policies, registry, reaching, new, changes)
    if row.standard is not None and (changes or difference_of_graph is not None):
        after |= planning.unapproved(policies, row.change)
    return led(tx, policies, row, tx.update("Change", row.change, after))


@verb("change.cancel", room=Process.CHM, requirement="PR12.2", on="Change")
async def cancel_change(
    tx: Tx,
    policies: Policies,
    ref: AChange,
    *,
    why: str = "",
    expected_version: int | None = None,
) -> Properties:
    """Give a change up, before it begins or while it is being implemented (PR12.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the change.
        why: Why it is given up.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg change cancel CHG-000001 --why "the controllers are replaced"

    Raises:
        NotFound: There is no such change.
        Refused: It is implemented or over already.
        Conflict: VERSION_CONFLICT.
    """
    row = await change_row(tx, ref, expected_version)
    after = moved(policies, row.change, "change.cancel", tx.at)
    given = {**after, "decision": why.strip(), "closed_at": tx.at}
    planned_so(tx, policies, row, "was given up")
    return over(tx, "Change", tx.update("Change", row.change, given), row.steps)


@verb("change.return", room=Process.CHM, requirement="PR12.3", on="Change")
async def return_change(
    tx: Tx, policies: Policies, ref: AChange, question: str, *, expected_version: int | None = None
) -> Properties:
    """Give a change back to its requester for information (PR12.3).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the change.
        question: What is missing.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg change return CHG-000001 "who tests it afterwards?"

    Raises:
        NotFound: There is no such change.
        Refused: It is approved already, or over.
        Conflict: VERSION_CONFLICT.
    """
    missing = asked(question, "PR12.3")
    change = (await change_row(tx, ref, expected_version)).change
    return returned(tx, policies, "Change", change, missing, remedy=remedy_of("change.return"))


@verb("change.answer", room=Process.CHM, requirement="PR12.3", on="Change")
async def answer_change(
    tx: Tx, policies: Policies, ref: AChange, answer: str, *, expected_version: int | None = None
) -> Properties:
    """Give the information that a change was returned for; it waits to be assessed then (PR12.3).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the change.
        answer: What was missing; it is added to what is known.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg change answer CHG-000001 "the night shift tests it"

    Raises:
        NotFound: There is no such change.
        Refused: It was not returned.
        Conflict: VERSION_CONFLICT.
    """
    known = said(answer, "PR12.3")
    change = (await change_row(tx, ref, expected_version)).change
    return answered(tx, policies, "Change", change, known, remedy=remedy_of("change.answer"))


async def _altered(
    tx: Tx,
    policies: Policies,
    registry: TypeRegistry,
    reaching: Reaches,
    row: Row,
    changes: Sequence[Hit],
) -> dict[str, Any]:
    """Let a change alter the elements that are named; its type with them."""
    named = await named_hit(tx, changes)
    return await planning.altered(tx, policies, registry, reaching, row, named)


async def _named(
    tx: Tx, changes: Sequence[Hit], refs: Sequence[str]
) -> tuple[dict[str, Effect], list[str]]:
    """What is meant: the state of each element by id, and ids of problems, each once."""
    elements = [ref for ref, _ in changes]
    row = await tx.one("chm.registration_context", refs=elements, problems=list(refs))
    hit = effects.hit(tx, row["elements"], changes, "changes")
    known = {each["ref"]: each["id"] for each in row["problems"]}
    for ref in refs:
        if ref not in known:
            told = f"there is no problem '{ref}'"
            raise NotFound(told, remedy="check the id or key", path=("resolves",))
    return hit, list(dict.fromkeys(known[ref] for ref in refs))
