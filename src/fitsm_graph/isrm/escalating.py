"""Escalation of incidents and service requests: to who can solve it, and to who decides (PR9.3)."""

from typing import Annotated

from fitsm_graph.flow.declaring import declare
from fitsm_graph.flow.escalating import hand_on, tell_up
from fitsm_graph.flow.escalation_path import path_in_force
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx, check_version
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.isrm.cases import Case, allowed, case_of
from fitsm_graph.model.declare import RECORDS, Process
from fitsm_graph.model.isrm import CASE_KINDS


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
        await hand_on(tx, record, path_in_force(policies), said, to, "PR9.3")
        return record

    doc = "Hand it to who can solve it: found in the graph, unless named (PR9.3)"
    example = '"it is in the firmware"'
    declare(kind, "escalate", escalate, doc, args=_FUNCTIONAL, example=example, also=Process.SMS)


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
        taken = await tell_up(
            tx,
            record,
            path_in_force(policies),
            said,
            over=(Process.ISRM, reached_services(case, reaching)),
            by_rule=by_rule,
            requirement="PR9.3",
        )
        return tx.update(kind, record, {"escalation_level": taken})

    declare(
        kind,
        "escalate_up",
        escalate_up,
        "Tell who stands on the next step of the escalation path (PR9.3)",
        args=_HIERARCHICAL,
        example='"half of the time is over"',
        called="escalate_{}_up",
        also=Process.SMS,
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


for _kind in CASE_KINDS:
    _declare_functional(_kind)
    _declare_hierarchical(_kind)
