"""Filters of the mapping language: conversions by name.

A filter of single values is applied to each element of a list and leaves null alone, so that it
never has to be asked for. What cannot be converted is a problem of the row; `filter?` gives null
instead.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from ipaddress import ip_address, ip_interface
from typing import Any
from urllib.parse import urlsplit

from fitsm_graph.discovery.mapping.expression import Filter, Names, regular
from fitsm_graph.discovery.mapping.lists import LISTS
from fitsm_graph.discovery.mapping.values import Unfit, shown
from fitsm_graph.kernel.clock import to_text

_BYTES = {
    "": 1, "b": 1, "k": 1e3, "kb": 1e3, "m": 1e6, "mb": 1e6, "g": 1e9, "gb": 1e9, "t": 1e12,
    "tb": 1e12, "p": 1e15, "pb": 1e15, "ki": 2**10, "kib": 2**10, "mi": 2**20, "mib": 2**20,
    "gi": 2**30, "gib": 2**30, "ti": 2**40, "tib": 2**40, "pi": 2**50, "pib": 2**50,
}  # fmt: skip
_QUANTITY = re.compile(r"^\s*([\d.]+(?:[eE]\d+)?)\s*([A-Za-z]*)\s*$")
_TRUE = frozenset({"true", "yes", "on", "1", "y", "enabled", "up"})
_FALSE = frozenset({"false", "no", "off", "0", "n", "disabled", "down"})
_MARKS = str.maketrans("", "", ":-. ")
_HEX = re.compile(r"^[0-9a-f]{12}([0-9a-f]{4})?$")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dict):
        raise Unfit(f"{shown(value)} is an object, not a text")
    return str(value)


def _snake(value: Any) -> str:
    return "_".join(word.lower() for word in _WORD.findall(_as_text(value)))


def _integer(value: Any) -> int:
    number = _number(value)
    if number != int(number):
        raise Unfit(f"{shown(value)} is no whole number")
    return int(number)


def _number(value: Any) -> float:
    try:
        found = float(_as_text(value).replace(" ", "").replace("\u00a0", ""))
    except ValueError as error:
        raise Unfit(f"{shown(value)} is no number") from error
    if not -1e300 < found < 1e300:
        raise Unfit(f"{shown(value)} is no finite number")
    return found


def _boolean(value: Any) -> bool:
    word = _as_text(value).strip().lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise Unfit(f"{shown(value)} is neither true nor false")


def _in_bytes(value: Any, unit: str) -> float:
    match = _QUANTITY.match(_as_text(value))
    word = (match[2] or unit).lower() if match else "?"
    if match is None or word not in _BYTES:
        raise Unfit(f"{shown(value)} is no quantity such as '16Gi', '512 MB' or 4096")
    return _number(match[1]) * _BYTES[word]


def _gib(value: Any, unit: str = "B") -> float:
    return round(_in_bytes(value, unit) / 2**30, 3)


def _mib(value: Any, unit: str = "B") -> float:
    return round(_in_bytes(value, unit) / 2**20, 3)


def _scaled(value: Any, factor: float) -> float | int:
    found = round(_number(value) * factor, 6)
    return int(found) if found.is_integer() else found


def _mac(value: Any) -> str:
    digits = _as_text(value).lower().translate(_MARKS)
    if not _HEX.match(digits):
        raise Unfit(f"{shown(value)} is no hardware address")
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def _ip(value: Any) -> str:
    text = _as_text(value).strip().partition("%")[0]
    try:
        return str(ip_interface(text).ip if "/" in text else ip_address(text))
    except ValueError as error:
        raise Unfit(f"{shown(value)} is no address") from error


def _split_address(value: Any) -> tuple[str, str]:
    text = _as_text(value).strip()
    if "://" not in text:
        text = f"//[{text}]" if text.count(":") > 1 and "[" not in text else f"//{text}"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise Unfit(f"{shown(value)} is no address of a host") from error
    return parts.hostname or "", "" if port is None else str(port)


def _host(value: Any) -> str | None:
    return _split_address(value)[0] or None


def _port(value: Any) -> int | None:
    port = _split_address(value)[1]
    return int(port) if port else None


def _date(value: Any, form: str = "%Y-%m-%d") -> str:
    try:
        return datetime.strptime(_as_text(value).strip()[:40], form).date().isoformat()  # noqa: DTZ007 - a day has no zone
    except ValueError as error:
        raise Unfit(f"{shown(value)} is no date of the form {form}") from error


def _moment(value: Any, unit: str = "s") -> str:
    """A count of seconds, milliseconds or nanoseconds since 1970 as text."""
    divisor = {"s": 1, "ms": 1e3, "us": 1e6, "ns": 1e9}.get(unit, 1)
    try:
        return to_text(datetime.fromtimestamp(_number(value) / divisor, UTC))
    except (ValueError, OverflowError, OSError) as error:
        raise Unfit(f"{shown(value)} is no moment") from error


def _match(value: Any, pattern: str) -> str | None:
    found = regular(pattern).search(_as_text(value))
    if found is None:
        return None
    return found[1] if found.re.groups else found[0]


def _cut(value: Any, mark: str, *, keep: int, last: bool = False) -> str:
    text = _as_text(value)
    head, sign, tail = text.rpartition(mark) if last else text.partition(mark)
    return (head, tail)[keep] if sign else text


def _only(value: Any, *allowed: Any) -> Any:
    return value if value in allowed else None


def _reference(value: Any, kind: str, namespace: str) -> str:
    """A reference ``[kind:][namespace/]name`` with its parts filled in, in small letters."""
    head, colon, rest = _as_text(value).rpartition(":")
    place, slash, name = rest.rpartition("/")
    return f"{head if colon else kind}:{place if slash else namespace}/{name}".lower()


def _at_least(value: Any, least: float) -> Any:
    return value if isinstance(value, int | float) and value >= least else None


def _split(value: Any, mark: str) -> list[str]:
    return [each.strip() for each in _as_text(value).split(mark) if each.strip()]


def _replace(value: Any, old: str, new: str) -> str:
    return _as_text(value).replace(old, new)


def _sub(value: Any, pattern: str, new: str) -> str:
    return regular(pattern).sub(new, _as_text(value))


def _single(run: Callable[..., Any]) -> Filter:
    """Make a filter of one that converts a single value."""

    def filtered(value: Any, _names: Names, *given: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, list):
            made = [run(each, *given) for each in value if each is not None]
            return [each for each in made if each is not None]
        return run(value, *given)

    return filtered


_SINGLE: Mapping[str, Callable[..., Any]] = {
    "text": _as_text,
    "lower": lambda value: _as_text(value).lower(),
    "upper": lambda value: _as_text(value).upper(),
    "trim": lambda value: " ".join(_as_text(value).split()) or None,
    "snake": _snake,
    "integer": _integer,
    "number": _number,
    "times": _scaled,
    "boolean": _boolean,
    "gib": _gib,
    "mib": _mib,
    "mac": _mac,
    "ip": _ip,
    "host": _host,
    "port": _port,
    "date": _date,
    "moment": _moment,
    "match": _match,
    "before": partial(_cut, keep=0),
    "after": partial(_cut, keep=1),
    "head": partial(_cut, keep=0, last=True),
    "tail": partial(_cut, keep=1, last=True),
    "only": _only,
    "reference": _reference,
    "at_least": _at_least,
    "split": _split,
    "replace": _replace,
    "sub": _sub,
}
FILTERS: Mapping[str, Filter] = {**{name: _single(run) for name, run in _SINGLE.items()}, **LISTS}
"""Every filter by name; one takes the value, the names in force, and its arguments."""
