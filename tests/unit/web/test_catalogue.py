"""The catalogue of errors: every code has its place on the page and in the data."""

import re

import pytest

from fitsm_graph.api.failures import extensions_of, internal
from fitsm_graph.kernel.errors import Problem
from fitsm_graph.kernel.places import ERRORS
from fitsm_graph.web.catalogue import catalogue, marked_up, plain
from unit.web.browsing import Markup, get

CODES = re.findall(r"^### (\S+)$", ERRORS.read_text(encoding="utf-8"), re.MULTILINE)


def test_nothing_of_the_source_is_lost() -> None:
    assert [each.code for part in catalogue() for each in part.entries] == CODES
    assert len(CODES) > 200
    assert all(part.entries for part in catalogue())


async def test_every_code_is_on_the_page_once_without_signing_in() -> None:
    page = await get("/errors", signed_in=False)
    assert page.status_code == 200
    assert "script-src 'self'" in page.headers["content-security-policy"]
    links = [each["href"] for each in Markup(page.text).all("a")]
    assert [link for link in links if link[0] not in "/#" or link.startswith("//")] == []
    named = [attributes["id"] for tag, attributes in Markup(page.text).tags if "id" in attributes]
    assert [name for name in named if name in set(CODES)] == CODES


async def test_the_same_is_there_as_data() -> None:
    told = (await get("/errors.json", signed_in=False)).json()["errors"]
    assert [each["code"] for each in told] == CODES
    for each in told:
        assert each["docs"] == f"/errors#{each['code']}"
        assert min(map(len, each.values())) > 2
        assert "](" not in "".join(each.values())
        assert "**" not in "".join(each.values())


def test_an_error_names_its_place() -> None:
    assert extensions_of(Problem("TOO_DEEP", "x"))["docs"] == "/errors#TOO_DEEP"
    assert internal(ValueError("x"))["extensions"]["docs"] == "/errors#INTERNAL"


@pytest.mark.parametrize(
    ("text", "shown", "bare"),
    [
        ("Ask `a < b` again.", "Ask <code>a &lt; b</code> again.", "Ask a < b again."),
        ("See [there](../x.md).", "See there.", "See there."),
        ("<b>no</b> & none", "&lt;b&gt;no&lt;/b&gt; &amp; none", "<b>no</b> & none"),
    ],
)
def test_a_line_is_marked_up_and_nothing_in_it_is_markup(text: str, shown: str, bare: str) -> None:
    assert marked_up(text).source == shown
    assert plain(text) == bare
