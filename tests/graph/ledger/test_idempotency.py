"""A key answers a repeat with the first outcome; a dry run knows neither key nor lock."""

import asyncio
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest

from fitsm_graph.confm.service import register_element, update_element
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.clock import ManualClock
from fitsm_graph.kernel.errors import BadInput, Conflict, NotFound
from fitsm_graph.sms.service import register_party
from graph.support import REGISTRY, asking, count, register, run, service, update

PAYLOAD = {"key": "mail", "name": "Mail"}
KEYED = asking(idempotency_key="k-1", payload=PAYLOAD)


async def everything(graph: Graph) -> list[Any]:
    """All nodes and relationships, whatever they are."""
    nodes = await run(graph, "MATCH (n) RETURN labels(n), properties(n)")
    ties = await run(graph, "MATCH (a)-[r]->(b) RETURN a.id, type(r), b.id, properties(r)")
    return sorted(map(repr, nodes)) + sorted(map(repr, ties))


async def test_a_repeat_answers_with_the_first_outcome(graph: Graph) -> None:
    first = await register(graph, "mail", KEYED, name="Mail")
    before = await everything(graph)
    again = await register(graph, "mail", KEYED, name="Mail")
    assert (first.replayed, again.replayed) == (False, True)
    assert (again.value, again.seq) == (first.value, first.seq)
    assert [r for r in await everything(graph) if "turn" not in r] == [
        r for r in before if "turn" not in r
    ]


async def test_without_a_key_a_repeat_is_done_again(graph: Graph) -> None:
    """The control: the verb itself promises nothing."""
    for _ in range(2):
        draft = service("", name="twice")
        await graph.write(register_element, asking(), REGISTRY, draft)
    assert await count(graph, "(n:Service)") == 2


async def test_another_payload_with_the_same_key_is_refused(graph: Graph) -> None:
    await register(graph, "mail", KEYED)
    other = replace(KEYED, payload={"key": "post", "name": "Post"})
    with pytest.raises(Conflict) as refused:
        await register(graph, "post", other)
    assert refused.value.code == "IDEMPOTENCY_MISMATCH"
    assert await count(graph, "(n:Service)") == 1


async def test_keys_of_others_and_of_other_verbs_are_other_keys(graph: Graph) -> None:
    await register(graph, "mail", KEYED)
    another = await register(graph, "post", replace(KEYED, actor="somebody else"))
    party = await graph.write(register_party, KEYED, "Group", {"key": "ops", "name": "Ops"})
    assert not another.replayed
    assert not party.replayed
    assert await count(graph, "(k:IdempotencyKey)") == 3


async def test_no_choice_of_names_makes_two_scopes_one(graph: Graph) -> None:
    await register(graph, "mail", asking(actor="a|b", idempotency_key="c"))
    other = await register(graph, "post", asking(actor="a", idempotency_key="b|c"))
    assert not other.replayed
    first = await register(graph, "web", asking(actor="a", idempotency_key="x|element.update|y"))
    second = await graph.write(
        update_element,
        asking(actor="a|element.register|x", idempotency_key="y"),
        REGISTRY,
        "web",
        {"name": "Web"},
    )
    assert not first.replayed
    assert not second.replayed


async def test_a_verb_that_changed_nothing_is_replayed_too(graph: Graph) -> None:
    await register(graph, "mail")
    first = await update(graph, "mail", {"name": "mail"}, KEYED)
    await update(graph, "mail", {"name": "post"})
    again = await update(graph, "mail", {"name": "mail"}, KEYED)
    assert (first.seq, again.seq, again.replayed) == (None, None, True)
    assert again.value == first.value
    assert (await run(graph, "MATCH (s:Service) RETURN s.name")) == [["post"]]


async def test_what_was_refused_leaves_no_key(graph: Graph) -> None:
    with pytest.raises(NotFound):
        await update(graph, "mail", {"name": "post"}, KEYED)
    assert await count(graph, "(k:IdempotencyKey)") == 0
    await register(graph, "mail")
    assert not (await update(graph, "mail", {"name": "post"}, KEYED)).replayed


async def test_a_key_is_forgotten_after_seven_days(graph: Graph, clock: ManualClock) -> None:
    await register(graph, "mail", KEYED)
    clock.advance(timedelta(days=7))
    assert (await register(graph, "mail", KEYED)).replayed
    clock.advance(timedelta(microseconds=1))
    with pytest.raises(Conflict) as refused:
        await register(graph, "mail", KEYED)
    assert refused.value.code == "DUPLICATE", "it was done again, and the service itself refuses"
    assert await graph.forget_keys() == 1
    assert await count(graph, "(k:IdempotencyKey)") == 0


