"""What relationships are to the records at their ends: one name is one thing."""

from fitsm_graph.api.fields import record_fields
from fitsm_graph.api.links import (
    ANY_RECORD,
    PARTY,
    asked_kinds,
    links_of,
    plural,
    process_kinds,
    singular,
)
from fitsm_graph.api.questions import LISTS
from fitsm_graph.model.declare import RECORDS
from fitsm_graph.model.process import PROCESS_KINDS, PROCESS_LABEL


def test_a_name_is_one_link_whatever_the_kind() -> None:
    """Records of several kinds are asked at once: `... on Problem { owner }` beside another."""
    known = {}
    for kind in process_kinds():
        for name, link in links_of(kind).items():
            assert known.setdefault(name, link) == link, f"{kind}.{name}"


def test_no_link_has_the_name_of_a_field() -> None:
    for kind in asked_kinds():
        assert set(links_of(kind)) & {*record_fields(kind), "kind", "open"} == set(), kind


def test_every_link_leads_to_what_can_be_shown() -> None:
    known = {*asked_kinds(), ANY_RECORD, PARTY, "Element"}
    for kind in asked_kinds():
        assert {link.far for link in links_of(kind).values()} <= known, kind


def test_names_of_questions_are_not_given_twice() -> None:
    names = [*LISTS, *map(singular, asked_kinds()), *map(plural, asked_kinds())]
    assert len(names) == len(set(names))


def test_kinds_with_a_life_are_those_that_processes_name() -> None:
    assert set(process_kinds()) == set(PROCESS_KINDS)
    assert {kind for kind, info in RECORDS.items() if PROCESS_LABEL in info.labels} == set(
        PROCESS_KINDS
    )
