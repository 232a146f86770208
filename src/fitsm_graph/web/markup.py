"""Writing markup safely: everything that comes from data passes through here or the templates."""

import html
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from fitsm_graph.kernel.text import clean

Attributes = Mapping[str, str | float | None]


@dataclass(frozen=True, slots=True)
class Markup:
    """Text that is markup already; templates print it as it is.

    Attributes:
        source: The markup.
    """

    source: str

    def __html__(self) -> str:
        """Return the markup; the protocol by which templates know it needs no escaping."""
        return self.source


def text(value: str) -> str:
    """Write data as text of a document."""
    return html.escape(clean(value), quote=True)


def element(name: str, attributes: Attributes, *children: str) -> str:
    """Write an element; attributes that are None are left out, children are markup already.

    >>> element("a", {"href": "?x=1&y", "title": None}, text("<b>"))
    '<a href="?x=1&amp;y">&lt;b&gt;</a>'
    """
    written = "".join(
        f' {key}="{_value(value)}"' for key, value in attributes.items() if value is not None
    )
    inner = "".join(children)
    return f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>"


def _value(value: str | float) -> str:
    return text(value) if isinstance(value, str) else f"{value:g}"


def width(value: str) -> int:
    """Return how many columns a text takes; East Asian wide characters take two.

    >>> width("db01"), width("設定")
    (4, 4)
    """
    if value.isascii():
        return len(value)
    return sum(_columns(character) for character in value)


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def shorten(value: str, columns: int) -> str:
    """Cut the middle out of a text that is too wide: beginnings and ends tell names apart.

    >>> shorten("storage-controller-b-site-2", 15)
    'storag…b-site-2'
    """
    if width(value) <= columns:
        return value
    room = columns - 1
    return _head(value, room // 2 - 1) + "…" + _head(value[::-1], room - room // 2 + 1)[::-1]


def _head(value: str, columns: int) -> str:
    taken = 0
    for index, character in enumerate(value):
        taken += _columns(character)
        if taken > columns:
            return value[:index]
    return value
