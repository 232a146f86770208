"""Filters that look at a list or an object as a whole, and those that join and look up."""

import re
from collections.abc import Mapping
from typing import Any

from fitsm_graph.discovery.mapping.expression import Filter, Names
from fitsm_graph.discovery.mapping.values import Unfit, spread

INDEXES = "#indexes"
"""Among the names: what a mapping's `indexes` found in the file, by name and then by key."""
MOST_IN_RANGE = 1_000
_PLACE = re.compile(r"\{([\w.-]+)(?::([^{}]*))?\}")
_RANGE = re.compile(r"\[(\w+):(\w+)(?::(\d+))?\]")


def _first(value: Any, _names: Names) -> Any:
    return next((each for each in spread(value) if each is not None), None)


def _last(value: Any, _names: Names) -> Any:
    found = spread(value)
    return found[-1] if found else None


def _count(value: Any, _names: Names) -> int:
    return len(value) if isinstance(value, dict) else len(spread(value))


def _texts(value: Any, _names: Names) -> list[str]:
    """Names given in any of three ways: one text, a list of texts, or the keys of an object."""
    if isinstance(value, dict):
        return list(value)
    return [str(each) for each in spread(value) if isinstance(each, str | int)]


def _flatten(value: Any, _names: Names) -> list[Any]:
    """All single values of lists within lists, without nulls."""
    found, left = [], [value]
    while left:
        each = left.pop()
        if isinstance(each, list):
            left.extend(reversed(each))
        elif each is not None:
            found.append(each)
    return found


def _form(value: Any, _names: Names, form: str) -> list[str]:
    """Each object as a text: ``{port}/{protocol:TCP}`` takes its fields, or what stands behind."""
    made = [_formed(each, form) for each in spread(value) if isinstance(each, dict)]
    return [each for each in made if each is not None]


def _formed(value: Mapping[str, Any], form: str) -> str | None:
    """The text, or None where a field without a default is missing."""
    missing = False

    def fill(match: re.Match[str]) -> str:
        nonlocal missing
        found = value.get(match[1])
        if found is None or isinstance(found, dict | list):
            found = match[2]
        missing = missing or found is None
        return str(found)

    text = _PLACE.sub(fill, form)
    return None if missing else text


def _without(value: Any, _names: Names, words: Any) -> list[Any]:
    """What is not among words that say nothing, given as a list or a table."""
    among = {str(each).lower() for each in (words if isinstance(words, dict) else spread(words))}
    return [each for each in spread(value) if str(each).strip().lower() not in among]


def _unique(value: Any, _names: Names) -> list[Any]:
    found: list[Any] = []
    seen: set[str] = set()
    for each in spread(value):
        if (key := repr(each)) not in seen:
            seen.add(key)
            found.append(each)
    return found


def _sort(value: Any, _names: Names) -> list[Any]:
    return sorted(spread(value), key=lambda each: (str(type(each)), str(each)))


def _join(value: Any, _names: Names, mark: str = ", ") -> str | None:
    return mark.join(str(each) for each in spread(value)) or None


def _items(value: Any, _names: Names) -> list[Any]:
    """An object as a list of ``{key, value}``."""
    if not isinstance(value, dict):
        return []
    return [{"key": name, "value": each} for name, each in value.items()]


def _keys(value: Any, _names: Names) -> list[Any]:
    return list(value) if isinstance(value, dict) else []


def _pairs(value: Any, _names: Names, mark: str = "=") -> list[str]:
    """An object of single values as a list of ``name=value``."""
    if not isinstance(value, dict):
        return []
    return [
        f"{name}{mark}{each}"
        for name, each in value.items()
        if isinstance(each, str | int | float | bool)
    ]


def _prepend(value: Any, _names: Names, head: Any) -> Any:
    if value is None or head is None:
        return None
    if isinstance(value, list):
        return [f"{head}{each}" for each in value]
    return f"{head}{value}"


def _field(value: Any, _names: Names, name: Any) -> Any:
    """A field whose name is itself a value."""
    return value.get(str(name)) if isinstance(value, dict) else None


def _append(value: Any, _names: Names, tail: Any) -> Any:
    if value is None or tail is None:
        return None
    if isinstance(value, list):
        return [f"{each}{tail}" for each in value]
    return f"{value}{tail}"