async def test_a_key_too_long_is_refused_by_name(graph: Graph) -> None:
    with pytest.raises(BadInput) as refused:
        await register(graph, "mail", asking(idempotency_key="k" * 201))
    assert refused.value.problem.path == ("idempotencyKey",)


async def test_one_key_used_by_many_at_once_acts_once(graph: Graph) -> None:
    outcomes = await asyncio.gather(
        *(graph.write(register_element, KEYED, REGISTRY, service("", name="x")) for _ in range(12))
    )
    assert sum(not each.replayed for each in outcomes) == 1
    assert len({each.value["id"] for each in outcomes}) == 1
    assert await count(graph, "(n:Service)") == 1


# --- dry run -------------------------------------------------------------------------------------


async def test_a_dry_run_writes_nothing_and_keeps_no_key(graph: Graph) -> None:
    await register(graph, "mail")
    before = await everything(graph)
    outcome = await update(graph, "mail", {"name": "Post"}, replace(KEYED, dry_run=True))
    assert (outcome.dry_run, outcome.seq, outcome.value["name"]) == (True, None, "Post")
    assert [change.after["name"] for change in outcome.changes] == ["Post"]
    assert await everything(graph) == before


async def test_a_dry_run_does_not_read_keys(graph: Graph) -> None:
    await register(graph, "mail", KEYED)
    draft = service("", name="other")
    other = replace(KEYED, dry_run=True, payload={"other": True})
    outcome = await graph.write(register_element, other, REGISTRY, draft)
    assert (outcome.replayed, outcome.value["name"]) == (False, "other")


async def test_a_dry_run_decides_what_the_write_then_does(graph: Graph) -> None:
    await register(graph, "mail")
    dry = await update(graph, "mail", {"name": "Post"}, asking(dry_run=True))
    wet = await update(graph, "mail", {"name": "Post"})

    def told(outcome: Any) -> list[dict[str, Any]]:
        return [
            asdict(change) | {"after": {**change.after, "updated_at": ""}}
            for change in outcome.changes
        ]

    assert told(dry) == told(wet)


async def test_a_dry_run_passes_a_held_head_and_a_write_waits(graph: Graph) -> None:
    await register(graph, "mail")
    dry = Request(actor="tester", dry_run=True)
    async with graph.driver.session() as session:
        holder = await session.begin_transaction()
        await (await holder.run("MATCH (h:LedgerHead) SET h.turn = 'held'")).consume()
        async with asyncio.timeout(3):
            outcome = await update(graph, "mail", {"name": "Post"}, dry)
        assert outcome.value["name"] == "Post"
        waiting = asyncio.create_task(update(graph, "mail", {"name": "Post"}))
        done, _ = await asyncio.wait([waiting], timeout=0.7)
        assert not done, "the control: a write waits for its turn"
        await holder.rollback()
        assert (await waiting).seq == 2


# --- versions ------------------------------------------------------------------------------------


async def test_a_version_conflict_names_who_changed_what(graph: Graph) -> None:
    made = (await register(graph, "mail")).value
    mara = asking(actor="mara", via="graphql")
    await update(graph, "mail", {"name": "Post", "criticality": 1}, mara)
    await update(graph, "mail", {"name": "Letters"}, asking(actor="tom", via="cli"))
    for request in (asking(), asking(dry_run=True)):
        with pytest.raises(Conflict) as refused:
            await update(graph, "mail", {"name": "Mine"}, request, expected_version=made["version"])
        problem = refused.value.problem
        assert (problem.code, problem.path) == ("VERSION_CONFLICT", ("expectedVersion",))
        assert "mara (graphql) changed criticality, name" in problem.why
        assert "tom (cli) changed name" in problem.why
        assert "entry 2" in problem.why
    assert (await run(graph, "MATCH (s:Service) RETURN s.name")) == [["Letters"]]


async def test_the_version_read_last_is_accepted(graph: Graph) -> None:
    made = (await register(graph, "mail")).value
    after = (await update(graph, "mail", {"name": "A"}, expected_version=made["version"])).value
    again = await update(graph, "mail", {"name": "B"}, expected_version=after["version"])
    assert again.value["name"] == "B"
