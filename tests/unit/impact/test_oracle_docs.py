"""The page on impact semantics shows the case tables as they are."""

from pathlib import Path

from oracles.case_tables import FOLDER, fill

PAGE = Path(__file__).parents[3] / "docs" / "impact-semantics.md"


def test_the_page_shows_the_tables_as_they_are() -> None:
    text = PAGE.read_text("utf-8")
    assert text == fill(text), "run: python tests/oracles/case_tables.py docs/impact-semantics.md"


def test_the_page_shows_every_table() -> None:
    text = PAGE.read_text("utf-8")
    assert [f.stem for f in FOLDER.glob("*.txt") if f"<!-- cases: {f.stem} -->" not in text] == []
