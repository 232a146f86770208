"""The catalogue of errors as a page and as data: one source, for people and programs.

The source is `docs/errors.md`. Every error of the API names its place here (`extensions.docs`), so
that whoever meets one in a log or in another program's window gets from the code to what to do.
"""

import re
from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt

from fitsm_graph.kernel.places import ERRORS
from fitsm_graph.web.markup import Markup

PART = re.compile(r"^## (.+)$", re.MULTILINE)
SECTION = re.compile(
    r"^### (?P<code>\S+)\n\n(?P<what>.+?)\n\n- \*\*Why:\*\* (?P<why>.+)\n- \*\*Do:\*\* (?P<do>.+)$",
    re.MULTILINE,
)
_INLINE = MarkdownIt("commonmark", {"html": False})


@dataclass(frozen=True, slots=True)
class Entry:
    """What is told of one code, as Markdown of one line each."""

    code: str
    what: str
    why: str
    do: str

    def told(self) -> dict[str, str]:
        """As data for programs, without markup."""
        return {
            "code": self.code,
            "docs": f"/errors#{self.code}",
            "message": plain(self.what),
            "why": plain(self.why),
            "remedy": plain(self.do),
        }


@dataclass(frozen=True, slots=True)
class Part:
    """Errors of one part of the product."""

    title: str
    entries: tuple[Entry, ...]


@cache
def catalogue() -> tuple[Part, ...]:
    """Read all parts with their errors."""
    _, *parts = PART.split(ERRORS.read_text(encoding="utf-8"))
    return tuple(
        Part(title, tuple(Entry(**each.groupdict()) for each in SECTION.finditer(text)))
        for title, text in zip(parts[::2], parts[1::2], strict=True)
    )


def marked_up(text: str) -> Markup:
    """One line of Markdown as HTML; what it links to is not served, so that only words stay."""
    (line,) = _INLINE.parseInline(text)
    line.children = [each for each in line.children or () if not each.type.startswith("link_")]
    return Markup(_INLINE.renderer.render([line], _INLINE.options, {}))


def plain(text: str) -> str:
    """One line of Markdown without its marks."""
    (line,) = _INLINE.parseInline(text)
    return "".join(each.content for each in line.children or ())
