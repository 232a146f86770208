"""What somebody with the database's password can do to a graph, and undo again."""

import random
import zlib
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from fitsm_graph.graph.graph import Graph
from graph.syncing import run

Undo = Callable[[], Awaitable[None]]
Tampering = Callable[["Hand"], Awaitable[Undo | None]]
OTHER = {int: 4_711, float: 4.711, bool: None, str: "tampered", bytes: b"tampered"}


class Hand:
    """Somebody with the database's password: changes one thing, and can put it back."""

    def __init__(self, graph: Graph, pick: random.Random) -> None:
        self.graph, self.pick = graph, pick

    async def ask(self, text: str, **given: Any) -> list[list[Any]]:
        return await run(self.graph, text, **given)

    async def any_node(self, label: str, condition: str = "true") -> str | None:
        rows = await self.ask(f"MATCH (n:{label}) WHERE {condition} RETURN elementId(n) ORDER BY 1")
        return str(self.pick.choice(rows)[0]) if rows else None

    async def any_relation(self, pattern: str, condition: str = "true") -> str | None:
        rows = await self.ask(f"MATCH {pattern} WHERE {condition} RETURN elementId(r) ORDER BY 1")
        return str(self.pick.choice(rows)[0]) if rows else None

    async def set_node(self, id: str, values: dict[str, Any]) -> Undo:
        text = "MATCH (n) WHERE elementId(n) = $id SET n += $values"
        before = (await self.ask("MATCH (n) WHERE elementId(n) = $id RETURN properties(n)", id=id))[
            0
        ][0]
        await self.ask(text, id=id, values=values)
        old = {name: before.get(name) for name in values}

        async def undo() -> None:
            await self.ask(text, id=id, values=old)

        return undo

    async def set_relation(self, id: str, values: dict[str, Any]) -> Undo:
        text = "MATCH ()-[r]->() WHERE elementId(r) = $id SET r += $values"
        rows = await self.ask(
            "MATCH ()-[r]->() WHERE elementId(r) = $id RETURN properties(r)", id=id
        )
        await self.ask(text, id=id, values=values)
        old = {name: rows[0][0].get(name) for name in values}

        async def undo() -> None:
            await self.ask(text, id=id, values=old)

        return undo

    async def drop_relation(self, id: str) -> Undo:
        a, type, b, properties = (
            await self.ask(
                "MATCH (a)-[r]->(b) WHERE elementId(r) = $id "
                "RETURN elementId(a), type(r), elementId(b), properties(r)",
                id=id,
            )
        )[0]
        await self.ask("MATCH ()-[r]->() WHERE elementId(r) = $id DELETE r", id=id)

        async def undo() -> None:
            await self.add_relation(a, type, b, properties)

        return undo

    async def add_relation(self, a: str, type: str, b: str, properties: dict[str, Any]) -> str:
        rows = await self.ask(
            "MATCH (a) WHERE elementId(a) = $a MATCH (b) WHERE elementId(b) = $b "
            f"CREATE (a)-[r:{type}]->(b) SET r = $properties RETURN elementId(r)",
            a=a,
            b=b,
            properties=properties,
        )
        return str(rows[0][0])

    async def drop_node(self, id: str) -> Undo:
        labels, properties = (
            await self.ask(
                "MATCH (n) WHERE elementId(n) = $id RETURN labels(n), properties(n)", id=id
            )
        )[0]
        relations = await self.ask(
            "MATCH (n)-[r]-(m) WHERE elementId(n) = $id "
            "RETURN elementId(m), type(r), properties(r), startNode(r) = n",
            id=id,
        )
        await self.ask("MATCH (n) WHERE elementId(n) = $id DETACH DELETE n", id=id)

        async def undo() -> None:
            rows = await self.ask(
                f"CREATE (n:{':'.join(labels)}) SET n = $properties RETURN elementId(n)",
                properties=properties,
            )
            for other, type, held, starts in relations:
                ends = (rows[0][0], other) if starts else (other, rows[0][0])
                await self.add_relation(ends[0], type, ends[1], held)

        return undo

    async def other_value(self, id: str, *, of: str = "n") -> dict[str, Any]:
        match = "MATCH (n)" if of == "n" else "MATCH ()-[n]->()"
        held = (await self.ask(f"{match} WHERE elementId(n) = $id RETURN properties(n)", id=id))[0][
            0
        ]
        name = self.pick.choice(sorted(held))
        value = held[name]
        if isinstance(value, bool):
            return {name: not value}
        if isinstance(value, list):
            return {name: [*value, "tampered"]}
        if isinstance(value, str) and value and self.pick.random() < 0.5:
            place = self.pick.randrange(len(value))
            return {
                name: value[:place] + ("x" if value[place] != "x" else "y") + value[place + 1 :]
            }
        return {name: OTHER[type(value)]}


