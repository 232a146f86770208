"""What a page makes of the values of a table."""

import pytest

from fitsm_graph.documents.rendering import page

DOCUMENT = {
    "key": "DOC-000001", "number": 1, "status": "approved", "issuer": "ada",
    "distribution": [], "digest": "0" * 64,
}  # fmt: skip


def cell(value: object) -> str:
    """The page of a document with one table, of one row with a value in its second column."""
    columns = [{"name": "key", "label": "Key"}, {"name": "told", "label": "Told"}]
    section = {"heading": "All", "columns": columns, "rows": [{"key": "a", "told": value}]}
    content = {
        "title": "All of it", "requirement": "PR9.5", "about": None, "period": None,
        "madeAt": "2026-01-01T00:00:00Z", "entry": 1, "entryUntil": 1, "sees": None,
        "sections": [section],
    }  # fmt: skip
    made = page(content, DOCUMENT)
    return made[made.index("<td") : made.index("</td>")]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (7, '<td class="number">7'),
        (True, "<td>yes"),
        ("short", "<td>short"),
        ("2026-03-01T09:30:00.000000Z", '<td class="moment">2026-03-01 09:30 UTC'),
        ("x" * 40, f"<td>{'x' * 40}"),
        ("x" * 41, f'<td class="words">{"x" * 41}'),
        ("<b>", "<td>&lt;b&gt;"),
        (None, "<td>–"),
    ],
)
def test_what_is_long_or_a_moment_gets_room(value: object, told: str) -> None:
    assert cell(value) == told
