"""What never enters: attributes that hold secrets are dropped before hashing and logging."""

import re
from functools import lru_cache
from itertools import pairwise

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SECRET_WORDS = frozenset(
    {
        "password",
        "passwd",
        "pwd",
        "passphrase",
        "secret",
        "secrets",
        "token",
        "tokens",
        "credential",
        "credentials",
        "apikey",
        "privatekey",
        "psk",
    }
)
_SECRET_PAIRS = frozenset(
    {
        ("api", "key"),
        ("access", "key"),
        ("private", "key"),
        ("secret", "key"),
        ("encryption", "key"),
        ("shared", "key"),
        ("session", "key"),
        ("snmp", "community"),
        ("auth", "key"),
    }
)
_IN_ADDRESS = re.compile(r"://[^/\s:@]*:[^/\s@]+@")
"""A password in an address, as in ``https://name:word@host/``."""
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")


def is_secret(name: str, value: object) -> bool:
    """Say whether an attribute holds a secret, by its name or by what its value looks like.

    >>> is_secret("adminPassword", "x"), is_secret("snmp_community", "x"), is_secret("keyboard", 1)
    (True, True, False)
    """
    if type(value) is str:
        shown = looks_secret(value)
    else:
        shown = isinstance(value, list) and any(
            isinstance(each, str) and looks_secret(each) for each in value
        )
    return shown or (_named_before(name) if len(name) <= _REMEMBERED else _names_secret(name))


def looks_secret(text: str) -> bool:
    """Say whether a text is a private key, or an address with a password in it."""
    if "@" in text and _IN_ADDRESS.search(text):
        return True
    return "PRIVATE KEY-----" in text and _PRIVATE_KEY.search(text) is not None


def _names_secret(name: str) -> bool:
    """Say whether a name is that of a secret, however its words are put together."""
    words = [word.lower() for word in _WORDS.findall(name)]
    if not _SECRET_WORDS.isdisjoint(words):
        return True
    return any(pair in _SECRET_PAIRS for pair in pairwise(words))


_REMEMBERED = 100
"""Longer names are looked at each time, so that what is remembered stays small."""
_named_before = lru_cache(maxsize=4096)(_names_secret)
