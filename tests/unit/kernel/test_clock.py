"""Moments: one form for all, in which they sort as they happened, and which is read back."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitsm_graph.kernel.clock import from_text, stored_moment, to_text
from fitsm_graph.kernel.errors import BadInput

OFFSETS = st.integers(-23 * 60, 23 * 60).map(lambda each: timezone(timedelta(minutes=each)))
MOMENTS = st.datetimes(
    min_value=datetime(1, 1, 3),  # noqa: DTZ001 - zones are drawn beside
    max_value=datetime(9999, 12, 29),  # noqa: DTZ001 - as above
    timezones=OFFSETS,
)


@given(MOMENTS, MOMENTS)
def test_texts_sort_as_moments_do_whatever_year_it_is(one: datetime, other: datetime) -> None:
    texts = to_text(one), to_text(other)
    assert (texts[0] < texts[1], texts[0] == texts[1]) == (one < other, one == other)
    assert {len(each) for each in texts} == {27}
    assert from_text(texts[0]) == one


def test_the_usual_way_of_writing_would_not_sort() -> None:
    """The control: without zeros before the year, 476 comes after 2026."""
    early = datetime(476, 9, 4, tzinfo=UTC)
    assert f"{early.year}" > "2026"
    assert to_text(early) < to_text(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "text", ["2026-11-23T08:30:00Z", "2026-11-23T09:30:00.000+01:00", "2026-11-23 08:30:00+00:00"]
)
def test_one_moment_has_one_stored_form(text: str) -> None:
    assert stored_moment(text) == "2026-11-23T08:30:00.000000Z"


@pytest.mark.parametrize(
    "text",
    [
        "", "yesterday", "2026-11-23", "2026-11-23T08:30:00", "2026-13-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-01:00",
    ],
)  # fmt: skip
def test_what_is_no_moment_is_refused_by_name(text: str) -> None:
    with pytest.raises(BadInput):
        from_text(text)
