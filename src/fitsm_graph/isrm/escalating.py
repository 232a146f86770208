"""Escalation of incidents and service requests: to who can solve it, and to who decides (PR9.3).

Functional: to the owner of what is suspected, found in the graph, or to the next line of support.
Hierarchical: the next step of the escalation path in force, by role. Each is a record of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any

from fitsm_graph.flow.declaring import declare
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import Kept, own, told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx, check_version
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.isrm.cases import Case, allowed, case_of
from fitsm_graph.isrm.escalation_rules import first_owner, next_line, path_in_force, roles_of
from fitsm_graph.isrm.informing import EscalationStep
from fitsm_graph.kernel.errors import NotFound, Refused
from fitsm_graph.model.declare import RECORDS, Process
from fitsm_graph.model.isrm import CASE_KINDS, ESCALATED_TO, ESCALATES
from fitsm_graph.model.roles import RoleWord, role_keys


class EscalationDirection(StrEnum):
    """Where an escalation leads."""

    FUNCTIONAL = "functional"
    HIERARCHICAL = "hierarchical"


def _declare_functional(kind: str) -> None:
    """Declare how a record of a kind is handed to who can solve it."""
    group = RECORDS[kind].group

    async def escalate(
        tx: Tx,
        policies: Policies,
        ref: Annotated[str, Of(kind)],
        why: str,
        *,
        to: Annotated[str, Of("Party")] = "",
    ) -> Properties:
        said = told(why, "why", "say why others have to look at it", "PR9.3")
        case = await case_of(tx, kind, ref)
        record = allowed(policies, case, f"{group}.escalate")
        lines = path_in_force(policies).lines
        around = await _around(tx, record, parties=[to] if to else lines)
        new = _named(around, to) if to else _found(around, lines, record)
        own(tx, _kept(record, around, new), str(new["key"]))
        _recorded(tx, record, EscalationDirection.FUNCTIONAL, said, [str(new["id"])])
        return record

    doc = "Hand it to who can solve it: found in the graph, unless named (PR9.3)"
    declare(kind, "escalate", escalate, doc, args=_FUNCTIONAL, example='"it is in the firmware"')


def _declare_hierarchical(kind: str) -> None:
    """Declare how those who decide are told of a record of a kind."""
    group = RECORDS[kind].group

    async def escalate_up(
        tx: Tx,
        policies: Policies,
        reaching: Reaches,
        ref: Annotated[str, Of(kind)],
        why: str,
        *,
        by_rule: bool = False,
        expected_version: int | None = None,
    ) -> Properties:
        said = told(why, "why", "say why somebody has to decide", "PR9.3")
        case = await case_of(tx, kind, ref)
        check_version(case.record, expected_version)
        record = allowed(policies, case, f"{group}.escalate_up")
        taken = record.get("escalation_level", 0)
        step = _next_step(policies, record, taken)
        roles = role_keys(roles_of(step), Process.ISRM, reached_services(case, reaching))
        parties = [each.name for each in step.to if each.by != "role"]
        around = await _around(tx, record, parties=parties, roles=roles)
        who = _standing(step, around)
        if not (who or by_rule):
            raise _nobody(step)
        vacant = _vacant(step, roles, around) or [each.name for each in step.to if not who]
        more = {"step": taken + 1, "by_rule": by_rule, "vacant": vacant}
        _recorded(tx, record, EscalationDirection.HIERARCHICAL, said, who, **more)
        return tx.update(kind, record, {"escalation_level": taken + 1})

    declare(
        kind,
        "escalate_up",
        escalate_up,
        "Tell who stands on the next step of the escalation path (PR9.3)",
        args=_HIERARCHICAL,
        example='"half of the time is over"',
        called="escalate_{}_up",
    )


_FUNCTIONAL = (
    "    why: Why others have to look at it.\n"
    "    to: Id or key of a person or group; left out: who owns what it affects, or the next\n"
    "        line of support.\n"
)
_HIERARCHICAL = (
    "    why: Why somebody has to decide.\n"
    "    by_rule: Time made it due; it is taken where nobody stands on it as well, so that the\n"
    "        steps above it come. Else a person wanted it.\n"
    "    expected_version: Version that it must have; refused otherwise.\n"
)


def reached_services(case: Case, reaching: Reaches) -> list[str]:
    """Keys of the services that a record reaches: what it affects now, or what it is about."""
    if case.row.get("service"):
        return [str(case.row["service"])]
    reach = reaching.of(case.effects, str(case.record["key"]))
    return [each.key for each in reach.services]


async def _around(
    tx: Tx, record: Properties, *, parties: Sequence[str], roles: Sequence[str] = ()
) -> Properties:
    given = {"id": record["id"], "parties": list(parties), "roles": list(roles), "at": tx.at}
    return await tx.one("isrm.escalation_context", **given)


def _next_step(policies: Policies, record: Properties, taken: int) -> EscalationStep:
    steps = path_in_force(policies).steps
    if taken >= len(steps):
        raise Refused(
            f"{record['key']} was escalated to the top already",
            code="NOBODY_ABOVE",
            why=f"the path in force has {len(steps)} steps",
            remedy="talk to them; or hand it to others with `escalate`",
            requirement="PR9.3",
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


def _nobody(step: EscalationStep) -> Refused:
    return Refused(
        "nobody stands on the next step of the escalation path",
        code="NOBODY_TO_ESCALATE_TO",
        why=f"it leads to {', '.join(each.name for each in step.to)}, and nobody is that",
        remedy="give the role to a person, or the record an owner",
        requirement="PR9.3",
    )


def _named(around: Properties, to: str) -> Mapping[str, Any]:
    if len(around["parties"]) != 1:
        told = f"there is no person or group '{to}'"
        raise NotFound(told, remedy="check the id or key, or register it", path=("to",))
    named: Mapping[str, Any] = around["parties"][0]
    return named


def _found(around: Properties, lines: Iterable[str], record: Properties) -> Mapping[str, Any]:
    """Who owns what the record affects, or the next line of support."""
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
        requirement="PR9.3",
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


for _kind in CASE_KINDS:
    _declare_functional(_kind)
    _declare_hierarchical(_kind)
