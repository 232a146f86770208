"""Layout: nothing overlaps, nothing depends on the order of input, five hundred in a blink."""

import random
import re
import sys
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitsm_graph.web.layout import SWEEPS, Item, Sizes, columns_of, lay_out

SIZES = Sizes()


def layered(count, columns, seed, edges=None):
    """Columns of elements with mostly short edges, as a blast radius has them."""
    chance = random.Random(seed)
    items = [Item(f"n{index:04}", index % columns, f"n{index:04}") for index in range(count)]
    found = set()
    wanted = edges or int(count * 1.56)
    while len(found) < wanted:
        one, other = chance.sample(items, 2)
        step = other.column - one.column
        if step == 1 or (step > 0 and chance.random() < 0.08):
            found.add((one.id, other.id))
    return items, sorted(found)


@st.composite
def pictures(draw):
    count = draw(st.integers(1, 25))
    items = [
        Item(f"i{n}", draw(st.integers(0, 5)), draw(st.text("ab", max_size=2)))
        for n in range(count)
    ]
    ids = st.sampled_from([item.id for item in items])
    return items, draw(st.lists(st.tuples(ids, ids), max_size=50))


@given(pictures())
@settings(max_examples=150, deadline=None)
def test_nothing_overlaps_and_all_is_inside(picture):
    items, edges = picture
    layout = lay_out(items, edges)
    assert layout.places.keys() == {item.id for item in items}
    for one, other in combinations(layout.places.values(), 2):
        apart = abs(one.y - other.y) >= SIZES.height or abs(one.x - other.x) >= SIZES.width
        assert apart, (one, other)
    for place in layout.places.values():
        assert place.x >= 0
        assert place.y >= SIZES.header
        assert place.x + SIZES.width <= layout.width
        assert place.y + SIZES.height <= layout.height


@given(pictures(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_order_of_input_does_not_matter(picture, chance):
    items, edges = picture
    shuffled_items, shuffled_edges = list(items), list(dict.fromkeys(edges))
    expected = lay_out(items, shuffled_edges)
    chance.shuffle(shuffled_items)
    assert lay_out(shuffled_items, shuffled_edges).places == expected.places
    assert lay_out(shuffled_items, shuffled_edges).routes == expected.routes


def test_every_item_stands_in_its_column():
    items, edges = layered(60, 6, seed=3)
    layout = lay_out(items, edges)
    for item in items:
        assert layout.places[item.id].column == item.column
        assert layout.places[item.id].x == layout.columns[item.column]


def test_sweeps_untangle_crossed_wires():
    left = [Item(f"l{n}", 0, f"{n}") for n in range(6)]
    right = [Item(f"r{n}", 1, f"{n}") for n in range(6)]
    layout = lay_out(left + right, [(f"l{n}", f"r{5 - n}") for n in range(6)])
    rows = {id: place.row for id, place in layout.places.items()}
    assert all(rows[f"l{n}"] == rows[f"r{5 - n}"] for n in range(6))
    assert SWEEPS == 12


@pytest.mark.parametrize("mirrored", [False, True])
def test_branches_of_a_tree_are_kept_together_whichever_way_it_grows(mirrored):
    tree = {"root": 0, "m1": 1, "m2": 1, "a": 2, "b": 2, "c": 2, "d": 2}
    edges = [("root", "m1"), ("root", "m2"), ("m1", "a"), ("m1", "c"), ("m2", "b"), ("m2", "d")]
    if mirrored:
        tree = {id: 2 - column for id, column in tree.items()}
        edges = [(target, source) for source, target in edges]
    layout = lay_out([Item(id, column, id) for id, column in tree.items()], edges)
    row = {id: place.row for id, place in layout.places.items()}
    assert abs(row["a"] - row["c"]) == abs(row["b"] - row["d"]) == 1
    assert (row["a"] < row["b"]) == (row["m1"] < row["m2"])


def test_a_chain_runs_straight():
    items = [Item(f"n{n}", n, "") for n in range(5)]
    layout = lay_out(items, [(f"n{n}", f"n{n + 1}") for n in range(4)])
    assert len({place.y for place in layout.places.values()}) == 1


def points(path):
    numbers = [int(number) for number in re.findall(r"-?\d+", re.sub(r"H(\d+)", "", path))]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def test_an_edge_that_skips_a_column_goes_around_what_stands_there():
    items = [Item("a", 0, ""), Item("b", 1, ""), Item("c", 2, "")]
    layout = lay_out(items, [("a", "b"), ("b", "c"), ("a", "c")])
    route = next(route for route in layout.routes if (route.source, route.target) == ("a", "c"))
    middle = layout.places["b"]
    inside = [y for x, y in points(route.path) if middle.x <= x <= middle.x + SIZES.width]
    assert inside
    assert all(y < middle.y or y > middle.y + SIZES.height for y in inside)


def test_circles_loops_and_backward_edges_are_drawn():
    items = [Item("a", 0, ""), Item("b", 0, ""), Item("c", 1, "")]
    edges = [("a", "b"), ("b", "a"), ("a", "a"), ("a", "c"), ("c", "a")]
    layout = lay_out(items, edges)
    assert [(route.source, route.target) for route in layout.routes] == edges
    assert len({route.path for route in layout.routes}) == 5


def test_nothing_is_a_picture_too():
    layout = lay_out([], [])
    assert layout.places == {}
    assert layout.width > 0
    assert layout.height > 0


def calls(work):
    """How many functions, built in or not, some work calls: its cost, whatever the machine does."""
    count = 0

    def counting(_frame, event, _argument):
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(counting)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("seed", [1, 2])
def test_the_cost_grows_like_the_picture(seed):
    small, large = (layered(size, 8, seed, edges=size * 3 // 2) for size in (500, 2_000))
    once, fourfold = calls(lambda: lay_out(*small)), calls(lambda: lay_out(*large))
    assert fourfold < 5 * once
    assert once < 500 * 500, "calls for each of 500 elements"


def test_columns_of_elements_without_hops():
    hops = {"seed": 0, "group": 2, "spare": None, "later": None, "alone": None}
    edges = [("seed", "group"), ("spare", "group"), ("group", "later")]
    assert columns_of(hops, edges) == {"seed": 0, "group": 2, "spare": 1, "later": 3, "alone": 0}
