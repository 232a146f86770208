"""An erased value is nowhere in the database any more, and the chain still holds."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from fitsm_graph.graph import feed, histories, verify
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.clock import ManualClock, to_text
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.sms import service as sms
from graph.support import asking, run

NAME, FORMER, EMAIL = "Ada Lovelace-Quill", "Ada Byron-Quill", "ada.quill@example.org"
EVERYTHING = """
MATCH (n) OPTIONAL MATCH (n)-[r]->()
WITH properties(n) AS kept, collect(properties(r)) AS ties
RETURN kept, ties
"""


async def act(graph: Graph, verb: Any, *given: Any, request: Request | None = None) -> Any:
    return (await graph.write(verb, request or asking(), *given)).value


async def person(graph: Graph) -> tuple[dict[str, Any], str]:
    """Somebody with a history, and the salt of their values."""
    keyed = asking(idempotency_key="p", payload={"name": FORMER})
    ada = await act(
        graph, sms.register_party, "Person", {"name": FORMER, "email": EMAIL}, request=keyed
    )
    await act(
        graph, sms.update_party, ada["id"], {"name": NAME}, request=asking(idempotency_key="u")
    )
    await act(
        graph, sms.update_party, ada["id"], {"name": NAME}, request=asking(idempotency_key="n")
    )
    salt = (await run(graph, "MATCH (n:Person) RETURN n.salt"))[0][0]
    assert len(salt) == 32
    return ada, salt


async def places(graph: Graph, *values: str) -> int:
    """In how many rows of the raw database any of some values is found."""
    rows = await run(graph, EVERYTHING)
    return sum(any(value in repr(row) for value in values) for row in rows)


async def test_values_and_salt_are_gone_everywhere(graph: Graph) -> None:
    ada, salt = await person(graph)
    assert await places(graph, NAME, FORMER, EMAIL, salt) == 5, (
        "the control: record, image of the update, and three outcomes hold them"
    )
    entries = await run(graph, "MATCH (e:LedgerEntry) RETURN e.seq, e.hash ORDER BY e.seq")
    await act(graph, sms.erase_party, ada["id"])
    assert await places(graph, NAME, FORMER, EMAIL, salt) == 0
    after = await run(graph, "MATCH (e:LedgerEntry) RETURN e.seq, e.hash ORDER BY e.seq")
    assert after[: len(entries)] == entries, "no hash was made anew"
    verdict = await verify.full(graph)
    assert verdict.holds, verdict.findings


async def test_a_checkpoint_of_before_still_fits(graph: Graph, tmp_path: Path) -> None:
    ada, _ = await person(graph)
    file = tmp_path / "checkpoints"
    await verify.checkpoint(graph, file, verify.signing_key(tmp_path / "key"))
    await act(graph, sms.erase_party, ada["id"])
    assert (await verify.full(graph, verify.read_checkpoints(file))).holds


async def test_the_past_shows_them_as_erased(graph: Graph, clock: ManualClock) -> None:
    ada, _ = await person(graph)
    then = to_text(clock.now())
    clock.advance(timedelta(hours=1))
    await act(graph, sms.erase_party, ada["id"])
    image = await feed.record_at(graph, ada["id"], await feed.seq_at(graph, then))
    assert image is not None
    assert [set(image.properties[name]) for name in ("name", "email")] == [{"erasable"}] * 2
    assert image.properties["key"] == ada["key"]
    now = await feed.record_at(graph, ada["id"], (await graph.head()).seq)
    assert now is not None
    assert not {"name", "email"} & set(now.properties)
    told = [step.entry["verb"] for step in await histories.history_of(graph, ada["id"])]
    assert told == ["party.register", "party.update", "party.erase"]


async def test_a_repeat_after_erasing_does_not_bring_them_back(graph: Graph) -> None:
    ada, _ = await person(graph)
    await act(graph, sms.erase_party, ada["id"])
    with pytest.raises(Refused) as refused:
        await person(graph)
    assert refused.value.code == "ERASED"
    other = asking(idempotency_key="p", payload={"name": FORMER}, actor="somebody else")
    await act(graph, sms.register_party, "Person", {"name": "Bob"}, request=other)


async def test_outcomes_that_tell_of_others_stay(graph: Graph) -> None:
    ada, _ = await person(graph)
    keyed = asking(idempotency_key="b", payload={"name": "Bob"})
    bob = await act(graph, sms.register_party, "Person", {"name": "Bob"}, request=keyed)
    await act(graph, sms.erase_party, ada["id"])
    outcome = await graph.write(sms.register_party, keyed, "Person", {"name": "Bob"})
    assert (outcome.replayed, outcome.value) == (True, bob)


async def test_erased_for_good(graph: Graph) -> None:
    ada, _ = await person(graph)
    await act(graph, sms.erase_party, ada["id"])
    with pytest.raises(Refused) as refused:
        await act(graph, sms.update_party, ada["id"], {"name": NAME})
    assert refused.value.code == "ERASED"
    await act(graph, sms.erase_party, ada["id"])
    assert (await verify.full(graph)).holds, "erasing twice is harmless"


async def test_whoever_is_retired_can_be_erased_too(graph: Graph) -> None:
    ada, salt = await person(graph)
    await act(graph, sms.retire_party, ada["id"])
    await act(graph, sms.erase_party, ada["id"])
    assert await places(graph, NAME, FORMER, EMAIL, salt) == 0
    assert (await run(graph, "MATCH (n:Record) RETURN labels(n)")) == [
        [["Record", "RetiredPerson"]]
    ]
    verdict = await verify.full(graph)
    assert verdict.holds, verdict.findings


async def test_a_dry_run_erases_nothing(graph: Graph) -> None:
    ada, salt = await person(graph)
    before = await places(graph, NAME, FORMER, EMAIL, salt)
    await act(graph, sms.erase_party, ada["id"], request=replace(asking(), dry_run=True))
    assert await places(graph, NAME, FORMER, EMAIL, salt) == before


async def test_salted_digests_of_one_value_differ(graph: Graph) -> None:
    """Nobody learns from two erased records that they were the same person."""
    for key in ("a", "b"):
        await act(graph, sms.register_party, "Person", {"key": key, "name": NAME})
        await act(graph, sms.update_party, key, {"name": "x"})
        await act(graph, sms.erase_party, key)
    rows = await run(
        graph, "MATCH ()-[c:CHANGED {op: 'update'}]->(n) RETURN c.before ORDER BY n.key"
    )
    assert len(rows) == 2
    assert "erasable" in rows[0][0]
    assert rows[0] != rows[1]