# --- what can be done to a graph ------------------------------------------------------------------


async def change_a_record(hand: Hand) -> Undo | None:
    id = await hand.any_node("Record")
    assert id
    return await hand.set_node(id, await hand.other_value(id))


async def take_a_property_away(hand: Hand) -> Undo | None:
    id = await hand.any_node("Record")
    assert id
    name = next(iter(await hand.other_value(id)))
    return await hand.set_node(id, {name: None})


async def add_a_property(hand: Hand) -> Undo | None:
    id = await hand.any_node("Record")
    assert id
    return await hand.set_node(id, {"planted": "by hand"})


async def drop_a_record(hand: Hand) -> Undo | None:
    id = await hand.any_node("Record")
    assert id
    return await hand.drop_node(id)


async def add_a_record(hand: Hand) -> Undo | None:
    rows = await hand.ask(
        "CREATE (n:Record:Group {id: 'planted', key: 'planted', name: 'x', created: 1}) "
        "RETURN elementId(n)"
    )

    async def undo() -> None:
        await hand.ask("MATCH (n) WHERE elementId(n) = $id DELETE n", id=rows[0][0])

    return undo


async def relabel_a_record(hand: Hand) -> Undo | None:
    id = await hand.any_node("CI")
    assert id
    label = (
        await hand.ask(
            "MATCH (n) WHERE elementId(n) = $id RETURN [l IN labels(n) WHERE l = n.type][0]", id=id
        )
    )[0][0]
    await hand.ask(f"MATCH (n) WHERE elementId(n) = $id REMOVE n:{label} SET n:Pretender", id=id)

    async def undo() -> None:
        await hand.ask(
            f"MATCH (n) WHERE elementId(n) = $id REMOVE n:Pretender SET n:{label}", id=id
        )

    return undo


async def change_a_relation(hand: Hand) -> Undo | None:
    id = await hand.any_relation("(:Record)-[r]->(:Record)")
    assert id
    return await hand.set_relation(id, await hand.other_value(id, of="r"))


async def drop_a_relation(hand: Hand) -> Undo | None:
    id = await hand.any_relation("(:Record)-[r]->(:Record)")
    assert id
    return await hand.drop_relation(id)


async def add_a_relation(hand: Hand) -> Undo | None:
    ends = [await hand.any_node("Record"), await hand.any_node("Record")]
    id = await hand.add_relation(str(ends[0]), "PLANTED", str(ends[1]), {"created": 1})

    async def undo() -> None:
        await hand.drop_relation(id)

    return undo


async def change_an_entry(hand: Hand) -> Undo | None:
    id = await hand.any_node("LedgerEntry")
    assert id
    return await hand.set_node(id, await hand.other_value(id))


async def drop_an_entry(hand: Hand) -> Undo | None:
    id = await hand.any_node("LedgerEntry")
    assert id
    return await hand.drop_node(id)


async def swap_two_entries(hand: Hand) -> Undo | None:
    first, second = await hand.any_node("LedgerEntry"), await hand.any_node("LedgerEntry")
    if first == second:
        return None
    text = (
        "MATCH (a) WHERE elementId(a) = $a MATCH (b) WHERE elementId(b) = $b "
        "WITH a, b, a.seq AS s, b.seq AS t SET a.seq = -1 SET b.seq = s SET a.seq = t"
    )
    await hand.ask(text, a=first, b=second)

    async def undo() -> None:
        await hand.ask(text, a=first, b=second)

    return undo


async def change_what_was_before(hand: Hand) -> Undo | None:
    id = await hand.any_relation("(:LedgerEntry)-[r:CHANGED]->()", "r.before <> '{}'")
    assert id
    before = (await hand.ask("MATCH ()-[r]->() WHERE elementId(r) = $id RETURN r.before", id=id))[
        0
    ][0]
    return await hand.set_relation(id, {"before": before.replace('":', '_":', 1)})


