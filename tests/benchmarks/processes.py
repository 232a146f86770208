"""The benchmark of the processes: `make bench-processes`.

    python -m benchmarks.processes [--incidents 10000] [--events 60000]

A log with the shape of a real service desk's goes through the verbs: its first events one after
another, the rest by eight clients, each incident's in their order. In the end every incident must
be what the log comes to, replayed without the product. A goal that is not met is told, written
down and does not fail the run; an incident that is otherwise does.
"""

import argparse
import asyncio
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import neo4j
from rich.progress import Progress

from benchmarks import table
from benchmarks.desk_log import GROUPS, Event, Told, log_of, replayed
from benchmarks.stored import scratch_server, stored
from fitsm_graph.bootstrap import Product
from fitsm_graph.cli import loop
from fitsm_graph.cli.bench import estate_of, tell_row
from fitsm_graph.cli.measure import AT_LEAST, Goal, Results, percentile
from fitsm_graph.cli.output import note
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.graph import Outcome
from fitsm_graph.graph.verb import VERBS, Request
from fitsm_graph.impact.reach import Reaches
from fitsm_graph.kernel.clock import ManualClock
from fitsm_graph.kernel.collector import collect_seldom
from fitsm_graph.sms.service import register_party

ESTATE = 10_000
WARM = 1_600
"""Events that are not counted: Java compiles what it does often."""
ALONE = 3_000
CLIENTS = 8
START = datetime(2026, 1, 2, tzinfo=UTC)
DESK = Request(actor="desk", via="bench", reason="as the log says")
VERB_OF = {"problem": "problem.register", "change": "change.from_incident"}
CONFIRMED = {"confirmed": True}
HANDOVERS = frozenset({"change"})
VERB_GOALS = {False: Goal(4), True: Goal(6)}


def main(arguments: list[str]) -> int:
    given = _parser().parse_args(arguments)
    collect_seldom()  # as the product's own process does
    load = os.getloadavg()[0]
    results = Results(tell_row)
    with scratch_server() as endpoint:
        loop.run(_measured(endpoint, given, results))
    given.out.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(results.document(load), indent=1, ensure_ascii=False)
    given.out.write_text(text + "\n", encoding="utf-8")
    if given.out == table.PROCESSES:
        table.write()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.processes")
    parser.add_argument("--incidents", type=int, default=10_000)
    parser.add_argument("--events", type=int, default=60_000)
    parser.add_argument("--out", type=Path, default=table.PROCESSES)
    return parser


async def _measured(endpoint: Endpoint, given: argparse.Namespace, results: Results) -> None:
    estate, clock = estate_of(ESTATE), ManualClock(START)
    async with stored(endpoint, estate, clock=clock) as product:
        events = log_of(given.incidents, given.events, await _affected(product))
        note(f"\n{given.incidents:,} incidents with {len(events):,} events")
        desk = Desk(product, clock, events)
        for group in GROUPS:
            await product.graph.write(register_party, DESK, "Group", {"key": group, "name": group})
        await desk.go(events[:WARM])
        await _alone(desk, events[WARM : WARM + ALONE], results)
        await _bare(desk, events[WARM : WARM + ALONE], 1, results)
        await _together(desk, events[WARM + ALONE :], results)
        await _bare(desk, events[WARM : WARM + ALONE], CLIENTS, results)
        await _compared(desk, results)


async def _affected(product: Product) -> list[str]:
    """Elements that incidents are about: what breaks, not what it breaks."""
    rows = await _asked(product, "MATCH (ci:CI) RETURN ci.id AS id ORDER BY id")
    return [row["id"] for row in rows]


