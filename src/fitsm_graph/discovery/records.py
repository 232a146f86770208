"""One record in the published form becomes an observation, or all of its problems are told."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from fitsm_graph.discovery import form
from fitsm_graph.discovery.secrets import is_secret
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput, Problem
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.observation import Observation, ObservedRelation, Operation

_OPERATIONS = {each.value: each for each in Operation}
_FIELDS = frozenset(form.RECORD_FIELDS)
_SCALARS = (str, int, float, bool, type(None))
_PLAIN = frozenset(_SCALARS)
_PLAIN_RELATION = frozenset({"type", "to"})
_Path = tuple[str | int, ...]


def observation_of(record: object, place: str) -> tuple[Observation | None, list[Problem]]:
    """Read one record.

    Args:
        record: What was parsed; JSON's values only.
        place: Where it stands, for messages; the first part of every problem's path.

    Returns:
        The observation, or None where anything is wrong with it; and what is to be said. Dropped
        secrets are said and do not hinder.
    """
    if not isinstance(record, dict):
        return None, [_problem("a record is an object", (place,), "write {…}")]
    problems = list(_shape_problems(record, place))
    attributes, dropped = _without_secrets(record.get("attributes") or {}, place, problems)
    identifiers = _identifiers(record.get("identifiers") or (), place, problems)
    relations = _relations(record, place, problems)
    observed_at = _moment(record.get("observed_at"), (place, "observed_at"), problems)
    if problems:
        return None, [*problems, *dropped]
    made = Observation(
        type=record["type"],
        key=record["key"],
        op=_OPERATIONS[record.get("op", "upsert")],
        attributes=attributes,
        identifiers=identifiers,
        relations=relations,
        observed_at=observed_at,
        confidence=record.get("confidence"),
        place=place,
    )
    return made, dropped


def _shape_problems(record: dict[str, Any], place: str) -> Iterator[Problem]:
    if not _FIELDS.issuperset(record):
        for name in sorted(set(record) - _FIELDS):
            remedy = did_you_mean(name, _FIELDS)
            yield _problem(f"a record has no field '{name}'", (place, name), remedy)
    type_name = record.get("type")
    if not isinstance(type_name, str) or not type_name:
        yield _problem("'type' is missing or no text", (place, "type"), "name a CI type")
    yield from _key_problems(record.get("key"), (place, "key"))
    if record.get("op", "upsert") not in _OPERATIONS:
        remedy = f"known: {', '.join(_OPERATIONS)}"
        yield _problem(f"'op' is {_shown(record['op'])}", (place, "op"), remedy)
    confidence = record.get("confidence")
    if confidence is not None and not _is_share(confidence):
        yield _problem("'confidence' is no share from 0 to 1", (place, "confidence"))
    if record.get("members") and type_name != "RedundancyGroup":
        why = "members belong to a RedundancyGroup"
        yield _problem("'members' on something else", (place, "members"), why)


def _key_problems(key: object, path: _Path) -> Iterator[Problem]:
    if not isinstance(key, str) or not key:
        yield _problem("the key is missing or no text", path, "give the source's own key")
    elif not _is_key(key):
        remedy = f"at most {form.LONGEST_KEY} printable characters, no space at either end"
        yield _problem(f"{_shown(key)} is no key", path, remedy)


def _is_key(key: str) -> bool:
    return 0 < len(key) <= form.LONGEST_KEY and key.isprintable() and key == key.strip()


def _without_secrets(
    attributes: object, place: str, problems: list[Problem]
) -> tuple[Mapping[str, Any], list[Problem]]:
    path = (place, "attributes")
    if not isinstance(attributes, dict):
        problems.append(_problem("'attributes' is no object", path, "write {name: value}"))
        return {}, []
    if len(attributes) > form.MOST_ATTRIBUTES:
        remedy = f"at most {form.MOST_ATTRIBUTES}; keep documents elsewhere"
        problems.append(_problem(f"{len(attributes)} attributes", path, remedy, "TOO_MANY"))
        return {}, []
    secret = [name for name, value in attributes.items() if is_secret(name, value)]
    if secret:
        attributes = {name: value for name, value in attributes.items() if name not in secret}
    for name, value in attributes.items():
        if type(value) not in _PLAIN and not _storable(value):
            remedy = "write texts, numbers, true, false, null, or a list of them"
            problems.append(_problem(f"'{name}' is an object or nested", (*path, name), remedy))
    return attributes, [secret_dropped(place, name) for name in secret]


def line_without_secrets(line: bytes) -> bytes:
    """A line of NDJSON for somebody to mend: attributes that hold secrets are left out of it.

    A line that is no record stays as it is: nobody can tell what in it is a secret.
    """
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        return line
    attributes = record.get("attributes") if isinstance(record, dict) else None
    if not isinstance(attributes, dict):
        return line
    kept = {name: value for name, value in attributes.items() if not is_secret(name, value)}
    if len(kept) == len(attributes):
        return line
    return orjson.dumps({**record, "attributes": kept}, option=orjson.OPT_APPEND_NEWLINE)


def secret_dropped(place: str, name: str) -> Problem:
    """Say that an attribute was left out because it holds a secret; its value is never shown."""
    return Problem(
        "SECRET_DROPPED",
        f"'{name}' was dropped",
        "it looks like a secret, and secrets are not kept",
        "leave it out at the source",
        (place, "attributes", name),
    )


def _storable(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(each, _SCALARS) for each in value)
    return isinstance(value, _SCALARS)


def _identifiers(given: object, place: str, problems: list[Problem]) -> tuple[tuple[str, str], ...]:
    if not given:
        return ()
    if not isinstance(given, list) or len(given) > form.MOST_IDENTIFIERS:
        remedy = f"write a list of at most {form.MOST_IDENTIFIERS}"
        problems.append(_problem("'identifiers' is no such list", (place, "identifiers"), remedy))
        return ()
    made = []
    for index, each in enumerate(given):
        fits = isinstance(each, dict) and set(each) == {"kind", "value"}
        if fits and all(isinstance(part, str) and part.strip() for part in each.values()):
            made.append((each["kind"], each["value"]))
        else:
            remedy = 'write {"kind": "…", "value": "…"}, both texts'
            path = (place, "identifiers", index)
            problems.append(_problem("no identifier", path, remedy))
    return tuple(made)


def _relations(
    record: dict[str, Any], place: str, problems: list[Problem]
) -> tuple[ObservedRelation, ...]:
    given, members = record.get("relations") or (), record.get("members") or ()
    if not given and not members:
        return ()
    for name, many in (("relations", given), ("members", members)):
        if not isinstance(many, list | tuple):
            problems.append(_problem(f"'{name}' is no list", (place, name), "write [ … ]"))
            return ()
    if len(given) + len(members) > form.MOST_RELATIONS:
        remedy = f"at most {form.MOST_RELATIONS} here; state the others from their other end"
        message = f"{len(given) + len(members)} relations"
        problems.append(_problem(message, (place, "relations"), remedy, "TOO_MANY"))
        return ()
    found = [_relation(each, (place, "relations", n), problems) for n, each in enumerate(given)]
    found += [_member(each, (place, "members", n), problems) for n, each in enumerate(members)]
    return tuple(each for each in found if each is not None)


def _relation(given: object, path: _Path, problems: list[Problem]) -> ObservedRelation | None:
    """Read a relation; the usual one, of a type and a key, takes the short way."""
    if type(given) is dict and given.keys() == _PLAIN_RELATION:
        type_name, end = given["type"], given["to"]
        if type(type_name) is str and type(end) is dict and len(end) == 1:
            key = end.get("key")
            if type(key) is str and _is_key(key):
                return ObservedRelation(type=type_name, key=key)
    return _any_relation(given, path, problems)


def _any_relation(given: object, path: _Path, problems: list[Problem]) -> ObservedRelation | None:
    if not isinstance(given, dict) or not set(form.RELATION_FIELDS).issuperset(given):
        remedy = f"write an object of {', '.join(form.RELATION_FIELDS)}"
        problems.append(_problem("no relation", path, remedy))
        return None
    faults = [] if isinstance(given.get("type"), str) else [_problem("no 'type'", path)]
    end = given.get("to")
    if not isinstance(end, dict) or set(end) != {"key"}:
        faults.append(_problem("no 'to'", (*path, "to"), 'write {"key": "…"}'))
    else:
        faults.extend(_key_problems(end["key"], (*path, "to", "key")))
    direction = given.get("direction", "out")
    if direction not in form.DIRECTIONS:
        faults.append(_problem(f"direction is {_shown(direction)}", path, "in or out"))
    properties = given.get("properties") or {}
    faults.extend(_property_problems(properties, (*path, "properties")))
    problems.extend(faults)
    if faults:
        return None
    return ObservedRelation(
        type=given["type"],
        key=given["to"]["key"],
        incoming=direction == "in",
        properties=properties,
    )


def _property_problems(properties: object, path: _Path) -> Iterator[Problem]:
    if not isinstance(properties, dict):
        yield _problem("'properties' is no object", path, "write {name: value}")
        return
    for name, value in properties.items():
        rule = _RULES.get(name)
        if rule is None:
            remedy = did_you_mean(name, _RULES)
            yield _problem(f"a relation has no '{name}'", (*path, name), remedy)
        elif value is not None and not rule[0](value):
            yield _problem(f"'{name}' is {_shown(value)}", (*path, name), rule[1], "BAD_VALUE")


def _member(given: object, path: _Path, problems: list[Problem]) -> ObservedRelation | None:
    if not isinstance(given, dict) or not {"key", "weight"}.issuperset(given):
        problems.append(_problem("no member", path, 'write {"key": "…", "weight": 1}'))
        return None
    weight = given.get("weight", 1)
    faults = list(_key_problems(given.get("key"), (*path, "key")))
    if not _is_weight(weight):
        faults.append(_problem(f"'weight' is {_shown(weight)}", path, "1 or more", "BAD_VALUE"))
    problems.extend(faults)
    if faults:
        return None
    return ObservedRelation(type="HAS_MEMBER", key=given["key"], properties={"weight": weight})


def _moment(given: object, path: _Path, problems: list[Problem]) -> str:
    if given is None:
        return ""
    if isinstance(given, str):
        try:
            return to_text(from_text(given, path=path))
        except (BadInput, OverflowError):
            pass
    problems.append(_problem("no moment in time", path, "write it as 2026-11-23T08:30:00Z"))
    return ""


def _is_moment(value: object) -> bool:
    problems: list[Problem] = []
    _moment(value, (), problems)
    return not problems


def _is_weight(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value < 2**31


def _is_share(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


_RULES = {
    "weight": (_is_weight, "a whole number, 1 or more"),
    "strength": (lambda value: value in form.STRENGTHS, f"one of {', '.join(form.STRENGTHS)}"),
    "grounded": (lambda value: isinstance(value, bool), "true or false"),
    "confidence": (_is_share, "a share from 0 to 1"),
    "verified_at": (_is_moment, "write it as 2026-11-23T08:30:00Z"),
}


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _problem(message: str, path: _Path, remedy: str = "", code: str = "BAD_RECORD") -> Problem:
    return Problem(code, message, remedy=remedy, path=path)
