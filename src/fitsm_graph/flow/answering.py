"""Who answers for a record, where nobody is named: by rule, from the graph (FitSM-3, case owner).

Who owns it; else who owns the record that it is part of; else who owns what it is about, the
hardest hit first, as its own owner, its type's group or its service's owner; else who holds the
nearest role of its process. It is computed when it is asked and never written: an owner is whom
somebody named, who has the rights of one, and reports tell records without one apart.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fitsm_graph.flow.due import responsible
from fitsm_graph.graph.changes import kind_of
from fitsm_graph.model.declare import RECORDS
from fitsm_graph.model.roles import PROCESSES

Party = Mapping[str, Any]


class AnswersBy(StrEnum):
    """Why somebody answers for a record."""

    OWNER = "owner"
    WHOLE = "whole"
    ELEMENT = "element"
    TYPE = "type"
    SERVICE_OWNER = "service_owner"
    ROLE = "role"


@dataclass(frozen=True, slots=True)
class Answer:
    """Who answers for a record, and why.

    Attributes:
        through: Key of the record, of the element or of the role by which; empty: it is named.
        parties: Persons or groups, each with id, key, name and kind.
    """

    by: AnswersBy
    through: str
    parties: tuple[Party, ...]


def roles_asked() -> list[str]:
    """Keys of the roles whose holders may have to answer."""
    keys = [key for each in ("", *PROCESSES) for key in responsible(each)]
    return list(dict.fromkeys(keys))


def answering(row: Mapping[str, Any], sees: Callable[[Iterable[str]], bool]) -> Answer | None:
    """Who answers for a record; None: nobody, not even by a role.

    Args:
        row: Of `flow.answering_context`.
        sees: Whether whoever asks sees an element with some labels; others count for none.
    """
    if row["owners"]:
        return _answer(AnswersBy.OWNER, "", row["owners"])
    whole = row["whole"]
    if whole is not None and whole["owners"]:
        return _answer(AnswersBy.WHOLE, whole["key"], whole["owners"])
    ways = ((AnswersBy.ELEMENT, "owners"), (AnswersBy.TYPE, "groups"))
    for each in row["elements"]:
        for by, name in (*ways, (AnswersBy.SERVICE_OWNER, "holders")):
            if each[name] and sees(each["labels"]):
                return _answer(by, each["key"], each[name])
    process = row["record"].get("of_process") or RECORDS[kind_of(row["labels"])].owner
    for role in responsible(process):
        held = [each for each in row["holders"] if each["role"] == role]
        if held:
            return _answer(AnswersBy.ROLE, role, held)
    return None


def _answer(by: AnswersBy, through: str, parties: Iterable[Party]) -> Answer:
    named = ("id", "key", "name", "kind")
    shown = ({name: each.get(name) for name in named} for each in parties)
    return Answer(by, through, tuple(sorted(shown, key=lambda each: str(each["key"]))))
