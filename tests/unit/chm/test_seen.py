"""What a source says after a change confirms what was planned, contradicts it, or does neither."""

from collections.abc import Mapping
from typing import Any

import pytest

from fitsm_graph.chm.seen import Heard, Told, Word, verdict_of

ADD = {"kind": "CI", "type": "Server", "key": "e", "name": "E", "attributes": {"cpuCount": 8}}
SET = {"key": "d", "attributes": {"cpuCount": 8}}
TIE = {"type": "RUNS_ON", "source": "mail", "target": "e"}
HERE = frozenset({"net/all"})
NOBODY: Mapping[str, Told] = {}


def told(*ties: tuple[str, str, str], **values: Any) -> Told:
    return Told(values, ties)


def by(what: Mapping[str, Told], *, whole: bool = True, run: str = "net/all/2") -> Heard:
    return Heard(run, "net/all", whole, what)


CASES: tuple[tuple[str, str, Any, Heard, Word], ...] = (
    ("it is there", "add", ADD, by({"e": told()}), Word.CONFIRMED),
    ("there as planned", "add", ADD, by({"e": told(cpu_count=8)}), Word.CONFIRMED),
    ("there otherwise", "add", ADD, by({"e": told(cpu_count=4)}), Word.CONTRADICTED),
    ("not there", "add", ADD, by(NOBODY), Word.CONTRADICTED),
    ("not in a part", "add", ADD, by(NOBODY, whole=False), Word.UNSEEN),
    ("changed", "change", SET, by({"d": told(cpu_count=8)}), Word.CONFIRMED),
    ("not changed", "change", SET, by({"d": told(cpu_count=4)}), Word.CONTRADICTED),
    ("nobody tells it", "change", SET, by({"d": told()}), Word.UNSEEN),
    ("gone, which is another matter", "change", SET, by(NOBODY), Word.UNSEEN),
    ("gone as planned", "retire", "old", by(NOBODY), Word.CONFIRMED),
    ("still there", "retire", "old", by({"old": told()}), Word.CONTRADICTED),
    ("still there, in a part", "retire", "old", by({"old": told()}, whole=False),
     Word.CONTRADICTED),
    ("perhaps there", "retire", "old", by(NOBODY, whole=False), Word.UNSEEN),
    ("related", "relate", TIE, by({"mail": told(("RUNS_ON", "mail", "e"))}), Word.CONFIRMED),
    ("seen from its end", "relate", TIE, by({"e": told(("RUNS_ON", "mail", "e"))}),
     Word.CONFIRMED),
    ("related to another", "relate", TIE, by({"mail": told(("RUNS_ON", "mail", "x"))}),
     Word.CONTRADICTED),
    ("no word of relations", "relate", TIE, by({"mail": told()}), Word.UNSEEN),
    ("still related", "unrelate", TIE, by({"mail": told(("RUNS_ON", "mail", "e"))}),
     Word.CONTRADICTED),
    ("related to another alone", "unrelate", TIE, by({"mail": told(("RUNS_ON", "mail", "x"))}),
     Word.CONFIRMED),
    ("no word of its relations", "unrelate", TIE, by({"mail": told()}), Word.UNSEEN),
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "part", "item", "heard", "word"), CASES, ids=[c[0] for c in CASES]
)
def test_what_is_told(name: str, part: str, item: Any, heard: Heard, word: Word) -> None:
    assert verdict_of(part, item, {"cpuCount": 8}, [heard], HERE).word is word, name


@pytest.mark.parametrize(("part", "item"), [("add", ADD), ("retire", "old")])
def test_a_source_that_never_had_it_says_nothing_by_its_absence(part: str, item: Any) -> None:
    assert verdict_of(part, item, {}, [by(NOBODY)]).word is Word.UNSEEN


def test_the_latest_that_says_anything_counts() -> None:
    runs = [
        by({"d": told()}, run="net/all/4"),
        by({"d": told(cpu_count=8)}, run="net/all/3"),
        by({"d": told(cpu_count=4)}, run="net/all/2"),
    ]
    found = verdict_of("change", SET, {"cpu_count": 8}, runs)
    assert (found.word, found.run, found.fields) == (Word.CONFIRMED, "net/all/3", ())


def test_what_differs_is_named_as_it_is_stored() -> None:
    found = verdict_of("change", SET, {"cpuCount": 8}, [by({"d": told(cpu_count=4)})])
    assert found.fields == ("cpu_count",)