def _tree(value: Any, _names: Names, branch: str) -> list[Any]:
    """Objects with all that hang below them in one of their fields, however deep."""
    found, left = [], spread(value)[::-1]
    while left:
        each = left.pop()
        found.append(each)
        if isinstance(each, dict):
            left.extend(reversed(spread(each.get(branch))))
    return found


def _nest(value: Any, _names: Names, field: str) -> list[Any]:
    """Inner objects of a field with the fields of the object around; those without stay."""
    found = []
    for each in spread(value):
        inner = each.get(field) if isinstance(each, dict) else None
        if isinstance(inner, list):
            outer = {name: one for name, one in each.items() if name != field}
            found += [{**outer, **one} for one in inner if isinstance(one, dict)]
        else:
            found.append(each)
    return found


def _named(value: Any, _names: Names, name: str, key: str = "Key", of: str = "Value") -> Any:
    """The value of the first element whose key has a name: tags and attributes kept as lists."""
    for each in spread(value):
        if isinstance(each, dict) and each.get(key) == name:
            return each.get(of)
    return None


def _table(value: Any, names: Names, table: Any, otherwise: Any = None) -> Any:
    """Look single values up in a table of the mapping, given as ``$name``."""
    if not isinstance(table, Mapping):
        raise Unfit("'table' takes a table of the mapping, such as $kinds")
    if isinstance(value, list):
        return [_table(each, names, table, otherwise) for each in value]
    return table.get(str(value), otherwise) if value is not None else otherwise


def _find(value: Any, names: Names, index: str) -> Any:
    """What an index has under a key: one value, or a list where the key or the finds are many."""
    known = _index(names, index)
    if isinstance(value, list):
        return _unique([found for each in value for found in known.get(str(each), ())], names)
    found = known.get(str(value), []) if value is not None else []
    return found[0] if len(found) == 1 else (found or None)


def _find_all(value: Any, names: Names, index: str) -> list[Any]:
    """What an index has under every one of several keys; nothing for no keys."""
    known = _index(names, index)
    keys = spread(value)
    if not keys:
        return []
    found = known.get(str(keys[0]), [])
    for each in keys[1:]:
        others = {repr(one) for one in known.get(str(each), ())}
        found = [one for one in found if repr(one) in others]
    return _unique(found, names)


def _index(names: Names, index: str) -> Mapping[str, list[Any]]:
    known: Mapping[str, list[Any]] | None = names.get(INDEXES, {}).get(index)
    if known is None:
        raise Unfit(f"the mapping has no index '{index}'")
    return known


def _range(value: Any, _names: Names) -> list[int]:
    """The numbers from 1 to a count."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        return []
    if value > MOST_IN_RANGE:
        raise Unfit(f"{value} is more than {MOST_IN_RANGE}")
    return list(range(1, value + 1))


def _expand(value: Any, _names: Names) -> list[str]:
    """Spread ranges in names out: ``db[01:03].example`` is three names, ``x[a:c]`` as well."""
    found = [str(each) for each in spread(value)]
    while any(_RANGE.search(each) for each in found):
        found = [made for each in found for made in _expanded(each)]
        if len(found) > MOST_IN_RANGE:
            raise Unfit(f"the ranges stand for more than {MOST_IN_RANGE} names")
    return found


def _expanded(text: str) -> list[str]:
    match = _RANGE.search(text)
    if match is None:
        return [text]
    low, high, stride = match[1], match[2], int(match[3] or 1) or 1
    if low.isdigit() and high.isdigit():
        stop = min(int(high), int(low) + MOST_IN_RANGE * stride) + 1
        words = [str(each).zfill(len(low)) for each in range(int(low), stop, stride)]
    elif len(low) == len(high) == 1:
        words = [chr(each) for each in range(ord(low), ord(high) + 1, stride)]
    else:
        raise Unfit(f"'{text}' has no range of numbers or letters")
    return [text[: match.start()] + each + text[match.end() :] for each in words]


LISTS: Mapping[str, Filter] = {
    "first": _first,
    "last": _last,
    "count": _count,
    "texts": _texts,
    "flatten": _flatten,
    "form": _form,
    "without": _without,
    "unique": _unique,
    "sort": _sort,
    "join": _join,
    "items": _items,
    "keys": _keys,
    "pairs": _pairs,
    "prepend": _prepend,
    "append": _append,
    "field": _field,
    "tree": _tree,
    "nest": _nest,
    "named": _named,
    "table": _table,
    "find": _find,
    "find_all": _find_all,
    "range": _range,
    "expand": _expand,
}