@dataclass(slots=True)
class Desk:
    """Carries events of the log out as verbs.

    Attributes:
        events: All of the log.
        keys: Of incidents, by their number in the log.
        seqs: Of ledger entries, by number of the event.
        times: Milliseconds of each event, as its client saw it.
        statements: By act, those that its verb took where nobody else was writing.
    """

    product: Product
    clock: ManualClock
    events: Sequence[Event]
    keys: dict[int, str] = field(default_factory=dict)
    seqs: dict[int, int] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)
    statements: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _number: dict[int, int] = field(init=False)
    _element: dict[int, str] = field(init=False)

    def __post_init__(self) -> None:
        """Look up once where events stand, and what incidents are about."""
        self._number = {id(event): number for number, event in enumerate(self.events)}
        self._element = {e.incident: e.given for e in self.events if e.act == "register"}

    async def go(self, events: Iterable[Event], *, alone: bool = True) -> None:
        """Carry events out, one after another."""
        for event in events:
            self.clock.set(max(self.clock.now(), START + timedelta(seconds=event.at)))
            begun = time.perf_counter()
            lent = Reaches(await self.product.snapshot.current()) if _weighs(event) else None
            before = self.product.graph.statements
            outcome = await self._write(event, lent)
            self.times.append((time.perf_counter() - begun) * 1000)
            if alone:
                self.statements[event.act].add(self.product.graph.statements - before)
            self._note(event, outcome)

    def _note(self, event: Event, outcome: Outcome) -> None:
        if event.act == "register":
            self.keys[event.incident] = outcome.value["key"]
        assert outcome.seq is not None, event
        self.seqs[self._number[id(event)]] = outcome.seq

    async def _write(self, event: Event, lent: Reaches | None) -> Outcome:
        verb = VERBS[VERB_OF.get(event.act, f"incident.{event.act}")].run
        policies, ref, said = self.product.policies, self.keys.get(event.incident, ""), event.given
        given: dict[str, tuple[Any, ...]] = {
            "register": (policies, lent, f"trouble {event.incident}", [(said, "down")]),
            "problem": (policies, lent, "it comes again"),
            "change": (policies, lent, ref, [(self._element[event.incident], "down")]),
            "assign": (ref, said),
            "comment": (ref, said),
            "escalate": (policies, ref, "beyond us"),
            "wait": (policies, ref, said, "they have to answer"),
            "resolve": (policies, ref, said),
            "reopen": (policies, ref, said),
        }
        named = {"problem": {"incidents": [ref]}, "escalate": {"to": said}, "close": CONFIRMED}
        return await self.product.graph.write(
            verb, DESK, *given.get(event.act, (policies, ref)), **named.get(event.act, {})
        )


def _weighs(event: Event) -> bool:
    """Whether its verb asks the impact engine."""
    return event.act in {"register", "problem", "change"}


async def _alone(desk: Desk, events: Sequence[Event], results: Results) -> None:
    desk.times, desk.statements = [], defaultdict(set)
    begun = time.perf_counter()
    await desk.go(events)
    _rate(results, "one after another", desk.times, time.perf_counter() - begun)
    for handover, goal in VERB_GOALS.items():
        counts = {
            act: max(each)
            for act, each in desk.statements.items()
            if (act in HANDOVERS) == handover
        }
        if counts:
            what = "a handover" if handover else "a verb"
            said = ", ".join(f"{act} {count}" for act, count in sorted(counts.items()))
            results.add(f"statements of {what}, at most", max(counts.values()), "", goal, said)


async def _together(desk: Desk, events: Sequence[Event], results: Results) -> None:
    """The rest of the log by several clients, each incident always by the same."""
    desk.times = []
    begun = time.perf_counter()
    with Progress(transient=True) as shown:
        line = shown.add_task("events", total=len(events))
        turns = [
            _turns(desk, [each for each in events if each.incident % CLIENTS == client])
            for client in range(CLIENTS)
        ]
        working = asyncio.gather(*turns)
        while not working.done():
            shown.update(line, completed=len(desk.times))
            await asyncio.wait({working}, timeout=0.5)
        await working
    _rate(results, f"{CLIENTS} clients", desk.times, time.perf_counter() - begun)


async def _turns(desk: Desk, events: Sequence[Event]) -> None:
    await desk.go(events, alone=False)


def _rate(results: Results, who: str, times: Sequence[float], spent: float) -> None:
    said = f"{len(times):,} events of the log, the impact of what is registered among them"
    results.add(f"verbs, {who}", len(times) / spent, "/s", Goal(80, AT_LEAST), said)
    results.add(f"verbs, {who}: 95 of 100 within", percentile(times, 95), "ms", Goal(60))
    results.add(f"verbs, {who}: half of them within", percentile(times, 50), "ms")


BARE = """
MERGE (i:BareIncident {number: $incident})
SET i.status = $act
CREATE (i)-[:HAD]->(:BareEvent {at: $at, act: $act, given: $given})
"""


