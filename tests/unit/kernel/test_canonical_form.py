"""The canonical form is that of the standard library's encoder, whichever encoder writes it."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitsm_graph.kernel.canonical import canonical
from fitsm_graph.kernel.errors import BadInput

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = st.none() | st.booleans() | st.integers() | TEXTS | st.floats(allow_nan=False)
FINITE = SCALARS.filter(lambda each: each not in {float("inf"), float("-inf")})
LISTS = st.lists(TEXTS) | st.lists(FINITE) | st.lists(st.lists(TEXTS))
VALUES = LISTS | st.dictionaries(TEXTS, FINITE | LISTS | st.dictionaries(TEXTS, FINITE))


@given(VALUES)
def test_bytes_are_those_of_the_standard_library(value: Any) -> None:
    plain = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    assert canonical(value) == plain.encode()


USUAL = st.floats(1e-4, 1e16, exclude_max=True)
EDGES = (0.0, -0.0, 1e-4, 1e-4 - 1e-20, 9999999999999998.0, 1e16, 1e-7, 1.0, 5e-324, 1.7e308)


@given(USUAL | USUAL.map(lambda each: -each) | USUAL.map(round).map(float) | st.sampled_from(EDGES))
def test_numbers_with_a_point_are_written_as_ever_whoever_writes_them(number: float) -> None:
    assert canonical({"n": number}) == json.dumps({"n": number}, separators=(",", ":")).encode()


@pytest.mark.parametrize("number", [1e-7, 2.5e-05])
def test_control_the_fast_encoder_spells_exponents_otherwise(number: float) -> None:
    assert orjson.dumps(number) != json.dumps(number).encode()


@pytest.mark.parametrize("value", [{"n": float("nan")}, ["\ud800"], {"x": object()}, {"x": b"y"}])
def test_what_has_no_form_is_refused(value: Any) -> None:
    with pytest.raises(BadInput, match="no canonical form"):
        canonical(value)
