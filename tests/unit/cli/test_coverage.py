"""`fitsm-graph coverage`: the list, what it lacks, and its gate."""

import json

import pytest
import typer

from fitsm_graph.cli.coverage import coverage
from fitsm_graph.cli.sheets import Form


def test_gaps_are_those_that_lack_something_and_fail_a_gate(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(typer.Exit) as ended:
        coverage("PR10", gaps=True, gate=True, output=Form.JSON)
    assert ended.value.exit_code == 20
    told = json.loads(capsys.readouterr().out)
    assert {each["state"] for each in told} <= {"partly", "not in the product"}
    assert all(each["lacks"] for each in told)


def test_what_is_covered_says_by_what_and_passes(capsys: pytest.CaptureFixture[str]) -> None:
    coverage("pr12.4", gaps=False, gate=True, output=Form.JSON)
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["key"], told["state"], told["conformity"]) == ("PR12.4", "covered", ["PR12.4"])
    assert {"change.approve", "cab.convene"} <= set(told["verbs"])
    assert told["policies"] == ["cab-rhythm", "approval-rule"]
    assert "chm/4_approve" in told["shown"]
    coverage("PR12.4", gaps=True, gate=True, output=Form.JSON)
    assert json.loads(capsys.readouterr().out) == []


def test_a_table_has_a_line_for_each_and_says_how_many(
    capsys: pytest.CaptureFixture[str],
) -> None:
    coverage("csi", gaps=False, gate=False, output=Form.TABLE)
    told = capsys.readouterr()
    assert told.out.startswith("PR14.1\t")
    assert "not covered or not whole" in told.err
