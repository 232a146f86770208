"""Pages of lists that are computed as a whole: nothing comes twice, whatever went meanwhile."""

from fitsm_graph.api.paging import page_after

Row = tuple[int, str]


def order(row: Row) -> Row:
    return row


def test_pages_together_are_the_list() -> None:
    rows = [(number // 3, f"k{number}") for number in range(8)]
    for size in (1, 3, 8, 9):
        found, place, more = list[Row](), None, True
        while more:
            page, more = page_after(rows, order, place, size)
            found += page
            place = page[-1]
        assert found == rows


def test_a_page_goes_on_where_the_row_of_its_place_has_gone() -> None:
    rows = [(1, "a"), (1, "b"), (2, "a"), (3, "a")]
    (_, last), more = page_after(rows, order, None, 2)
    assert more
    without = [each for each in rows if each != last]
    assert page_after(without, order, list(last), 2) == ([(2, "a"), (3, "a")], False)
    assert page_after([], order, list(last), 2) == ([], False)


def test_a_page_of_nothing_has_nothing_behind_it() -> None:
    assert page_after([(1, "a")], order, None, 0) == ([], False)
