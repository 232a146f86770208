"""What a webhook is told of an entry of the ledger: an event that says little (CloudEvents 1.0).

It names what was done, to which records, by whom; not what they say. Whoever wants to know more
asks the API, which looks at rights and sight, and with `atLeast` at the state after the entry.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from fitsm_graph.graph.changes import kind_of
from fitsm_graph.graph.history import Entry
from fitsm_graph.graph.verb import VERBS

CHANNEL = "webhook"
MOST = 20
"""Records that an event names; it says how many more there are."""
MEDIA = "application/cloudevents+json"


def wanted(patterns: Iterable[str], verbs: Iterable[str]) -> frozenset[str]:
    """Names of verbs that patterns stand for; in these, * is any run of letters.

    >>> sorted(wanted(["change.a*", "x"], ["change.apply", "change.begin", "x.y"]))
    ['change.apply']
    """
    known = list(verbs)
    found: set[str] = set()
    for pattern in patterns:
        meant = re.compile(".*".join(map(re.escape, pattern.split("*"))))
        found |= {name for name in known if meant.fullmatch(name)}
    return frozenset(found)


def named(entry: Entry) -> list[tuple[str, str]]:
    """Kind and id of each record that an entry is about, in order of their ids.

    Those are the records its verb is for; of others, all that it made or changed itself.
    """
    kinds = dict.fromkeys(entry.created_records)
    kinds |= {(kind_of(row[1]), row[0]): None for row in entry.replaced if row[4] is None}
    verb = VERBS.get(entry.properties["verb"])
    own = [each for each in kinds if verb is not None and each[0] == verb.on]
    return sorted(own or kinds, key=lambda each: each[1])


def event_of(entry: Entry, touched: int, keys: Mapping[str, str], source: str) -> dict[str, Any]:
    """The event of an entry.

    Args:
        entry: What happened.
        touched: How many records it changed, also those that did not come along.
        keys: Of records by id, as far as they are known.
        source: Address of the product, which tells its ledger from others.
    """
    told, about = entry.properties, named(entry)
    count = len(about) if len(about) <= MOST else len(entry.created_records) + touched
    records = [{"id": id, "kind": kind, "key": keys.get(id)} for kind, id in about[:MOST]]
    subject = records[0]["key"] if len(about) == 1 else None
    return {
        "specversion": "1.0",
        "id": str(entry.seq),
        "source": source or "/fitsm-graph",
        "type": f"fitsm-graph.{told['verb']}.v1",
        "time": told["at"],
        "sequence": f"{entry.seq:020d}",
        "datacontenttype": "application/json",
        **({"subject": subject} if subject else {}),
        "data": {
            "seq": entry.seq,
            "verb": told["verb"],
            "requirement": told.get("requirement") or None,
            "actor": told["actor"],
            "records": records,
            "more": max(0, count - MOST),
        },
    }
