"""What the command line writes: harmless on a terminal, exact for programs."""

import csv
import io
import subprocess
import sys

import pytest

from fitsm_graph.cli.output import cell, plain
from fitsm_graph.cli.sheets import Sheet, as_csv
from fitsm_graph.cli.values import assignments, json_object
from fitsm_graph.kernel.errors import BadInput


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain – ümläut", "plain – ümläut"),
        ("\x1b[31mred\x1b[0m", "\\u001b[31mred\\u001b[0m"),
        ("two\nlines\tand tab\r", "two\\nlines\\tand tab\\r"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\x9b2J", "\\u009b2J"),
    ],
)
def test_what_would_steer_a_terminal_is_written_out(text, shown):
    assert plain(text) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (True, "yes"),
        (0, "0"),
        (["a", None, "b"], "a, , b"),
        ("2026-11-24T03:41:36.123456Z", "2026-11-24T03:41:36Z"),
        ({"a": 1}, '{"a":1}'),
    ],
)
def test_cells(value, shown):
    assert cell(value) == shown


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", " =", "\u00a0@"])
def test_csv_holds_no_formula(start):
    text = as_csv(Sheet(("a",), [(f"{start}1+1",)]))
    [_, [read]] = list(csv.reader(io.StringIO(text)))
    assert read.startswith("'") or read.lstrip()[:1] not in "=+-@"


def test_csv_keeps_numbers_and_quotes_what_must_be():
    text = as_csv(Sheet(("=head", "n"), [('a "b", c', -2.5), (None, True)]))
    rows = list(csv.reader(io.StringIO(text)))
    assert rows == [["'=head", "n"], ['a "b", c', "-2.5"], ["", "yes"]]


@pytest.mark.parametrize("text", ["name", "=x", ":=1", ""])
def test_what_gives_no_value_is_refused(text):
    with pytest.raises(BadInput):
        assignments([text])


def test_values_are_text_unless_said_otherwise():
    given = ["a=1", "b:=1", "c:=[true]", "d==x", "e=http://x/?y=z", "f:=null"]
    read = {"a": "1", "b": 1, "c": [True], "d": "=x", "e": "http://x/?y=z", "f": None}
    assert assignments(given) == read


def test_a_name_is_given_once():
    with pytest.raises(BadInput):
        assignments(["a=1", "a:=2"])


@pytest.mark.parametrize("content", ["[1]", "nothing", ""])
def test_a_file_of_values_is_one_object(tmp_path, content):
    file = tmp_path / "values.json"
    file.write_text(content)
    with pytest.raises(BadInput):
        json_object(str(file))


def test_a_file_that_is_not_there_is_told():
    with pytest.raises(BadInput) as caught:
        json_object("/nowhere/at/all.json")
    assert caught.value.code == "FILE_UNUSABLE"


def test_a_reader_that_goes_away_ends_it_silently():
    code = """
import typer
from fitsm_graph.cli.output import emit
try:
    for _ in range(9):
        emit("x" * 99_999)
except typer.Exit as end:
    raise SystemExit(end.exit_code)
"""
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout
        assert child.stderr
        child.stdout.read(10)
        child.stdout.close()
        assert child.stderr.read() == b""
    assert child.returncode == 0
