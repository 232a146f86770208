"""Standard changes: a catalogue of models with steps that were approved before (PR12.2).

A model is written by some and approved by somebody else. A change that follows it is approved by
that. Its outcomes are counted; where too many go wrong, the policy takes its status away, and it is
to be looked at and approved anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fitsm_graph.chm import assessing, catalogue, deciding
from fitsm_graph.chm.classifying import ChangeType
from fitsm_graph.chm.within import alter, planned, step
from fitsm_graph.flow.lives import life_of, stepped
from fitsm_graph.flow.policies import Policies, PolicyKind
from fitsm_graph.flow.reading import Reader
from fitsm_graph.flow.records import kept, titled, told
from fitsm_graph.flow.step_form import MOST_STEPS, StepLine, StepList
from fitsm_graph.flow.steps import Run
from fitsm_graph.flow.weighing import behind
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Moment, Of
from fitsm_graph.graph.tx import Tx, check_version, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact import effects
from fitsm_graph.impact.effects import Hit
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.chm_records import BACKS_OUT, FOLLOWS_STANDARD
from fitsm_graph.model.declare import Process
from fitsm_graph.model.registry import TypeRegistry

AModel = Annotated[str, Of("StandardChange")]


@dataclass(frozen=True, slots=True)
class StandardLimit:
    """How many failures since its approval a standard change may have (PR12.2)."""

    failures: int


def parse_limit(_name: str, document: Any, read: Reader) -> StandardLimit | None:
    """Read how many failures cost a standard change its status."""
    given = read.fields(document, (), ("failures",), ("failures",))
    return StandardLimit(read.whole(given.get("failures"), ("failures",), 0, 1_000))


LIMIT_KIND = PolicyKind(
    catalogue.LIMIT, "How many failures a standard change may have.", "PR12.2", parse_limit
)


@verb("standard_change.register", room=Process.CHM, requirement="PR12.2", on="StandardChange")
async def register_standard_change(
    tx: Tx,
    policies: Policies,
    registry: TypeRegistry,
    title: str,
    *,
    steps: Sequence[str],
    may_alter: Sequence[str],
    back_out: str = "",
    description: str = "",
) -> Properties:
    """Write a standard change down: its steps, and what kinds it may alter (PR12.2).

    Args:
        tx: The transaction.
        policies: In force.
        registry: The types in force.
        title: What is altered, in a line.
        steps: What is done, in order.
        may_alter: Kinds and CI types that a change which follows it may alter.
        back_out: How it is undone where it fails.
        description: When it fits, and when it does not.

    Examples:
        fsg standard-change register "replace a disk" --steps "pull it" --steps "put another in" \
          --may-alter Server

    Raises:
        BadInput: With what is wrong.
    """
    given: dict[str, Any] = {**_said(registry, steps, may_alter), "back_out": back_out.strip()}
    return tx.create(
        "StandardChange",
        {
            "title": titled(title),
            "description": description,
            **given,
            "authors": [tx.actor],
            "status": life_of(policies, "StandardChange").initial,
        },
    )


@verb("standard_change.describe", room=Process.CHM, requirement="PR12.2", on="StandardChange")
async def describe_standard_change(
    tx: Tx,
    policies: Policies,
    registry: TypeRegistry,
    ref: AModel,
    *,
    steps: Sequence[str] = (),
    may_alter: Sequence[str] = (),
    back_out: str = "",
    expected_version: int | None = None,
) -> Properties:
    """Change what a standard change says while it is not approved; as before if left out (PR12.2).

    Args:
        tx: The transaction.
        policies: In force.
        registry: The types in force.
        ref: Id or key of the standard change.
        steps: What is done, in order, instead of what was said.
        may_alter: Kinds and CI types that it may alter, likewise.
        back_out: How it is undone where it fails.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg standard-change describe STC-000001 --back-out "put the old disk in again"

    Raises:
        NotFound: There is no such standard change.
        Refused: It is approved, or retired.
        Conflict: VERSION_CONFLICT.
    """
    model = (await kept(tx, "StandardChange", ref)).record
    check_version(model, expected_version)
    stepped(policies, "StandardChange", model, "standard_change.describe", remedy=catalogue.SUSPEND)
    said = _said(registry, steps or model["steps"], may_alter or model["may_alter"])
    after: dict[str, Any] = {**said, "authors": sorted({*model["authors"], tx.actor})}
    after |= {"back_out": back_out.strip()} if back_out.strip() else {}
    return tx.update("StandardChange", model, after)


@verb("standard_change.approve", room=Process.CHM, requirement="PR12.2", on="StandardChange")
async def approve_standard_change(
    tx: Tx, policies: Policies, ref: AModel, *, expected_version: int | None = None
) -> Properties:
    """Approve a standard change that others wrote; its failures are counted anew (PR12.2).

    It takes the manager of the process or a member of its board: all that follows it is approved.

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the standard change.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg standard-change approve STC-000001

    Raises:
        NotFound: There is no such standard change.
        Refused: NOT_AN_APPROVER, SEPARATION_OF_DUTIES, or it is approved or retired already.
        Conflict: VERSION_CONFLICT.
    """
    given = {"ref": ref, "actor": tx.actor, "at": tx.at}
    rows = await tx.rows("chm.standard_approval_context", **given)
    row = found(rows, "standard change", ref)
    model = row["standard"]
    check_version(model, expected_version)
    target = stepped(policies, "StandardChange", model, "standard_change.approve")
    catalogue.check_approver(tx, row)
    after = {"status": target, "approver": tx.actor, "approved_at": tx.at, "failed_since": 0}
    return tx.update("StandardChange", model, {**after, "why": ""})


@verb("standard_change.suspend", room=Process.CHM, requirement="PR12.2", on="StandardChange")
async def suspend_standard_change(
    tx: Tx, policies: Policies, ref: AModel, why: str, *, expected_version: int | None = None
) -> Properties:
    """Take a standard change out of use until it is looked at and approved again (PR12.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the standard change.
        why: Why nobody is to follow it for now.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg standard-change suspend STC-000001 "the new disks need other screws"

    Raises:
        NotFound: There is no such standard change.
        Refused: It is not approved.
        Conflict: VERSION_CONFLICT.
    """
    said = told(why, "why", "say why nobody is to follow it", "PR12.2")
    model = (await kept(tx, "StandardChange", ref)).record
    check_version(model, expected_version)
    target = stepped(policies, "StandardChange", model, "standard_change.suspend")
    return tx.update("StandardChange", model, {"status": target, "why": said})


@verb("standard_change.retire", room=Process.CHM, requirement="PR12.2", on="StandardChange")
async def retire_standard_change(
    tx: Tx, policies: Policies, ref: AModel, why: str, *, expected_version: int | None = None
) -> Properties:
    """Take a standard change out of the catalogue (PR12.2).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the standard change.
        why: Why it goes.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg standard-change retire STC-000001 "no disks any more"

    Raises:
        NotFound: There is no such standard change.
        Refused: It is retired already.
        Conflict: VERSION_CONFLICT.
    """
    said = told(why, "why", "say why it goes", "PR12.2")
    model = (await kept(tx, "StandardChange", ref)).record
    check_version(model, expected_version)
    target = stepped(policies, "StandardChange", model, "standard_change.retire")
    return tx.update("StandardChange", model, {"status": target, "why": said, "closed_at": tx.at})


@verb("change.from_standard", room=Process.CHM, requirement="PR12.2", on="Change")
async def raise_standard_change(
    tx: Tx,
    policies: Policies,
    registry: TypeRegistry,
    reaching: Reaches,
    follows: AModel,
    changes: Sequence[Hit],
    *,
    title: str = "",
    planned_starts_at: Moment | None = None,
    planned_ends_at: Moment | None = None,
) -> Properties:
    """Register a change that follows a standard change, which approves it (PR12.2).

    Args:
        tx: The transaction.
        policies: In force.
        registry: The types in force.
        reaching: Says what the elements do to services meanwhile.
        follows: Id or key of the standard change.
        changes: The elements that it alters, and their state while it is being implemented.
        title: What is altered, in a line; that of the standard change when left out.
        planned_starts_at: When that is to begin, RFC 3339; not planned yet when left out.
        planned_ends_at: When it is to be over; given with the beginning or not at all.

    Examples:
        fsg change from-standard STC-000001 sto-a=at_risk

    Raises:
        NotFound: The standard change or an element is not there.
        BadInput: With what is wrong.
        Refused: NOT_IN_THE_CATALOGUE, or OUTSIDE_THE_STANDARD.
    """
    fields = planned(planned_starts_at, planned_ends_at, tx.at)
    rows = await tx.rows("chm.standard_context", ref=follows, refs=[ref for ref, _ in changes])
    row = found(rows, "standard change", follows)
    model = row["standard"]
    catalogue.check_approved(model)
    hit = effects.hit(tx, row["elements"], changes, "changes")
    catalogue.check_alters(registry, model, row["elements"])
    seen = assessing.potential(reaching, hit)
    reach, people = seen.meanwhile, await behind(tx, seen.meanwhile)
    given: dict[str, Any] = {"urgent": False, "preapproved": True, "kinds": reaching.kinds(hit)}
    decided = deciding.typed(policies, reach, people, **given)
    fields["title"] = titled(title or model["title"])
    fields |= {"fingerprint": seen.fingerprint(hit), "assessed_seq": seen.meanwhile.seq}
    fields |= {**decided, **_status(tx, policies, decided), "requester": tx.actor}
    change = tx.create("Change", fields)
    alter(tx, change, hit)
    return _follow(tx, policies, change, model)


# --- within --------------------------------------------------------------------------------------


def _status(tx: Tx, policies: Policies, decided: Mapping[str, Any]) -> dict[str, Any]:
    """Approved by the catalogue where the criteria say that it is standard; else it waits."""
    initial = life_of(policies, "Change").initial
    if decided["type"] != ChangeType.STANDARD:
        return {"status": initial}
    target = step(policies, {"key": "it", "status": initial}, "change.from_standard")
    return {"status": target, "approved_at": tx.at, "votes_needed": 0, "votes_missing": []}


def _follow(tx: Tx, policies: Policies, change: Properties, model: Mapping[str, Any]) -> Properties:
    """Give a change the steps of its model, before those of its type, and how it is undone."""
    tx.relate(FOLLOWS_STANDARD.type, change["id"], model["id"])
    if model.get("back_out"):
        given = {"steps": model["back_out"], "tested": True, "author": model["approver"]}
        plan = tx.create("BackOutPlan", given)
        tx.relate(BACKS_OUT.type, plan["id"], change["id"])
    lines = tuple(StepLine(f"step-{place}", each) for place, each in enumerate(model["steps"], 1))
    said = StepList(model["title"], "Change", "", "", before_closing=False, steps=lines)
    run = Run(tx, "Change", change)
    run.begin(model["key"], said)
    return run.ruled(policies, type=change.get("type", ""))


def _said(
    registry: TypeRegistry, steps: Sequence[str], may_alter: Sequence[str]
) -> dict[str, list[str]]:
    lines = [each.strip() for each in steps]
    if not lines or not all(lines) or len(lines) > MOST_STEPS:
        raise BadInput(
            "a standard change needs its steps",
            why=f"1 to {MOST_STEPS}, none of them empty",
            remedy="say what is done, in order",
            path=("steps",),
            requirement="PR12.2",
        )
    known = {"Service", "ServiceComponent", "RedundancyGroup", "CI", *registry.ci_types}
    for each in may_alter:
        if each not in known:
            raise BadInput(
                f"there is no kind or CI type '{each[:60]}'",
                code="UNKNOWN_TYPE",
                remedy=did_you_mean(each, known),
                path=("mayAlter",),
            )
    if not may_alter:
        remedy = "name kinds and CI types, such as Server"
        raise BadInput("it may alter nothing", remedy=remedy, path=("mayAlter",))
    return {"steps": lines, "may_alter": sorted(set(may_alter))}
