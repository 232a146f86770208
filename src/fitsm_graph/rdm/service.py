"""Verbs of release management: releases registered, described, classified, given up (PR13.2)."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fitsm_graph.flow.lives import life_of
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import titled, told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.errors import NotFound, Refused
from fitsm_graph.kernel.text import first_of
from fitsm_graph.model.declare import Process
from fitsm_graph.model.rdm import CONTAINS, ReleaseType
from fitsm_graph.rdm.classifying import Override
from fitsm_graph.rdm.inclusion import added, needed
from fitsm_graph.rdm.within import (
    NO_PLAN,
    ARelease,
    Row,
    classified,
    give_up_waves,
    release_row,
    step,
)


@verb("release.register", room=Process.RDM, requirement="PR13.2", on="Release")
async def register_release(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    title: str,
    *,
    description: str = "",
    urgent: bool = False,
) -> Properties:
    """Register a release, into which approved changes are then taken (PR13.2).

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what elements do to services.
        title: What is released, in a line.
        description: What is known of it.
        urgent: It cannot wait for the usual cycle.

    Examples:
        fsg release register "portal 2027.1"
        fsg release register "hole in the gateway" --urgent

    Raises:
        BadInput: It has no title.
    """
    given = {"title": titled(title), "description": description, "urgent": urgent}
    return registered(tx, policies, reaching, given)


def registered(
    tx: Tx, policies: Policies, reaching: Reaches, given: Mapping[str, Any]
) -> Properties:
    """A release that is described, of the type that its contents make it, with nothing in it."""
    status = life_of(policies, "Release").initial
    decided = classified(policies, reaching, given, [])
    return tx.create("Release", {**given, **decided, "requester": tx.actor, "status": status})


@verb("release.describe", room=Process.RDM, requirement="PR13.3", on="Release")
async def describe_release(
    tx: Tx,
    policies: Policies,
    ref: ARelease,
    *,
    title: str | None = None,
    description: str | None = None,
    expected_version: int | None = None,
) -> Properties:
    """Say what a release is about (PR13.3).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the release.
        title: What is released, in a line; as before when left out.
        description: What is known of it; likewise.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg release describe REL-000001 --description "with the new search"

    Raises:
        NotFound: There is no such release.
        Refused: It is accepted already, or over.
        Conflict: VERSION_CONFLICT.
    """
    release = (await release_row(tx, ref, expected_version)).release
    step(policies, release, "release.describe")
    after = {"title": titled(title)} if title is not None else {}
    after |= {"description": description} if description is not None else {}
    return tx.update("Release", release, after)


@verb("release.classify", room=Process.RDM, requirement="PR13.1", on="Release")
async def classify_release(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    ref: ARelease,
    *,
    type: ReleaseType | None = None,
    override_reason: str = "",
    urgent: bool | None = None,
    expected_version: int | None = None,
) -> Properties:
    """Compute the type of a release again, or set it aside with a reason (PR13.1).

    What it has to meet depends on its type, so that it is planned and accepted anew.

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what its elements do to services.
        ref: Id or key of the release.
        type: Another type than the criteria say; where none is given, they decide from now on.
        override_reason: Why the type is another.
        urgent: It cannot wait for the usual cycle; as before when left out.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg release classify REL-000001
        fsg release classify REL-000001 --type major --override-reason "all users see it"

    Raises:
        NotFound: There is no such release.
        BadInput: OVERRIDE_REASON.
        Refused: Its deployment has begun, or it is over.
        Conflict: VERSION_CONFLICT.
    """
    row = await release_row(tx, ref, expected_version)
    target = step(policies, row.release, "release.classify")
    hurry = bool(row.release.get("urgent")) if urgent is None else urgent
    release = {**row.release, "urgent": hurry}
    altered = [each["alters"] for each in row.changes]
    override = Override(type, override_reason)
    decided = classified(policies, reaching, release, altered, override)
    give_up_waves(tx, policies, row, "release.plan")
    after = {**NO_PLAN, **decided, "urgent": hurry, "status": target}
    return tx.update("Release", row.release, after)


@verb("release.exclude", room=Process.RDM, requirement="PR13.2", on="Release")
async def exclude_from_release(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    ref: ARelease,
    changes: Sequence[Annotated[str, Of("Change")]],
    *,
    expected_version: int | None = None,
) -> Properties:
    """Take changes out of a release, which is planned and accepted anew (PR13.2).

    Args:
        tx: The transaction.
        policies: In force.
        reaching: Says what is left does to services.
        ref: Id or key of the release.
        changes: Changes that it contains.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg release exclude REL-000001 CHG-000004 --reason "it was withdrawn"

    Raises:
        NotFound: There is no such release, or it does not contain a change.
        Refused: Its deployment has begun, or it is over.
        Conflict: VERSION_CONFLICT.
    """
    row = await release_row(tx, ref, expected_version)
    target = step(policies, row.release, "release.exclude")
    known = {each["change"][name]: each for each in row.changes for name in ("id", "key")}
    for each in changes:
        if each not in known:
            said = f"{row.release['key']} does not contain '{each}'"
            raise NotFound(said, remedy="look at what it contains", path=("changes",))
    _check_unneeded(row, {known[each]["change"]["id"] for each in changes})
    gone = {known[each]["change"]["id"]: known[each]["contains"] for each in changes}
    for id, bond in gone.items():
        tx.unrelate(CONTAINS.type, row.release["id"], id, bond)
    left = [each["alters"] for each in row.changes if each["change"]["id"] not in gone]
    decided = classified(policies, reaching, row.release, left)
    give_up_waves(tx, policies, row, "release.plan")
    after = {**NO_PLAN, **decided, "status": target}
    after |= {} if left else {"strategy": ""}
    return tx.update("Release", row.release, after)


def _check_unneeded(row: Row, gone: set[str]) -> None:
    """Refuse to take out what the planned difference of another change needs."""
    left = [each["change"] for each in row.changes if each["change"]["id"] not in gone]
    brought = set(added(each["change"] for each in row.changes if each["change"]["id"] in gone))
    for change in left:
        both = needed(change) & (brought - set(added(left)))
        if both:
            raise Refused(
                f"{change['key']} needs what would be taken out",
                code="CHANGE_NEEDED",
                why=f"its planned difference speaks of {first_of(sorted(both))}",
                remedy="take both out, or plan it anew",
                path=("changes",),
                requirement="PR13.2",
            )


@verb("release.cancel", room=Process.RDM, requirement="PR13.3", on="Release")
async def cancel_release(
    tx: Tx, policies: Policies, ref: ARelease, why: str, *, expected_version: int | None = None
) -> Properties:
    """Give a release up before its deployment begins; its changes go on without it (PR13.3).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the release.
        why: Why it is given up.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg release cancel REL-000001 "the vendor withdrew the version"

    Raises:
        NotFound: There is no such release.
        Refused: Its deployment has begun, or it is over.
        Conflict: VERSION_CONFLICT.
    """
    said = told(why, "why", "say why it is given up", "PR13.3")
    row = await release_row(tx, ref, expected_version)
    target = step(policies, row.release, "release.cancel")
    give_up_waves(tx, policies, row, "release.cancel")
    after = {"status": target, "decision": said, "closed_at": tx.at}
    return tx.update("Release", row.release, after)
