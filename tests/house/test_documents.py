"""Documents that hold: links lead somewhere, commands exist, every page is found from the index."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from house.repository import ROOT, lines, text_of, texts, tracked

MAKEFILE = text_of("Makefile")
TARGETS = re.findall(r"^([a-z][a-z0-9-]*):", MAKEFILE, re.MULTILINE)
DOCUMENTS = [path for path in tracked() if path.endswith(".md")]
LINK = re.compile(r"(?<!!)\[[^\]\n]+\]\(([^)\s]+)\)")
INDEX = "docs/index.md"
FORMATS = "docs/reference/formats.md"
"""Printed by a command, in three parts."""
COMMANDS = "docs/reference/command-line.md"
PLAN = "docs/plan.md"
"""It names what is to come, too."""


def anchors(text: str) -> set[str]:
    """What a heading can be reached by."""
    found: set[str] = set()
    for heading in re.findall(r"^#+ +(.+?)\s*$", _without_code(text), re.MULTILINE):
        plain = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", heading)
        found.add(re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-"))
    return found


def _without_code(text: str) -> str:
    return re.sub(r"^ *```.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL)


def broken(path: str, text: str) -> list[str]:
    """Links of a document that lead nowhere."""
    found = []
    for link in LINK.findall(re.sub(r"`[^`\n]*`", "", _without_code(text))):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (ROOT / path).parent / name if name else ROOT / path
        if not target.exists():
            found.append(f"{path}: {link}")
        elif anchor and anchor not in anchors(target.read_text(encoding="utf-8")):
            found.append(f"{path}: {link} (no such heading)")
    return found


@pytest.mark.parametrize("path", DOCUMENTS)
def test_links_lead_somewhere(path: str) -> None:
    assert broken(path, text_of(path)) == []


@pytest.mark.parametrize("path", sorted({*DOCUMENTS} - {PLAN}))
def test_make_commands_in_documents_exist(path: str) -> None:
    text = text_of(path)
    shown = "\n".join(re.findall(r"^ *```.*?\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL))
    named = [
        *re.findall(r"`(?:\w+=\S+ )?make ([a-z][a-z0-9-]*)", text),
        *re.findall(r"^ *(?:\w+=\S+ )?make ([a-z][a-z0-9-]*)", shown, re.MULTILINE),
    ]
    assert [each for each in named if each not in TARGETS] == []


def test_make_commands_in_code_exist() -> None:
    said = [
        (place, name)
        for place, line in lines(printed=False)
        if not place.startswith(PLAN)
        for name in re.findall(r"(?:`|: |FITSM_\w+=\S+ )make ([a-z][a-z0-9-]*)[`\"]", line)
    ]
    assert [each for each in said if each[1] not in TARGETS] == []


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_can_be_made(target: str) -> None:
    command = ["make", "--dry-run", "--silent", target, "VERSION=2026.08.1"]
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_target_says_what_it_is_for() -> None:
    told = set(re.findall(r"^([a-z][a-z0-9-]*):.*## \S", MAKEFILE, re.MULTILINE))
    assert set(TARGETS) == told


def test_no_target_is_hidden_by_a_file_of_its_name() -> None:
    phony = " ".join(re.findall(r"^\.PHONY:(.*)$", MAKEFILE, re.MULTILINE)).split()
    assert [each for each in TARGETS if each not in phony] == []
    assert [each for each in phony if each not in TARGETS] == []


def test_tools_that_make_calls_exist() -> None:
    called = set(re.findall(r"tools/\w+\.py", MAKEFILE))
    assert [each for each in called if not (ROOT / each).exists()] == []


def linked_from(path: str) -> set[str]:
    """Documents that a document leads to; a folder stands for all in it."""
    found = set[str]()
    for link in LINK.findall(_without_code(text_of(path))):
        name = os.path.relpath((ROOT / path).parent / link.partition("#")[0], ROOT)
        found |= {each for each in DOCUMENTS if name in {each, str(Path(each).parent)}}
    return found


def test_every_page_is_found_from_the_index() -> None:
    reached, waiting = set[str](), {INDEX}
    while waiting:
        path = waiting.pop()
        reached.add(path)
        waiting |= linked_from(path) - reached
    assert sorted({path for path in DOCUMENTS if path.startswith("docs/")} - reached) == []


def test_each_page_has_one_title() -> None:
    titles = {
        path: len(re.findall(r"^# ", _without_code(text), re.MULTILINE))
        for path, text in texts()
        if path.endswith(".md") and path != FORMATS
    }
    assert {path: count for path, count in titles.items() if count != 1} == {}


def test_decisions_have_their_parts() -> None:
    for path in (ROOT / "docs" / "decisions").glob("*.md"):
        text = path.read_text(encoding="utf-8").lower()
        for part in ("status", "context", "decision", "consequences", "alternatives"):
            assert re.search(rf"^(#+ )?{part}\b", text, re.MULTILINE), f"{path.name}: {part}"


def test_a_broken_link_is_found() -> None:
    text = "# A page\n[a](nowhere.md) [b](#a-page) [c](#none) `[d](no.md)` [e](https://example.org)"
    assert broken("docs/x.md", text)[0] == "docs/x.md: nowhere.md"
    assert anchors("# `A_B` and [c](d)\n```\n# no\n```\n") == {"a_b-and-c"}
    assert Path(ROOT / INDEX).exists()


# --- what documents show --------------------------------------------------------------------------

SHOWN = [
    (path, block)
    for path in DOCUMENTS
    for block in re.findall(r"^ *```graphql\n(.*?)^ *```", text_of(path), re.MULTILINE | re.DOTALL)
]


@pytest.mark.parametrize(("path", "block"), SHOWN, ids=[f"{path}" for path, _ in SHOWN])
def test_graphql_in_documents_can_be_asked(path: str, block: str) -> None:
    schema = build_schema(text_of("schema/schema.graphql"))
    assert [error.message for error in validate(schema, parse(block))] == [], path


def test_the_readme_asks_something() -> None:
    assert "README.md" in {path for path, _ in SHOWN}


COMMAND = re.compile(r"^ *(?:\.venv/bin/)?(?:fitsm-graph|fsg) ([a-z][a-z-]*)")


def test_commands_in_documents_exist() -> None:
    known = set(re.findall(r"^### fsg ([a-z-]+)", text_of(COMMANDS), re.MULTILINE))
    used = {
        (match[1], f"{path}: {line.strip()}")
        for path in DOCUMENTS
        for line in text_of(path).splitlines()
        if (match := COMMAND.match(line))
    }
    assert len(used) > 20
    assert sorted(line for name, line in used if name not in known) == []
