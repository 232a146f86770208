"""Escalation of records of any process: to who can solve it, and to who decides (PR9.3, PR10.2).

Functional: to the owner of what is suspected, found in the graph, or to the next line of support.
Hierarchical: the next step of an escalation path, by role. Each is a record of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from fitsm_graph.flow.escalation_path import (
    EscalationPath,
    EscalationStep,
    first_owner,
    next_line,
    roles_of,
)
from fitsm_graph.flow.records import Kept, own
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.tx import Tx
from fitsm_graph.kernel.errors import NotFound, Refused
from fitsm_graph.model.declare import Process
from fitsm_graph.model.process import ESCALATED_TO, ESCALATES
from fitsm_graph.model.roles import RoleWord, role_keys


class EscalationDirection(StrEnum):
    """Where an escalation leads."""

    FUNCTIONAL = "functional"
    HIERARCHICAL = "hierarchical"


async def hand_on(
    tx: Tx, record: Properties, path: EscalationPath, why: str, to: str, requirement: str
) -> None:
    """State that a record is handed to who can solve it, and that it was escalated.

    Args:
        tx: The transaction.
        record: What is handed on.
        path: Whose lines of support follow one another.
        why: Why others have to look at it.
        to: Id or key of a person or group; empty: who owns what it is about, or the next line.
        requirement: That asks for it.

    Raises:
        NotFound: Nobody is called so.
        Refused: NOBODY_TO_ESCALATE_TO.
    """
    lines = path.lines
    around = await _around(tx, record, parties=[to] if to else lines)
    new = _named(around, to) if to else _found(around, lines, record, requirement)
    own(tx, _kept(record, around, new), str(new["key"]))
    _recorded(tx, record, EscalationDirection.FUNCTIONAL, why, [str(new["id"])])


async def tell_up(
    tx: Tx,
    record: Properties,
    path: EscalationPath,
    why: str,
    *,
    over: tuple[Process, Iterable[str]],
    by_rule: bool,
    requirement: str,
) -> int:
    """State that who stands on the next step of a path was told; how many steps are taken then.

    Args:
        tx: The transaction.
        record: What they are told of.
        path: In force.
        why: Why somebody has to decide.
        over: The process that roles are held over, and keys of the services that are reached.
        by_rule: Time made it due; it is taken where nobody stands on it as well.
        requirement: That asks for it.

    Raises:
        Refused: NOBODY_ABOVE, or NOBODY_TO_ESCALATE_TO.
    """
    taken = int(record.get("escalation_level", 0))
    step = _next_step(path, record, taken, requirement)
    roles = role_keys(roles_of(step), *over)
    parties = [each.name for each in step.to if each.by != "role"]
    around = await _around(tx, record, parties=parties, roles=roles)
    who = _standing(step, around)
    if not (who or by_rule):
        raise _nobody(step, requirement)
    vacant = _vacant(step, roles, around) or [each.name for each in step.to if not who]
    more = {"step": taken + 1, "by_rule": by_rule, "vacant": vacant}
    _recorded(tx, record, EscalationDirection.HIERARCHICAL, why, who, **more)
    return taken + 1


# --- within --------------------------------------------------------------------------------------


async def _around(
    tx: Tx, record: Properties, *, parties: Sequence[str], roles: Sequence[str] = ()
) -> Properties:
    given = {"id": record["id"], "parties": list(parties), "roles": list(roles), "at": tx.at}
    return await tx.one("flow.escalation_context", **given)


def _next_step(
    path: EscalationPath, record: Properties, taken: int, requirement: str
) -> EscalationStep:
    steps = path.steps
    if taken >= len(steps):
        raise Refused(
            f"{record['key']} was escalated to the top already",
            code="NOBODY_ABOVE",
            why=f"the path in force has {len(steps)} steps",
            remedy="talk to them; or hand it to others with `escalate`",
            requirement=requirement,
        )
    return steps[taken]


def _standing(step: EscalationStep, around: Properties) -> list[str]:
    """Ids of who stands on a step: holders of roles, parties, and who answers for the record."""
    found = [each["id"] for each in (*around["holders"], *around["parties"])]
    if _to_owner(step):
        found += [each["id"] for each in around["former"]]
    return list(dict.fromkeys(map(str, found)))


def _to_owner(step: EscalationStep) -> bool:
    return any(each.by == "role" and each.name == RoleWord.CASE_OWNER for each in step.to)


def _vacant(step: EscalationStep, roles: Iterable[str], around: Properties) -> list[str]:
    """Roles of a step that nobody holds, also the one of who answers for the record."""
    held = {each["role"] for each in around["holders"]}
    empty = [each for each in roles if each not in held]
    if _to_owner(step) and not around["former"]:
        empty.append(str(RoleWord.CASE_OWNER))
    return empty


def _nobody(step: EscalationStep, requirement: str) -> Refused:
    return Refused(
        "nobody stands on the next step of the escalation path",
        code="NOBODY_TO_ESCALATE_TO",
        why=f"it leads to {', '.join(each.name for each in step.to)}, and nobody is that",
        remedy="give the role to a person, or the record an owner",
        requirement=requirement,
    )


def _named(around: Properties, to: str) -> Mapping[str, Any]:
    if len(around["parties"]) != 1:
        told = f"there is no person or group '{to}'"
        raise NotFound(told, remedy="check the id or key, or register it", path=("to",))
    named: Mapping[str, Any] = around["parties"][0]
    return named


def _found(
    around: Properties, lines: Iterable[str], record: Properties, requirement: str
) -> Mapping[str, Any]:
    """Who owns what the record is about, or the next line of support."""
    former = around["former"]
    owner = first_owner(around["owners"], [each["id"] for each in former])
    if owner is not None:
        return owner
    line = next_line(tuple(lines), [each["key"] for each in former])
    groups = [each for each in around["parties"] if each["ref"] == line]
    if groups:
        return dict(groups[0])
    raise Refused(
        f"nobody is found to hand {record['key']} to",
        code="NOBODY_TO_ESCALATE_TO",
        why="what it affects has no other owner, and no line of support follows",
        remedy="name a person or group with `--to`; give elements owners",
        requirement=requirement,
    )


def _kept(record: Properties, around: Properties, new: Mapping[str, Any]) -> Kept:
    former = {each["id"]: each["properties"] for each in around["former"]}
    return Kept(record, former, {str(new["key"]): str(new["id"])})


def _recorded(
    tx: Tx,
    record: Properties,
    direction: EscalationDirection,
    reason: str,
    to: Iterable[str],
    **more: Any,
) -> None:
    """State that a record was escalated, why, by whom, and to whom."""
    said = {"direction": direction, "reason": reason, "by": tx.actor, **more}
    made = tx.create("Escalation", said)
    tx.relate(ESCALATES.type, made["id"], record["id"])
    for id in to:
        tx.relate(ESCALATED_TO.type, made["id"], id)