async def _bare(desk: Desk, events: Sequence[Event], clients: int, results: Results) -> None:
    """What a script would do: one statement an event, without rules, ledger or impact."""
    at, who = (50, "a verb") if clients == 1 else (95, f"verbs, {clients} clients: 95 of 100")
    ours, times = percentile(desk.times, at), []
    driver = desk.product.graph.driver

    async def client(number: int) -> None:
        async with driver.session() as session:
            for event in events:
                if event.incident % clients == number:
                    begun = time.perf_counter()
                    await (await session.run(BARE, _bare_values(event))).consume()
                    times.append((time.perf_counter() - begun) * 1000)

    async with driver.session() as session:
        await session.run("CREATE INDEX bare IF NOT EXISTS FOR (i:BareIncident) ON (i.number)")
        await asyncio.gather(*(client(number) for number in range(clients)))
        removed = await session.run("MATCH (n:BareIncident|BareEvent) DETACH DELETE n")
        await removed.consume()
    bare = percentile(times, at)
    results.add(
        f"{who}, as often as long as a bare write", ours / bare, "×", None,
        f"one statement an event without rules, ledger or impact: {bare:.3g} ms",
    )  # fmt: skip


def _bare_values(event: Event) -> dict[str, Any]:
    return {"incident": event.incident, "act": event.act, "at": event.at, "given": event.given}


# --- what it came to -----------------------------------------------------------------------------

FOUND = """
MATCH (i:Record:Incident)
RETURN i.key AS key, i.status AS status, i.waiting_for AS waiting_for,
       i.resolution AS resolution, coalesce(i.reopened, 0) AS reopened,
       i.resolved_at AS resolved_at, i.closed_at AS closed_at, i.priority AS priority,
       [(i)-[:OWNED_BY]->(p) | p.key] AS owners,
       [(i)-[:AFFECTS]->(e) | e.id] AS elements,
       [(i)<-[:ABOUT]-(c:Comment) | c.text] AS comments,
       COUNT { (i)<-[:ESCALATES]-(:Escalation) } AS escalations,
       COUNT { (i)-[:CAUSED_BY]->(:Problem) } AS problems,
       COUNT { (i)<-[:RAISED_FROM]-(:Change) } AS changes
"""
MOMENTS = "MATCH (e:LedgerEntry) RETURN e.seq AS seq, e.at AS at"


async def _compared(desk: Desk, results: Results) -> None:
    """Every incident is what the log comes to; else the run fails, and says which is not."""
    told = replayed(desk.events)
    found = {row["key"]: row for row in await _asked(desk.product, FOUND)}
    moments = {row["seq"]: row["at"] for row in await _asked(desk.product, MOMENTS)}
    assert len(found) == len(told), f"{len(found)} incidents, {len(told)} in the log"
    wrong = []
    for number, each in told.items():
        row = found[desk.keys[number]]
        expected = _expected(desk, each, moments)
        have = {name: _have(row, name) for name in expected}
        if have != expected:
            wrong.append((row["key"], expected, have))
    results.add(
        "incidents that are otherwise than the log comes to", len(wrong), "", Goal(0),
        f"{len(told):,} compared, in {len(expected)} ways",
    )  # fmt: skip
    assert not wrong, wrong[:3]
    assert all(1 <= row["priority"] <= 5 for row in found.values())


def _expected(desk: Desk, told: Told, moments: dict[int, str]) -> dict[str, Any]:
    def moment(number: int | None) -> str | None:
        return None if number is None else moments[desk.seqs[number]]

    expected: dict[str, Any] = {
        "status": told.status,
        "waiting_for": told.waiting_for,
        "reopened": told.reopened,
        "owners": [told.owner] if told.owner else [],
        "elements": [told.element],
        "comments": sorted(told.comments.elements()),
        "escalations": told.escalations,
        "problems": told.problems,
        "changes": told.changes,
        "closed_at": moment(told.closed_by),
    }
    if told.resolved_by is not None:
        expected |= {"resolution": told.resolution, "resolved_at": moment(told.resolved_by)}
    return expected


def _have(row: dict[str, Any], name: str) -> Any:
    value = row[name]
    if name == "waiting_for":
        return value or None
    return sorted(value) if isinstance(value, list) else value


async def _asked(product: Product, text: str) -> list[dict[str, Any]]:
    """Rows of a question that the product does not know of."""
    access = neo4j.READ_ACCESS
    async with product.graph.driver.session(default_access_mode=access) as session:
        return await (await session.run(text)).data()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
