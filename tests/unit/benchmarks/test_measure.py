"""How figures are taken and held to their goals; the published page against the results."""

import json
import time
from pathlib import Path

import pytest

from benchmarks.table import PAGE, PARTS, page
from fitsm_graph.cli.measure import (
    AT_LEAST,
    Goal,
    Results,
    machine,
    medians,
    percentile,
    short,
    sizes,
)


def test_goals_are_met_at_the_bound_and_not_beyond():
    assert Goal(30).met(30)
    assert not Goal(30).met(30.1)
    assert Goal(2, AT_LEAST).met(2)
    assert not Goal(2, AT_LEAST).met(1.99)
    assert [str(Goal(30)), str(Goal(0.5, AT_LEAST))] == ["≤ 30", "≥ 0.5"]


def test_a_row_is_told_at_once_and_written_as_it_was_judged():
    told = []
    results = Results(told.append)
    results.add("fast", 1.23456, "ms", Goal(1), "against a library")
    results.add("shown", 5, "MB")
    document = json.loads(json.dumps(results.document(0.5)))
    assert [row["name"] for row in document["rows"]] == [row.name for row in told]
    first, second = document["rows"]
    assert first == {
        "name": "fast", "value": 1.23, "unit": "ms", "goal": "≤ 1", "met": False,
        "against": "against a library",
    }  # fmt: skip
    assert second["met"] is second["goal"] is None
    assert set(document) == {"commit", "machine", "rows"}
    assert document["machine"]["load_before"] == 0.5


def test_ways_take_turns_and_the_first_turn_does_not_count():
    calls = []
    ways = {name: (lambda name=name: calls.append(name)) for name in "ab"}
    assert set(medians(ways, repeats=3)) == {"a", "b"}
    assert "".join(calls) == "ab" * 4


def test_a_median_is_in_milliseconds_and_shrugs_at_one_slow_turn():
    waits = iter([0, 0.002, 0.002, 0.05])
    (found,) = medians({"way": lambda: time.sleep(next(waits))}, repeats=3).values()
    assert 2 <= found < 40


@pytest.mark.parametrize(("share", "expected"), [(0, 1), (50, 51), (95, 96), (100, 100)])
def test_percentiles(share, expected):
    assert percentile(range(1, 101), share) == expected


def test_sizes_are_read_and_written():
    assert sizes("10k, 100k,1M,77") == [10_000, 100_000, 1_000_000, 77]
    assert [short(size) for size in (10_000, 1_000_000, 1_500)] == ["10k", "1M", "1500"]
    with pytest.raises(ValueError, match="invalid literal"):
        sizes("many")


def test_the_machine_is_described_without_names_or_places():
    told = json.dumps(machine())
    assert machine()["cores"] >= 1
    assert str(Path.cwd()) not in told
    assert "/" not in told


def test_the_page_is_made_from_the_results():
    assert PAGE.read_text("utf-8") == page()


@pytest.mark.parametrize("results", [part[2] for part in PARTS if part[2].exists()])
def test_published_rows_say_whether_they_met_their_goal(results):
    for row in json.loads(results.read_text("utf-8"))["rows"]:
        assert (row["goal"] is None) == (row["met"] is None)
        if row["goal"]:
            kind, bound = row["goal"].split()
            assert Goal(float(bound), kind).met(row["value"]) == row["met"], row["name"]
