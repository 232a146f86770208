"""`fitsm-graph bench impact` on a small estate."""

import json

import pytest
from typer.testing import CliRunner

from fitsm_graph.cli.bench import GOALS, app
from fitsm_graph.kernel.errors import BadInput

ran = CliRunner().invoke


def test_it_measures_and_answers_in_json():
    result = ran(app, ["--sizes", "2k", "-o", "json"])
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)["rows"]
    assert [row["name"] for row in rows] == [
        "full semantics, 2k, typical source",
        "full semantics, 2k, worst hub",
        "full semantics, 2k, inside the grounded component",
        "full semantics, 2k, the slowest of these switches",
        "complete answer, 2k, typical source",
        "complete answer, 2k, worst hub",
    ]
    assert all(row["value"] > 0 for row in rows)
    assert not any(row["goal"] for row in rows), "goals are for the sizes of the design"


def test_the_goals_are_those_of_the_design():
    assert GOALS == {100_000: (1, 30, 10), 1_000_000: (2, 300, 10)}


@pytest.mark.parametrize("sizes", ["many", "10", ""])
def test_sizes_that_are_none_are_refused(sizes):
    result = ran(app, ["--sizes", sizes])
    assert isinstance(result.exception, BadInput)
