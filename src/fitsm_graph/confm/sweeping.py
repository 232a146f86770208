"""Deviations that the ledger shows: what is controlled changed without an approved change (PR11.4).

    done = await graph.write(sweep_deviations, request, policies, registry)

Entries are judged in their order, each once. What brings back what stood before an open deviation
is its correction, and none itself.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from fitsm_graph.confm.policies import CONTROL, Control
from fitsm_graph.confm.raising import finding_of, raised
from fitsm_graph.confm.selections import KINDS
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.weighing import DEFAULT
from fitsm_graph.graph.changes import Properties, kind_of
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.model.confm_records import DeviationSource
from fitsm_graph.model.declare import Process
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.model.registry_types import CI

AT_ONCE = 200
"""Entries that are judged in one transaction."""
BY_ITS_CHANGE = "change.apply"
"""The verb that carries out what was planned and approved, of a change that has begun."""
VOID = frozenset({"rejected", "cancelled"})


@dataclass(frozen=True, slots=True)
class Suspect:
    """A change of controlled attributes of an element.

    Attributes:
        row: Of `confm.sweep_context`.
        fields: The controlled ones that it changed.
    """

    row: Properties
    fields: tuple[str, ...]
    before: Mapping[str, Any]


@dataclass(slots=True)
class Open:
    """A deviation of an element that nobody has decided on: what stood there before.

    Attributes:
        entry: The one that made it.
    """

    entry: int
    before: Mapping[str, Any] = field(default_factory=dict)


@verb("deviation.sweep", room=Process.CONFM, requirement="PR11.4")
async def sweep_deviations(
    tx: Tx, policies: Policies, registry: TypeRegistry, *, most: int = AT_ONCE
) -> Properties:
    """Look for deviations in the entries since the last time; each is raised once (PR11.4).

    Args:
        tx: The transaction.
        policies: In force; what is controlled is one of them.
        registry: The types in force, which declare controlled attributes.
        most: Entries at once.

    Returns:
        ``{since, until, raised, more}``: entries, deviations, and whether entries are left.

    Raises:
        Refused: NO_POLICY_IN_FORCE.
    """
    rule: Control = policies.value(CONTROL, DEFAULT)
    last = tx.seq - 1
    controlled = controlled_by(rule, registry)
    row = await tx.one("confm.sweep_context", last=last, most=most, controlled=controlled)
    elements = {each["id"]: each for each in row["elements"]}
    count = _raise(tx, policies, rule, _suspects(controlled, row["found"]), elements)
    if row["until"] > row["since"]:
        tx.aside("confm.keep_sweep", seq=row["until"])
    left = row["until"] < last
    return {"since": row["since"], "until": row["until"], "raised": count, "more": left}


def controlled_by(rule: Control, registry: TypeRegistry) -> dict[str, list[str]]:
    """Names of what is controlled, by CI type, or by kind for what is no CI."""
    wanted = [*((kind, "") for kind in KINDS), *((CI, name) for name in registry.ci_types)]
    found = {type or kind: rule.controlled(kind, type, registry) for kind, type in wanted}
    return {name: sorted(names) for name, names in found.items() if names}


def covers(change: Mapping[str, Any], at: str, slack: timedelta) -> bool:
    """Whether a change was approved at a moment, and its time, as planned or as it was, holds it.

    Args:
        change: Its properties.
        at: The moment, in the stored form.
        slack: How long before and after its time its work still counts as its own.
    """
    if change["approved_at"] is None or change["approved_at"] > at:
        return False
    if change["status"] in VOID and (change["closed_at"] or "") <= at:
        return False
    planned = (change["planned_starts_at"], change["planned_ends_at"])
    begun = (change["starts_at"], change["ends_at"])
    return any(_within(starts, ends, at, slack) for starts, ends in (planned, begun))


# --- within --------------------------------------------------------------------------------------


def _within(starts: str | None, ends: str | None, at: str, slack: timedelta) -> bool:
    if starts is None or to_text(from_text(starts) - slack) > at:
        return False
    return ends is None or at < to_text(from_text(ends) + slack)


def _suspects(
    controlled: Mapping[str, Sequence[str]], rows: Iterable[Properties]
) -> Iterator[Suspect]:
    for row in rows:
        if row["verb"] != BY_ITS_CHANGE:
            before = json.loads(row["before"])
            named = controlled.get(row["type"] or kind_of(row["labels"]), ())
            fields = tuple(sorted(before.keys() & set(named)))
            if fields:
                yield Suspect(row, fields, before)


def _raise(
    tx: Tx,
    policies: Policies,
    rule: Control,
    suspects: Iterable[Suspect],
    elements: Mapping[str, Properties],
) -> int:
    known = {id: {one["entry"] for one in each["deviations"]} for id, each in elements.items()}
    open = {id: _open(each) for id, each in elements.items()}
    count = 0
    for each in suspects:
        id, seq = each.row["id"], each.row["seq"]
        element = elements[id]
        if seq in known[id] or _brings_back(each, element, open[id]):
            continue
        if any(covers(change, each.row["at"], rule.slack) for change in element["changes"]):
            continue
        raised(tx, policies, id, _described(each, element))
        open[id].append(Open(seq, each.before))
        count += 1
    return count


def _open(element: Properties) -> list[Open]:
    before = {each["seq"]: each["before"] for each in element["later"]}
    return [
        Open(each["entry"], json.loads(before.get(each["entry"], "{}")))
        for each in element["deviations"]
        if each["open"]
    ]


def _brings_back(each: Suspect, element: Properties, open: Sequence[Open]) -> bool:
    """Whether all that a change left behind is what stood there before open deviations."""
    seq = each.row["seq"]
    left = {name: _after(element, name, seq) for name in each.fields}
    earlier = [one.before for one in open if one.entry < seq]
    return all(
        any(name in before and before[name] == value for before in earlier)
        for name, value in left.items()
    )


def _after(element: Properties, name: str, seq: int) -> Any:
    """What a field held after an entry: what the next one replaced, or what it holds now."""
    for each in element["later"]:
        if each["seq"] > seq:
            before = json.loads(each["before"])
            if name in before:
                return before[name]
    return element["now"].get(name)


def _described(each: Suspect, element: Properties) -> Properties:
    row, named = each.row, each.row["change"] or ""
    known = {change["key"] for change in element["changes"]}
    if not named:
        why = "no approved change covers it, and none is named"
    elif named in known:
        why = f"{named} was not approved then, or it was not its time"
    else:
        why = f"{named} does not alter the element, or was never approved"
    return {
        "title": f"changed without an approved change: {', '.join(each.fields)}",
        "source": DeviationSource.LEDGER,
        "fields": list(each.fields),
        "finding": finding_of("entry", row["seq"], row["id"]),
        "entry": row["seq"],
        "made_by": row["actor"],
        "change": named,
        "why": why,
    }
