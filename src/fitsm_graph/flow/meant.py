"""What of an entry is told, about which of the records that it touched."""

from collections.abc import Iterable

from fitsm_graph.flow.notices import NoticeRule
from fitsm_graph.flow.step_notices import notices_of_steps
from fitsm_graph.graph.changes import Properties, kind_of
from fitsm_graph.graph.history import Entry
from fitsm_graph.graph.verb import VERBS


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
    if not rule.through:
        return True
    made = set(entry.created_relations)
    ties = entry.triples() - made if rule.ended else made
    return any(rule.through in triple and found["id"] in triple for triple in ties)


def used_on(entry: Entry, touched: Iterable[Properties], found: Properties) -> str:
    """Key of the record that a verb was used on; empty where it is the one that is told of."""
    on = VERBS[entry.properties["verb"]].on
    keys = [each["record"]["key"] for each in touched if kind_of(each["labels"]) == on]
    return keys[0] if len(keys) == 1 and kind_of(found["labels"]) != on else ""
