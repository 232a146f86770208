"""Writes the test vectors of the ledger's hashes: `python tests/graph/ledger/vectors.py`.

They are computed by `reading`, which shares no code with the product, and they are committed: an
old ledger must verify with every later version.
"""

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
from graph.ledger import reading

FILE = Path(__file__).parents[2] / "cases" / "ledger" / "hashes.json"
SALT = "000102030405060708090a0b0c0d0e0f"
VALUES: list[Any] = [
    *(None, True, False, 0, -1, 9007199254740993, -9223372036854775808),
    *(0.0, -0.0, 1.0, 100.0, 0.1, 1 / 3, 1e15, 1e16, 123456789012345680.0),
    *(1e-4, 1e-5, 1.5e-7, 5e-324, 1.7976931348623157e308, 2.5),
    *("", "é", "e\u0301", "\u2028\u2029", "\U0001f600", '"\\/', "\b\f\n\r\t\x00\x1f\x7f"),
    *([], [1, 2.5, None, "x"], [[]], {}),
    {"b": 1, "a": 2, "B": 3, "aa": 4, "": 5},
    {"\uffff": "below", "\U00010000": "above", "z": "first"},
]
PERSON = {"id": "P1", "key": "ada", "name": "Ada", "email": "ada@example.org", "created": 1}
CI = {"id": "C1", "key": "host", "name": "host 1", "type": "Server", "load": 0.5, "created": 2}
MASKED = {"erasable": "ab" * 32}
ENTRIES: list[dict[str, Any]] = [
    {
        "verb": "party.register",
        "changes": [("create", "Person", "P1", {}, PERSON)],
        "salts": {"P1": SALT},
    },
    {
        "verb": "element.register",
        "changes": [
            ("create", "CI", "C1", {}, CI),
            ("relate", "OWNED_BY", "C1 P1", {}, {"created": 2}),
        ],
    },
    {
        "verb": "party.update",
        "changes": [
            ("update", "Person", "P1", {"name": "Ada", "version": 1}, {"name": "É", "version": 3})
        ],
        "salts": {"P1": SALT},
    },
    {
        "verb": "element.update",
        "changes": [
            ("update", "CI", "C1", {"load": 0.5, "note": None}, {"load": 1e16, "note": "x\n"}),
            ("change_relation", "OWNED_BY", "C1 P1", {"since": None}, {"since": ["a", "b"]}),
        ],
        "reason": 'because "of" it',
    },
    {
        "verb": "party.erase",
        "changes": [("erase", "Person", "P1", {"name": MASKED}, {"name": None, "version": 5})],
    },
    {
        "verb": "element.retire",
        "changes": [
            ("unrelate", "OWNED_BY", "C1 P1", {"created": 2, "since": ["a", "b"]}, {}),
            ("retire", "CI", "C1", {"retired": None}, {"retired": 6}),
        ],
    },
]


def value_vectors() -> list[dict[str, Any]]:
    """Each value with its text, and its digest without and with a salt."""
    texts = [(value, reading.canonical(value)) for value in VALUES]
    return [
        {
            "value": value,
            "canonical": text,
            "digest": reading.digest("", text),
            "salted": reading.digest(SALT, text),
        }
        for value, text in texts
    ]


def entry_vectors() -> list[dict[str, Any]]:
    """A chain of entries with the lines of their changes."""
    made, prev_hash = [], "0" * 64
    for seq, given in enumerate(ENTRIES, 1):
        salts = given.get("salts", {})
        lines = [reading.line(*change, salts.get(change[2], "")) for change in given["changes"]]
        header = {
            "seq": seq,
            "at": f"2026-11-24T09:00:0{seq}.000000Z",
            "actor": "ada",
            "via": "graphql",
            "verb": given["verb"],
            "requirement": "PR11.3",
            "reason": given.get("reason", ""),
            "change": "CHG-000001",
            "run": "",
            "op": f"OP{seq}",
        }
        root = reading.root(lines)
        hash = reading.entry_hash(prev_hash, header, root)
        made.append(
            {
                "prev_hash": prev_hash,
                "header": header,
                "changes": given["changes"],
                "salts": salts,
                "lines": lines,
                "root": root,
                "hash": hash,
            }
        )
        prev_hash = hash
    return made


def vectors() -> dict[str, Any]:
    """All of them, with the rule in words."""
    rule = " ".join((reading.__doc__ or "").partition("\n\n")[2].split())
    return {
        "rule": rule,
        "salt": SALT,
        "values": value_vectors(),
        "entries": entry_vectors(),
    }


def text() -> str:
    """The file as it is committed."""
    return json.dumps(vectors(), indent=1, ensure_ascii=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
