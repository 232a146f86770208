"""Baseline and scenario: affected, exposed, margins, proofs, confidence, redaction, differences."""

import random
from dataclasses import replace

import numpy as np
import pytest

from fitsm_graph.impact.analysis import impact
from fitsm_graph.impact.changes import follow, undo
from fitsm_graph.impact.confidence import ConfidenceRule
from fitsm_graph.impact.differences import differences
from fitsm_graph.impact.explain import View, redact
from fitsm_graph.impact.mapped import map_topology
from fitsm_graph.impact.network import Level
from fitsm_graph.impact.own import Because, OwnCause, OwnStates
from fitsm_graph.impact.records import ElementRow, Kind, RelationRow, TopologyChange
from fitsm_graph.impact.scenario import WhatIf
from fitsm_graph.impact.topology import build_topology
from fitsm_graph.kernel.errors import BadInput, NotFound
from oracles.impact_oracle import answer, element_margins
from oracles.proof_validator import complaints
from unit.impact.graphs import INFO, SEMANTICS, Graph, group, member, needs, told

DOWN, DEGRADED, AT_RISK, UP = Level.DOWN, Level.DEGRADED, Level.AT_RISK, Level.UP
NOBODY = OwnStates()
WORDS = ["UP", "AT_RISK", "DEGRADED", "DOWN"]


def mapped_of(elements, relations=()):
    rows = [ElementRow(e) if isinstance(e, str) else e for e in elements]
    return map_topology(build_topology(rows, relations, SEMANTICS))


def service(id, criticality):
    return ElementRow(id, f"SVC-{id}", f"service {id}", Kind.SERVICE, criticality=criticality)


def stack():
    """Two services on an application on a pair of databases in two racks, one feed."""
    elements = [service("mail", 2), service("wiki", 1), "app", "db1", "db2", "rack1", "rack2"]
    elements += ["feed", "cache", group("pair", 1)]
    relations = [
        needs("mail", "app"),
        needs("wiki", "app", confidence=0.6),
        needs("app", "pair", verified_at=100),
        needs("app", "cache", "USES"),
        member("pair", "db1"),
        member("pair", "db2", verified_at=900),
        needs("db1", "rack1"),
        needs("db2", "rack2"),
        needs("feed", "rack1", "POWERS"),
        needs("feed", "rack2", "POWERS"),
    ]
    return mapped_of(elements, relations)


def ids(view, rows):
    return [view.shown_id(n) for n in rows.number.tolist()]


def test_affected_exposed_and_hops():
    report = impact(stack(), NOBODY, WhatIf(fail=("rack1",)))
    told_rows = {r.face.id: (r.before, r.after, r.hops) for r in View(report).answer().affected}
    assert told_rows == {
        "rack1": (UP, DOWN, 0),
        "db1": (UP, DOWN, 1),
        "pair": (UP, AT_RISK, 2),
        "app": (UP, AT_RISK, 3),
        "mail": (UP, AT_RISK, 4),
        "wiki": (UP, AT_RISK, 4),
    }
    assert len(report.exposed) == 0


def test_the_worst_come_first_then_the_nearest():
    answer_ = View(impact(stack(), NOBODY, WhatIf(fail=("rack1",)))).answer()
    assert [row.face.id for row in answer_.affected] == [
        "rack1", "db1", "pair", "app", "mail", "wiki",
    ]  # fmt: skip
    assert [row.face.id for row in answer_.services] == ["wiki", "mail"]


