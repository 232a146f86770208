"""What never enters: attributes that hold secrets are dropped before hashing and logging."""

import re
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
    if isinstance(value, str) and "PRIVATE KEY-----" in value and _PRIVATE_KEY.search(value):
        return True
    texts = value if isinstance(value, list) else (value,)
    if any(isinstance(each, str) and "@" in each and _IN_ADDRESS.search(each) for each in texts):
        return True
    words = [word.lower() for word in _WORDS.findall(name)]
    if not _SECRET_WORDS.isdisjoint(words):
        return True
    return any(pair in _SECRET_PAIRS for pair in pairwise(words))