async def drop_what_was_before(hand: Hand) -> Undo | None:
    id = await hand.any_relation("(:LedgerEntry)-[r:CHANGED]->()")
    assert id
    return await hand.drop_relation(id)


async def change_the_head(hand: Hand) -> Undo | None:
    id = await hand.any_node("LedgerHead")
    assert id
    return await hand.set_node(id, hand.pick.choice([{"hash": "0" * 64}, {"seq": 3}]))


async def change_an_edge(hand: Hand) -> Undo | None:
    id = await hand.any_relation("(:LedgerEntry)-[r:CHANGED]->()")
    assert id
    return await hand.set_relation(id, await hand.other_value(id, of="r"))


async def blur_what_was_before(hand: Hand) -> Undo | None:
    id = await hand.any_relation("(:LedgerEntry)-[r:CHANGED]->()", "r.before <> '{}'")
    assert id
    before = (await hand.ask("MATCH ()-[r]->() WHERE elementId(r) = $id RETURN r.before", id=id))[
        0
    ][0]
    return await hand.set_relation(id, {"before": before.replace('":', '": ', 1)})


async def plant_on_an_entry(hand: Hand) -> Undo | None:
    id = await hand.any_node("LedgerEntry")
    assert id
    return await hand.set_node(id, {"planted": "by hand"})


async def change_what_an_entry_created(hand: Hand) -> Undo | None:
    id = await hand.any_node("LedgerEntry", "n.created_records IS NOT NULL")
    assert id
    text = hand.pick.choice([b"{}", b"[[1]]", b'[["CI"]]', b'["CI"]', b"[7]", b"[]"])
    return await hand.set_node(id, {"created_records": zlib.compress(text)})


async def plant_a_salt(hand: Hand) -> Undo | None:
    id = await hand.any_node("Record", "n.salt IS NULL")
    assert id
    return await hand.set_node(id, {"salt": "00" * 16})


async def plant_what_no_verb_writes(hand: Hand) -> Undo | None:
    id = await hand.any_node("Record")
    assert id
    name = next(iter(await hand.other_value(id)))
    return await hand.set_node(id, {name: date(2026, 11, 24)})


async def double_a_relation(hand: Hand) -> Undo | None:
    id = await hand.any_relation("(:Record)-[r]->(:Record)")
    a, type, b, held = (
        await hand.ask(
            "MATCH (a)-[r]->(b) WHERE elementId(r) = $id "
            "RETURN elementId(a), type(r), elementId(b), properties(r)",
            id=id,
        )
    )[0]
    made = await hand.add_relation(a, type, b, held)

    async def undo() -> None:
        await hand.drop_relation(made)

    return undo


async def swap_what_entries_hold(hand: Hand) -> Undo | None:
    """All but the number: the entries look whole, in another order."""
    rows = await hand.ask("MATCH (e:LedgerEntry) RETURN elementId(e), properties(e)")
    (first, one), (second, other) = hand.pick.sample(rows, 2)
    text = "MATCH (e) WHERE elementId(e) = $id SET e = $held"

    async def put(one: dict[str, Any], other: dict[str, Any]) -> None:
        await hand.ask(text, id=second, held={"seq": -1})
        await hand.ask(text, id=first, held=one)
        await hand.ask(text, id=second, held=other)

    await put({**other, "seq": one["seq"]}, {**one, "seq": other["seq"]})

    async def undo() -> None:
        await put(one, other)

    return undo


TAMPERINGS: tuple[Tampering, ...] = (
    change_a_record,
    change_a_record,
    take_a_property_away,
    add_a_property,
    drop_a_record,
    add_a_record,
    relabel_a_record,
    change_a_relation,
    drop_a_relation,
    add_a_relation,
    change_an_entry,
    change_an_entry,
    drop_an_entry,
    swap_two_entries,
    change_what_was_before,
    drop_what_was_before,
    change_the_head,
    change_an_edge,
    blur_what_was_before,
    plant_on_an_entry,
    change_what_an_entry_created,
    plant_a_salt,
    plant_what_no_verb_writes,
    double_a_relation,
    swap_what_entries_hold,
)
