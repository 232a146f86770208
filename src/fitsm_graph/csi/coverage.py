"""What of FitSM the product covers: every item of the standard's text, and what does it (GR2.2).

    list = coverage()                      # as it is written down, in schema/coverage/
    told = covered(list.items, declared)   # with what verbs, questions and policies say themselves

An item is a requirement, an activity of a process chart, a step of setting a process up, a task of
a role, an input, an output, or an interface to another process. What covers a requirement is not
written down: verbs, questions and policies name the requirement that they serve. What the product
lacks is said where it is lacked, and what is left to people with the reason.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from fitsm_graph.csi.unprovable import UNPROVABLE
from fitsm_graph.flow.documents import read_document
from fitsm_graph.flow.reading import Reader
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.places import SCHEMA
from fitsm_graph.kernel.text import did_you_mean, first_of
from fitsm_graph.model.declare import Process

FOLDER = SCHEMA / "coverage"


class ItemKind(StrEnum):
    """What an item of the standard is."""

    REQUIREMENT = "requirement"
    SETUP = "setup"
    ACTIVITY = "activity"
    ROLE_TASK = "role_task"
    INPUT = "input"
    OUTPUT = "output"
    INTERFACE = "interface"


class State(StrEnum):
    """How far the product covers an item."""

    COVERED = "covered"
    PARTLY = "partly"
    MISSING = "not in the product"
    LEFT = "left to people"


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the standard, and what covers it.

    Attributes:
        key: Stable, such as ``PR12.activity.3``; of a requirement its number.
        authority: Where the standard says it: part and heading.
        says: What it asks for, in words of our own.
        verbs: Verbs that do it.
        questions: Fields of the query type that answer it.
        policies: Kinds of policy that it is ruled by.
        conformity: Requirements whose queries find out whether it is done.
        see: Keys of other items that cover it as well, with what they are shown by.
        shown: Documents of the walks (``isrm/02-register``) and tests
            (``e2e/test_changes.py::test_x``, below `tests/`) that show it.
        lacks: What the product does not have of it; empty where it has all. Of the system as a
            whole it stands beside what records cannot prove, and not here.
        left: Why it is left to people, and the product keeps nothing of it.
    """

    key: str
    process: Process
    kind: ItemKind
    authority: str
    says: str
    verbs: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    conformity: tuple[str, ...] = ()
    see: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    lacks: str = ""
    left: str = ""

    @property
    def by(self) -> tuple[str, ...]:
        """All that covers it, by name."""
        return (*self.verbs, *self.questions, *self.policies, *self.conformity)

    @property
    def state(self) -> State:
        """How far it is covered."""
        if self.left:
            return State.LEFT
        if not self.by:
            return State.MISSING
        return State.PARTLY if self.lacks else State.COVERED

    @property
    def gap(self) -> bool:
        """Whether the product lacks something of it."""
        return self.state in {State.PARTLY, State.MISSING}


@dataclass(frozen=True, slots=True)
class Coverage:
    """The list as it is written down.

    Attributes:
        items: In the order of the standard, the system as a whole first.
        auxiliary: Verbs of the six processes that no item asks for, each with why it is there.
    """

    items: tuple[Item, ...]
    auxiliary: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Declared:
    """What the product has, each with the requirement that it names; empty where it names none."""

    verbs: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)
    policies: Mapping[str, str] = field(default_factory=dict)
    conformity: Mapping[str, str] = field(default_factory=dict)


SIDES = ("verbs", "questions", "policies", "conformity")
_LISTS = (*SIDES, "see", "shown")
_TEXTS = ("says", "lacks", "left")
_LONGEST = 400
Named = dict[str, Any]
"""Values by the attribute of an item that they are for."""
FILES = ("sms", "isrm", "pm", "confm", "chm", "rdm", "csi")
"""In the order of the standard."""


@cache
def coverage(folder: Path = FOLDER) -> Coverage:
    """Read the list.

    Raises:
        BadInput: With everything that is wrong with one of its files.
    """
    read, items, auxiliary = Reader(), dict[str, Item](), dict[str, str]()
    for name in FILES:
        document = read_document(folder / f"{name}.yaml")
        given = read.fields(document, (name,), ("sections", "auxiliary"), ("sections",))
        for place, section in enumerate(read.items(given.get("sections"), (name,), "sections")):
            for item in _section(Process(name), section, (name, place), read):
                if item.key in items:
                    _wrong(read, item.key, f"'{item.key}' stands twice")
                items[item.key] = item
        if "auxiliary" in given:
            reasons = read.mapping(given["auxiliary"], (name, "auxiliary"), "reasons by verb")
            for verb, why in reasons.items():
                auxiliary[verb] = read.text(why, (name, verb), longest=_LONGEST)
    for item in items.values():
        _check(item, items, read)
    if read.problems:
        raise BadInput.of(read.problems)
    return Coverage(tuple(items.values()), auxiliary)


