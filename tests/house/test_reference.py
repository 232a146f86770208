"""The reference is printed from the declarations, and it is what it would be printed as."""

import subprocess
import sys

from fitsm_graph.confm.types import default_registry
from fitsm_graph.model.declare import RECORDS, RELATIONS
from house.repository import ROOT, text_of

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


def test_every_field_says_what_it_means() -> None:
    bare = [
        f"{info.kind}.{field.name}"
        for info in RECORDS.values()
        for field in info.fields
        if len(field.doc) < 8
    ]
    assert bare == []
