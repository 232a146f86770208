"""Whatever is changed behind the product's back is found; an untouched graph is clean."""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from fitsm_graph.graph import histories, verify
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.clock import ManualClock
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.sms.service import register_party, update_party
from graph.ledger.driving import REQUEST, START, Driver, drive
from graph.ledger.tampering import TAMPERINGS, Hand
from graph.syncing import emptied, run

TIMES = 1_000 if os.environ.get("FITSM_FULL") else 60


@pytest_asyncio.fixture(scope="module")
async def driven(neo4j_endpoint: Endpoint) -> AsyncIterator[Graph]:
    async with emptied(neo4j_endpoint):
        clock = ManualClock(START)
        graph = Graph(neo4j_endpoint, clock=clock)
        try:
            await drive(Driver(graph, clock))
            yield graph
        finally:
            await graph.close()


@pytest.mark.timeout(1_200)
async def test_every_tampering_is_found(driven: Graph) -> None:
    hand = Hand(driven, random.Random(20_261_124))
    done, hash_only_found = 0, 0
    while done < TIMES:
        tamper = TAMPERINGS[done % len(TAMPERINGS)]
        undo = await tamper(hand)
        if undo is None:
            continue
        done += 1
        verdict = await verify.full(driven)
        assert not verdict.holds, f"{tamper.__name__} ({done}) was not found"
        hash_only_found += not (await verify.chain(driven)).holds
        await undo()
    clean = await verify.full(driven)
    assert clean.holds, clean.findings
    assert hash_only_found < done, "the control: a chain of hashes alone misses changed records"


async def test_a_cut_tail_is_found_by_a_signed_head_and_by_nothing_else(
    driven: Graph, tmp_path: Path
) -> None:
    file, key = tmp_path / "checkpoints", verify.signing_key(tmp_path / "key")
    point = await verify.checkpoint(driven, file, key)
    points = verify.read_checkpoints(file, trusted=[point["key"]])
    assert (await verify.chain(driven, points)).holds
    hand = Hand(driven, random.Random(1))
    last, before = await hand.ask(
        "MATCH (e:LedgerEntry) RETURN elementId(e), e.seq ORDER BY e.seq DESC LIMIT 2"
    )
    earlier = (
        await hand.ask(
            "MATCH (e:LedgerEntry {seq: $seq}) RETURN {seq: e.seq, hash: e.hash, at: e.at}",
            seq=before[1],
        )
    )[0][0]
    undo_drop = await hand.drop_node(last[0])
    head = await hand.any_node("LedgerHead")
    undo_head = await hand.set_node(str(head), earlier)
    assert (await verify.chain(driven)).holds, "the control: without the signature it looks whole"
    cut = await verify.chain(driven, points)
    assert [finding.what for finding in cut.findings] == ["an entry that was signed is missing"]
    await undo_head()
    await undo_drop()
    assert (await verify.full(driven, points)).holds


def test_a_checkpoint_that_was_changed_or_signed_by_another_is_refused(tmp_path: Path) -> None:
    ours, theirs = (verify.signing_key(tmp_path / name) for name in ("ours", "theirs"))
    assert ours.public_key() != theirs.public_key()
    assert (tmp_path / "ours").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("change", ["seq", "hash", "at"])
async def test_a_changed_checkpoint_is_refused(driven: Graph, tmp_path: Path, change: str) -> None:
    file = tmp_path / "checkpoints"
    point = await verify.checkpoint(driven, file, verify.signing_key(tmp_path / "key"))
    text = file.read_text(encoding="utf-8")
    assert verify.read_checkpoints(file)
    old = str(point[change])
    file.write_text(text.replace(old, old[:-1] + ("1" if old[-1] != "1" else "2"), 1))
    with pytest.raises(BadInput) as refused:
        verify.read_checkpoints(file)
    assert refused.value.problem.code == "CHECKPOINT_BROKEN"
    file.write_text(text, encoding="utf-8")
    other = verify.signing_key(tmp_path / "other").public_key().public_bytes_raw().hex()
    with pytest.raises(BadInput):
        verify.read_checkpoints(file, trusted=[other])


async def test_two_signed_heads_that_contradict_each_other_are_found(
    driven: Graph, tmp_path: Path
) -> None:
    """A tail was cut, written anew, and signed again: one of both was not true."""
    point = await verify.checkpoint(driven, tmp_path / "file", verify.signing_key(tmp_path / "key"))
    other = {**point, "hash": "0" * 64}
    for points in ([point, other], [other, point]):
        found = {finding.what for finding in (await verify.chain(driven, points)).findings}
        assert "two different heads were signed" in found


async def test_a_graph_that_is_written_to_verifies_clean(driven: Graph) -> None:
    """Whoever verifies while others write as fast as they can is not told of tampering."""
    over = False
    keys = ["w0", "w1", "w2"]
    for key in keys:
        await driven.write(register_party, REQUEST, "Group", {"key": key, "name": "w"})

    async def write(key: str) -> None:
        number = 0
        while not over:
            number += 1
            await driven.write(update_party, REQUEST, key, {"name": str(number)})

    writers = [asyncio.create_task(write(key)) for key in keys]
    verdicts, lengths = [], []
    try:
        for _ in range(4):
            verdicts.append(await verify.chain(driven))
            verdicts.append(await verify.full(driven))
            (id,) = (await hand_ids(driven, keys[0]))[0]
            lengths.append(len(await histories.history_of(driven, id)))
    finally:
        over = True
        await asyncio.gather(*writers)
    assert [finding for verdict in verdicts for finding in verdict.findings] == []
    assert verdicts[-1].entries > verdicts[0].entries
    assert lengths == sorted(lengths)
    assert lengths[-1] > lengths[0]


async def hand_ids(graph: Graph, key: str) -> list[list[str]]:
    return await run(graph, "MATCH (g:Group {key: $key}) RETURN g.id", key=key)


def test_only_heads_signed_with_the_key_kept_here_are_trusted(tmp_path: Path) -> None:
    assert verify.trusted_keys(tmp_path / "none") == []
    key = verify.signing_key(tmp_path / "key")
    assert verify.trusted_keys(tmp_path / "key") == [key.public_key().public_bytes_raw().hex()]
