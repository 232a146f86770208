"""What is not done in this code, whoever writes it."""

import ast
import re
from collections.abc import Iterator

from house.repository import Module, definitions, lines, modules

CLOCK = "src/fitsm_graph/kernel/clock.py"
TIME = {"now", "utcnow", "today"}
OPEN_ENDS = ("TO-DO", "FIX-ME", "X-XX", "HA-CK", "Not-ImplementedError")
"""Written apart here, so that this file holds none of them."""
OPEN_END = re.compile(rf"\b({'|'.join(OPEN_ENDS).replace('-', '')})\b")
EXCUSE = re.compile(r"# (noqa|type: ignore)(\[[\w, -]+\]|: [A-Z]+\d+(, ?[A-Z]+\d+)*)?(?P<why>.*)")
MOCKS = {"mock", "unittest.mock", "pytest_mock"}


def moments(tree: ast.AST) -> Iterator[int]:
    """Lines where the time of day is asked for, instead of a clock that is passed."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = ast.unparse(node.value)
            dated = owner.split(".")[-1] in {"datetime", "date"} and node.attr in TIME
            if dated or (owner == "time" and node.attr in {"time", "time_ns"}):
                yield node.lineno


def swallowing(tree: ast.AST) -> Iterator[int]:
    """Lines that catch whatever comes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            named = ast.unparse(node.type) if node.type else "BaseException"
            if re.search(r"\b(Base)?Exception\b", named) and not _raises_again(node):
                yield node.lineno


def _raises_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def stubs(module: Module) -> Iterator[str]:
    """Functions that do nothing at all, protocols and overloads aside."""
    protocols = {
        name
        for name, node, _ in definitions(module.tree)
        if isinstance(node, ast.ClassDef) and any("Protocol" in ast.unparse(b) for b in node.bases)
    }
    for name, node, _ in definitions(module.tree):
        marks = [ast.unparse(each) for each in node.decorator_list]
        declared = name.rpartition(".")[0] in protocols or {"overload", "abstractmethod"} & {*marks}
        if not isinstance(node, ast.ClassDef) and not declared and all(map(_empty, node.body)):
            yield name


def _empty(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return not isinstance(statement.value.value, str)  # a docstring alone is a hook's way
    return isinstance(statement, ast.Pass)


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{each.name}" for each in node.names)
            yield str(node.module)


def test_a_clock_is_passed() -> None:
    found = [f"{m.path}:{n}" for m in modules("src") if m.path != CLOCK for n in moments(m.tree)]
    assert found == []


def test_nothing_is_swallowed() -> None:
    everywhere = modules("src", "tools", "tests")
    assert [f"{each.path}:{line}" for each in everywhere for line in swallowing(each.tree)] == []


def test_nothing_is_left_open() -> None:
    assert [f"{place}: {line}" for place, line in lines(printed=False) if OPEN_END.search(line)
            ] == []  # fmt: skip


def test_no_function_does_nothing() -> None:
    assert [f"{each.path}:{name}" for each in modules("src", "tools") for name in stubs(each)] == []


def test_fakes_stand_at_the_seams_and_nothing_is_mocked() -> None:
    patching = "monkey" + "patch"
    assert [m.path for m in modules("tests") if MOCKS & set(imported(m.tree))] == []
    assert [place for place, line in lines() if re.search(rf"\b{patching}\b", line)] == []


def test_every_excuse_has_a_reason() -> None:
    bare = [
        f"{place}: {line.strip()}"
        for place, line in lines()
        if place.startswith("src/") and (found := EXCUSE.search(line))
        if len(found["why"].strip(" #-–—")) < 8
    ]
    assert [each for each in bare if not each.split(":")[0].endswith(EXCUSED_BELOW)] == []


EXCUSED_BELOW = ("impact/engine/compiled.py", "cli/warm.py")
"""Several imports and one reason, on the line before or in the docstring above."""


def test_each_habit_can_be_broken() -> None:
    bad = ast.parse(
        "try:\n    at = datetime.now(UTC)\nexcept Exception:\n    at = time.time()\n"
        "try:\n    go()\nexcept BaseException:\n    undo()\n    raise\n"
    )
    assert list(moments(bad)) == [2, 4]
    assert list(swallowing(bad)) == [3]
    assert list(stubs(Module("x.py", ast.parse("def a(): ...\ndef b():\n    return 1\n")))) == ["a"]
    assert OPEN_END.search("# " + OPEN_ENDS[0].replace("-", "") + ": later")
    assert not EXCUSE.search("x = 1  # noqa: S105")["why"].strip()  # type: ignore[index]
    assert "mock" in set(imported(ast.parse("import mock")))
