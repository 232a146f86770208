"""The planned difference of a change: what it adds to, alters in, takes from the graph (PR12.1).

    types: [{ci_types: {Sauna: {doc: Where admins rest., extends: Room, tag: Q7}}}]
    add: [{kind: CI, type: Server, key: sto-c, name: Storage C, attributes: {cpu_count: 8}}]
    change: [{key: sto-a, attributes: {firmware: "4.3"}}]
    retire: [sto-old]
    relate: [{type: RUNS_ON, source: mail, target: sto-c}]
    unrelate: [{type: RUNS_ON, source: mail, target: sto-old}]

Here it is held against its form alone. Whether types, attributes and relations may be so is decided
by the rules of configuration management when it is carried out, as they are in force then.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any

from fitsm_graph.flow.reading import LONGEST_TEXT, Path, Reader
from fitsm_graph.kernel.canonical import canonical
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.confm import Strength
from fitsm_graph.model.registry_types import camel_case

PARTS = ("types", "add", "change", "retire", "relate", "unrelate")
ELEMENT = ("kind", "type", "key", "name", "owner", "description", "attributes")
CHANGED = ("key", "name", "description", "attributes")
TIE = ("type", "source", "target")
DEFINED = ("ci_types", "relationship_types")
GROUP = "RedundancyGroup"
KINDS = ("CI", "Service", "ServiceComponent", GROUP)
NEED = ("need", "need_share")
"""Fields of a redundancy group, of which it has one: how many of its members are enough."""
OF_GROUP = (*NEED, "strength", "grounded", "reserve")
MOST = 200
"""Items of one part: what is more is a release, or a sync of its own."""
LONGEST_KEY = 200
LONGEST_NAME = 500
MOST_WEIGHT = 2**31 - 1


def text_of(given: Mapping[str, Any], sensitive: Collection[str] = ()) -> str | None:
    """A planned difference in canonical JSON; None where it says nothing.

    Args:
        given: As it was asked for.
        sensitive: Names of attributes that not everybody may read; whoever reads a change reads
            its difference.

    Raises:
        BadInput: With everything that is wrong with its form, each with its path.
    """
    read = Reader()
    top: Path = ("differenceOfGraph",)
    said = read.fields(given, top, PARTS)
    for name in PARTS:
        _check(name, said.get(name), (*top, name), read)
    for name in ("add", "change"):
        _check_open(said.get(name), sensitive, (*top, name), read)
    if read.problems:
        raise BadInput.of(read.problems)
    kept = {name: [_kept(each) for each in said[name]] for name in PARTS if said.get(name)}
    return canonical(kept).decode() if kept else None


def _kept(item: Any) -> Any:
    """An item without what it leaves open, as if that had not been said."""
    if not isinstance(item, Mapping):
        return item
    return {name: value for name, value in item.items() if value is not None}


def _check(name: str, given: object, path: Path, read: Reader) -> None:
    if given is None:
        return
    items = read.items(given, path, "items", least=0)
    if len(items) > MOST:
        what = f"{len(items)} items are too many"
        read.wrong("POLICY_FORM", path, what, f"{MOST} at most; divide the change")
        return
    for place, each in enumerate(items):
        here: Path = (*path, place)
        if name == "retire":
            read.text(each if isinstance(each, str) else 0, here, longest=LONGEST_KEY)
        elif name == "types":
            _defined(read.fields(each, here, DEFINED), place, here, read)
        elif name == "add":
            _added(each, here, read)
        elif name == "change":
            one = read.fields(each, here, CHANGED, ("key",))
            _called(one, here, read)
            _attributes(one.get("attributes"), (*here, "attributes"), read)
        else:
            one = read.fields(each, here, TIE, TIE)
            for field in TIE:
                read.text(one.get(field), (*here, field), longest=LONGEST_KEY)
    _check_once(name, items, path, read)


def _defined(one: Mapping[str, Any], place: int, path: Path, read: Reader) -> None:
    """Types as their files say them; whether they fit together is decided with those in force."""
    if place:
        read.wrong("POLICY_TWICE", path, "types stand twice", "put them into one item")
    if not any(one.get(name) for name in DEFINED):
        read.wrong("POLICY_FORM", path, "it defines nothing", "give `ci_types`")
    for name in DEFINED:
        for word, said in read.mapping(one.get(name) or {"x": {}}, (*path, name), "types").items():
            if not isinstance(said, Mapping):
                what = f"'{word[:60]}' is no definition"
                read.wrong("POLICY_FORM", (*path, name, word), what, "give doc and extends")


def _added(given: object, path: Path, read: Reader) -> None:
    kind = given.get("kind") if isinstance(given, Mapping) else None
    known = (*ELEMENT, *OF_GROUP) if kind == GROUP else ELEMENT
    one = read.fields(given, path, known, ("kind", "key", "name"))
    kind = read.one_of(one.get("kind"), (*path, "kind"), KINDS)
    _called(one, path, read)
    read.text(one.get("owner") or None, (*path, "owner"), longest=LONGEST_KEY)
    type = read.text(one.get("type") or None, (*path, "type"), longest=LONGEST_KEY)
    if kind == "CI" and not one.get("type"):
        what = "a CI needs a type"
        read.wrong("POLICY_FIELD", (*path, "type"), what, "such as Server")
    _attributes(one.get("attributes"), (*path, "attributes"), read)
    for field, said in (("type", type), ("attributes", one.get("attributes"))):
        if kind and kind != "CI" and said:
            what = f"a {kind} has no {field}"
            read.wrong("POLICY_FIELD", (*path, field), what, "leave it out; only CIs have that")
    if kind == GROUP:
        _enough(one, path, read)


def _called(one: Mapping[str, Any], path: Path, read: Reader) -> None:
    """What an element is called, and what it is for."""
    read.text(one.get("key"), (*path, "key"), longest=LONGEST_KEY)
    read.text(one.get("name"), (*path, "name"), longest=LONGEST_NAME)
    if one.get("description"):  # an empty one takes away what was said
        read.text(one["description"], (*path, "description"), longest=LONGEST_TEXT)


def _enough(one: Mapping[str, Any], path: Path, read: Reader) -> None:
    """How many members of a redundancy group are enough, and what it is without them."""
    if sum(one.get(name) is not None for name in NEED) != 1:
        what = "a redundancy group has a need or a share, one of them"
        read.wrong("POLICY_FIELD", (*path, "need"), what, "such as need: 1")
    for name in ("need", "reserve"):
        read.whole(one.get(name), (*path, name), 0, MOST_WEIGHT)
    share = one.get("need_share")
    if share != 0 or isinstance(share, bool):
        read.number(share, (*path, "need_share"), 0, 1)
    read.one_of(one.get("strength"), (*path, "strength"), [each.value for each in Strength])
    read.flag(one.get("grounded"), (*path, "grounded"))


def _attributes(given: object, path: Path, read: Reader) -> None:
    if given is not None and not isinstance(given, Mapping):
        read.wrong("POLICY_FORM", path, "attributes are no object of fields", "name: value")


def _check_open(given: object, sensitive: Collection[str], path: Path, read: Reader) -> None:
    """No item says what not everybody may read, in either spelling of its name."""
    closed = {*sensitive, *map(camel_case, sensitive)}
    for place, each in enumerate(given if isinstance(given, list | tuple) else ()):
        told = each.get("attributes") if isinstance(each, Mapping) else None
        for name in told if isinstance(told, Mapping) else ():
            if name in closed:
                what = f"'{name}' is sensitive, and everybody reads what a change plans"
                remedy = "leave it out, and set it with `ci update` once the change has begun"
                here = (*path, place, "attributes", name)
                read.wrong("SENSITIVE_IN_DIFFERENCE", here, what, remedy)


def _check_once(name: str, items: list[Any], path: Path, read: Reader) -> None:
    """Each element, and each relation, stands in a part once."""
    found = [_name(name, each) for each in items]
    for place, each in enumerate(found):
        if each and each in found[:place]:
            what = f"'{each}' stands twice"
            read.wrong("POLICY_TWICE", (*path, place), what, "keep the one that is meant")


def _name(part: str, item: Any) -> str:
    if part == "retire":
        return str(item)
    if not isinstance(item, Mapping) or part == "types":
        return ""
    fields = ("key",) if part in {"add", "change"} else TIE
    return " ".join(str(item.get(each, "")) for each in fields)


def length_of(text: str | None) -> int:
    """How many items a planned difference has."""
    said = json.loads(text) if text else {}
    return sum(len(said.get(part, ())) for part in PARTS)
