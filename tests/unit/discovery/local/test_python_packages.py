"""The bill of a Python environment against what importlib and pip know of it."""

import io
import json
import subprocess
import sys
from importlib.metadata import distributions, requires
from pathlib import Path

import pytest

from fitsm_graph.discovery.detect import open_format
from fitsm_graph.discovery.local.python_packages import bill_of_materials
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.observation import Observation


def test_it_lists_what_pip_lists():
    words = [sys.executable, "-m", "pip", "list", "--format", "json"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    listed = {
        each["name"].lower().replace("_", "-").replace(".", "-"): each["version"]
        for each in json.loads(done.stdout)
    }
    bill = bill_of_materials("tests", Path(sys.prefix))
    assert {each["name"]: each["version"] for each in bill["components"]} == listed


def test_dependencies_are_those_that_are_declared_for_this_python():
    bill = bill_of_materials("tests")
    needs = {each["ref"]: each["dependsOn"] for each in bill["dependencies"]}
    httpx = next(ref for ref in needs if ref.startswith("pkg:pypi/httpx@"))
    declared = {
        line.partition(";")[0].strip().split("=")[0]
        for line in requires("httpx") or ()
        if "extra" not in line
    }
    assert {each.split("/")[1].split("@")[0] for each in needs[httpx]} == declared
    refs = {each["bom-ref"] for each in bill["components"]}
    assert set(needs) - {"application/tests"} == refs
    assert {each for ends in needs.values() for each in ends} <= refs


def test_every_package_is_reached_from_the_application():
    bill = bill_of_materials("tests")
    needs = {each["ref"]: each["dependsOn"] for each in bill["dependencies"]}
    reached, waiting = set(), ["application/tests"]
    while waiting:
        now = waiting.pop()
        if now not in reached:
            reached.add(now)
            waiting += needs[now]
    assert len(reached) >= len(list(distributions())) * 0.9


def test_our_own_reader_takes_it_whole():
    bill = bill_of_materials("portal")
    found, content = open_format(io.BytesIO(json.dumps(bill).encode()))
    assert found.name == "cyclonedx"
    seen = list(found.read(content))
    assert all(isinstance(each, Observation) for each in seen)
    assert sum(each.type == "Library" for each in seen) == len(bill["components"])
    relations = [tie for each in seen for tie in each.relations]
    assert len(relations) == sum(len(each["dependsOn"]) for each in bill["dependencies"])


def test_a_folder_without_packages_is_refused(tmp_path: Path):
    with pytest.raises(BadInput) as refused:
        bill_of_materials("x", tmp_path)
    assert refused.value.code == "NO_PACKAGES"
