"""What is asked before a release goes on: what says to stop, and what the next phase waits for.

deploymentFindings(of: "DEP-000002") { mayGoOn findings { rule why } conditions { name met } }
"""

from typing import Any

import strawberry

from fitsm_graph.api.answers import Info, answering, asked_of
from fitsm_graph.api.selection import pick
from fitsm_graph.graph.tx import found
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.rdm import phasing, stopping
from fitsm_graph.rdm.deploying import level_of
from fitsm_graph.rdm.within import row_from
from fitsm_graph.sms.rights import READ

WAITING = frozenset({"planned", "failed"})
"""States of a wave that may be begun."""


@strawberry.type(description="Something that says to stop a release (PR13.5).")
class StopFinding:
    """With the records that tripped it."""

    rule: str = strawberry.field(description="What of the rule: services, incidents, tests, …")
    wave: str | None = strawberry.field(description="Key of the wave; null: of the whole release.")
    why: str
    records: list[str] = strawberry.field(description="Keys of incidents, results, and other work.")


@strawberry.type(description="Something that has to hold before the next phase (PR13.3).")
class PhaseCondition:
    """Of the phase before."""

    phase: str
    name: str = strawberry.field(description="after, incidents or passed.")
    met: bool
    found: str


@strawberry.type(description="Whether a release may go on with a wave (PR13.5).")
class DeploymentFindings:
    """Computed when it is asked for."""

    key: str
    release: str
    may_go_on: bool = strawberry.field(
        description="Nothing says to stop, and the conditions of the phase before hold."
    )
    findings: list[StopFinding]
    conditions: list[PhaseCondition]


def questions() -> dict[str, Any]:
    """Fields of the query type."""
    return {
        "deployment_findings": strawberry.field(
            resolver=answering(deployment_findings),
            graphql_type=DeploymentFindings,
            description=deployment_findings.__doc__,
        )
    }


async def deployment_findings(info: Info, of: strawberry.ID) -> object:
    """What says to stop a release, and what its next wave waits for; of a wave, or a release."""
    context, what = info.context, asked_of(info)
    context.allow(READ)
    ref, at = str(of), to_text(context.now)
    given = {"ref": ref, "actor": "", "at": at}
    row = row_from(found(await context.graph.rows("rdm.release_context", **given), "wave", ref))
    reaching = Reaches(await context.impact.snapshot.current())
    stop = level_of(context.policies, row.release).stop
    tripped = await stopping.stopped_by(context.graph, reaching, row, stop)
    named = [each for each in row.waves if ref in {each.wave["id"], each.wave["key"]}]
    next_one = [*named, *(each for each in row.waves if each.wave["status"] in WAITING)][:1]
    met = [
        one
        for each in next_one
        for one in await phasing.conditions(context.graph, reaching, row, each, at)
    ]
    data = {
        "__typename": "DeploymentFindings",
        "key": next_one[0].wave["key"] if next_one else row.release["key"],
        "release": row.release["key"],
        "mayGoOn": not tripped and all(each.met for each in met),
        "findings": [_finding(each) for each in tripped],
        "conditions": [_condition(each) for each in met],
    }
    return pick(data, what)


def _finding(each: stopping.Tripped) -> dict[str, Any]:
    said = {"rule": each.rule, "wave": each.wave or None, "why": each.why}
    return {"__typename": "StopFinding", **said, "records": list(each.records)}


def _condition(each: phasing.Condition) -> dict[str, Any]:
    said = {"phase": each.phase, "name": each.name, "met": each.met, "found": each.found}
    return {"__typename": "PhaseCondition", **said}
