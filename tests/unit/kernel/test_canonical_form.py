"""The canonical form is that of the standard library's encoder, whichever encoder writes it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitsm_graph.kernel.canonical import canonical
from fitsm_graph.kernel.errors import BadInput

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = st.none() | st.booleans() | st.integers() | TEXTS | st.floats(allow_nan=False)
FINITE = SCALARS.filter(lambda each: each not in {float("inf"), float("-inf")})
LISTS = st.lists(TEXTS) | st.lists(FINITE)
VALUES = LISTS | st.dictionaries(TEXTS, FINITE | LISTS | st.dictionaries(TEXTS, FINITE))


@given(VALUES)
def test_bytes_are_those_of_the_standard_library(value: Any) -> None:
    plain = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    assert canonical(value) == plain.encode()


@pytest.mark.parametrize("number", [1e16, 1e-7, 1.0, 123456789.123, 5e-324])
def test_numbers_with_a_point_are_never_left_to_the_fast_one(number: float) -> None:
    """The control: the other encoder writes some of these otherwise."""
    assert canonical({"n": number}) == json.dumps({"n": number}, separators=(",", ":")).encode()


@pytest.mark.parametrize("value", [{"n": float("nan")}, ["\ud800"], {"x": object()}, {"x": b"y"}])
def test_what_has_no_form_is_refused(value: Any) -> None:
    with pytest.raises(BadInput, match="no canonical form"):
        canonical(value)
