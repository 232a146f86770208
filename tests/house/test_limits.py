"""Whatever asks the database from a running server gives up one that hangs."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

GRAPH = Path(__file__).parents[2] / "src" / "fitsm_graph" / "graph"
LIMITED = "driver.py"
"""Opens sessions with their limit, for all others."""
WAITING = {"migrations.py", "restore.py"}
"""Run by a person at a terminal, who ends them."""


def opened(source: str) -> Iterator[int]:
    """Lines at which a session is opened, in whatever way it is entered."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".session"):
            yield node.lineno


@pytest.mark.parametrize("path", sorted(GRAPH.glob("*.py")), ids=lambda path: path.name)
def test_sessions_are_opened_where_they_get_a_limit(path: Path) -> None:
    found = list(opened(path.read_text("utf-8")))
    assert bool(found) == (path.name in {LIMITED, *WAITING}), found


def test_the_one_place_gives_a_limit_to_each() -> None:
    source = ast.parse((GRAPH / LIMITED).read_text("utf-8"))
    beside = [
        [ast.unparse(item.context_expr).partition("(")[0] for item in node.items]
        for node in ast.walk(source)
        if isinstance(node, ast.AsyncWith) and list(opened(ast.unparse(node)))
    ]
    assert beside == [["answered_within", "driver.session"]]


def test_control_a_session_is_found_however_it_is_entered() -> None:
    assert list(opened("async def f(d):\n    async with d.session() as s:\n        pass\n")) == [2]
    assert list(opened("s = await self.driver.session(x=1).__aenter__()\n")) == [1]
    assert list(opened("async with session_within(driver, 1) as session: pass\n")) == []
