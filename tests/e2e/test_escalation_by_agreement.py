"""An agreement says whom a violation of it goes up to; else it goes the usual way."""

from pathlib import Path

from e2e.desk import GOLD, HOUR, Desk, agreed, opened, ordinary
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.scheduler import Turn
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.isrm.due import escalating
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.kernel.errors import FitsmError

OFTEN = {"every": {str(number): "PT5M" for number in range(1, 5)}}
SHORT = {"steps": [{"at": 0.9, "to": [{"role": "sms_owner"}]}]}


async def turn(desk: Desk) -> str:
    product = desk.caller.product

    async def policies() -> Policies:
        return product.policies

    async def reaches() -> Reaches:
        return Reaches(await product.snapshot.current())

    job = escalating(product.graph, policies, reaches)
    return (await job.run(Turn(desk.clock.now(), ""))).said


async def test_what_an_agreement_says_of_violations_counts(
    neo4j_endpoint: Endpoint, tmp_path: Path
) -> None:
    async with opened(neo4j_endpoint, tmp_path) as desk:
        product = desk.caller.product
        clause = {**GOLD, "escalation": "short"}
        refused = ""
        try:
            await agreed(product, "targets", "gold", clause)
        except FitsmError as error:
            refused = error.code
        assert refused == "POLICY_MISSING", "nobody approves a clause that leads nowhere"
        await agreed(product, "escalation-path", "short", SHORT)
        await agreed(product, "targets", "gold", clause)
        await desk.until(9, ordinary)
        await agreed(product, "update-rules", "often", OFTEN)
        await agreed(product, "targets", "gold", {**clause, "communication": "often"})
        of_gold, other = await desk.new("engine"), await desk.new("store")
        heard = {each["key"]: each["nextUpdateDueAt"] for each in (of_gold, other)}
        assert heard[of_gold["key"]] == to_text(desk.clock.now() + HOUR / 12)
        assert heard[other["key"]] > heard[of_gold["key"]], "users hear the usual way"
        assert await turn(desk) == ""
        desk.clock.advance(HOUR * 0.6)
        said = await turn(desk)
        assert other["key"] not in said
        told = await desk.done("commentIncident", ref=of_gold["key"], text="x")
        assert told["escalations"] == [], "the usual path has a step at half of the time"
        desk.clock.advance(HOUR * 0.35)
        await turn(desk)
        told = await desk.done("commentIncident", ref=of_gold["key"], text="y")
        (step,) = told["escalations"]
        assert (step["step"], step["to"], step["byRule"]) == (1, [{"key": "sam"}], True)
        code = await desk.code("escalateIncidentUp", ref=of_gold["key"], why="still nothing")
        assert code == "NOBODY_ABOVE"
        usual = await desk.done(
            "escalateIncidentUp", ref=other["key"], why="still nothing", byRule=True
        )
        assert "sam" not in {who["key"] for who in usual["escalations"][0]["to"]}
