"""Contents are kept whole or not at all, and nothing but what was issued comes back."""

import base64
import hashlib
import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitsm_graph.documents.shaping import Column, Table, at
from fitsm_graph.kernel.canonical import canonical
from fitsm_graph.kernel.errors import BadInput, Broken
from fitsm_graph.sms.content import LARGEST, LARGEST_KEPT, PIECE, packed, unpacked

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_it_comes_back_as_it_was(value: object) -> None:
    kept = packed(value)
    said = unpacked(kept.parts, kept.digest, kept.size)
    assert said == canonical(value)
    assert hashlib.sha256(said).hexdigest() == kept.digest


def test_pieces_are_of_one_size_and_come_in_order() -> None:
    noise = base64.b64encode(random.Random(1).randbytes(1_000_000)).decode()
    kept = packed(noise)
    assert [len(each) for each in kept.parts[:-1]] == [PIECE] * (len(kept.parts) - 1)
    assert unpacked(kept.parts, kept.digest, kept.size)
    with pytest.raises(Broken):
        unpacked(kept.parts[::-1], kept.digest, kept.size)
    with pytest.raises(Broken):
        unpacked(kept.parts[:-1], kept.digest, kept.size)


@pytest.mark.parametrize(
    "value",
    ["x" * LARGEST, base64.b64encode(random.Random(2).randbytes(LARGEST_KEPT)).decode()],
    ids=["too many bytes", "too many letters"],
)
def test_what_is_too_large_is_refused(value: str) -> None:
    with pytest.raises(BadInput) as wrong:
        packed(value)
    assert wrong.value.code == "DOCUMENT_TOO_LARGE"


def test_a_bomb_is_not_unfolded() -> None:
    bomb = base64.b64encode(zlib.compress(b" " * (LARGEST * 4), 9)).decode()
    with pytest.raises(Broken) as wrong:
        unpacked([bomb], hashlib.sha256(b"").hexdigest(), LARGEST * 4)
    assert wrong.value.code == "DOCUMENT_DAMAGED"


def test_rows_of_a_list_within_a_list_are_told_with_what_is_around_them() -> None:
    table = Table("x", "all", (Column("a", "A"), Column("b", "B", "b.c")), spread="inner")
    data = {"all": [{"a": 1, "inner": [{"b": {"c": 2}}, {"b": None}]}, {"a": 3, "inner": []}]}
    assert table.shaped(data)["rows"] == [{"a": 1, "b": 2}, {"a": 1, "b": None}]


def test_what_is_not_there_is_nothing() -> None:
    assert at({"a": None}, "a.b.c") is None
    assert at({"a": [{"b": None}, None, {"b": {"c": 1}}]}, "a.b.c") == [1]