def _section(process: Process, given: Any, path: tuple[str | int, ...], read: Reader) -> list[Item]:
    known = ("kind", "authority", "items")
    section = read.fields(given, path, known, known)
    kind = read.one_of(section.get("kind"), (*path, "kind"), ItemKind)
    authority = read.text(section.get("authority"), (*path, "authority"))
    found = read.mapping(section.get("items"), (*path, "items"), "items")
    head: Named = {
        "process": process,
        "kind": ItemKind(kind or ItemKind.REQUIREMENT),
        "authority": authority,
    }
    return [Item(key, **head, **_told(key, each, read)) for key, each in found.items()]


def _told(key: str, given: Any, read: Reader) -> Named:
    """What an item says of itself; a text alone is what it asks for."""
    if isinstance(given, str):
        given = {"says": given}
    told = read.fields(given, (key,), (*_LISTS, *_TEXTS), ("says",))
    texts = {name: read.text(told.get(name), (key, name), longest=_LONGEST) for name in _TEXTS}
    lists = {name: _names(told[name], (key, name), read) for name in _LISTS if name in told}
    return {**texts, **lists}


def _names(given: Any, path: tuple[str, str], read: Reader) -> tuple[str, ...]:
    """Names of which none stands twice."""
    found = tuple(read.text(each, path) for each in read.items(given, path, "names"))
    read.once(found, path)
    return found


def _check(item: Item, items: Mapping[str, Item], read: Reader) -> None:
    """Note what one item says that cannot be."""
    for key in item.see:
        if key not in items or items[key].see:
            why = f"'{key}' is no item" if key not in items else f"'{key}' leads on itself"
            _wrong(read, item.key, why, did_you_mean(key, items))
    if item.left and (item.by or item.see or item.lacks):
        _wrong(read, item.key, "what is left to people is not covered, and lacks nothing")
    derived = item.kind is ItemKind.REQUIREMENT
    if derived and (item.by or item.see):
        _wrong(read, item.key, "what covers a requirement is not written down")
    if not (derived or item.by or item.see or item.lacks or item.left):
        _wrong(read, item.key, "nothing covers it, and it says not why")
    if (item.by or item.see) and not (item.shown or item.see):
        _wrong(read, item.key, "nothing shows it", "name a document or a test")


def _wrong(read: Reader, key: str, what: str, remedy: str = "mend the item") -> None:
    read.wrong("POLICY_VALUE", (key,), what, remedy)


def covered(items: Iterable[Item], declared: Declared) -> tuple[Item, ...]:
    """Items with all that covers them: what they refer to, and what names their requirement."""
    items = tuple(items)
    known = {each.key: each for each in items}
    return tuple(
        _required(each, items, declared)
        if each.kind is ItemKind.REQUIREMENT
        else _referring(each, [known[key] for key in each.see])
        for each in items
    )


def _referring(item: Item, others: list[Item]) -> Item:
    """An item with what the others are covered by; what they lack it lacks as well."""
    found: Named = {name: _together(name, [item, *others]) for name in (*SIDES, "shown")}
    lacking = [each for each in others if each.lacks]
    if item.lacks or not lacking:
        return replace(item, **found)
    lacks = f"What {first_of([each.key for each in lacking])} lacks."
    return replace(item, **found, lacks=lacks)


def _required(item: Item, items: tuple[Item, ...], declared: Declared) -> Item:
    """A requirement, by what names it; it is shown by the activities which that is part of.

    The system as a whole has no activities, so that all of its items count. What no record of the
    product can prove is not in the product, or not all of it.
    """
    found: Named = {
        name: tuple(each for each, of in getattr(declared, name).items() if of == item.key)
        for name in SIDES
    }
    does = {*found["verbs"], *found["questions"], *found["conformity"]}
    doing = {*ItemKind} if item.process is Process.SMS else {ItemKind.ACTIVITY, ItemKind.SETUP}
    steps = [
        each
        for each in items
        if each.process is item.process and each.kind in doing and not does.isdisjoint(each.by)
    ]
    lacks = item.lacks or UNPROVABLE.get(item.key, "")
    return replace(item, **found, shown=_together("shown", [item, *steps]), lacks=lacks)


def _together(name: str, items: Iterable[Item]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for each in items for one in getattr(each, name)))


def unknown(given: Coverage, declared: Declared) -> list[str]:
    """Names of the list that the product does not have, each with its item."""
    return [
        f"{item.key}: {name}"
        for item in given.items
        for side in SIDES
        for name in getattr(item, side)
        if name not in getattr(declared, side)
    ]


def unlisted(given: Coverage, verbs: Iterable[str]) -> list[str]:
    """Verbs that neither an item nor a reason names."""
    named = {name for item in given.items for name in item.verbs} | set(given.auxiliary)
    return [each for each in verbs if each not in named]
