"""Files of types: whatever could be read in two ways, or grows without end, is refused by line."""

from pathlib import Path

import pytest

from fitsm_graph.confm.types import from_files
from fitsm_graph.flow.documents import DEEPEST, LARGEST_FILE, read_document
from fitsm_graph.kernel.errors import BadInput

BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"
REFUSED = {
    "a type twice": ("A:\n  doc: a\nB:\n  doc: b\nA:\n  doc: c\n", "DUPLICATE_KEY", 5),
    "a field twice": ("A:\n  doc: a\n  tag: A1\n  doc: b\n", "DUPLICATE_KEY", 4),
    "an attribute twice": ("A: {attributes: {x: {doc: a}, x: {doc: b}}}", "DUPLICATE_KEY", 1),
    "quoted and not": ("A:\n  doc: a\n  'doc': b\n", "DUPLICATE_KEY", 3),
    "references": (BOMB, "BAD_YAML", 2),
    "a merge": ("A: &a {doc: a}\nB:\n  <<: *a\n", "BAD_YAML", 3),
    "a reference to itself": ("A: &a [*a]\n", "BAD_YAML", 1),
    "no YAML": ("A:\n  doc: [\n", "BAD_YAML", 3),
    "a tab": ("A:\n\tdoc: a\n", "BAD_YAML", 2),
    "an object of Python": ("A: !!python/object/apply:os.getcwd []\n", "BAD_YAML", 1),
    "a truth value as name": ("yes:\n  doc: a\n", "BAD_YAML", 1),
    "a number as name": ("A:\n  1: a\n", "BAD_YAML", 2),
    "a list as name": ("A:\n  [a, b]: a\n", "BAD_YAML", 2),
    "two documents": ("A: {doc: a}\n---\nB: {doc: b}\n", "BAD_YAML", 2),
    "a day that is none": ("A: {doc: 2026-13-45}\n", "BAD_YAML", None),
    "a list": ("- A\n", "BAD_YAML", None),
    "nothing": ("", "BAD_YAML", None),
    "deep nesting": ("A: " + "[" * 100_000, "BAD_YAML", 1),
    "one level too many": ("A: " + "[" * DEEPEST + "x" + "]" * DEEPEST, "BAD_YAML", 1),
    "too large": ("A: " + "x" * LARGEST_FILE, "FILE_TOO_LARGE", None),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str, tmp_path: Path) -> None:
    text, code, line = REFUSED[name]
    path = tmp_path / "some.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        read_document(path)
    problem = caught.value.problem
    assert (problem.code, problem.path) == (
        code,
        ("some.yaml",) if line is None else ("some.yaml", line),
    )
    assert problem.why
    assert problem.remedy


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "some.yaml").write_bytes(b"A: \xff\xfe")
    with pytest.raises(BadInput, match="UTF-8"):
        read_document(tmp_path / "some.yaml")


def test_what_is_well_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "some.yaml"
    path.write_text("\ufeff'A': {doc: 'a: b', values: ['yes', 1, 2.5, true, null]}\n", "utf-8")
    assert read_document(path) == {"A": {"doc": "a: b", "values": ["yes", 1, 2.5, True, None]}}
    path.write_text("A: " + "[" * (DEEPEST - 1) + "]" * (DEEPEST - 1), "utf-8")
    assert "A" in read_document(path)


def test_a_key_twice_is_refused_where_types_are_read(tmp_path: Path) -> None:
    (tmp_path / "ci_types").mkdir()
    (tmp_path / "ci_types" / "x.yaml").write_text("A: {doc: a, doc: b}\n")
    with pytest.raises(BadInput, match=r"x\.yaml, line 1"):
        from_files(tmp_path)


def test_the_default_set_is_read() -> None:
    assert len(from_files().registry().ci_types) > 50
