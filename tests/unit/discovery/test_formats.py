"""Every sample file: what the table says, what is counted independently, what the mapping makes."""

import io
import json
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from fitsm_graph.confm.sync_report import NOTICES
from fitsm_graph.confm.sync_rows import RowReader
from fitsm_graph.confm.types import default_registry
from fitsm_graph.discovery.detect import open_format
from fitsm_graph.discovery.mapping import Given
from fitsm_graph.kernel.errors import BadInput, Problem
from fitsm_graph.model.observation import Observation
from fitsm_graph.model.registry import TypeRegistry

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT.parent / "shared" / "samples" / "discovery"
FAMILIES = yaml.safe_load((ROOT / "tests/cases/formats/expected.yaml").read_text(encoding="utf-8"))
CASES = [
    pytest.param(family, name, expected, id=f"{family['folder']}/{name}")
    for family in FAMILIES
    for name, expected in family["expect"].items()
]
WORDS = ("refused", "elsewhere")

needs_samples = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="samples folder ../shared/samples is missing"
)


def seen(path: Path, scope: str = "default") -> tuple[str, list[Observation | Problem]]:
    with path.open("rb") as stream:
        found, content = open_format(stream, given=Given.of(scope, path.name))
        return found.name, list(found.read(content))


def tally(found: list[Observation | Problem]) -> dict[str, int]:
    """Elements and relations by type, refused rows by code, records left out."""
    counts: Counter[str] = Counter()
    for each in found:
        if isinstance(each, Observation):
            counts[each.type] += 1
            counts.update(relation.type for relation in each.relations)
        elif each.code == "MODEL_SKIPPED":
            counts["left_out"] += int(each.message.split(" ")[0].replace(",", ""))
        elif each.code not in NOTICES:
            counts[each.code] += 1
    return dict(counts)


@pytest.fixture(scope="module")
def registry() -> TypeRegistry:
    return default_registry()


def counted(family: dict[str, Any], path: Path) -> dict[str, int]:
    """Every number of a file, counted as the table says."""
    text = path.read_text(encoding="utf-8")
    names: dict[str, Any] = {"t": text, "re": re, "d": None, "docs": None, "x": None}
    if path.suffix == ".json":
        names["d"] = json.loads(text)
    elif path.suffix == ".yaml":
        names["docs"] = list(yaml.safe_load_all(text))
    elif path.suffix == ".xml":
        names["x"] = ET.fromstring(text)  # noqa: S314 - our own samples
    names["o"] = evaluate(family.get("with", "None"), names)
    found = {name: evaluate(how, names) for name, how in family["count"].items()}
    return {name: int(number) for name, number in found.items() if number}


def evaluate(how: str, names: dict[str, Any]) -> Any:
    return eval(how, dict(names))  # noqa: S307 - the table is ours


@needs_samples
@pytest.mark.parametrize(("family", "name", "expected"), CASES)
def test_a_sample_gives_what_can_be_counted(family: Any, name: str, expected: Any):
    path = SAMPLES / family["folder"] / name
    if "refused" in expected:
        with pytest.raises(BadInput) as refused:
            seen(path)
        assert refused.value.code == expected["refused"]
        return
    found, made = seen(path, family.get("scope", "default"))
    assert found == family["format"]
    if "elsewhere" not in expected:
        assert tally(made) == expected
        assert counted(family, path) == expected


@needs_samples
@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_jq_counts_the_same():
    """All counts for the tool, in one run for each file."""
    for family in FAMILIES:
        for name, expected in family["expect"].items() if "jq" in family else ():
            if set(WORDS) & set(expected) or not name.endswith(".json"):
                continue
            program = "[" + ", ".join(f"(({how}) // 0)" for how in family["jq"].values()) + "]"
            path = SAMPLES / family["folder"] / name
            out = subprocess.run(["jq", program, path], capture_output=True, check=True).stdout
            assert json.loads(out) == [expected.get(each, 0) for each in family["jq"]], path


@needs_samples
def test_the_table_has_every_sample():
    listed = [case.id for case in CASES]
    there = sorted(
        str(path.relative_to(SAMPLES)) for path in SAMPLES.rglob("*") if path.parent != SAMPLES
    )
    files = [each for each in there if (SAMPLES / each).is_file()]
    assert sorted(listed) == files
    assert len(files) == 96


@needs_samples
@pytest.mark.parametrize("folder", sorted({family["folder"] for family in FAMILIES} - {"netbox"}))
def test_every_row_is_one_that_the_registry_takes(folder: str, registry: TypeRegistry):
    """All files of a folder together: types, attributes, and which ends a relation may have."""
    reader = RowReader(registry)
    elements: dict[str, Observation] = {}
    for path in sorted((SAMPLES / folder).iterdir()):
        for each in _made(path):
            row, problems = reader.read(each, (2, 3))
            assert problems == [], each.place
            assert row is not None
            elements[each.key] = each
    assert [each for each in elements.values() if list(_wrong_ends(each, elements, registry))] == []


def _made(path: Path) -> list[Observation]:
    try:
        return [each for each in seen(path, "sw1")[1] if isinstance(each, Observation)]
    except BadInput:
        return []


def _wrong_ends(
    it: Observation, elements: dict[str, Observation], registry: TypeRegistry
) -> Iterator[str]:
    for relation in it.relations:
        other = elements.get(relation.key)
        if other is None or relation.type == "HAS_MEMBER":
            continue
        ends = (other, it) if relation.incoming else (it, other)
        source, target = ((_kind(end.type), end.type) for end in ends)
        if not registry.allows(relation.type, *source, *target):
            yield f"{source} {relation.type} {target}"


def _kind(type_name: str) -> str:
    return "RedundancyGroup" if type_name == "RedundancyGroup" else "CI"


@needs_samples
def test_a_bill_as_xml_and_as_json_is_the_same_graph():
    folder = SAMPLES / "cyclonedx"
    graphs = []
    for ending in ("json", "xml"):
        made = seen(folder / f"dropwizard-1.3.15.{ending}")[1]
        graphs.append({
            (each.key, each.type, each.attributes["name"], frozenset(r.key for r in each.relations))
            for each in made
            if isinstance(each, Observation)
        })  # fmt: skip
    assert graphs[0] == graphs[1]


@needs_samples
def test_secrets_of_the_samples_do_not_come_through():
    """Passwords that stand in the files are in nothing that is made of them."""
    made = seen(SAMPLES / "compose/nextcloud.yaml")[1]
    text = (SAMPLES / "compose/nextcloud.yaml").read_text()
    assert "MYSQL_PASSWORD=nextcloud" in text
    assert not [each for each in made if "PASSWORD" in repr(each)]


def test_a_stream_that_gives_little_at_a_time_is_detected():
    data = b"apiVersion: v1\nkind: Service\nmetadata:\n  name: a\nspec:\n  selector: {a: b}\n"

    class Slow(io.RawIOBase):
        left = io.BytesIO(data)

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            return self.left.readinto(memoryview(buffer)[:5])

    found, content = open_format(io.BufferedReader(Slow(), 8))  # type: ignore[arg-type]  # binary
    assert found.name == "kubernetes"
    assert any(isinstance(each, Observation) for each in found.read(content))
