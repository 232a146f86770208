"""The list of what FitSM asks for is whole, and what it names is there.

How many items each section has is counted here from the training text of FitSM, version 3.2, by
the headings that items name as their authority; of a chart each of its groups by itself.
"""

import re
from collections import Counter
from functools import cache
from itertools import chain
from pathlib import Path

import pytest
from graphql import FieldNode, OperationDefinitionNode, parse

from fitsm_graph.api.verbs import offered
from fitsm_graph.cli.coverage import among, covered, declared
from fitsm_graph.csi.coverage import FILES, Item, ItemKind, State, coverage, unknown, unlisted
from fitsm_graph.graph.verb import VERBS
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.requirements import REQUIREMENTS
from fitsm_graph.model.declare import Process
from fitsm_graph.model.registry_types import camel_case
from house.repository import definitions, modules, text_of, tracked

WALKS = "tests/e2e/processes/"
SIX = frozenset(list(Process)[:6])
GENERAL = {"MCA": (3, 4), "DOC": (4, 4), "SCS": (2, 2), "PLAN": (2, 2), "DO": (2, 1),
           "CHECK": (2, 4), "ACT": (2, 1)}  # fmt: skip
"""Requirements and outputs of each of the seven general aspects."""
GENERIC = {"SMS owner": 8, "SMS manager": 7, "Service owner": 7, "Process owner": 6,
           "Process manager": 8, "Case owner": 5, "Member of process staff": 3}  # fmt: skip
"""Tasks of the roles of all processes, what a process asks for besides as one of them."""
OF_PROCESSES = {
    "ISRM": {"setup": 9, "activity": (5, 6, 2), "role_task": (1, 3, 5), "input": 3, "output": 6,
             "requirement": 6, "interface": (4, 2)},
    "PM": {"setup": 4, "activity": (2, 5, 2), "role_task": (1, 4, 5), "input": 4, "output": 2,
           "requirement": 4, "interface": (2, 2)},
    "CONFM": {"setup": 5, "activity": (2, 2), "role_task": (1, 5, 2), "input": 2, "output": 2,
              "requirement": 5, "interface": (1, 1)},
    "CHM": {"setup": 5, "activity": (4, 4, 2), "role_task": (1, 6, 2, 4, 4), "input": 2,
            "output": 4, "requirement": 6, "interface": (1, 3)},
    "RDM": {"setup": (4, 7), "activity": (2, 6), "role_task": (1, 3, 3), "input": 3, "output": 2,
            "requirement": 6, "interface": (3, 2)},
    "CSI": {"setup": 3, "activity": (2, 2), "role_task": (1, 2, 2), "input": 5, "output": 2,
            "requirement": 3, "interface": (2, 1)},
}  # fmt: skip
"""By the name of a process on its pages.

setup: "Initial process setup". activity: "Process chart according to FitSM-2", group by group; of
CHM the two parts of "Change implementation" after them. role_task: "Roles according to FitSM-3",
owner and manager with their generic tasks as one item each; of CHM the two notes on the board with
its two tasks. input: of CSI, what measuring finds of processes and of services are two. setup: of
RDM, strategies and approaches of testing that are called typical after it. interface: in, then out.
"""


@cache
def items() -> tuple[Item, ...]:
    return covered()


def counted(process: str, kind: ItemKind) -> tuple[int, ...]:
    """How many items each section of a kind has, in the order of the list."""
    found = Counter(
        each.authority
        for each in items()
        if each.kind is kind and each.process.value == process.lower()
    )
    return tuple(found.values())


@pytest.mark.parametrize("process", OF_PROCESSES)
@pytest.mark.parametrize("kind", ItemKind)
def test_a_process_has_as_many_items_as_the_text(process: str, kind: ItemKind) -> None:
    expected = OF_PROCESSES[process][kind.value]
    assert counted(process, kind) == (expected if isinstance(expected, tuple) else (expected,))


def test_the_system_has_as_many_items_as_the_text() -> None:
    requirements, outputs = zip(*GENERAL.values(), strict=True)
    assert counted("SMS", ItemKind.REQUIREMENT) == requirements
    assert counted("SMS", ItemKind.OUTPUT) == outputs
    assert counted("SMS", ItemKind.ROLE_TASK) == tuple(GENERIC.values())


def test_every_requirement_is_on_the_list() -> None:
    own = [each.key for each in items() if each.kind is ItemKind.REQUIREMENT]
    assert sorted(own) == sorted(REQUIREMENTS)


def test_keys_say_where_an_item_belongs() -> None:
    numbers = {name: f"PR{number}" for number, name in enumerate(list(Process)[:6], 9)}
    wrong = [
        each.key
        for each in items()
        if not re.fullmatch(r"[A-Z]+\d*(\.[a-z_]+)?\.\d+", each.key)
        or each.key.split(".")[0] != numbers.get(each.process, each.key.split(".")[0])
    ]
    assert wrong == []


# --- what covers it ------------------------------------------------------------------------------


def test_every_name_is_one_of_the_product() -> None:
    assert unknown(coverage(), declared()) == []


def test_every_verb_of_the_six_processes_is_on_the_list() -> None:
    own = [name for name, each in VERBS.items() if each.rooms & SIX]
    assert len(own) > 150
    assert unlisted(coverage(), own) == []


