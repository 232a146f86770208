"""The words of FitSM and plain British English, in everything that people read."""

import re
from collections.abc import Iterator

import pytest

from house.repository import lines, texts

# What is not said, where the word is meant otherwise, and what to say instead.
NEVER = {
    r"tickets?": ("incident, service request, request for change", ()),
    r"outages?": ("the state DOWN; an incident", ()),
    r"idea": ("suggestion (PR14)", ("impact/engine/support.py",)),
    r"(?<!static )assets?(?!_tag)": (
        "CI; a file that pages need is a static asset, and asset_tag is the label on a thing",
        (
            "pyproject.toml",  # static files in the wheel
            "web/",
            "tools/",  # they fetch the files that pages need
            "tests/e2e/test_page_in_browser.py",
            "tests/e2e/test_graphiql_in_browser.py",
        ),
    ),
    r"change[ _]request|changeRequest": ("request for change, RFC", ()),
    r"root cause analysis|postmortem": ("problem; major incident review", ()),
}
AMERICAN = re.compile(
    r"\b(behaviors?|favou?rites?|organiz\w+|prioritiz\w+|analyz\w+|recogniz\w+|summariz\w+"
    r"|synchroniz\w+|utili[z]\w+|neighbors?|canceled|labeled|modeled|modeling|fulfills?"
    r"|grayed|honor\w*)\b",
    re.IGNORECASE,
)
OURS = ("test_words.py", "formats/", "/discovery/")
"""This file, and what speaks the words of sources as these do."""
MADE = ("as (requested|instructed|asked by the user)", "language model", "the brief", "co-authored")
"""The repository speaks of the product, not of how its files came about."""


def said(word: str, meant_otherwise: tuple[str, ...]) -> Iterator[str]:
    pattern = re.compile(rf"(?<![A-Za-z]){word}(?![A-Za-z])", re.IGNORECASE)
    for place, line in lines(printed=False):
        if any(each in place for each in (*meant_otherwise, *OURS)):
            continue
        if pattern.search(line):
            yield f"{place}: {line.strip()}"


@pytest.mark.parametrize("word", NEVER)
def test_words_that_fitsm_has_another_word_for(word: str) -> None:
    instead, meant_otherwise = NEVER[word]
    assert list(said(word, meant_otherwise)) == [], f"say: {instead}"


def test_names_of_the_api_are_words_of_fitsm() -> None:
    printed = dict(texts())["schema/schema.graphql"]
    names = re.findall(r"^(?:type|input|interface|enum) (\w+)|^  (\w+)[(:]", printed, re.MULTILINE)
    bad = re.compile("ticket|outage|changeRequest|^asset(?!Tag)", re.IGNORECASE)
    assert [name for pair in names for name in pair if bad.search(name)] == []


def test_british_spelling() -> None:
    assert [f"{place}: {line.strip()}" for place, line in lines(printed=False)
            if AMERICAN.search(line) and not any(each in place for each in OURS)] == []  # fmt: skip


@pytest.mark.parametrize("phrase", MADE)
def test_files_speak_of_the_product(phrase: str) -> None:
    assert list(said(phrase, ())) == []


def test_a_wrong_word_is_found() -> None:
    assert AMERICAN.search("they organize it")
    assert not AMERICAN.search("they organise it, behave well and analyse neighbours")
