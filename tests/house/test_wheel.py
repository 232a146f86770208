"""The wheel holds everything the product needs, and works without the repository around it."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from house.repository import ROOT, tracked

PACKAGE = "fitsm_graph"
VENDOR = "src/fitsm_graph/web/static/vendor/"
SHIPPED = {
    "cypher/": f"{PACKAGE}/_data/cypher/",
    "schema/": f"{PACKAGE}/_data/schema/",
    "src/": "",
}
TRY = """
import sys

sys.path.insert(0, sys.argv[1])
import fitsm_graph
from fitsm_graph.api.schema import build_schema
from fitsm_graph.confm.types import default_registry
from fitsm_graph.kernel.places import CYPHER, SCHEMA
from fitsm_graph.web.catalogue import catalogue

assert fitsm_graph.__file__.startswith(sys.argv[1]), fitsm_graph.__file__
printed = (SCHEMA / "schema.graphql").read_text(encoding="utf-8")
assert build_schema(default_registry()).as_str() + "\\n" == printed
assert len(catalogue()) > 5
print(len(list(CYPHER.rglob("*.cypher"))))
"""
"""What is run with nothing but the installed wheel and its dependencies: argument 1 is where."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    tool = [sys.executable, str(ROOT / "tools" / "build_wheel.py"), str(folder)]
    subprocess.run(tool, check=True, cwd=folder)
    (made,) = folder.glob("*.whl")
    return made


def contents(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_everything_that_is_tracked_is_in_it(wheel: Path) -> None:
    expected = {
        path.replace(folder, place, 1)
        for folder, place in SHIPPED.items()
        for path in tracked()
        if path.startswith(folder)
    }
    assert sorted(expected - contents(wheel)) == []
    assert len([path for path in expected if path.endswith(".cypher")]) > 20


def test_libraries_of_the_pages_are_in_it(wheel: Path) -> None:
    """They are fetched at set-up and not tracked; without them the pages would not work."""
    installed = {
        path.relative_to(ROOT / "src").as_posix()
        for path in (ROOT / VENDOR).rglob("*")
        if path.is_file()
    }
    assert installed, "make setup fetches them"
    assert sorted(installed - contents(wheel)) == []


def test_nothing_else_is_in_it(wheel: Path) -> None:
    strange = [
        path
        for path in contents(wheel)
        if not path.startswith((f"{PACKAGE}/", f"{PACKAGE}-"))
        or path.endswith((".pyc", ".jar", ".so", ".key", ".pem"))
    ]
    assert strange == []
    assert any(path.endswith("/licenses/LICENSE") for path in contents(wheel))


def test_it_installs_and_finds_its_files(wheel: Path, tmp_path: Path) -> None:
    uv = [str(Path(sys.executable).parent / "uv"), "pip", "install", "--quiet", "--no-config"]
    where = ["--no-deps", "--offline", "--no-cache", "--target", str(tmp_path / "site")]
    subprocess.run([*uv, *where, "--python", sys.executable, str(wheel)], check=True)
    run = [sys.executable, "-I", "-c", TRY, str(tmp_path / "site")]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == len(list((ROOT / "cypher").rglob("*.cypher")))
