"""Random and hand-made graphs for the tests of the mapping, and what they mean, naively.

`meaning` is written from design section 4 with dictionaries and loops; it shares no code with
the mapping.
"""

import math
import random
from fractions import Fraction

from fitsm_graph.impact.network import Strength
from fitsm_graph.impact.records import (
    ElementRow,
    GroupNeed,
    Kind,
    RelationRow,
    RelationSemantics,
    TopologyChange,
)

HARD, SOFT, INFO = Strength.HARD, Strength.SOFT, Strength.INFO

SEMANTICS = (
    RelationSemantics("DEPENDS_ON", "source_needs_target"),
    RelationSemantics("USES", "source_needs_target", SOFT),
    RelationSemantics("POWERS", "target_needs_source", grounded=True),
    RelationSemantics("LINKED_TO", neighbours=True, symmetric=True, grounded=True),
    RelationSemantics("PEERS_WITH", symmetric=True),
    RelationSemantics(
        "ROUTES_TO", neighbours=True, symmetric=True, needed_by=frozenset({"Switch", "Service"})
    ),
    RelationSemantics("DOCUMENTED_BY"),
    RelationSemantics("HAS_MEMBER", membership=True),
)
LABELS = dict(zip(Kind, ["Service", "ServiceComponent", "CI", "RedundancyGroup"], strict=True))
BY_NAME = {meaning.name: meaning for meaning in SEMANTICS}


def group(id, need=None, share=None, **more):
    return ElementRow(id, kind=Kind.GROUP, group=GroupNeed(need, share, **more))


def needs(source, target, type="DEPENDS_ON", **more):
    return RelationRow(source, type, target, **more)


def member(source, target, weight=1, **more):
    return RelationRow(source, "HAS_MEMBER", target, weight=weight, **more)


class Graph:
    """Rows by identity, changed at random; the changes are kept as the feed would give them."""

    def __init__(self, seed, size=30):
        self.random = random.Random(seed)
        self.elements, self.relations, self.changes = {}, {}, []
        self.made = 0
        for _ in range(size):
            self.add_element()
        for _ in range(2 * size):
            self.add_relation()
        self.changes.clear()

    def step(self):
        """Change one thing."""
        acts = [self.add_element, self.add_relation, self.add_relation, self.drop_relation]
        acts += [self.change_element, self.change_relation, self.drop_element]
        self.random.choice(acts)()

    def put(self, table, identity, row):
        before = table.pop(identity, None)
        if row is not None:
            table[identity] = row
        if before != row:
            self.changes.append(TopologyChange(before, row))

    def make_element(self, id):
        pick = self.random
        kind = pick.choice(list(Kind))
        ask = None
        if kind is Kind.GROUP:
            whole = pick.random() < 0.5
            ask = GroupNeed(
                pick.randint(0, 4) if whole else None,
                None if whole else pick.choice([0, 0.07, 0.3, 0.5, 0.6, 1]),
                pick.choice(list(Strength)),
                pick.random() < 0.5,
                pick.choice([None, None, 0, 1, 50]),
            )
        return ElementRow(
            id,
            key=f"K-{id}",
            name=f"name of {id} №{pick.randint(0, 9)}",
            kind=kind,
            type=pick.choice(["Host", "Switch"]) if kind is Kind.CI else "",
            planned=pick.random() < 0.15,
            is_source=pick.random() < 0.1,
            criticality=pick.randint(1, 4) if kind is Kind.SERVICE else 0,
            group=ask,
        )

    def add_element(self):
        self.made += 1
        # ids do not ascend in the order of making, and differ in length
        id = f"{self.random.choice('abcxyz')}{self.made}"
        self.put(self.elements, id, self.make_element(id))

    def change_element(self):
        id = self.random.choice(sorted(self.elements))
        kind = self.elements[id].kind
        row = self.make_element(id)
        while row.kind is not kind:
            row = self.make_element(id)
        self.put(self.elements, id, row)

    def add_relation(self):
        pick, ids = self.random, sorted(self.elements)
        source, target = pick.choice(ids), pick.choice(ids)
        kinds = [n for n in BY_NAME if n != "HAS_MEMBER"]
        if self.elements[source].kind is Kind.GROUP:
            kinds = ["HAS_MEMBER"] * 4 + kinds
        row = RelationRow(
            source,
            pick.choice(kinds),
            target,
            pick.choice([None, None, HARD, SOFT, INFO]),
            pick.choice([None, None, True, False]),
            pick.choice([1, 1, 2, 5]),
            pick.choice([1.0, 0.5]),
            pick.choice([None, 1_700_000_000]),
        )
        self.put(self.relations, row.triple, row)

    def change_relation(self):
        if self.relations:
            row = self.relations[self.random.choice(sorted(self.relations))]
            weight = self.random.choice([1, 2, 7])
            self.put(
                self.relations,
                row.triple,
                RelationRow(*row.triple, self.random.choice([None, SOFT]), None, weight),
            )

    def drop_relation(self):
        if self.relations:
            self.put(self.relations, self.random.choice(sorted(self.relations)), None)

    def drop_element(self):
        if len(self.elements) > 5:
            id = self.random.choice(sorted(self.elements))
            for triple in [t for t in self.relations if id in (t[0], t[2])]:
                self.put(self.relations, triple, None)
            self.put(self.elements, id, None)


