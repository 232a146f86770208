"""Every error keeps its exit code on its way through an answer."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from fitsm_graph.client.told import KINDS, error_of, payload_error
from fitsm_graph.kernel import errors

SOURCE = Path(errors.__file__).parents[1]
REACHED = ("api", "impact", "graph", "model", "kernel")
"""Rooms whose errors an answer can carry; what verbs refuse carries its kind with it."""
ELSEWHERE = ("backup", "restore", "local", "migrations", "sync")


def raised() -> Iterator[tuple[str, str]]:
    """Kind and code of every error that is raised with a code of its own."""
    for room in REACHED:
        for path in (SOURCE / room).rglob("*.py"):
            if not any(word in part for part in path.parts[-2:] for word in ELSEWHERE):
                yield from _in(path)


def _in(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            for given in node.keywords:
                if given.arg == "code" and isinstance(given.value, ast.Constant):
                    yield node.func.id, str(given.value.value)


def test_the_exit_code_of_an_error_is_the_same_over_the_api():
    wrong = []
    for kind, code in sorted(set(raised())):
        declared = getattr(errors, kind, None)
        if declared is None or code in {"INVALID_DOCUMENT", "NOT_MIGRATED"}:
            continue
        told = error_of({"errors": [{"message": "x", "extensions": {"code": code}}]})
        if told is None or told.exit_status != declared.exit_status:
            wrong.append((kind, code, told and told.exit_status))
    assert wrong == [], "tell client/told.py of them"


@pytest.mark.parametrize(
    "kind", [each for each in vars(errors).values() if hasattr(each, "default_code")]
)
def test_default_codes_are_known(kind):
    assert KINDS.get(kind.default_code, errors.BadInput).exit_status == kind.exit_status


def test_all_problems_are_told():
    told = error_of({"errors": [{"message": m, "extensions": {"code": "C"}} for m in "ab"]})
    assert told is not None
    assert [each.message for each in told.problems] == ["a", "b"]


def test_a_document_that_is_not_understood_is_a_matter_of_versions():
    for extensions in ({}, {"code": "INVALID_DOCUMENT"}):
        told = error_of({"errors": [{"message": "Cannot query field", "extensions": extensions}]})
        assert told is not None
        assert (told.code, told.exit_status) == ("VERSION_MISMATCH", 6)


def test_neither_answer_nor_error_is_told():
    told = error_of({"data": None})
    assert told is not None
    assert told.code == "BROKEN"
    assert error_of({"data": {}}) is None


@pytest.mark.parametrize(
    ("name", "status"),
    [("InvalidInput", 2), ("RecordNotFound", 3), ("RuleViolation", 1), ("WriteConflict", 5)],
)
def test_what_a_verb_refuses_keeps_its_kind(name, status):
    problem = {"__typename": name, "code": "X", "message": "m", "why": "w", "path": ["a", 1]}
    told = payload_error([problem])
    assert told.exit_status == status
    assert told.problem.path == ("a", 1)