def test_rows_of_one_rank_come_by_key_whatever_their_ids():
    """Ids are made at random within a millisecond; keys are what people know."""
    apps = [ElementRow(f"a{n}", f"K{9 - n}", kind=Kind.SERVICE, criticality=2) for n in range(4)]
    mapped = mapped_of(["hub", *apps], [needs(each.id, "hub") for each in apps])
    more = ElementRow("a9", "K55", kind=Kind.SERVICE, criticality=2)
    changes = [TopologyChange(None, more), TopologyChange(None, needs("a9", "hub"))]
    changes.append(TopologyChange(apps[0], replace(apps[0], key="K00")))
    topology = follow(mapped.topology, changes, mapped.version + 1).topology
    report = impact(map_topology(topology), NOBODY, WhatIf(fail=("hub",)))
    view, wanted = View(report), ["a0", "a9", "a3", "a2", "a1"]
    assert ids(view, report.affected) == ["hub", "a0", "a1", "a2", "a3", "a9"], "the control"
    assert [row.face.id for row in view.answer().affected] == ["hub", *wanted]
    assert [row.face.id for row in view.answer().services] == wanted
    assert [row.face.id for row in view.answer(rows=3).affected] == ["hub", *wanted[:2]]
    assert ids(view, view.affected(4)) == ["hub", *wanted[:3]]
    limited = redact(report, {"a1", "a3", "a9"}.__contains__)
    seen = [row.face.id for row in limited.answer().affected if not row.face.hidden]
    assert seen == ["a9", "a3", "a1"]


def test_a_reserve_that_is_still_there_shows_as_exposed():
    farm = [f"h{n}" for n in range(5)]
    mapped = mapped_of(
        [group("farm", 2, reserve=1), *farm, "svc"],
        [member("farm", h) for h in farm] + [needs("svc", "farm")],
    )
    report = impact(mapped, NOBODY, WhatIf(fail=("h0",)))
    view = View(report)
    assert ids(view, report.affected) == ["h0"]
    (row,) = view.answer().exposed
    assert (row.face.id, row.after, row.margin_before, row.margin_after) == ("farm", UP, 3, 2)
    (need,) = view.requirements(view.find("farm"))
    assert (need.id, need.need, need.total, need.reserve) == ("farm#members", 2, 5, 1)
    assert (need.margin_before, need.margin_after) == (3, 2)
    assert [(m.id, m.level) for m in need.members][:2] == [("h0", DOWN), ("h1", UP)]


def test_what_was_down_before_is_no_effect_of_the_scenario():
    own = OwnStates.of([OwnCause("rack1", DOWN, Because.INCIDENT, "INC-7", "no power")])
    report = impact(stack(), own, WhatIf(fail=("cache",)))
    rows = {r.face.id: (r.before, r.after) for r in View(report).answer().affected}
    assert rows == {
        "cache": (UP, DOWN),
        "app": (AT_RISK, DEGRADED),
        "mail": (AT_RISK, DEGRADED),
        "wiki": (AT_RISK, DEGRADED),
    }


def test_modelling_errors_stand_apart():
    mapped = mapped_of(
        ["a", "b", "c", group("g", 5), "user"],
        [member("g", "a"), needs("user", "g"), needs("b", "a")],
    )
    report = impact(mapped, NOBODY, WhatIf(fail=("a",)))
    view = View(report)
    assert {face.id for face in view.answer().modelling_errors} == {"g", "user"}
    assert ids(view, report.affected) == ["a", "b"]
    steps = view.proof_of_error(view.find("user")).steps
    assert [(s.element, s.requirement, s.because) for s in steps] == [
        ("user", "user#g", ("g",)),
        ("g", "g#members", ()),
    ]


def test_a_proof_goes_down_to_own_states():
    own = OwnStates.of([OwnCause("rack2", DOWN, Because.INCIDENT, "INC-7", "no power")])
    view = View(impact(stack(), own, WhatIf(fail=("rack1",))))
    steps = {s.element: s for s in view.proof(view.find("mail")).steps}
    assert set(steps) == {"mail", "app", "pair", "db1", "db2", "rack1", "rack2"}
    assert steps["mail"].because == ("app",)
    assert steps["pair"].requirement == "pair#members"
    assert set(steps["pair"].because) == {"db1", "db2"}
    assert [c.record for c in steps["rack2"].own] == ["INC-7"]
    assert steps["rack1"].own[0].cause is Because.ASSUMPTION
    assert view.proof(view.find("feed")) is None
    before = {s.element: s.level for s in view.proof_before(view.find("mail")).steps}
    assert before == {"mail": AT_RISK, "app": AT_RISK, "pair": AT_RISK, "db2": DOWN, "rack2": DOWN}


