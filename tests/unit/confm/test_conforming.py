"""Who would not conform to new types: attributes, ends of relations, cardinality."""

import pytest

from fitsm_graph.confm.conforming import judged
from fitsm_graph.confm.migrating import MigrationStep, StepKind
from fitsm_graph.confm.types import Definitions
from fitsm_graph.model.registry_differences import differences

DOC = {"doc": "A thing of a test.", "icon": "thing"}
POWER = {"kind": "integer", "doc": "Power."}
ENGINE = {**DOC, "tag": "En", "attributes": {"power_kw": POWER}}
TANK = {**DOC, "tag": "Ta", "attributes": {}}
TYPES = {"Engine": ENGINE, "Tank": TANK}
FEEDS = {
    "doc": "A tank gives an engine its fuel.",
    "sentence": "{source} is fed by {target}",
    "sources": ["Engine"],
    "targets": ["Tank"],
    "dependency": "source_needs_target",
    "strength": "hard",
    "cardinality": "many_to_many",
}


def registry(types, relation=FEEDS):
    return Definitions({"": types}, {"": {"FED_BY": relation} if relation else {}}).registry()


def powered(**more):
    return {**TYPES, "Engine": {**ENGINE, "attributes": {"power_kw": {**POWER, **more}}}}


class Estate:
    """Answers the two statements of an estate, as the server would."""

    def __init__(self, cis=(), ties=()):
        self.cis, self.ties = cis, ties

    async def rows(self, name, *, types=(), names=(), relations=(), **_):
        if name == "confm.ties_of_types":
            return [{"ties": [each for each in self.ties if each[0] in relations]}]
        held = [
            [key, key, key, type, [values.get(each) for each in names]]
            for key, type, values in self.cis
            if type in types
        ]
        return [{"cis": held}]


async def unfit(new, *cis, ties=(), steps=()):
    found = differences(registry(TYPES), new)
    it = await judged(Estate(cis, ties), found, new, steps=steps)
    return sorted((one.key, one.why) for each in (*it.unfit, it.failing) for one in each)


async def keys(new, *cis, **more):
    return [key for key, _ in await unfit(new, *cis, **more)]


FOUR, NONE = ("four", "Engine", {"power_kw": 4}), ("none", "Engine", {})


async def test_values_that_no_longer_fit_are_told():
    assert await keys(registry(TYPES), FOUR, NONE) == []
    assert await keys(registry(powered(required=True)), FOUR, NONE) == ["none"]
    assert await keys(registry(powered(maximum=3)), FOUR, NONE) == ["four"]
    assert await keys(registry(powered(unit="kW")), FOUR, NONE) == ["four"]
    assert await keys(registry({**TYPES, "Engine": {**ENGINE, "attributes": {}}}), FOUR, NONE) == [
        "four"
    ]
    assert await keys(registry(powered(kind="boolean")), FOUR, NONE) == ["four"]
    assert await keys(registry(powered(kind="float")), FOUR, NONE) == []


async def test_values_that_are_shared_are_not_unique():
    same = ("same", "Engine", {"power_kw": 4})
    assert await keys(registry(powered(unique=True)), FOUR, NONE, same) == ["four", "same"]


async def test_a_type_that_is_gone_or_abstract_has_no_cis():
    motor = {"Motor": {"doc": "A motor.", "extends": "Engine", "tag": "Mo"}}
    abstract = {**TYPES, "Engine": {**ENGINE, "abstract": True}, **motor}
    for gone in ({"Tank": TANK}, abstract):
        new = registry(gone, {**FEEDS, "sources": ["Tank"]})
        assert ("four", "no CI can be of its type") in await unfit(new, FOUR)


async def test_steps_mend_what_would_not_conform_or_say_that_they_cannot():
    fill = MigrationStep(StepKind.FILL, "Engine", "power_kw", value=1)
    new = registry(powered(required=True))
    assert await keys(new, FOUR, NONE, steps=[fill]) == []
    bad = MigrationStep(StepKind.FILL, "Engine", "power_kw", value="much")
    assert await keys(new, FOUR, NONE, steps=[bad]) == ["none", "none"]


def tie(source, target):
    ends = [{"id": key, "key": key, "name": key, "type": type, "labels": ["Record", "CI", type]}
            for key, type in (source, target)]  # fmt: skip
    return ["FED_BY", *ends]


TIES = [tie(("e1", "Engine"), ("t1", "Tank")), tie(("e1", "Engine"), ("t2", "Tank")),
        tie(("e2", "Engine"), ("t2", "Tank"))]  # fmt: skip


@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        (FEEDS, []),
        ({**FEEDS, "targets": ["Engine"]}, ["e1", "e2"]),
        ({**FEEDS, "sources": ["Tank"]}, ["e1", "e2"]),
        ({**FEEDS, "cardinality": "many_to_one"}, ["e1"]),
        ({**FEEDS, "cardinality": "one_to_many"}, ["t2"]),
        ({**FEEDS, "cardinality": "one_to_one"}, ["e1", "t2"]),
        (None, ["e1", "e2"]),
    ],
)
async def test_relations(relation, expected):
    assert await keys(registry(TYPES, relation), ties=TIES) == expected
