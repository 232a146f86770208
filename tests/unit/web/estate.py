"""A small estate that answers the operations of the pages: graphql-core over plain dictionaries.

It counts requirements (no grounding), which is all that a page needs to be tried out.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from graphql import GraphQLError, build_schema, graphql

from fitsm_graph.kernel.clock import ManualClock
from fitsm_graph.kernel.errors import Unauthenticated
from fitsm_graph.web import ExecutionOutcome, Session, SignIn, pages
from unit.web.desk import Desk
from unit.web.schedule import Schedule

SDL = (Path(__file__).parent / "agreed.graphql").read_text(encoding="utf-8")
LEVELS = ["UP", "AT_RISK", "DEGRADED", "DOWN"]
PRINCIPAL = "ada"
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
LOGIN, PASSWORD, TOKEN = "ada", "correct horse", "session-of-ada"


@dataclass
class Estate:
    elements: dict = field(default_factory=dict)
    needs: list = field(default_factory=list)
    asked: list = field(default_factory=list)
    own: dict = field(default_factory=dict)
    hidden: int = 0
    graph_limit: int = 10_000
    desk: Desk = None
    schedule: Schedule = field(default_factory=Schedule)

    def __post_init__(self):
        self.desk = Desk(self.find)

    def add(self, id, name, kind="CI", type=None, **more):
        key = f"{kind[:3].upper()}-{len(self.elements) + 1:06}"
        row = {"id": id, "key": key, "name": name, "kind": kind, "type": type or kind}
        self.elements[id] = {**row, "tag": None, **more}

    def need(self, of, *members, need=None, strength="DOWN", label="depends on"):
        count = len(members) if need is None else need
        self.needs.append((f"{of}#{len(self.needs)}", of, members, count, strength, label))

    def group(self, id, name, members, need):
        self.add(id, name, "RedundancyGroup")
        self.need(id, *members, need=need, label=f"{name}: {need} of {len(members)}")

    # states, by counting
    def states(self, own):
        state = dict.fromkeys(self.elements, 0) | own
        moved = True
        while moved:
            moved = False
            for _, of, members, need, strength, _ in self.needs:
                level = max(state[of], self.level(state, members, need, strength))
                moved = moved or level > state[of]
                state[of] = level
        return state

    def level(self, state, members, need, strength):
        present = sum(1 for member in members if state[member] < 3)
        full = sum(1 for member in members if state[member] < 2)
        calm = sum(1 for member in members if state[member] < 1)
        found = 3 if present < need else 2 if full < need else 1 if calm < len(members) else 0
        return min(found, LEVELS.index(strength))

    def hops(self, seeds, affected):
        far = dict.fromkeys(seeds, 0)
        queue = deque(seeds)
        while queue:
            here = queue.popleft()
            for _, of, members, *_ in self.needs:
                if here in members and of in affected and of not in far:
                    far[of] = far[here] + 1
                    queue.append(of)
        return far

    # the schema
    def root(self):
        return {
            "search": self.search,
            "element": self.element,
            "services": self.services,
            "whatIf": self.what_if,
            **self.desk.root(),
            **self.schedule.root(),
        }

    def search(self, _info, text, first):
        found = [row for row in self.elements.values() if text.casefold() in row["name"].casefold()]
        return {"nodes": found[:first], "totalCount": len(found)}

    def services(self, _info, first):
        found = [row for row in self.elements.values() if row["kind"] == "Service"]
        shown = [
            {
                **row,
                "state": LEVELS[self.own.get(row["id"], 0)],
                "criticality": row.get("criticality", 3),
                "customers": [{"name": each} for each in row.get("customers", ())],
            }
            for row in found[:first]
        ]
        return {"nodes": shown, "totalCount": len(found)}

    def element(self, _info, id):
        row = self.find(id)
        return {**row, "state": "UP", "margin": 1}

    def find(self, name):
        for row in self.elements.values():
            if name in (row["id"], row["key"]):
                return row
        words = {"code": "NOT_FOUND", "why": "no element has it", "remedy": "search for its name"}
        raise GraphQLError(f"There is no element '{name}'", extensions=words)

    def what_if(self, _info, scenario, **when):
        own, seeds = {}, []
        levels = {"restore": 0, "degrade": 2, "maintain": 3, "fail": 3}
        for verb, level in levels.items():
            for name in scenario.get(verb) or ():
                id = self.find(name)["id"]
                seeds.append(id)
                own[id] = max(level, own.get(id, 0))
        return self.report(own, list(dict.fromkeys(seeds)), when.get("asOf"))

    def report(self, own, seeds, as_of):
        before, after = self.states({}), self.states(own)
        affected = [id for id in self.elements if after[id] > before[id]]
        far = self.hops(seeds, set(affected))
        affected.sort(key=lambda one: (-after[one], far.get(one, 99), one))
        stated = {id: self.stated(id, before, after, far) for id in self.elements}
        exposed = self.exposed(after, before, affected)
        return {
            "version": 4711,
            "asOf": as_of,
            "completeness": self.completeness(affected),
            "seeds": [self.elements[id] for id in seeds],
            "services": [
                {
                    **stated[id],
                    "criticality": self.elements[id].get("criticality", 3),
                    "customers": [{"name": c} for c in self.elements[id].get("customers", ())],
                }
                for id in affected
                if self.elements[id]["kind"] == "Service"
            ],
            "affected": lambda _info, first: page([stated[id] for id in affected], first),
            "exposed": lambda _info, first: page(exposed, first),
            "modellingErrors": [
                stated[id] | {"state": LEVELS[before[id]], "why": "needs more than there is"}
                for id in self.elements
                if before[id] > 0
            ],
            "proofs": [self.proof(id, after, far) for id in affected],
            "confidence": {"level": "HIGH", "reasons": ["2 relations not seen for 90 days"]},
            "graph": lambda _info, first: self.graph(
                seeds, affected, stated, min(first, self.graph_limit)
            ),
        }

    def completeness(self, affected):
        note = f"{self.hidden} elements are hidden by your rights" if self.hidden else None
        return {
            "complete": not self.hidden,
            "affectedCount": len(affected) + self.hidden,
            "shownCount": len(affected),
            "hiddenCount": self.hidden,
            "note": note,
        }

    def stated(self, id, before, after, far):
        margins = [
            self.present(after, members) - need
            for _, of, members, need, *_ in self.needs
            if of == id
        ]
        own = [n for n in self.needs if n[1] == id]
        group = None
        if self.elements[id]["kind"] == "RedundancyGroup":
            _, _, members, need, *_ = own[0]
            group = {"need": need, "total": len(members), "up": self.present(after, members)}
        return {
            **self.elements[id],
            "element": self.elements[id],
            "before": LEVELS[before[id]],
            "after": LEVELS[after[id]],
            "hops": far.get(id),
            "margin": min(margins, default=None),
            "group": group,
        }

    def present(self, state, members):
        return sum(1 for member in members if state[member] < 3)

    def exposed(self, after, before, affected):
        rows = []
        for _, of, members, need, *_ in self.needs:
            was, now = self.present(before, members) - need, self.present(after, members) - need
            if now < was and of not in affected:
                rows.append({"element": self.elements[of], "marginBefore": was, "marginAfter": now})
        return rows

    def proof(self, id, after, far):
        level = LEVELS[after[id]]
        found = [n for n in self.needs if n[1] == id and self.level(after, *n[2:5]) == after[id]]
        row = {
            "element": {"id": id},
            "level": level,
            "requirement": None,
            "because": [],
            "unfounded": [],
            "text": None,
        }
        if far.get(id) == 0 or not found:
            return row | {"text": "assumed by the scenario"}
        name, _, members, need, strength, label = found[0]
        least = {1: 1, 2: 2, 3: 3}[after[id]] if strength == "DOWN" else 1
        bad = [member for member in members if after[member] >= least]
        requirement = {
            "id": name,
            "label": label,
            "need": need,
            "total": len(members),
            "any": self.present(after, members),
        }
        return row | {"requirement": requirement, "because": [self.elements[one] for one in bad]}

    def graph(self, seeds, affected, stated, first):
        shown = dict.fromkeys([*seeds, *affected])
        for _, of, members, *_ in self.needs:
            if of in shown and self.elements[of]["kind"] == "RedundancyGroup":
                shown |= dict.fromkeys(members)
        kept = list(shown)[:first]
        edges = [
            {"source": member, "target": of, "label": label, "requirement": name}
            for name, of, members, _, _, label in self.needs
            for member in members
        ]
        return {
            "elements": [stated[id] for id in kept],
            "edges": edges,
            "omitted": len(shown) - len(kept),
        }

    async def execute(self, operation_name, document, variables, principal):
        self.asked.append((operation_name, dict(variables), principal))
        result = await graphql(
            SCHEMA,
            document,
            self.root(),
            variable_values=dict(variables),
            operation_name=operation_name,
        )
        errors = [error.formatted for error in result.errors or ()]
        return ExecutionOutcome(result.data, errors)


SCHEMA = build_schema(SDL)


def page(rows, first):
    return {"nodes": rows[:first], "totalCount": len(rows)}


def demo():
    """Two sites' worth of a provider of research computing: A/B power, a farm, clusters."""
    estate = Estate()
    for letter in "ab":
        estate.add(f"feed-{letter}", f"feed-{letter}", type="PowerFeed")
        estate.add(f"sw-{letter}", f"core-switch-{letter}", type="NetworkDevice")
        estate.need(f"sw-{letter}", f"feed-{letter}", label="powered by")
        estate.add(f"ctl-{letter}", f"storage-controller-{letter}", type="StorageController")
        estate.need(f"ctl-{letter}", "feed-a", label="powered by")
    estate.group("net", "core network", ["sw-a", "sw-b"], 1)
    estate.group("san", "storage controllers", ["ctl-a", "ctl-b"], 1)
    for n in range(1, 9):
        estate.add(f"host-{n}", f"hypervisor-{n:02}", type="Host")
        estate.need(f"host-{n}", f"feed-{'ab'[n % 2]}", label="powered by")
    estate.group("farm", "virtualisation farm", [f"host-{n}" for n in range(1, 9)], 4)
    for n in range(1, 4):
        estate.add(f"db-{n}", f"postgres-{n}", type="Database")
        estate.need(f"db-{n}", f"host-{n}", label="runs on")
        estate.need(f"db-{n}", "net", label="connected by")
    estate.group("dbs", "postgres cluster", ["db-1", "db-2", "db-3"], 2)
    for n in range(1, 13):
        estate.add(f"vm-{n}", f"compute-vm-{n:02}", type="VirtualMachine")
        estate.need(f"vm-{n}", "san", label="stores on")
        estate.need(f"vm-{n}", "farm", label="runs on")
    estate.add("queue", "batch queue", "ServiceComponent")
    estate.need("queue", *[f"vm-{n}" for n in range(1, 13)], need=8, label="built from")
    estate.add("portal", "user portal", "ServiceComponent")
    estate.need("portal", "dbs", label="built from")
    estate.add("idp", "identity provider", "ServiceComponent")
    estate.need("idp", "dbs", label="built from")
    estate.add("archive", "archive front end", "ServiceComponent")
    estate.need("archive", "san", label="built from")
    services = [
        (
            "hpc",
            "Batch computing",
            1,
            ["University of Northwind", "Polar Institute"],
            ["queue", "idp"],
        ),
        ("data", "Research data archive", 1, ["Polar Institute"], ["archive", "idp"]),
        ("web", "Project web sites", 3, ["University of Northwind"], ["portal"]),
        ("help", "Service desk portal", 4, [], ["portal"]),
    ]
    for id, name, criticality, customers, parts in services:
        estate.add(id, name, "Service", criticality=criticality, customers=customers)
        estate.need(id, *parts, label="composed of")
    return estate


def hub(children):
    """One host with many dependants that nothing tells apart."""
    estate = Estate()
    estate.add("hub", "hub-host", type="Host")
    for n in range(children):
        estate.add(f"c{n}", f"container-{n:04}", type="Container")
        estate.need(f"c{n}", "hub", label="runs on")
    return estate


async def known(token):
    return PRINCIPAL if token == TOKEN else None


async def enter(login, password, _address):
    if (login, password) == (LOGIN, PASSWORD):
        return Session(TOKEN, 3600)
    raise Unauthenticated(
        "Login or password is wrong", remedy="check both; they tell capitals apart"
    )


class Doors:
    """Session handling that remembers what was closed."""

    def __init__(self):
        self.closed = []

    async def close(self, token):
        self.closed.append(token)

    def sign_in(self):
        return SignIn(principal=known, open=enter, close=self.close)


def application(estate, doors=None):
    return pages(estate.execute, (doors or Doors()).sign_in(), ManualClock(NOW))
