"""Verbs by which people decide on changes: approve, reject (PR12.4).

Who acts is known to the transaction, and what roles they hold is read in it, so that nobody decides
on what they asked for, whatever happens at the same time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fitsm_graph.chm import assessing, voting
from fitsm_graph.chm.approving import ApprovalLevel
from fitsm_graph.chm.voting import TYPES_ROLE, Ballot
from fitsm_graph.chm.within import AChange, Row, moved, planned_so, step
from fitsm_graph.flow.planned import defines_types
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import told
from fitsm_graph.flow.steps import over
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx, check_version, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.model.chm_records import DECIDES_ON, Vote
from fitsm_graph.model.declare import Process
from fitsm_graph.model.roles import RoleWord


@dataclass(frozen=True, slots=True)
class _Bench:
    """A change with what was decided on it, and what who acts may stand for.

    Attributes:
        ballots: Votes for it as it was assessed last.
        holds: Roles of who acts, among those that decide.
        same: Logins of the accounts that act for the same person, that of who acts among them.
        owns: Keys of reached services whose owner who acts is, or votes for.
        owned: Keys of reached services that somebody other than the requester owns.
        behalf: Keys of persons who delegated their votes to who acts, and who have not voted.
        for_types: It defines types, and who acts is who answers for them, or votes for that person.
        agreed: It defines none, or somebody who answers for types planned or approved them.
        voted: There is a vote already of everybody whom who acts could vote for, or of themselves.
    """

    row: Row
    level: ApprovalLevel
    ballots: list[Ballot]
    holds: frozenset[RoleWord]
    same: frozenset[str]
    owns: frozenset[str]
    owned: frozenset[str]
    behalf: tuple[str, ...]
    for_types: bool
    agreed: bool
    voted: bool


@verb("change.approve", room=Process.CHM, requirement="PR12.4", on="Change", votes=True)
async def approve_change(
    tx: Tx,
    policies: Policies,
    reaching: Reaches,
    ref: AChange,
    *,
    conditions: str = "",
    expected_version: int | None = None,
) -> Properties:
    """Approve a change as it was assessed, for the roles that one holds (PR12.4).

    It is approved once as many roles have done so as the rule for its type wants. That of service
    owners has once the owner of each service has that it reaches. Who was given the votes of
    somebody else for a time votes for them as well, but not for whoever asked for the change.
    Where it defines types, the process manager of CONFM has to approve them as well, or to have
    planned them.

    Args:
        tx: The transaction.
        policies: In force; say whose approval it takes.
        reaching: Says whether the graph still is what was assessed.
        ref: Id or key of the change.
        conditions: Under which it is approved.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg change approve CHG-000001 --conditions "not before the backup"

    Raises:
        NotFound: There is no such change.
        Refused: SELF_APPROVAL, NOT_AN_APPROVER, ALREADY_VOTED, REASSESS_FIRST, or it is not
            assessed.
        Conflict: VERSION_CONFLICT.
    """
    bench = await _bench(tx, policies, ref, expected_version)
    change = bench.row.change
    voting.check_not_own(change, tx.actor, bench.same)
    target = step(policies, change, "change.approve")
    _check_voter(tx, bench)
    assessing.check_fingerprint(bench.row, reaching)
    _record(tx, bench, Vote.APPROVED, conditions)
    ballots = [*bench.ballots, Ballot(tx.actor, bench.holds, bench.owns)]
    count = voting.tally(bench.level, ballots, change.get("requester", ""), bench.owned)
    after: dict[str, Any] = {"votes_needed": count.needed, "votes_missing": list(count.missing)}
    after["owners_missing"] = list(count.owners)
    after["types_vote_missing"] = not (bench.agreed or bench.for_types)
    if count.enough and not after["types_vote_missing"]:
        after |= {"status": target, **_approved(tx, policies, bench)}
    return tx.update("Change", change, after)


@verb("change.reject", room=Process.CHM, requirement="PR12.4", on="Change", votes=True)
async def reject_change(
    tx: Tx, policies: Policies, ref: AChange, why: str, *, expected_version: int | None = None
) -> Properties:
    """Reject a change, for the roles that one holds; it is over then (PR12.4).

    Args:
        tx: The transaction.
        policies: In force; say who decides.
        ref: Id or key of the change.
        why: Why it is rejected.
        expected_version: Version that it must have; refused otherwise.

    Examples:
        fsg change reject CHG-000001 "the risk is not worth it before the exams"

    Raises:
        NotFound: There is no such change.
        Refused: SELF_APPROVAL, NOT_AN_APPROVER, or it is approved already, or over.
        Conflict: VERSION_CONFLICT.
    """
    said = told(why, "why", "say why it is rejected", "PR12.4")
    bench = await _bench(tx, policies, ref, expected_version, again=True)
    change = bench.row.change
    voting.check_not_own(change, tx.actor, bench.same)
    after = moved(policies, change, "change.reject", tx.at)
    _check_voter(tx, bench, again=True)
    _record(tx, bench, Vote.REJECTED, said)
    gone = tx.update("Change", change, {**after, "decision": said, "closed_at": tx.at})
    planned_so(tx, policies, bench.row, "was rejected")
    return over(tx, "Change", gone, bench.row.steps)


# --- within --------------------------------------------------------------------------------------


def _approved(tx: Tx, policies: Policies, bench: _Bench) -> dict[str, Any]:
    """Since and until when a change is approved; no other way to carry it out is left."""
    planned_so(tx, policies, bench.row, "was approved as it is planned")
    return {"approved_at": tx.at, "approved_until": voting.until(bench.level.valid, tx.at)}


async def _bench(
    tx: Tx, policies: Policies, ref: str, expected: int | None, *, again: bool = False
) -> _Bench:
    rows = await tx.rows("chm.approval_context", ref=ref, actor=tx.actor, at=tx.at)
    context = found(rows, "change", ref)
    change = context["change"]
    check_version(change, expected)
    beside = context["steps"], context["variants"]
    row = Row(change, context["alters"], [], None, None, [], *beside)
    level = voting.level_of(policies, change)
    counted = [
        each
        for each in context["approvals"]
        if each["vote"] == Vote.APPROVED and _counts(each, change)
    ]
    ballots = [
        Ballot(each["voter"], _roles(each["stood_for"]), frozenset(each.get("owner_of") or ()))
        for each in counted
    ]
    standing = context["standing"] if tx.as_person else []
    spent = _spent(standing, counted, again=again)
    same = frozenset((tx.actor, *context["same"]))
    own = {each["key"] for each in standing if not each["delegated"]}
    voted = bool(same & {each.voter for each in ballots} or own & spent)
    standing = [each for each in standing if not each["delegated"] or each["key"] not in spent]
    held = frozenset(role for each in standing for role in _roles(each["holds"]))
    owns = frozenset(key for each in standing for key in each["owns"])
    deciding, types = set(level.approvers), defines_types(change.get("difference"))
    behalf = tuple(
        each["key"]
        for each in standing
        if each["delegated"] and (deciding & _roles(each["holds"]) or (types and each["types"]))
    )
    holds, owned = held & deciding, frozenset(context["owned"])
    for_types = types and any(each["types"] for each in standing)
    agreed = not types or context["planned_types"] or any(each.get("for_types") for each in counted)
    voted = voted or bool(spent and not holds and not for_types)
    return _Bench(row, level, ballots, holds, same, owns, owned, behalf, for_types, agreed, voted)


def _spent(
    standing: Iterable[Properties], counted: Iterable[Properties], *, again: bool
) -> frozenset[str]:
    """Keys of those behind who acts that voted, with whatever account, or let others vote.

    A person is one vote, whoever casts it: otherwise one would be as many as they have deputies.
    Who decides again may take back what was cast for others, but not what those cast themselves.
    """
    voters = {each["voter"] for each in counted}
    voted_for = {key for each in counted for key in each.get("on_behalf_of") or ()}
    voted_for = set() if again else voted_for
    return frozenset(
        each["key"] for each in standing if each["key"] in voted_for or voters & {*each["logins"]}
    )


def _counts(approval: Properties, change: Properties) -> bool:
    """Each assessment begins the voting anew, also where it finds what the one before found."""
    since: str = change.get("assessed_at") or ""
    same = bool(approval["fingerprint"] == change.get("fingerprint"))
    return same and str(approval["created_at"]) >= since


def _roles(words: Iterable[str]) -> frozenset[RoleWord]:
    return frozenset(RoleWord(each) for each in words if each in set(RoleWord))


def _check_voter(tx: Tx, bench: _Bench, *, again: bool = False) -> None:
    """Refuse who may not decide on a change."""
    change = bench.row.change
    if not again and bench.voted:
        raise Refused(
            f"{tx.actor} has approved {change['key']} already",
            code="ALREADY_VOTED",
            why="each person decides once on what was assessed, themselves or by a deputy",
            remedy="let somebody decide who holds another of the roles that are missing",
            requirement="PR12.4",
        )
    if not bench.holds and not bench.for_types:
        deciding: list[str] = [*bench.level.approvers]
        deciding += [TYPES_ROLE] if defines_types(change.get("difference")) else []
        roles = ", ".join(deciding) or "nobody: it follows a standard change"
        raise Refused(
            f"{tx.actor} does not decide on {change['key']}",
            code="NOT_AN_APPROVER",
            why=f"what is {change.get('type') or 'normal'} is decided on by {roles}",
            remedy="ask who holds such a role; the SMS manager gives roles",
            requirement="PR12.4",
        )


def _record(tx: Tx, bench: _Bench, vote: Vote, conditions: str) -> None:
    """Keep who decided what, and for which roles."""
    change = bench.row.change
    approval = tx.create(
        "Approval",
        {
            "voter": tx.actor,
            "vote": vote,
            "stood_for": sorted(bench.holds),
            "fingerprint": change.get("fingerprint", ""),
            "conditions": conditions.strip(),
            "owner_of": sorted(bench.owns) or None,
            "on_behalf_of": list(bench.behalf) or None,
            "for_types": bench.for_types,
        },
    )
    tx.relate(DECIDES_ON.type, approval["id"], change["id"])