def test_an_unfounded_set_is_named():
    uplink = ElementRow("uplink", is_source=True)
    links = [RelationRow(a, "LINKED_TO", b) for a, b in (("uplink", "a"), ("a", "b"))]
    mapped = mapped_of([uplink, "a", "b"], links)
    view = View(impact(mapped, NOBODY, WhatIf(fail=("uplink",))))
    step = view.proof(view.find("b")).steps[0]
    assert (step.level, step.unfounded, step.requirement) == (DOWN, ("a", "b"), None)


def test_confidence_is_that_of_the_least_sure_need():
    view = View(
        impact(stack(), NOBODY, WhatIf(fail=("rack1", "rack2"))),
        rule=ConfidenceRule(guessed_below=0.7, stale_before=500),
    )
    found = view.proof(view.find("wiki")).confidence
    assert found.least == 0.6
    weak = {(w.source, w.target): w.reasons for w in found.weak}
    assert weak["wiki", "app"] == ("guessed", "unverified")
    assert weak["app", "pair"] == ("stale",)
    assert weak["pair", "db1"] == ("unverified",)
    assert ("pair", "db2") not in weak
    assert ("app", "cache") not in weak, "not on the proof"
    assert view.proof(view.find("rack1")).confidence.least == 1.0


def test_a_need_is_as_sure_as_the_surest_relation_that_states_it():
    relations = [needs("a", "b", confidence=0.3), needs("a", "b", "USES", confidence=0.9)]
    view = View(impact(mapped_of(["a", "b"], relations), NOBODY, WhatIf(fail=("b",))))
    assert view.proof(view.find("a")).confidence.least == 0.9


def test_limits_of_display_are_stated_and_nothing_is_lost():
    view = View(impact(stack(), NOBODY, WhatIf(fail=("rack1",))))
    answer_ = view.answer(rows=2, depth=3)
    counts = answer_.completeness
    assert (counts.complete, counts.affected, counts.affected_shown) == (True, 6, 2)
    assert (counts.row_limit, counts.depth_limit) == (2, 3)
    assert counts.levels == {DOWN: 2, AT_RISK: 4}
    assert len(view.answer(depth=2).affected) == 3
    assert answer_.version == view.report.version


def test_a_flat_graph_marks_what_carries_the_loss():
    view = View(impact(stack(), NOBODY, WhatIf(fail=("rack1",))))
    faces, links = view.graph([*view.report.affected.number.tolist(), view.find("db2")])
    assert {f.id for f in faces} == {"rack1", "db1", "db2", "pair", "app", "mail", "wiki"}
    carried = {(x.source, x.target): x.proof for x in links}
    assert carried["pair", "db1"] is True
    assert carried["pair", "db2"] is False
    assert ("app", "cache") not in carried


def test_informational_needs_carry_nothing():
    mapped = mapped_of(["a", "b"], [needs("a", "b", strength=INFO)])
    report = impact(mapped, NOBODY, WhatIf(fail=("b",)))
    assert ids(View(report), report.affected) == ["b"]


def everything(view):
    """All a reader can get out of a view, as one text."""
    texts = [repr(view.answer()), repr(view.answer(rows=3, depth=1))]
    for number in range(view.mapped.topology.size):
        asks = (view.face, view.requirements, view.proof, view.proof_of_error)
        texts += [repr(ask(number)) for ask in asks]
        texts.append(repr(view.graph([*view.report.affected.number.tolist(), number])))
    return "\n".join(texts)


