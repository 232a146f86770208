"""Operations: valid against what was agreed and the printed schema; nothing else is asked."""

import ast
from functools import cache
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from fitsm_graph.kernel.places import OF_PAGES
from fitsm_graph.web import ExecutionOutcome
from fitsm_graph.web.execute import Asker, OperationFailed, operation
from unit.web.estate import SDL

NAMES = sorted(path.stem for path in OF_PAGES.glob("*.graphql"))
ROOT = Path(__file__).resolve().parents[3]
WEB = ROOT / "src" / "fitsm_graph" / "web"
PRINTED = ROOT / "schema" / "schema.graphql"


@pytest.mark.parametrize("name", NAMES)
def test_an_operation_has_the_name_of_its_file_and_is_valid(name):
    document = parse(operation(name).document)
    assert [definition.name.value for definition in document.definitions] == [name]
    assert validate(build_schema(SDL), document) == []


@pytest.mark.parametrize("name", NAMES)
def test_an_operation_is_valid_against_the_public_schema(name):
    if not PRINTED.exists():
        pytest.skip("schema/schema.graphql is not printed yet")
    assert validate(printed_schema(), parse(operation(name).document)) == []


@cache
def printed_schema():
    return build_schema(PRINTED.read_text("utf-8"))


def test_pages_import_no_room_with_data():
    rooms = set()
    for path in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            rooms |= {".".join(name.split(".")[:2]) for name in names if name.startswith("fitsm")}
    assert rooms == {"fitsm_graph.kernel", "fitsm_graph.web"}


async def refused(data, errors):
    async def execute(*_):
        return ExecutionOutcome(data, errors)

    with pytest.raises(OperationFailed) as caught:
        await Asker(execute, None).ask("Element", {"id": "x"})
    return caught.value


async def test_a_partial_answer_is_refused():
    error = await refused(
        {"element": None}, [{"message": "no", "extensions": {"code": "FORBIDDEN"}}]
    )
    assert (error.code, error.problem.message) == ("FORBIDDEN", "no")


async def test_all_errors_are_kept():
    error = await refused(None, [{"message": "one"}, {"message": "two", "path": ["element", 0]}])
    assert [problem.message for problem in error.problems] == ["one", "two"]
    assert error.problems[1].path == ("element", 0)


async def test_silence_is_an_error_too():
    assert (await refused(None, [])).code == "BROKEN"