def test_every_kind_of_policy_is_on_the_list() -> None:
    named = {name for each in coverage().items for name in each.policies}
    assert sorted(set(declared().policies) - named) == []


def test_verbs_that_no_item_asks_for_are_there_and_are_asked_for_nowhere() -> None:
    asked = {name for each in coverage().items for name in each.verbs}
    assert [each for each in coverage().auxiliary if each not in VERBS or each in asked] == []


def test_nothing_is_covered_without_a_word_or_shown_by_nothing() -> None:
    bare = [each.key for each in items() if not (each.by or each.lacks or each.left)]
    unshown = [each.key for each in items() if each.by and not each.shown]
    assert (bare, unshown) == ([], [])


# --- what shows it -------------------------------------------------------------------------------


def test_what_shows_an_item_is_there() -> None:
    functions = {
        f"{module.path}::{name}"
        for module in modules("tests")
        for name, *_ in definitions(module.tree)
    }
    named = {one for each in items() for one in each.shown}
    tests = {one for one in named if "::" in one}
    assert sorted(one for one in tests if f"tests/{one}" not in functions) == []
    assert sorted(named - tests - set(walked())) == []


@cache
def walked() -> tuple[str, ...]:
    """The documents of the walks, as the list names them."""
    paths = [each for each in tracked() if each.startswith(WALKS) and each.endswith(".graphql")]
    return tuple(each.removeprefix(WALKS).removesuffix(".graphql") for each in paths)


BY_ANOTHER_NAME = {
    "relateElements": "element.relate",
    "unrelateElements": "element.unrelate",
    "putSyncRecords": "sync.elements",
}
"""Mutations that are not called as the function of their verb."""


@cache
def asked_by(document: str) -> frozenset[str]:
    """Verbs and questions that a document asks."""
    called = {camel_case(each.run.__name__): name for name, each in VERBS.items()}
    called |= {camel_case(name): each.name for name, each in offered().items()} | BY_ANOTHER_NAME
    found = set[str]()
    for each in parse(text_of(f"{WALKS}{document}.graphql")).definitions:
        assert isinstance(each, OperationDefinitionNode)
        for field in each.selection_set.selections:
            assert isinstance(field, FieldNode)
            found.add(called.get(field.name.value, field.name.value))
    return frozenset(found)


@cache
def serves(document: str) -> frozenset[str]:
    """Requirements, queries and policies that a document has to do with."""
    text = text_of(f"{WALKS}{document}.graphql")
    kinds = set(re.findall(r'(?:kind|policy): "([a-z-]+)', text))
    return asked_by(document) | kinds | set(re.findall(r'requirement: "([A-Z.0-9]+)"', text))


def test_a_document_asks_for_what_it_is_to_show() -> None:
    wrong = [
        f"{each.key}: {document}"
        for each in items()
        if each.kind is not ItemKind.REQUIREMENT
        for document in each.shown
        if "::" not in document and serves(document).isdisjoint(each.by)
    ]
    assert wrong == []


def test_every_document_of_the_walks_shows_something() -> None:
    named = set(chain.from_iterable(each.shown for each in items()))
    assert [each for each in walked() if each not in named] == []


def test_every_activity_that_the_product_can_do_has_a_document() -> None:
    without = [
        each.key
        for each in items()
        if each.kind is ItemKind.ACTIVITY and each.by and all("::" in one for one in each.shown)
    ]
    assert without == []


# --- the list itself -----------------------------------------------------------------------------


def test_a_process_a_group_or_one_can_be_asked_for() -> None:
    assert {each.process for each in among(items(), "CHM")} == {Process.CHM}
    assert [each.key for each in among(items(), "pr12.4")] == ["PR12.4"]
    keys = [each.key for each in among(items(), "PR14.activity")]
    assert keys == [f"PR14.activity.{number}" for number in range(1, 5)]
    assert len(among(items(), "")) == len(items())
    with pytest.raises(BadInput, match="PR99"):
        among(items(), "PR99")


def test_what_others_lack_is_lacked_as_well() -> None:
    known = {each.key: each for each in items()}
    said = re.compile(r"What (\S+) lacks\.")
    for each in known.values():
        other = said.fullmatch(each.lacks)
        if other is not None:
            assert each.state is State.PARTLY
            assert known[other[1]].lacks, each.key


SECTION = "sections:\n- kind: activity\n  authority: A chart\n  items:\n    PR9.activity.1:\n"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("      {says: Do it.}", "nothing covers it"),
        ("      {says: Do it., verbs: [incident.register]}", "nothing shows it"),
        ("      {says: Do it., left: It is., lacks: All.}", "left to people"),
        ("      {says: Do it., see: [PR9.activity.2]}", "'PR9.activity.2' is no item"),
        ("      {says: Do it., by: [incident.register]}", "nothing is 'by' here"),
        ("      {lacks: All.}", "'says' is missing"),
    ],
)
def test_a_list_that_makes_no_sense_is_refused(tmp_path: Path, said: str, told: str) -> None:
    for name in FILES:
        text = SECTION + said if name == "isrm" else "sections: []"
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        coverage(tmp_path)
    assert [each.message for each in caught.value.problems if told in each.message] != []