@pytest.mark.parametrize("seed", range(12))
def test_nothing_of_a_hidden_element_leaks(seed):
    graph = Graph(seed, size=25)
    pick = random.Random(seed)
    rows = {e.id: e for e in graph.elements.values()}
    # words that cannot be part of anything else
    secret = {id: f"secret{n:03d}x" for n, id in enumerate(sorted(rows)) if pick.random() < 0.4}

    def name(id):
        return secret.get(id, id)

    elements = [
        ElementRow(name(e.id), f"key-{name(e.id)}", f"name-{name(e.id)}", e.kind,
                   f"type-{name(e.id)}", e.planned, is_source=e.is_source, group=e.group)
        for e in rows.values()
    ]  # fmt: skip
    relations = [
        RelationRow(name(r.source), r.type, name(r.target), r.strength, r.grounded, r.weight, 0.5)
        for r in graph.relations.values()
    ]
    mapped = map_topology(build_topology(elements, relations, SEMANTICS))
    hidden = set(secret.values())
    own = OwnStates.of(
        OwnCause(name(id), pick.choice([DOWN, DEGRADED]), Because.INCIDENT, f"INC-{name(id)}")
        for id in rows
        if pick.random() < 0.3
    )
    seen = [id for id in rows if id not in secret]
    report = impact(mapped, own, WhatIf(fail=tuple(pick.sample(seen, 3))))
    by_call = redact(report, lambda element: element not in hidden)
    assert "secret" not in everything(by_call)
    mask = np.array([mapped.topology.id(n) not in hidden for n in range(mapped.topology.size)])
    assert "secret" not in everything(redact(report, mask))
    assert "secret" in everything(View(report)), "the control: without redaction it shows"
    counts = by_call.answer().completeness
    shown = [row.face.hidden for row in by_call.answer().affected]
    assert (counts.affected, counts.affected_hidden) == (len(shown), sum(shown))
    assert shown == sorted(shown), "hidden ones come last"


def test_a_hidden_element_is_not_found_and_a_token_is_stable():
    view = redact(
        impact(stack(), NOBODY, WhatIf(fail=("rack1",))), lambda element: element != "db1"
    )
    with pytest.raises(NotFound):
        view.find("db1")
    tokens = {s.element for s in view.proof(view.find("mail")).steps}
    (token,) = [row.face.id for row in view.answer().affected if row.face.hidden]
    assert token == "hidden-1"
    assert token in tokens


def test_a_mask_of_the_wrong_length_is_refused():
    with pytest.raises(BadInput, match="BAD_COLUMN"):
        redact(impact(stack(), NOBODY, WhatIf()), np.ones(3, np.bool_))


def case_of(mapped, own):
    """The oracle's form of a mapped topology with own states."""
    words = {2: "hard", 1: "soft", 0: "info"}
    return {
        "elements": [row.id for row in mapped.topology.rows()],
        "requirements": [
            {
                "id": id,
                "of": id.split("#")[0],
                "members": list(members),
                "weights": list(members.values()),
                "need": need,
                "strength": words[strength],
                "grounded": grounded,
                "reserve": reserve,
            }
            for id, (members, need, strength, grounded, reserve) in told(mapped).items()
        ],
        **{
            word: [e for e in own.causes if own.level(e) == level and mapped.topology.find(e) >= 0]
            for word, level in (("down", DOWN), ("degraded", DEGRADED), ("at_risk", AT_RISK))
        },
    }


def random_what_if(graph, pick):
    elements, relations = sorted(graph.elements), sorted(graph.relations)
    chosen = pick.sample(elements, 5)
    fields = {
        "fail": tuple(chosen[:1]),
        "degrade": tuple(chosen[1:2]),
        "restore": tuple(chosen[2:4]) if pick.random() < 0.4 else (),
        "remove_elements": tuple(chosen[4:]),
    }
    if pick.random() < 0.6:
        new = ElementRow("new-1")
        fields |= {
            "add_elements": (new,),
            "add_relations": (needs(chosen[0], "new-1"), needs("new-1", chosen[1], "USES")),
            "remove_relations": tuple(pick.sample(relations, 3)),
        }
    return WhatIf(**fields)


