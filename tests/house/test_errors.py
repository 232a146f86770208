"""Every error code has its section in docs/errors.md, and every error says what to do next."""

import ast
import re

import pytest

from fitsm_graph.kernel.errors import BadInput, Broken, Forbidden, Problem, Unavailable
from house.error_codes import codes, codes_of_assignment, codes_of_call, without_remedy
from house.repository import text_of

PAGE = "docs/errors.md"
SECTION = re.compile(
    r"^### (\S+)\n\n(.+?)\n\n- \*\*Why:\*\* (.+)\n- \*\*Do:\*\* (.+)\n", re.MULTILINE
)

# Errors that are made without a remedy today, by file. A number may only shrink.
WITHOUT_REMEDY: dict[str, int] = {
    "src/fitsm_graph/api/api.py": 1,
    "src/fitsm_graph/api/mutations.py": 1,
    "src/fitsm_graph/client/address.py": 3,
    "src/fitsm_graph/cli/bench.py": 1,
    "src/fitsm_graph/cli/choices.py": 1,
    "src/fitsm_graph/cli/mapping.py": 1,
    "src/fitsm_graph/cli/values.py": 3,
    "src/fitsm_graph/cli/verbs.py": 1,
    "src/fitsm_graph/discovery/mapping/catalogue.py": 1,
    "src/fitsm_graph/discovery/mapping/marked.py": 3,
    "src/fitsm_graph/discovery/mapping/run.py": 1,
    "src/fitsm_graph/discovery/ndjson.py": 1,
    "src/fitsm_graph/discovery/netbox/read.py": 1,
    "src/fitsm_graph/discovery/readers/xml.py": 4,
    "src/fitsm_graph/discovery/readers/yaml.py": 1,
    "src/fitsm_graph/graph/backup_file.py": 1,
    "src/fitsm_graph/graph/local/backend.py": 1,
    "src/fitsm_graph/impact/analysis.py": 2,
    "src/fitsm_graph/impact/engine/solve.py": 4,
    "src/fitsm_graph/impact/loading.py": 2,
    "src/fitsm_graph/impact/scenario.py": 2,
    "src/fitsm_graph/model/registry_parse.py": 1,
    "src/fitsm_graph/model/registry_rules.py": 5,
    "src/fitsm_graph/model/registry_values.py": 1,
    "src/fitsm_graph/sms/accounts.py": 5,
    "src/fitsm_graph/sms/service.py": 2,
}


def headings() -> list[str]:
    return re.findall(r"^### (.+)$", text_of(PAGE), re.MULTILINE)


def test_every_code_has_a_section() -> None:
    assert {code: sorted(files) for code, files in codes().items() if code not in headings()} == {}


def test_every_section_has_a_code() -> None:
    assert sorted(set(headings()) - set(codes())) == []
    assert len(set(headings())) == len(headings())


def test_every_section_says_what_why_and_what_to_do() -> None:
    told = {code: parts for code, *parts in SECTION.findall(text_of(PAGE))}
    assert sorted(set(headings()) - set(told)) == []
    assert [code for code, parts in told.items() if min(map(len, parts)) < 9
            or not all(part.strip().endswith((".", "`", ")")) for part in parts)] == []  # fmt: skip


def test_every_error_has_a_remedy() -> None:
    found = without_remedy()
    assert {path: count for path, count in found.items()
            if count > WITHOUT_REMEDY.get(path, 0)} == {}  # fmt: skip


@pytest.mark.parametrize("kind", [Broken, Unavailable, Forbidden])
def test_a_kind_may_have_a_remedy_for_all_its_errors(kind: type[Broken]) -> None:
    assert kind("x").problem.remedy
    assert kind("x", remedy="this").problem.remedy == "this"
    assert not BadInput("x").problem.remedy
    assert BadInput.of([Problem("A", "a", remedy="b")]).problem.remedy == "b"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("BadInput('x', code='A_B')", {"A_B"}),
        ("BadInput('x', code='A_B' if y else 'C_D')", {"A_B", "C_D"}),
        ("Problem('A_B', 'x')", {"A_B"}),
        ("Problem(code, 'x')", set()),
    ],
)
def test_codes_are_found_in_calls(source: str, expected: set[str]) -> None:
    call = ast.parse(source, mode="eval").body
    assert isinstance(call, ast.Call)
    assert set(codes_of_call(call)) == expected


def test_codes_are_found_in_tables() -> None:
    table = ast.parse("{'a': ('A_B', 'why'), 'C_D': ('why', 'do')}", mode="eval").body
    assert set(codes_of_assignment("RULES", table)) == {"A_B", "C_D"}
