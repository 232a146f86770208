"""Own states from records: incidents, changes and maintenance windows, now and as they were."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio

from fitsm_graph.chm.implementing import begin_change, close_change, complete_change
from fitsm_graph.chm.maintenance import cancel_maintenance, plan_maintenance
from fitsm_graph.chm.service import cancel_change, register_change
from fitsm_graph.chm.standard import (
    approve_standard_change,
    raise_standard_change,
    register_standard_change,
)
from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.confm.service import register_element, relate, retire_element, unrelate
from fitsm_graph.graph import feed
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.statements import statement
from fitsm_graph.graph.verb import VERBS, Request
from fitsm_graph.impact.disturbances import EFFECTS
from fitsm_graph.impact.network import Level
from fitsm_graph.impact.snapshot import Snapshot, Standing
from fitsm_graph.isrm.service import register_incident, resolve_incident, set_incident_effect
from fitsm_graph.kernel.clock import ManualClock, to_text
from fitsm_graph.kernel.errors import BadInput, FitsmError, NotFound, Refused
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.sms.accounts import create_account
from fitsm_graph.sms.roles import assign_role
from fitsm_graph.sms.service import register_party, tie
from graph.syncing import REGISTRY, emptied, handed

REQUEST = Request(actor="tester", via="test")
NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)


class Estate:
    """A service on an application on a server, a clock that is driven, and a snapshot."""

    def __init__(self, graph: Graph, clock: ManualClock) -> None:
        self.graph, self.clock = graph, clock
        self.snapshot = Snapshot(graph, REGISTRY)
        self.elsewhere = Graph(graph.endpoint, clock=clock)
        self.reading = Snapshot(self.elsewhere, REGISTRY)
        self.ids: dict[str, str] = {}

    async def write(self, verb: Any, *given: Any, **more: Any) -> Any:
        return (
            await self.graph.write(verb, REQUEST, *await handed(self.graph, verb, given), **more)
        ).value

    async def build(self) -> None:
        for key, kind, type in (
            ("SVC", "Service", ""),
            ("APP", "CI", "Application"),
            ("HOST", "CI", "Server"),
        ):
            draft = ElementDraft(kind=kind, type=type, key=key, name=key.lower())
            made = await self.write(register_element, REGISTRY, draft)
            self.ids[key] = made["id"]
        for type, source, target in (("DEPENDS_ON", "SVC", "APP"), ("RUNS_ON", "APP", "HOST")):
            draft_of = RelationDraft(type=type, source=source, target=target)
            await self.write(relate, REGISTRY, draft_of)

        said = {"steps": ["do it"], "may_alter": ["CI"]}
        await self.write(register_standard_change, "as ever", **said)
        given = await handed(self.graph, approve_standard_change, ("STC-000001",))
        await self.write(register_party, "Person", {"key": "boss", "name": "Boss"})
        await self.write(assign_role, RoleWord.CAB_MEMBER, "boss")
        await self.write(create_account, "other", ["editor"], "digest", person="boss")
        other = Request(actor="other", via="test")
        await self.graph.write(approve_standard_change, other, *given)

    async def change(self, title: str, hits: Any, **more: Any) -> Any:
        """A change that its standard change has approved."""
        return await self.write(raise_standard_change, "STC-000001", hits, title=title, **more)

    def at(self, hour: int, minute: int = 0) -> str:
        return to_text(NINE.replace(hour=hour, minute=minute))

    def go_to(self, hour: int, minute: int = 0) -> None:
        self.clock.set(NINE.replace(hour=hour, minute=minute))

    def levels(self, standing: Standing) -> dict[str, str]:
        topology = standing.mapped.topology
        return {
            key: Level(int(standing.before.state[number])).name
            for key, id in self.ids.items()
            if (number := topology.find(id)) >= 0
        }

    async def was_down(self) -> None:
        """An incident comes and goes; the snapshots see the end of it."""
        assert await self.now() == UP
        await self.write(register_incident, "no power", [("HOST", "down")])
        await self.write(resolve_incident, "INC-000001", "plugged in again")
        assert await self.now() == UP

    async def now(self) -> dict[str, str]:
        """The states of the snapshot that is kept; one that reads, and a fresh one say the same.

        The first follows what its own process writes, the second reads the ledger of others.
        """
        kept = self.levels(await self.snapshot.current())
        assert self.levels(await self.reading.current()) == kept
        assert self.levels(await Snapshot(self.graph, REGISTRY).current()) == kept
        return kept

    async def then(self, moment: str) -> dict[str, str]:
        seq = await feed.seq_at(self.graph, moment)
        return self.levels(await self.snapshot.as_of(seq, moment))


@pytest_asyncio.fixture
async def estate(neo4j_endpoint: Endpoint) -> AsyncIterator[Estate]:
    async with emptied(neo4j_endpoint):
        clock = ManualClock(NINE)
        graph = Graph(neo4j_endpoint, clock=clock)
        made = Estate(graph, clock)
        await made.build()
        yield made
        await made.elsewhere.close()
        await graph.close()


UP = {"SVC": "UP", "APP": "UP", "HOST": "UP"}
DOWN = {"SVC": "DOWN", "APP": "DOWN", "HOST": "DOWN"}


async def test_an_open_incident_counts_until_it_is_resolved(estate: Estate) -> None:
    assert await estate.now() == UP
    estate.go_to(10)
    incident = await estate.write(register_incident, "no power", [("HOST", "down")])
    assert incident["key"] == "INC-000001"
    assert await estate.now() == DOWN
    cause = (await estate.snapshot.current()).own.of_element(estate.ids["HOST"])[0]
    assert (cause.record, cause.text, cause.cause) == ("INC-000001", "no power", "incident")
    estate.go_to(11)
    await estate.write(set_incident_effect, "INC-000001", "HOST", "degraded")
    assert await estate.now() == dict.fromkeys(UP, "DEGRADED")
    estate.go_to(12)
    await estate.write(resolve_incident, "INC-000001", "plugged in again")
    assert await estate.now() == UP
    assert await estate.then(estate.at(9, 30)) == UP
    assert await estate.then(estate.at(10, 30)) == DOWN
    assert await estate.then(estate.at(11, 30)) == dict.fromkeys(UP, "DEGRADED")
    assert await estate.then(estate.at(12)) == UP


async def test_what_this_process_wrote_is_not_read_again(estate: Estate) -> None:
    assert await estate.now() == UP
    reads = estate.snapshot.refreshes, estate.reading.refreshes
    await estate.write(register_incident, "no power", [("HOST", "down")])
    assert await estate.now() == DOWN
    await estate.write(resolve_incident, "INC-000001", "plugged in again")
    assert await estate.now() == UP
    await estate.write(VERBS["incident.close"].run, "INC-000001", confirmed=True)
    assert await estate.now() == UP
    before = estate.graph.statements
    await estate.snapshot.current()
    assert estate.graph.statements == before + 1  # where the ledger stands
    assert estate.snapshot.followed == 3
    assert (estate.snapshot.refreshes, estate.reading.refreshes) == (reads[0], reads[1] + 3)


async def test_what_was_over_and_is_in_force_again_is_read(estate: Estate) -> None:
    await estate.write(register_incident, "no power", [("HOST", "down")])
    await estate.write(resolve_incident, "INC-000001", "plugged in again")
    assert await estate.now() == UP
    read = estate.snapshot.refreshes
    await estate.write(VERBS["incident.reopen"].run, "INC-000001", "out again")
    assert await estate.now() == DOWN
    assert estate.snapshot.refreshes == read + 1


async def test_what_was_seen_to_end_and_is_in_force_again_is_not_read(estate: Estate) -> None:
    await estate.was_down()
    read = estate.snapshot.refreshes
    await estate.write(VERBS["incident.reopen"].run, "INC-000001", "out again")
    assert await estate.now() == DOWN
    await estate.write(set_incident_effect, "INC-000001", "HOST", "degraded")
    await estate.write(resolve_incident, "INC-000001", "another plug")
    assert await estate.now() == UP
    await estate.write(VERBS["incident.reopen"].run, "INC-000001", "out once more")
    assert await estate.now() == dict.fromkeys(UP, "DEGRADED")
    assert estate.snapshot.refreshes == read


async def test_what_others_did_to_what_was_over_counts(estate: Estate) -> None:
    await estate.was_down()
    again = VERBS["incident.reopen"].run
    given = await handed(estate.graph, again, ("INC-000001", "out again"))
    await estate.elsewhere.write(again, REQUEST, *given)
    assert await estate.now() == DOWN
    await estate.write(resolve_incident, "INC-000001", "another plug")
    assert await estate.now() == UP


async def test_what_is_made_is_not_read_and_what_is_changed_is(estate: Estate) -> None:
    assert await estate.now() == UP
    read, followed = estate.snapshot.refreshes, estate.snapshot.followed
    await estate.write(register_incident, "no power", [("HOST", "down")])
    draft = ElementDraft(kind="CI", type="Server", key="NEW", name="new")
    estate.ids["NEW"] = (await estate.write(register_element, REGISTRY, draft))["id"]
    needs = RelationDraft(type="DEPENDS_ON", source="NEW", target="HOST")
    await estate.write(relate, REGISTRY, needs)
    assert await estate.now() == {**DOWN, "NEW": "DOWN"}
    await estate.write(unrelate, REGISTRY, "DEPENDS_ON", "NEW", "HOST")
    assert await estate.now() == {**DOWN, "NEW": "UP"}
    assert (estate.snapshot.refreshes, estate.snapshot.followed) == (read, followed + 2)
    await estate.write(retire_element, REGISTRY, "NEW")
    del estate.ids["NEW"]
    assert await estate.now() == DOWN
    assert (estate.snapshot.refreshes, estate.snapshot.followed) == (read + 1, followed + 2)


async def test_a_window_begins_and_ends_without_an_entry(estate: Estate) -> None:
    window = {"starts_at": estate.at(13), "ends_at": estate.at(14)}
    await estate.write(plan_maintenance, "new disk", [("HOST", "down")], **window)
    head = (await estate.graph.head()).seq
    for hour, minute, states in ((12, 59, UP), (13, 0, DOWN), (13, 59, DOWN), (14, 0, UP)):
        estate.go_to(hour, minute)
        assert await estate.now() == states, (hour, minute)
    assert (await estate.graph.head()).seq == head
    assert await estate.then(estate.at(13, 30)) == DOWN, "a window that passed is in the past"
    assert await estate.then(estate.at(12, 30)) == UP
    estate.go_to(12)
    assert await estate.then(estate.at(13, 30)) == DOWN, "what is planned shows in the future"


async def test_a_cancelled_window_never_begins_or_ends_now(estate: Estate) -> None:
    window = {"starts_at": estate.at(13), "ends_at": estate.at(15)}
    first = await estate.write(plan_maintenance, "one", [("HOST", "down")], **window)
    second = await estate.write(plan_maintenance, "two", [("APP", "at_risk")], **window)
    await estate.write(cancel_maintenance, first["key"])
    estate.go_to(14)
    assert await estate.now() == {"SVC": "AT_RISK", "APP": "AT_RISK", "HOST": "UP"}
    await estate.write(cancel_maintenance, second["id"])
    assert await estate.now() == UP
    with pytest.raises(Refused) as refused:
        await estate.write(cancel_maintenance, second["id"])
    assert refused.value.problem.code == "ILLEGAL_TRANSITION"
    assert await estate.then(estate.at(13, 30)) == {
        "SVC": "AT_RISK",
        "APP": "AT_RISK",
        "HOST": "UP",
    }


async def test_a_change_counts_only_while_it_is_implemented_whatever_was_planned(
    estate: Estate,
) -> None:
    planned = {"planned_starts_at": estate.at(10), "planned_ends_at": estate.at(11)}
    hits = [("HOST", "down"), ("APP", "at_risk")]
    change = await estate.change("new board", hits, **planned)
    assert (change["key"], change["status"]) == ("CHG-000001", "approved")
    estate.go_to(10, 30)
    assert await estate.now() == UP, "it should have begun, and it has not"
    estate.go_to(12)
    begun = await estate.write(begin_change, "CHG-000001")
    assert (begun["status"], begun["starts_at"]) == ("implementing", estate.at(12))
    assert await estate.now() == DOWN
    causes = (await estate.snapshot.current()).own.of_element(estate.ids["HOST"])
    assert [(c.record, c.text, c.cause) for c in causes] == [("CHG-000001", "new board", "change")]
    estate.go_to(23)
    assert await estate.now() == DOWN, "it lasts longer than planned"
    done = await estate.write(complete_change, change["id"])
    assert (done["status"], done["ends_at"]) == ("implemented", estate.at(23))
    assert await estate.now() == UP
    kept = {name: done[name] for name in planned}
    assert kept == planned
    for hour, minute, states in ((10, 30, UP), (12, 0, DOWN), (22, 59, DOWN), (23, 0, UP)):
        assert await estate.then(estate.at(hour, minute)) == states, (hour, minute)


async def test_a_change_begun_counts_in_a_past_before_it_was_over(estate: Estate) -> None:
    """As of a time between begin and end, also when a later change is in progress now."""
    await estate.change("one", [("APP", "degraded")])
    await estate.change("two", [("HOST", "down")])
    for hour, verb, key in (
        (10, begin_change, "CHG-000001"),
        (11, complete_change, "CHG-000001"),
        (12, begin_change, "CHG-000002"),
    ):
        estate.go_to(hour)
        await estate.write(verb, key)
    degraded = {"SVC": "DEGRADED", "APP": "DEGRADED", "HOST": "UP"}
    assert await estate.now() == DOWN
    assert await estate.then(estate.at(9, 30)) == UP
    assert await estate.then(estate.at(10, 30)) == degraded
    assert await estate.then(estate.at(11, 30)) == UP
    assert await estate.then(estate.at(12)) == DOWN


async def test_a_change_given_up_never_begins_or_ends_now(estate: Estate) -> None:
    await estate.write(register_change, "one", [("HOST", "down")])
    await estate.change("two", [("APP", "at_risk")])
    estate.go_to(10)
    gone = await estate.write(cancel_change, "CHG-000001")
    assert (gone["status"], gone.get("starts_at"), gone["ends_at"]) == (
        "cancelled",
        None,
        estate.at(10),
    )
    await estate.write(begin_change, "CHG-000002")
    estate.go_to(11)
    assert (await estate.now())["APP"] == "AT_RISK"
    await estate.write(cancel_change, "CHG-000002")
    assert await estate.now() == UP
    assert (await estate.then(estate.at(10, 30)))["APP"] == "AT_RISK"


ORDERS = {
    begin_change: {"approved"},
    complete_change: {"implementing"},
    cancel_change: {"approved", "implementing"},
    close_change: {"implemented"},
}


@pytest.mark.parametrize("verb", ORDERS)
async def test_a_change_takes_its_steps_in_order(estate: Estate, verb: Any) -> None:
    ways = {
        "approved": (),
        "implementing": (begin_change,),
        "implemented": (begin_change, complete_change),
        "closed": (begin_change, complete_change, close_change),
        "cancelled": (cancel_change,),
    }
    for status, way in ways.items():
        key = (await estate.change("x", [("HOST", "at_risk")]))["key"]
        for step in way:
            await estate.write(step, key)
        if status in ORDERS[verb]:
            await estate.write(verb, key)
            continue
        with pytest.raises(Refused, match=status) as refused:
            await estate.write(verb, key)
        assert refused.value.problem.code == "ILLEGAL_TRANSITION"


async def test_a_resolved_incident_keeps_a_retired_element(estate: Estate) -> None:
    extra = ElementDraft(kind="CI", type="Server", key="SPARE", name="spare")
    await estate.write(register_element, REGISTRY, extra)
    await estate.write(register_incident, "fan", [("SPARE", "down"), ("HOST", "at_risk")])
    await estate.write(retire_element, REGISTRY, "SPARE")
    assert (await estate.now())["HOST"] == "AT_RISK"
    await estate.write(resolve_incident, "INC-000001", "retired")
    with pytest.raises(Refused) as refused:
        await estate.write(resolve_incident, "INC-000001", "again")
    assert refused.value.problem.code == "ILLEGAL_TRANSITION"


async def test_a_service_that_customers_receive_is_not_retired(estate: Estate) -> None:
    await estate.write(register_party, "Customer", {"key": "lab", "name": "The lab"})
    await estate.write(tie, "RECEIVES", "lab", "SVC")
    with pytest.raises(Refused) as refused:
        await estate.write(retire_element, REGISTRY, "SVC")
    assert "customer lab receives it" in refused.value.problem.why


WINDOW = {"starts_at": "2026-11-24T13:00:00Z", "ends_at": "2026-11-24T14:00:00Z"}


REFUSED: tuple[tuple[Any, tuple[Any, ...], dict[str, Any], type[FitsmError], Any], ...] = (
    (register_incident, (" ", [("HOST", "down")]), {}, BadInput, ("title",)),
    (register_incident, ("x", [("HOST", "dwon")]), {}, BadInput, ("affects", 0, "effect")),
    (register_incident, ("x", [("NONE", "down")]), {}, NotFound, ("affects",)),
    (
        register_incident,
        ("x", [("HOST", "down"), ("HOST", "at_risk")]),
        {},
        BadInput,
        ("affects", 1),
    ),
    (
        register_incident,
        ("x", [("HOST", "down")]),
        {"starts_at": "2026-11-25T00:00:00Z"},
        BadInput,
        ("startsAt",),
    ),
    (plan_maintenance, ("x", []), WINDOW, BadInput, ("covers",)),
    (plan_maintenance, ("", [("HOST", "down")]), WINDOW, BadInput, ("title",)),
    (
        plan_maintenance,
        ("x", [("HOST", "down")]),
        {**WINDOW, "ends_at": WINDOW["starts_at"]},
        BadInput,
        ("endsAt",),
    ),
    (register_change, ("x", []), {}, BadInput, ("changes",)),
    (register_change, (" ", [("HOST", "down")]), {}, BadInput, ("title",)),
    (register_change, ("x", [("NONE", "down")]), {}, NotFound, ("changes",)),
    (
        register_change,
        ("x", [("HOST", "down")]),
        {"planned_starts_at": WINDOW["starts_at"]},
        BadInput,
        ("plannedEndsAt",),
    ),
    (
        register_change,
        ("x", [("HOST", "down")]),
        {"planned_ends_at": WINDOW["starts_at"], "planned_starts_at": WINDOW["ends_at"]},
        BadInput,
        ("plannedEndsAt",),
    ),
    (begin_change, ("CHG-9",), {}, NotFound, ()),
    (complete_change, ("CHG-9",), {}, NotFound, ()),
    (cancel_change, ("CHG-9",), {}, NotFound, ()),
    (resolve_incident, ("INC-9", "done"), {}, NotFound, ()),
    (resolve_incident, ("INC-9", " "), {}, BadInput, ("resolution",)),
    (cancel_maintenance, ("MWN-9",), {}, NotFound, ()),
)
"""Verb, what it is given and by name, the error and its path."""


async def test_what_cannot_be_is_refused(estate: Estate) -> None:
    for verb, given, more, error, path in REFUSED:
        with pytest.raises(error) as refused:
            await estate.write(verb, *given, **more)
        assert refused.value.problem.path == path, (verb, given)
        assert refused.value.problem.remedy, (verb, given)


def test_the_statements_read_every_relation_that_is_declared_to_have_an_effect() -> None:
    for name in ("impact.disturbances", "impact.disturbances_by_id"):
        assert f":{'|'.join(sorted(EFFECTS))}]" in statement(name).text
