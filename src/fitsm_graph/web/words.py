"""How states and classes are shown: a glyph, a word and a colour each; a shape and a tag each.

Colours are of the Okabe-Ito palette, darkened where a line or a text would have less contrast
than 3 : 1 or 4.5 : 1 (WCAG 2.2, 1.4.3 and 1.4.11). No meaning is carried by colour alone: the
glyph, the word and the border repeat it.
"""

import re
from dataclasses import dataclass
from typing import Literal

Shape = Literal["rounded", "hexagon", "rectangle", "pill", "disc"]


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is shown.

    Attributes:
        css: Class name, ``state-…`` in style sheets.
        word: What it is called.
        glyph: One character that says it without colour.
        rank: 0 for unknown, then from UP to DOWN.
        line: Colour of borders and marks on white.
        fill: Colour behind the text.
        ink: Colour of the text on the fill.
        dash: Dash pattern of the border, in pixels; empty is solid.
        thickness: Width of the border in pixels.
    """

    css: str
    word: str
    glyph: str
    rank: int
    line: str
    fill: str
    ink: str
    dash: str
    thickness: float


UNKNOWN = Look("unknown", "unknown", "?", 0, "#6b6b6b", "#f2f2f2", "#4a4a4a", "8 3 2 3", 1.5)
LOOKS = {
    "UP": Look("up", "up", "✓", 1, "#00805d", "#e8f6f1", "#00573f", "", 1.25),
    "AT_RISK": Look("at-risk", "at risk", "~", 2, "#0072b2", "#e6f2fb", "#00507d", "2 3", 2),
    "DEGRADED": Look("degraded", "degraded", "!", 3, "#9a6a00", "#fdf1d6", "#6b4900", "8 4", 2),
    "DOWN": Look("down", "down", "✕", 4, "#c24e00", "#fde9dc", "#8a3600", "", 3),
}


def look(state: str | None) -> Look:
    """Return how a state is shown; what is not a level of the engine is shown as unknown."""
    return LOOKS.get(state or "", UNKNOWN)


_SHAPES: dict[str, Shape] = {
    "Service": "rounded",
    "ServiceComponent": "hexagon",
    "RedundancyGroup": "disc",
    "Person": "pill",
    "Group": "pill",
}


def shape(kind: str) -> Shape:
    """Return the shape of a class; a CI is a rectangle."""
    return _SHAPES.get(kind, "rectangle")


_TAGS = {"Service": "SV", "ServiceComponent": "SC", "RedundancyGroup": "RG", "CI": "CI"}
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def tag(kind: str, type: str | None) -> str:
    """Make the two letters of a class: initials of two words, or the first two letters.

    >>> tag("CI", "VirtualMachine"), tag("CI", "Database"), tag("Service", None)
    ('VM', 'DA', 'SV')
    """
    words: list[str] = _WORD.findall(type or "")
    if not type or type == kind or not words:
        return _TAGS.get(kind, kind[:2].upper())
    letters = words[0][0] + words[1][0] if len(words) > 1 else words[0][:2]
    return letters.upper()


def in_words(camel: str) -> str:
    """Write a class name as words.

    >>> in_words("ServiceComponent"), in_words("VirtualMachine"), in_words("CI")
    ('service component', 'virtual machine', 'CI')
    """
    found: list[str] = _WORD.findall(camel)
    return " ".join(word if word.isupper() else word.lower() for word in found) or camel
