"""Stacking siblings: a hub with a thousand dependants stays readable, and nothing is lost."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitsm_graph.web.report import Edge, Element
from fitsm_graph.web.stacks import READABLE, THRESHOLD, stack


def one(id, state="DOWN", type="Host"):
    return Element(id, id.upper(), id, "CI", type, "HO", "UP", state)


def hub(children, **more):
    elements = [one("hub"), *(one(f"c{n}", **more) for n in range(children))]
    edges = [Edge("hub", f"c{n}") for n in range(children)]
    columns = {"hub": 0} | {f"c{n}": 1 for n in range(children)}
    return elements, edges, columns


def test_a_thousand_children_become_one_stack():
    stacked = stack(*hub(1000), single=["hub"])
    assert len(stacked.cells) == 2
    assert stacked.grouped == 1000
    assert len(stacked.edges) == 1


def test_a_thousand_children_with_a_service_each_are_at_most_60_cells():
    elements, edges, columns = hub(1000)
    elements += [replace(one(f"s{n}", type="Service"), kind="Service") for n in range(1000)]
    edges += [Edge(f"c{n}", f"s{n}") for n in range(1000)]
    columns |= {f"s{n}": 2 for n in range(1000)}
    stacked = stack(elements, edges, columns, single=["hub"])
    assert len(stacked.cells) <= READABLE == 60
    assert stacked.grouped == 2000


@pytest.mark.parametrize(("children", "cells"), [(THRESHOLD - 1, THRESHOLD), (THRESHOLD, 2)])
def test_six_siblings_are_needed(children, cells):
    assert len(stack(*hub(children), single=["hub"]).cells) == cells


@pytest.mark.parametrize("other", [{"state": "AT_RISK"}, {"type": "Container"}])
def test_other_state_or_class_is_not_stacked_with_them(other):
    elements, edges, columns = hub(7)
    elements[1] = one("c0", **other)
    stacked = stack(elements, edges, columns, single=["hub"])
    assert sorted(len(cell.members) for cell in stacked.cells) == [1, 1, 6]


def test_other_suppliers_are_not_stacked_with_them():
    elements, edges, columns = hub(7)
    elements.append(one("other"))
    stacked = stack(elements, [*edges, Edge("other", "c0")], columns | {"other": 0}, single=["hub"])
    assert sorted(len(cell.members) for cell in stacked.cells) == [1, 1, 1, 6]


def test_an_opened_stack_shows_its_members():
    closed = stack(*hub(100), single=["hub"])
    name = next(cell.id for cell in closed.cells if cell.stacked)
    opened = stack(*hub(100), single=["hub"], opened=[name])
    assert len(opened.cells) == 101
    assert opened.grouped == 0


def test_the_focus_stands_alone():
    stacked = stack(*hub(10), single=["hub", "c3"])
    assert {cell.id for cell in stacked.cells if not cell.stacked} == {"hub", "c3"}


@given(st.integers(1, 40), st.lists(st.tuples(st.integers(0, 39), st.integers(0, 39)), max_size=80))
@settings(max_examples=100, deadline=None)
def test_every_element_is_in_exactly_one_cell_and_no_edge_dangles(count, ties):
    elements = [one(f"e{n}", state=["UP", "DOWN"][n % 2]) for n in range(count)]
    edges = [Edge(f"e{a % count}", f"e{b % count}") for a, b in ties]
    stacked = stack(elements, edges, {row.id: n % 3 for n, row in enumerate(elements)})
    members = [member.id for cell in stacked.cells for member in cell.members]
    assert sorted(members) == sorted(row.id for row in elements)
    ids = {cell.id for cell in stacked.cells}
    assert all({edge.source, edge.target} <= ids for edge in stacked.edges)
