"""The reference is printed from the declarations, and it is what it would be printed as."""

import re
import subprocess
import sys

from fitsm_graph.api.schema import build_schema, core_of
from fitsm_graph.confm.types import default_registry
from fitsm_graph.graph.checks_machine import OF_THE_TESTS, SETTINGS
from fitsm_graph.model.declare import RECORDS, RELATIONS
from house.repository import ROOT, text_of, texts

TOOL = ROOT / "tools" / "print_reference.py"


def test_the_printed_reference_is_what_the_declarations_say() -> None:
    check = [sys.executable, str(TOOL), "--check"]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_record_and_type_has_its_heading() -> None:
    registry = default_registry()
    records = text_of("docs/reference/records.md").splitlines()
    assert [kind for kind in RECORDS if f"### {kind}" not in records] == []
    assert [each for each in RELATIONS if not any(f"`{each}`" in row for row in records)] == []
    types = text_of("docs/reference/ci-types.md").splitlines()
    assert [name for name in registry.ci_types if f"### {name}" not in types] == []
    relations = text_of("docs/reference/relationship-types.md").splitlines()
    assert [name for name in registry.relationship_types if f"## {name}" not in relations] == []


def test_every_question_verb_and_subscription_has_its_heading_and_every_verb_its_requirement() -> (
    None
):
    page = text_of("docs/reference/graphql.md")
    schema = core_of(build_schema(default_registry()))
    for root in (schema.query_type, schema.mutation_type, schema.subscription_type):
        assert root is not None
        for name in root.fields:
            assert f"### {root.name}.{name}\n" in page, name
    assert schema.mutation_type is not None
    bare = [
        name
        for name, field in schema.mutation_type.fields.items()
        if not re.search(r"\((GR|PR)\d", field.description or "")
    ]
    assert bare == []


def test_every_field_says_what_it_means() -> None:
    bare = [
        f"{info.kind}.{field.name}"
        for info in RECORDS.values()
        for field in info.fields
        if len(field.doc) < 8
    ]
    assert bare == []


# --- settings ----------------------------------------------------------------------------------

ROW = re.compile(r"^\| `(FITSM_\w+)` \| (.+?) \| (.+?) \|$", re.MULTILINE)
MISSPELT = {"FITSM_NEO4J_URL"}
"""In a test: how a setting that nothing reads is found."""


def told() -> dict[str, tuple[str, str]]:
    """Settings of the page with default and meaning."""
    rows = ROW.findall(text_of("docs/reference/settings.md"))
    assert len({name for name, *_ in rows}) == len(rows)
    return {name: (default, meaning) for name, default, meaning in rows}


def test_every_setting_is_told_with_its_default() -> None:
    declared = {each.name: each.default for each in SETTINGS} | dict.fromkeys(OF_THE_TESTS, "none")
    assert {name: default for name, (default, _) in told().items()} == declared
    assert [name for name, (_, meaning) in told().items() if not meaning.endswith(".")] == []


def test_every_setting_that_is_named_anywhere_is_one() -> None:
    named = {
        name: path
        for path, text in texts(printed=False)
        for name in re.findall(r"\bFITSM_[A-Z0-9]+(?:_[A-Z0-9]+)*\b(?!_)", text)
    }
    assert {name: path for name, path in named.items() if name not in {*told(), *MISSPELT}} == {}