def meaning(elements, relations):
    """Requirements by id: (members with weights, need, strength, grounded, reserve)."""
    elements = {e.id: e for e in elements if not e.retired}
    relations = [r for r in relations if r.source in elements and r.target in elements]
    used = {id for id, e in elements.items() if not e.planned}
    plain, links, result = {}, {}, {}
    _sort_relations(relations, plain, links)
    for (owner, provider), many in plain.items():
        members = {provider: 1} if provider in used else {}
        hardest, grounded = max(s for s, _ in many), any(g for _, g in many)
        result[owner, provider] = (members, 1, hardest, grounded, None)
    for (owner, type_), many in links.items():
        wanted = BY_NAME[type_].needed_by
        e = elements[owner]
        if not e.is_source and (not wanted or wanted & {e.type, LABELS[e.kind]}):
            members = {b: 1 for b, _ in many if b in used}
            result[owner, type_] = (members, 1, max(s for _, s in many), True, None)
    for e in elements.values():
        if e.group is not None:
            result[e.id, "members"] = _of_group(e, relations, used)
    return {
        f"{owner}#{what}": _finished(elements, requirement)
        for (owner, what), requirement in result.items()
        if owner in used
    }


def _of_group(e, relations, used):
    mine = [r for r in relations if r.type == "HAS_MEMBER" and r.source == e.id]
    members = {r.target: r.weight for r in mine if r.target in used}
    need = e.group.need
    if need is None:
        share = Fraction(str(e.group.share))
        need = math.ceil(share * sum(members.values()))
        if not members and share > 0:
            need = 1
    return (members, need, e.group.strength, e.group.grounded, e.group.reserve)


def _sort_relations(relations, plain, links):
    for r in relations:
        type_ = BY_NAME[r.type]
        strength = type_.strength if r.strength is None else r.strength
        grounded = type_.grounded if r.grounded is None else r.grounded
        if type_.dependency != "none":
            ends = (r.source, r.target)
            owner, provider = ends if type_.dependency == "source_needs_target" else ends[::-1]
            plain.setdefault((owner, provider), []).append((strength, grounded))
        if type_.neighbours and r.source != r.target:
            for a, b in ((r.source, r.target), (r.target, r.source)):
                links.setdefault((a, r.type), []).append((b, strength))


def _finished(elements, requirement):
    members, need, strength, grounded, reserve = requirement
    if len(members) == 1:
        only = elements[next(iter(members))]
        if only.group is not None:
            grounded = only.group.grounded
    rest = max(sum(members.values()) - need, 0)
    reserve = rest if reserve is None else min(reserve, rest)
    return (members, need, int(strength), bool(grounded), reserve)


def told(mapped):
    """What a mapped topology says, in the form of `meaning`; checks the ways back too."""
    network, topology = mapped.network, mapped.topology
    result = {}
    for element in range(network.element_count):
        for r in network.requirements(element).tolist():
            assert network.of[r] == element
            ids = [topology.id(m) for m in network.members(r).tolist()]
            id = mapped.requirement_id(r)
            assert id not in result
            result[id] = (
                dict(zip(ids, network.weights(r).tolist(), strict=True)),
                int(network.need[r]),
                int(network.strength[r]),
                bool(network.grounded[r]),
                int(network.reserve[r]),
            )
            assert network.total[r] == sum(result[id][0].values())
            for m in network.members(r).tolist():
                uses = network.uses(m).tolist()
                assert uses == sorted(uses)
                assert r in uses
    return result
