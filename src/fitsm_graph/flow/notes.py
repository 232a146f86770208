"""A record that a rule wants told of: whom to look for, and what a template can say (PR9.4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from fitsm_graph.flow.notices import NoticeRule, Tie
from fitsm_graph.graph.changes import Properties, kind_of
from fitsm_graph.kernel.text import first_of
from fitsm_graph.model.declare import RECORDS
from fitsm_graph.model.roles import HELD_OVER, OF_ONE_PROCESS, Over, RoleWord, role_key, role_keys

_SERVICES = 20
"""Services that a message names."""
TYPES_ROLE = "process_manager/confm"
"""Whose vote a change needs that defines types (PR12.4)."""


class Touched(NamedTuple):
    """A service that a record reaches."""

    id: str
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Note:
    """That a rule wants a record of an entry told of.

    Attributes:
        name: Of the rule.
        entry: Properties of the entry.
        found: The record with its labels and effects, as it is now.
        services: Those it reaches.
        step: What the step is that sends it; empty: a rule does.
        by: Key of the record that the verb was used on, where that is another one.
        said: What was said of it by what the entry made beside it, by variable.
    """

    name: str
    rule: NoticeRule
    template: Any
    entry: Properties
    found: Properties
    services: Sequence[Touched]
    step: str = ""
    by: str = ""
    said: Mapping[str, str] = field(default_factory=dict)

    def about(self) -> dict[str, Any]:
        """What a delivery says of it."""
        record = {"record": self.found["id"], "key": self.found["record"]["key"]}
        return {"seq": self.entry["seq"], "verb": self.entry["verb"], **record}

    def asked(self) -> dict[str, Any]:
        """Who is looked for; roles count as they were held at the moment of the entry."""
        owner = RECORDS[kind_of(self.found["labels"])].owner
        to, process = self.rule.to, self.found["record"].get("of_process") or owner
        words = [each.value for each in to.roles if HELD_OVER[each] is Over.RECORD]
        reached = [
            *(each.id for each in self.services),
            *(id for id, _ in self.found["effects"]),
        ]
        return {
            "record": self.found["id"],
            "words": [*words, *(each.value for each in to.ties)],
            "roles": [
                *role_keys(to.roles, process, [each.key for each in self.services]),
                *(role_key(word, other) for word, other in to.elsewhere),
            ],
            "votes": votes_missing(self.found["record"]) if Tie.VOTERS in to.ties else [],
            "groups": list(to.groups),
            "persons": list(to.persons),
            "services": list(dict.fromkeys(reached)),
            "actor": str(self.entry["actor"]),
            "seq": self.entry["seq"],
            "at": self.entry["at"],
        }

    def values(self, owner: str | None, address: str) -> dict[str, str]:
        """What a template can say; what is not known is left empty by it.

        Args:
            owner: Name of who owns the record.
            address: Where the product is reached.
        """
        record = self.found["record"]
        named = first_of([each.name or each.key for each in self.services], _SERVICES)
        of_record = {
            name: ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            for name, value in record.items()
        }
        return {
            **of_record,
            "services": named or "none",
            "owner": owner or "nobody yet",
            "at": self.entry["at"],
            "by": self.by,
            "due": str(record.get("resolution_due_at") or ""),
            "link": address,
            "step": self.step,
            "used": self.said.get("reason", ""),
            **self.said,
        }


OF_NOTES = ("services", "owner", "at", "by", "due", "link", "step", "used")
"""What `Note.values` knows of any record beside its fields."""


def votes_missing(change: Mapping[str, Any]) -> list[str]:
    """Keys of roles whose vote a change waits for; of owners of services just the word.

    >>> votes_missing({"votes_missing": ["cab_member", "service_owner"]})
    ['cab_member/chm', 'service_owner']
    """
    known = set(RoleWord)
    words = [RoleWord(each) for each in change.get("votes_missing") or () if each in known]
    keys = [_vote_of(each) for each in words if HELD_OVER[each] is not Over.RECORD]
    return [*keys, TYPES_ROLE] if change.get("types_vote_missing") else keys


def _vote_of(word: RoleWord) -> str:
    over = HELD_OVER[word] is Over.PROCESS
    return role_key(word, OF_ONE_PROCESS.get(word, "chm") if over else "")
