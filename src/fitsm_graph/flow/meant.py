"""What of an entry is told, about which of the records that it touched."""

import json
from collections.abc import Iterable, Mapping

from fitsm_graph.flow.notices import NoticeRule
from fitsm_graph.flow.step_notices import notices_of_steps
from fitsm_graph.graph.changes import Properties, kind_of
from fitsm_graph.graph.history import Entry
from fitsm_graph.graph.verb import VERBS

_BESIDE: Mapping[str, tuple[str, str]] = {
    "Comment": ("text", "text"),
    "Escalation": ("reason", "reason"),
    "Approval": ("conditions", "conditions"),
}
"""Kinds of records that say something of others: in which field, and as what templates know it."""


def meant_by(
    rules: Iterable[tuple[str, NoticeRule]],
    entry: Entry,
    found: Properties,
    touched: Iterable[Properties],
) -> list[tuple[str, tuple[str, NoticeRule]]]:
    """What is told about a record, by rules and by steps that an entry has done.

    Returns:
        The step's title, empty for a rule, and the rule with its name.
    """
    by_rule = [("", each) for each in rules if _is_about(each[1], entry, found)]
    if kind_of(found["labels"]) != VERBS[entry.properties["verb"]].on:
        return by_rule
    return [*by_rule, *notices_of_steps(touched, entry.properties)]


def _is_about(rule: NoticeRule, entry: Entry, found: Properties) -> bool:
    """Whether a rule wants to tell of a record that an entry touched."""
    verb = entry.properties["verb"]
    if rule.after != verb or kind_of(found["labels"]) != (rule.about or VERBS[verb].on):
        return False
    if rule.newly and not _is_new(rule.newly, entry, found):
        return False
    if not rule.through:
        return True
    made = set(entry.created_relations)
    ties = entry.triples() - made if rule.ended else made
    return any(rule.through in triple and found["id"] in triple for triple in ties)


def _is_new(field: str, entry: Entry, found: Properties) -> bool:
    """Whether a record has a value that an entry gave it, where it had none before."""
    if not found["record"].get(field):
        return False  # or no more, by now
    if found["id"] in {id for _, id in entry.created_records}:
        return True
    images = (row[3] for row in entry.replaced if row[0] == found["id"] and row[4] is None)
    before = [json.loads(each) for each in images if each]
    return any(field in each and not each[field] for each in before)


def said_beside(entry: Entry, touched: Iterable[Properties], found: Properties) -> dict[str, str]:
    """What was said of a record by what an entry made beside it, such as a comment."""
    tied = {source for source, _, target in entry.created_relations if target == found["id"]}
    said = {}
    for each in touched:
        field, word = _BESIDE.get(kind_of(each["labels"]), ("", ""))
        if word and each["id"] in tied:
            said[word] = str(each["record"].get(field) or "")
    return said


def used_on(entry: Entry, touched: Iterable[Properties], found: Properties) -> str:
    """Key of the record that a verb was used on; empty where it is the one that is told of."""
    on = VERBS[entry.properties["verb"]].on
    keys = [each["record"]["key"] for each in touched if kind_of(each["labels"]) == on]
    return keys[0] if len(keys) == 1 and kind_of(found["labels"]) != on else ""
