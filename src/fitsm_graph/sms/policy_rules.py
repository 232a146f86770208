"""What keeps a version of a policy from coming into force, or from going (GR2.4)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from fitsm_graph.flow.lives import Life
from fitsm_graph.flow.policies import Policies, PolicyKinds
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.kernel.errors import BadInput, NotFound, Problem, Refused
from fitsm_graph.kernel.text import plural


def check_duties(tx: Tx, policy: Properties, same: Iterable[str]) -> None:
    """Refuse whoever wrote some of a version, with whatever account.

    Args:
        tx: Says who acts.
        policy: Properties of the version.
        same: Logins of the accounts that act for the same person.

    Raises:
        Refused: SEPARATION_OF_DUTIES.
    """
    if {tx.actor, *same} & set(policy["authors"]):
        raise Refused(
            f"{tx.actor} wrote some of {policy['key']}, and may not approve it",
            code="SEPARATION_OF_DUTIES",
            why="a version is approved by somebody who wrote none of it",
            remedy="let somebody else approve it, with an account of their own",
            requirement="GR2.4",
        )


def check_parties(row: Properties, agreed_with: Mapping[str, str]) -> None:
    """Refuse a document that names persons or groups that are not there, or empty groups.

    Args:
        row: Of `sms.policy_context`.
        agreed_with: Of what kind those are with whom it was agreed on, by their keys.

    Raises:
        NotFound: PARTY_NOT_FOUND.
        BadInput: ESCALATION_TO_NOBODY.
    """
    for ref, kinds, members in row["parties"]:
        wanted = (agreed_with[ref],) if ref in agreed_with else ("Person", "Group")
        if not set(wanted) & set(kinds):
            raise NotFound(
                f"there is no {' or '.join(wanted).lower()} '{ref[:120]}'",
                code="PARTY_NOT_FOUND",
                why="the document names it",
                remedy="register it first, or name somebody else",
                path=("document",),
            )
        if not members:
            raise BadInput(
                f"nobody belongs to '{ref[:120]}'",
                code="ESCALATION_TO_NOBODY",
                why="what goes to an empty group reaches nobody",
                remedy="put somebody into the group first",
                path=("document",),
                requirement="PR9.3",
            )


async def check_states(tx: Tx, life: Life) -> None:
    """Refuse a life that lacks a state in which a record stands.

    Raises:
        Refused: LIFE_STATE_IN_USE.
    """
    for row in await tx.rows("sms.states_in_use", record=life.record):
        if row["status"] not in life.states:
            raise Refused(
                f"the life has no state '{row['status']}'",
                code="LIFE_STATE_IN_USE",
                why=f"{plural(row['count'], life.record)} stand in it, such as {row['example']}",
                remedy="keep the state until nothing stands in it",
                requirement="GR2.4",
            )


def check_agreed(
    kinds: PolicyKinds,
    rows: Iterable[Mapping[str, Any]],
    after: Callable[[Policies], Policies],
) -> None:
    """Refuse what would make policies in force disagree on more than they do now.

    Raises:
        BadInput: POLICY_MISSING, with all that they would disagree on.
    """
    now = kinds.in_force(rows)
    fresh = _fresh(kinds, now, after(now))
    if fresh:
        raise BadInput.of(fresh)


def _fresh(kinds: PolicyKinds, now: Policies, then: Policies) -> list[Problem]:
    known = set(kinds.disagreements(now))
    return [each for each in kinds.disagreements(then) if each not in known]


def check_not_needed(
    kinds: PolicyKinds, policy: Properties, rows: Iterable[Mapping[str, Any]]
) -> None:
    """Refuse to take a version out of force that the product or another policy needs.

    Raises:
        Refused: POLICY_NEEDED.
    """
    kind, name = policy["kind"], policy["name"]
    why = ""
    if name in kinds.kind(kind).needed:
        why = f"without a {kind} of this name no {name} could be dealt with"
    else:
        now = kinds.in_force(rows)
        fresh = _fresh(kinds, now, now.without(kind, name))
        why = fresh[0].message if fresh else ""
    if why:
        raise Refused(
            f"{policy['key']} is needed",
            code="POLICY_NEEDED",
            why=why,
            remedy="approve another version in its place, or first change what leans on it",
            requirement="GR2.4",
        )
