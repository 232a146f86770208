"""Doctor's checks of a topology: rings that an ungrounded link holds together, errors of models."""

from typing import Any

import pytest

from fitsm_graph.impact.checks import grounding, modelling, ungrounded_links
from fitsm_graph.impact.mapped import Mapped, map_topology
from fitsm_graph.impact.network import Strength
from fitsm_graph.impact.records import (
    ElementRow,
    GroupNeed,
    Kind,
    RelationRow,
    RelationSemantics,
)
from fitsm_graph.impact.topology import build_topology
from fitsm_graph.kernel.checks import Word

SEMANTICS = tuple(
    RelationSemantics.read({"name": name, "symmetric": False, "needed_by": [], **more})
    for name, more in {
        "NEEDS": {"dependency": "source_needs_target", "strength": "hard"},
        "RESTS_ON": {"dependency": "source_needs_target", "strength": "hard", "grounded": True},
        "LIKES": {"dependency": "source_needs_target", "strength": "info"},
        "HAS_MEMBER": {"dependency": "source_needs_target", "strength": "hard"},
    }.items()
)


def mapped(text: str, groups: dict[str, Any] | None = None) -> Mapped:
    """`a=b` needs, `a>b` rests on groundedly, `a~b` likes, `g:a` has the member."""
    words = {"=": "NEEDS", ">": "RESTS_ON", "~": "LIKES", ":": "HAS_MEMBER"}
    relations = [
        RelationRow(each[0], words[each[1]], each[2], None, None, 1, 1.0, None)
        for each in text.split()
    ]
    known = groups or {}
    names = sorted({each.source for each in relations} | {each.target for each in relations})
    elements = [
        ElementRow(
            id=name,
            key=name,
            name=name,
            kind=Kind.GROUP if name in known else Kind.CI,
            group=known.get(name),
        )
        for name in names
    ]
    return map_topology(build_topology(elements, relations, SEMANTICS))


def group(need: int, *, grounded: bool = True) -> GroupNeed:
    return GroupNeed(need=need, share=None, strength=Strength.HARD, grounded=grounded, reserve=None)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("g:s g:b b=g", ""),  # a need whose only member is a group is grounded as the group is
        ("g:s g:b b=c c=g", "b"),
        ("g:s g:b b=c c=d d=g", "b"),
        ("g:s g:b b>c c>g", ""),
        ("g:s g:b b=c", ""),
        ("g:s g:b b~c c=g", ""),
        ("a=b b=a", ""),
        ("a>b b>a", ""),
        ("a>b b=c c>a", "b"),
        ("a>b b=c c>d", ""),
        ("a>a", ""),
    ],
)
def test_a_link_that_is_not_grounded_in_a_grounded_ring_is_found(text: str, found: str) -> None:
    network = mapped(text, {"g": group(1)} if "g:" in text else None)
    names = "".join(sorted(network.topology.id(n) for n in ungrounded_links(network)))
    assert names == found
    told = grounding(network)
    assert told.word is (Word.FAILED if found else Word.OK)
    assert found in told.cause


def test_a_need_above_capacity_and_a_ring_without_a_source_are_errors_of_the_model() -> None:
    told = modelling(mapped("a=g g:b g:c x>y y>x z=x", {"g": group(3)}))
    assert told.word is Word.WARNING
    assert told.facts["count"] == 5
    assert "g is DOWN (needs 3 of 2)" in told.cause
    assert "a is DOWN" in told.cause
    assert modelling(mapped("a=g g:b g:c", {"g": group(2)})).word is Word.OK
