"""Whatever asks the database from a running server gives up one that hangs."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

GRAPH = Path(__file__).parents[2] / "src" / "fitsm_graph" / "graph"
WAITING = {"migrations.py", "restore.py"}
"""Run by a person at a terminal, who ends them."""


def _called(item: ast.withitem) -> str:
    """Last word of what an item of a `with` calls."""
    call = item.context_expr
    return ast.unparse(call.func).rpartition(".")[2] if isinstance(call, ast.Call) else ""


def unlimited(source: str) -> Iterator[int]:
    """Lines at which a session is opened without a limit beside it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.AsyncWith):
            names = [_called(item) for item in node.items]
            if "session" in names and "answered_within" not in names:
                yield node.lineno


@pytest.mark.parametrize("path", sorted(GRAPH.glob("*.py")), ids=lambda path: path.name)
def test_sessions_have_a_limit(path: Path) -> None:
    found = list(unlimited(path.read_text("utf-8")))
    assert bool(found) == (path.name in WAITING), found


def test_control_a_session_without_one_is_found() -> None:
    text = "async def f(d):\n    async with {}d.session() as s:\n        pass\n"
    assert list(unlimited(text.format(""))) == [2]
    assert list(unlimited(text.format("answered_within(1), "))) == []
