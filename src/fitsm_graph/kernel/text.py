"""Small things about words."""

import difflib
import unicodedata
from collections.abc import Iterable, Sequence


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Suggest the nearest known word as a remedy, or list a few where none is near.

    >>> did_you_mean("Databse", ["Database", "Host"])
    "did you mean 'Database'?"
    """
    words = sorted(known)
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if near:
        return f"did you mean '{near[0]}'?"
    shown = ", ".join(words[:8])
    return f"known: {shown}" + (", …" if len(words) > 8 else "") if words else "none is known"


def plural(count: int, noun: str, many: str = "") -> str:
    """Write a count with its noun.

    >>> plural(1, "service"), plural(2, "service"), plural(3, "property", "properties")
    ('1 service', '2 services', '3 properties')
    """
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def first_of(words: Sequence[str], most: int = 5) -> str:
    """The first of some words, and how many more there are.

    >>> first_of(["a", "b"]), first_of(["a", "b", "c"], 1), first_of([])
    ('a, b', 'a and 2 more', '')
    """
    rest = len(words) - most
    return ", ".join(words[:most]) + (f" and {rest:,} more" if rest > 0 else "")


def without_formula(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would calculate (OWASP CSV injection).

    >>> without_formula("=1+1"), without_formula(" @SUM(A1)"), without_formula("a=1")
    ("'=1+1", "' @SUM(A1)", 'a=1')
    """
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA) else text


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def upper_snake(word: str) -> bool:
    """Say whether a word is UPPER_SNAKE, the form of relationship types.

    >>> upper_snake("DEPENDS_ON"), upper_snake("dependsOn"), upper_snake("2X")
    (True, False, False)
    """
    letters = word.replace("_", "")
    return (
        bool(letters)
        and letters.isalnum()
        and letters.isascii()
        and letters.upper() == letters
        and not word[0].isdigit()
        and not word.startswith("_")
    )


def clean(value: str) -> str:
    r"""Replace characters that XML cannot hold or that would reorder the text around them.

    >>> clean("a\x00b\u202ec") == "a\ufffdb\ufffdc"
    True
    """
    if value.isascii() and value.isprintable():
        return value
    return "".join("\ufffd" if _unfit(character) else character for character in value)


def _unfit(character: str) -> bool:
    category = unicodedata.category(character)
    if category in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}:
        return True
    return "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069"


def printable(value: object) -> object:
    """Data as it is printed into a page: texts without what `clean` replaces, line by line."""
    if type(value) is not str:
        return value
    return "\n".join(clean(line) for line in value.split("\n"))
