"""What lies in the repository: our own text, no secrets, nothing of one machine or registry."""

import re
import tomllib
from pathlib import Path

import pytest

from house.repository import ROOT, lines, text_of, texts, tracked

DOT = r"\."
HOSTS = [
    DOT.join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", r"(org|com)"),
        ("yarnpkg", "com"),
        ("jsdelivr", "net"),
        ("unpkg", "com"),
        ("(repo1?|central)", r"(maven|sonatype)", r"\w+"),
        ("maven", r"(apache\.)?org"),
        ("ghcr", "io"),
        ("quay", "io"),
        ("docker", "io"),
        ("proxy", "golang"),
    )
]
HOST = re.compile("|".join(HOSTS))
MACHINE = re.compile(r"(?<![\w.$}~*])/(home|Users|root|work|farm|mnt|private|tmp)/\w")
SECRETS = {
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "a token of a cloud": r"\b(AKIA|ASIA)[0-9A-Z]{16}\b|\bya29\.[\w-]{20,}",
    "a token of a forge": r"\b(gh[pousr]_\w{30,}|glpat-[\w-]{20,}|xox[bap]-[\w-]{20,})\b",
    "an address with a password": r"\b\w+://[^/\s:@\"'{}<>]+:[^/\s:@\"'{}<>]{3,}@[a-z0-9]",
    "a web token": r"\beyJ[\w-]{15,}\.[\w-]{15,}\.[\w-]{15,}",
}
FOREIGN = re.compile(r"(©|Copyright|SPDX-License-Identifier|@license|@preserve)", re.IGNORECASE)
LARGEST = 400_000
PRINTED = {
    "schema/schema.graphql": 1_500_000,
    "docs/reference/graphql.md": 1_200_000,
    "docs/reference/command-line.md": 600_000,
    "src/fitsm_graph/cli/processes.json": 600_000,
}
"""Printed from registry and declarations, and so as long as these have types, fields and verbs."""


def test_no_registry_is_named() -> None:
    assert [f"{place}: {line}" for place, line in lines() if HOST.search(line)] == []


def test_no_path_of_one_machine() -> None:
    assert [f"{place}: {line}" for place, line in lines() if MACHINE.search(line)] == []


@pytest.mark.parametrize("what", SECRETS)
def test_no_secret(what: str) -> None:
    pattern = re.compile(SECRETS[what])
    assert [place for place, line in lines() if pattern.search(line)
            and not (EXAMPLES.search(line) or place.startswith(REFUSED_IN))] == []  # fmt: skip


REFUSED_IN = (
    "tests/unit/discovery/test_ndjson.py",
    "tests/unit/discovery/test_mapping_language.py",
)
EXAMPLES = re.compile(r"@(db\.example|h|host|x|example)\b|user:pass|u:p@")
"""Made up in tests, to show how such a thing is refused or dropped."""


def test_nothing_of_others_is_copied_in() -> None:
    assert [path for path in tracked() if re.search(r"\.min\.|vendor|third.?party|\.(jar|whl|zip)$",
            path)] == []  # fmt: skip
    signed = [place for place, line in lines(printed=False) if FOREIGN.search(line)]
    assert [each for each in signed if not each.startswith(("LICENSE", "tests/house/"))] == []


def test_files_are_small_and_text() -> None:
    sizes = {path: (ROOT / path).stat().st_size for path in tracked()}
    assert [path for path, size in sizes.items() if size > PRINTED.get(path, LARGEST)] == []
    assert [path for path, text in texts() if "\r" in text or "\0" in text] == []


def test_every_link_stays_within_the_repository() -> None:
    links = [path for path in (ROOT / "src/fitsm_graph").rglob("*") if path.is_symlink()]
    assert [str(path) for path in links if not path.resolve().is_relative_to(ROOT)] == []
    assert [str(path) for path in links if not path.exists()] == []


def test_every_dependency_says_why_it_is_there() -> None:
    declared = tomllib.loads(text_of("pyproject.toml"))["project"]
    wanted = [*declared["dependencies"], *declared["optional-dependencies"]["local"]]
    rows = text_of("pyproject.toml").splitlines()
    bare = [each for each in wanted if not any(_reasoned(row, each) for row in rows)]
    assert bare == []


def _reasoned(row: str, requirement: str) -> bool:
    return bool(re.match(rf'\s+"{re.escape(requirement)}",\s+# .{{10,}}', row))


def test_what_must_not_stand_here_is_found() -> None:
    assert HOST.search("https://" + "files.python" + "hosted.org/x")
    assert MACHINE.search("see /" + "home/me/x")
    assert not MACHINE.search("https://example.org/home/me")
    assert re.search(SECRETS["an address with a password"], "bolt://neo4j:" + "hunter2@db")
    assert _reasoned('    "a>=1",   # because it is so', "a>=1")
    assert not _reasoned('    "a>=1",', "a>=1")
    assert Path(ROOT / "LICENSE").exists()
