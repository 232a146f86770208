"""The commands around mappings, and the pages that show what they do."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fitsm_graph.cli.mapping import app
from fitsm_graph.discovery.mapping import catalogue
from fitsm_graph.discovery.mapping.filters import FILTERS
from fitsm_graph.discovery.mapping.reference import SAID, formats_page
from fitsm_graph.kernel.errors import BadInput

ROOT = Path(__file__).parents[3]
HOW_TO = (ROOT / "docs/how-to/add-a-format.md").read_text(encoding="utf-8")


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments))
    if isinstance(result.exception, BadInput):
        raise result.exception
    return result.exit_code, result.stdout


@pytest.fixture
def example(tmp_path: Path) -> tuple[str, str]:
    """The table and the mapping of the page that tells how to add a format."""
    blocks = re.findall(r"```(?:yaml)?\n(.*?)```", HOW_TO, flags=re.DOTALL)
    table, mapping = tmp_path / "servers.csv", tmp_path / "rack-list.yaml"
    table.write_text(blocks[0])
    mapping.write_text(blocks[1])
    return str(table), str(mapping)


def test_all_mappings_are_without_fault():
    assert run("lint") == (0, "")


def test_the_example_of_the_page_works(example: tuple[str, str]):
    table, mapping = example
    assert run("lint", mapping) == (0, "")
    wanted = ["--expect", "Server=2", "--expect", "RedundancyGroup=2", "--expect", "PowerFeed=2"]
    code, out = run("test", table, "--format", mapping, *wanted, "-o", "ndjson")
    assert code == 0
    made = {each["key"]: each for each in map(json.loads, out.splitlines())}
    assert made["rack-list/4711"]["attributes"]["memory_mib"] == 65_536
    assert made["rack-list/4711"]["attributes"]["warranty_until"] == "2027-12-31"
    assert "warranty_until" not in made["rack-list/4712"]["attributes"]
    assert len(made["rack-list/4711/feeds"]["relations"]) == 2


def test_a_number_that_differs_and_a_row_that_is_refused_have_their_codes(
    example: tuple[str, str], tmp_path: Path
):
    table, mapping = example
    assert run("test", table, "--format", mapping, "--expect", "Server=3")[0] == 20
    Path(table).write_text("Serial;Feed A\n;x\n1;y\n")
    assert run("test", table, "--format", mapping)[0] == 7
    with pytest.raises(BadInput, match="no expectation"):
        run("test", table, "--format", mapping, "--expect", "many")
    with pytest.raises(BadInput, match="cannot be read"):
        run("test", str(tmp_path / "absent.csv"))


def test_a_fault_is_told_with_its_line(tmp_path: Path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("format: bad\ndoc: B\nreads: [csv]\ndetect: [a]\nrecords: [{type: X, key: a}]\n")
    with pytest.raises(BadInput) as refused:
        run("lint", str(bad))
    assert refused.value.problem.path == ("bad.yaml", "line 5")


def test_the_list_names_every_format():
    code, out = run("list", "-o", "json")
    assert code == 0
    names = {each["name"] for each in json.loads(out)}
    assert names == {"ndjson", "netbox", *catalogue.all_mappings()}


def test_the_reference_page_is_printed_from_the_declarations():
    shown = (ROOT / "docs/reference/formats.md").read_text(encoding="utf-8")
    anew = "print it anew: fitsm-graph map reference > docs/reference/formats.md"
    assert shown == formats_page(catalogue.all_mappings()), anew


def test_every_filter_is_described():
    assert set(SAID) == set(FILTERS)
