"""Places in the ledger as clients send them back."""

import pytest

from fitsm_graph.api.live.cursor import Cursor
from fitsm_graph.kernel.errors import BadInput


def test_a_cursor_is_read_as_it_was_written() -> None:
    for cursor in (Cursor(0), Cursor(57), Cursor(57, "abc")):
        assert Cursor.of(str(cursor)) == cursor
    assert str(Cursor(57)) == "57", "the seq of a mutation is a cursor"


def test_a_whole_entry_comes_after_each_of_its_records() -> None:
    assert Cursor(56) < Cursor(57, "a") < Cursor(57, "b") < Cursor(57) < Cursor(58, "a")
    assert (Cursor(57, "a").whole, Cursor(57).whole) == (56, 57)


@pytest.mark.parametrize(
    "text", ["", "x", "-1", "1.5", "57/", "/abc", "0/abc", "٣", "1" * 16, "57/" + "a" * 100, " 57"]
)
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        Cursor.of(text)
    assert (refused.value.code, refused.value.problem.path) == ("INVALID_CURSOR", ("since",))
