"""Hashes as an independent reading of the written rules computes them."""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fitsm_graph.graph.changes import Change, RecordChange, RelationChange, leaf, root
from fitsm_graph.graph.entry import FIRST_HEAD, Head, entry_hash, make_entry
from fitsm_graph.kernel.canonical import canonical, digest_value
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.declare import RECORDS
from fitsm_graph.model.ledger import GENESIS, HEADER, Op
from graph.ledger import reading, vectors

CASES = json.loads(vectors.FILE.read_text(encoding="utf-8"))
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    SCALARS.filter(lambda value: value not in {float("inf"), float("-inf")}),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def changed(op: str, kind: str, id: str, before: dict[str, Any], after: dict[str, Any]) -> Change:
    """A change of the product's own kind."""
    if " " in id:
        source, target = id.split()
        return RelationChange(Op(op), kind, source, target, before, after)
    return RecordChange(Op(op), kind, id, before, after)


def test_the_file_is_what_the_independent_reading_computes() -> None:
    assert vectors.FILE.read_text(encoding="utf-8") == vectors.text()


@pytest.mark.parametrize("case", CASES["values"], ids=lambda case: repr(case["value"])[:20])
def test_values(case: dict[str, Any]) -> None:
    assert canonical(case["value"]).decode() == case["canonical"]
    assert digest_value(case["value"]) == case["digest"]
    assert digest_value(case["value"], salt=CASES["salt"]) == case["salted"]


def test_entries_and_their_chain() -> None:
    head = FIRST_HEAD
    for case in CASES["entries"]:
        changes = [changed(*each) for each in case["changes"]]
        salts = case["salts"]
        lines = [leaf(each, salts.get(getattr(each, "id", ""), "")) for each in changes]
        assert lines == case["lines"]
        assert root(lines) == root(lines[::-1]) == case["root"]
        entry = make_entry(head, case["header"], changes, salts)
        assert (entry["prev_hash"], entry["hash"]) == (case["prev_hash"], case["hash"])
        assert entry_hash(entry) == case["hash"]
        head = Head(entry["seq"], entry["hash"], entry["at"], {})


def test_what_both_readings_are_told_of_the_model() -> None:
    """The second reading names personal fields and headers itself; this is where they meet."""
    personal = {kind: set(info.personal) for kind, info in RECORDS.items() if info.personal}
    assert personal == reading.PERSONAL
    above = {kind: info.labels[:-1] for kind, info in RECORDS.items() if len(info.labels) > 1}
    assert above == reading.ABOVE
    assert tuple(reading.HEADER) == HEADER
    assert CASES["entries"][0]["prev_hash"] == GENESIS


@given(VALUES)
@example(2.0**-24)  # its nearest text of 16 digits does not read back, and the one above does
@example([9.999999999999999e22, 1e23, 5e-324, -0.0, 2.2250738585072014e-308])
@settings(deadline=None, max_examples=300)
def test_any_value_has_the_same_text_in_both(value: Any) -> None:
    try:
        text = canonical(value).decode()
    except BadInput:
        pytest.fail("every value of JSON has a form")
    assert text == reading.canonical(value)
    assert canonical(json.loads(text)).decode() == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), b"x", {"a": {1}}])
def test_what_has_no_form_is_refused(value: Any) -> None:
    with pytest.raises(BadInput):
        canonical(value)


@given(VALUES, VALUES)
@settings(deadline=None, max_examples=100)
def test_different_texts_have_different_digests(one: Any, other: Any) -> None:
    assert (digest_value(one) == digest_value(other)) == (canonical(one) == canonical(other))
