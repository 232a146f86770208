"""Words of texts, and how alike two texts are: counted, the same for everybody (PR9.1).

>>> alike("Mail is slow", "mail slow today")
0.5
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+")
_KEYS = re.compile(r"\w(?:[\w.:-]*\w)?")
_MOST_WORDS = 60
_SHORTEST = 2


def words(text: str) -> list[str]:
    """Words of a text as they follow one another, in small letters.

    >>> words("Sto-A (main) is DOWN")
    ['sto', 'a', 'main', 'is', 'down']
    """
    return _WORD.findall(text.casefold())


def alike(one: str, other: str) -> float:
    """Share of the words of two texts that are in both (Jaccard), from 0 to 1."""
    return alike_to(one)(other)


def alike_to(text: str) -> Callable[[str], float]:
    """The same for many others."""
    said = _all_words(text)

    def share(other: str) -> float:
        theirs = _all_words(other)
        return len(said & theirs) / len(said | theirs) if said and theirs else 0.0

    return share


@lru_cache(maxsize=4096)
def _all_words(text: str) -> frozenset[str]:
    """The words of a title; those of open incidents are asked for again by each new one."""
    return frozenset(words(text))


def possible_keys(text: str) -> list[str]:
    """What may be a key in a text: as it stands there, and in small letters.

    >>> possible_keys("Sto-A, at rack.4.")
    ['Sto-A', 'sto-a', 'at', 'rack.4']
    """
    found = _KEYS.findall(text)[:_MOST_WORDS]
    both = (form for each in found for form in (each, each.lower()))
    return [each for each in dict.fromkeys(both) if len(each) >= _SHORTEST]


def any_of(text: str) -> str:
    """A full-text query for any of the words of a text; nothing in it is syntax.

    >>> any_of("db-01 (main)")
    'db OR 01 OR main'
    """
    known = [each for each in words(text) if len(each) >= _SHORTEST]
    return " OR ".join(dict.fromkeys(known[:_MOST_WORDS]))


def stands_in(part: Iterable[str], whole: list[str]) -> bool:
    """Whether words stand in others, one after the other.

    >>> stands_in(["mail", "gate"], words("the mail gate is down"))
    True
    """
    wanted = list(part)
    places = range(len(whole) - len(wanted) + 1)
    return bool(wanted) and any(whole[at : at + len(wanted)] == wanted for at in places)
