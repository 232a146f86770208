"""Command lines without what must not be read: passwords, tokens, keys."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from fitsm_graph.discovery.secrets import is_secret, looks_secret

HIDDEN = "…"
LONGEST = 1_000
_SETTING = re.compile(r"(-{0,2}[\w.-]*[A-Za-z][\w.-]*)([=:])(.+)", re.DOTALL)
_SHORT_PASSWORD = re.compile(r"-[pPaw].+")
"""As `mysql -pWORD` and `redis-cli -aWORD` have it; ports that look so are hidden too."""
_CREDENTIALS = re.compile(r"(://)[^/\s@]*@")
_BEARER = re.compile(r"(?i)\b(bearer|basic|authorization|cookie|api[-_]?key)\b.*", re.DOTALL)
_NAMED = re.compile(r"(?i)passw|pwd|passphrase|secret|token|credential|api.?key|private.?key|auth")
"""Also within a word, as in PGPASSWORD: better to hide too much here."""
_RANDOM = re.compile(r"[A-Za-z0-9+/_-]{32,}={0,2}\Z")


def scrub(words: Sequence[str]) -> str:
    """A command line with its secrets hidden, as one line of printable text.

    >>> scrub(["db", "--port=5432", "--password=x", "--token", "abc", "https://a:b@c/"])
    'db --port=5432 --password=… --token … https://…@c/'
    """
    text = " ".join(_scrubbed(words))
    shown = "".join(each if each.isprintable() else "?" for each in text)
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + HIDDEN


def _scrubbed(words: Sequence[str]) -> Iterator[str]:
    hide_next = False
    for n, word in enumerate(words):
        if hide_next and not word.startswith("--"):
            hide_next = False
            yield HIDDEN
            continue
        hide_next = word.startswith("-") and "=" not in word and _names_secret(word)
        yield word if n == 0 and "/" in word and not looks_secret(word) else _one(word)


def _one(word: str) -> str:
    setting = _SETTING.match(word)
    if setting and _names_secret(setting[1]):
        return f"{setting[1]}{setting[2]}{HIDDEN}"
    if "://" in word:
        return _CREDENTIALS.sub(rf"\1{HIDDEN}@", word)
    if _BEARER.search(word):
        return _BEARER.sub(rf"\1 {HIDDEN}", word)
    if looks_secret(word) or (not word.startswith("--") and _SHORT_PASSWORD.fullmatch(word)):
        return f"{word[:2]}{HIDDEN}"
    tail = word.rpartition("=")[2]
    if _RANDOM.match(tail) and _is_mixed(tail):
        return f"{word[: len(word) - len(tail)]}{HIDDEN}"
    return word


def _names_secret(name: str) -> bool:
    return _NAMED.search(name) is not None or is_secret(name, "")


def _is_mixed(text: str) -> bool:
    """Whether it reads as made at random: digits and letters in turn, no folder of a path."""
    changes = sum(a.isdigit() != b.isdigit() for a, b in pairwise(text))
    return changes >= 6 and text.count("/") < 3