@pytest.mark.parametrize("seed", range(60))
def test_reports_equal_what_the_oracle_says(seed):
    graph, pick = Graph(seed, size=14), random.Random(1000 + seed)
    mapped = map_topology(
        build_topology(graph.elements.values(), graph.relations.values(), SEMANTICS)
    )
    levels = (DOWN, DEGRADED, AT_RISK)
    own = OwnStates.of(
        OwnCause(id, pick.choice(levels), Because.INCIDENT)
        for id in graph.elements
        if pick.random() < 0.15
    )
    report = impact(mapped, own, random_what_if(graph, pick))
    view = View(report)
    before_case, after_case = case_of(mapped, own), case_of(report.laid, report.own_after)
    before, after = answer(before_case), answer(after_case)
    was = dict.fromkeys(after["states"], "UP") | before["states"]
    for rows, holds in (
        (report.affected, lambda e: WORDS.index(after["states"][e]) > WORDS.index(was[e])),
        (report.improved, lambda e: WORDS.index(after["states"][e]) < WORDS.index(was[e])),
    ):
        assert sorted(ids(view, rows)) == sorted(filter(holds, was))
    least_before = element_margins(before_case, before["margins"])
    least_after = element_margins(after_case, after["margins"])
    exposed = [
        e
        for e in before["states"]
        if after["states"][e] == before["states"][e]
        and least_after.get(e, 10**9) < least_before.get(e, 10**9)
    ]
    assert sorted(ids(view, report.exposed)) == sorted(exposed)
    no_fault = answer({**before_case, "down": [], "degraded": [], "at_risk": []})["states"]
    errors = {mapped.topology.id(n) for n in report.modelling_errors.tolist()}
    assert errors == {e for e, state in no_fault.items() if state != "UP"}
    check_requirements(view, before, after)
    check_proofs(view, after_case, after)


def check_requirements(view, before, after):
    for number in range(view.mapped.topology.size):
        for need in view.requirements(number):
            assert need.margin_after == after["margins"][need.id]
            assert need.margin_before == before["margins"].get(need.id)


def check_proofs(view, case, after):
    """Every first step, judged by the validator that shares no code with the engine."""
    proofs = {}
    for row in view.mapped.topology.rows():
        proven = view.proof(view.mapped.topology.index(row.id))
        if proven is not None:
            step = proven.steps[0]
            assert step.element == row.id
            proofs[row.id] = {"level": WORDS[step.level]}
            if step.unfounded:
                proofs[row.id]["unfounded"] = list(step.unfounded)
            else:
                proofs[row.id] |= {"requirement": step.requirement, "because": list(step.because)}
    assert complaints(case, {**after, "proofs": proofs}) == []


@pytest.mark.parametrize("seed", range(10))
def test_differences_lead_from_one_version_to_the_other(seed):
    graph = Graph(seed, size=20)
    first = build_topology(graph.elements.values(), graph.relations.values(), SEMANTICS)
    start = (dict(graph.elements), dict(graph.relations))
    for _ in range(30):
        graph.step()
    last = follow(first, graph.changes, 30).topology
    found = differences(first, last)
    assert (found.earlier, found.later) == (0, 30)
    expected = {
        id
        for was, now in zip(start, (graph.elements, graph.relations), strict=True)
        for id in was.keys() | now.keys()
        if was.get(id) != now.get(id)
    }
    assert {c.identity for c in found.changes} == expected
    fresh = build_topology(graph.elements.values(), graph.relations.values(), SEMANTICS)
    assert differences(first, fresh).changes == found.changes
    assert differences(last, fresh).changes == ()
    back = undo(last, graph.changes, 0).topology
    assert differences(first, back).changes == ()
    assert differences(last, follow(first, found.changes, 30).topology).changes == ()


def test_an_as_of_topology_answers_as_it_was():
    mapped = mapped_of(["app", "db1", "db2", group("pair", 1)], [needs("app", "db1")])
    graph_changes = differences(
        mapped.topology,
        mapped_of(
            ["app", "db1", "db2", group("pair", 1)],
            [needs("app", "pair"), member("pair", "db1"), member("pair", "db2")],
        ).topology,
    ).changes
    now = mapped.followed(follow(mapped.topology, graph_changes, 9))
    then = now.followed(undo(now.topology, graph_changes, 0))
    asked = WhatIf(fail=("db1",))
    for at, level in ((mapped, DOWN), (now, AT_RISK), (then, DOWN)):
        report = impact(at, NOBODY, asked)
        assert report.after.levels([at.topology.index("app")])[0] == level
    assert impact(now, NOBODY, asked).version == 9
