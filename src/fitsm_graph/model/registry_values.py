"""Values of attributes: checked, and brought into the one form in which they are stored.

A checker takes a value and returns the stored form, or raises `Unfit` with the reason. Stored
forms are those of `kernel.canonical`: dates as ISO text, moments as UTC text, addresses in
canonical spelling, integers that fit 64 bits and are not booleans.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from fitsm_graph.kernel.canonical import Value
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput, Problem
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.registry_types import Attribute, AttributeKind

Checker = Callable[[object], Value]

LONGEST_TEXT = 32_768
LONGEST_UNIQUE = 512  # the identifier's key is indexed, and an index key must stay small
LONGEST_LIST = 10_000
_INTEGERS = range(-(2**63), 2**63)
_MAC = re.compile(r"^[0-9a-f]{12}([0-9a-f]{4})?$")
_MAC_MARKS = str.maketrans("", "", ":-. ")
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*$")
_SCRIPTS = frozenset({"javascript", "vbscript", "data"})  # a page would run them as a link


class Unfit(Exception):
    """A value does not fit its attribute; the text completes "… is" without naming the value."""

    def __init__(self, reason: str, remedy: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


def checker(attribute: Attribute) -> Checker:
    """Compile the checker of one attribute."""
    kind = attribute.kind
    if kind is AttributeKind.ENUM:
        return _enum(attribute.values)
    if kind is AttributeKind.INTEGER:
        return _bounded(_integer, attribute)
    if kind is AttributeKind.FLOAT:
        return _bounded(_float, attribute)
    simple = _SIMPLE[kind]
    return _short(simple) if attribute.unique else simple


class Checkers:
    """The compiled checks of one CI type, given its attributes by name."""

    __slots__ = ("attributes", "checkers", "required")

    def __init__(self, attributes: Mapping[str, Attribute]) -> None:
        self.attributes = attributes
        self.checkers: dict[str, Checker] = {
            name: checker(attribute) for name, attribute in attributes.items()
        }
        self.required = tuple(name for name, each in attributes.items() if each.required)

    def run(
        self, values: Mapping[str, object], *, partial: bool
    ) -> tuple[dict[str, Value], list[Problem]]:
        """Bring values into stored form; see `TypeRegistry.normalise`."""
        stored: dict[str, Value] = {}
        problems: list[Problem] = []
        checkers = self.checkers
        for name, value in values.items():
            check = checkers.get(name)
            try:
                if check is None:
                    problems.append(self._unknown(name))
                elif value is not None:
                    stored[name] = check(value)
                elif partial:
                    stored[name] = None
            except Unfit as unfit:
                problems.append(self._unfit(self.attributes[name], value, unfit))
        problems.extend(self._missing(values, partial=partial))
        return stored, problems

    def _missing(self, values: Mapping[str, object], *, partial: bool) -> list[Problem]:
        return [
            Problem(
                "ATTRIBUTE_REQUIRED",
                f"'{name}' {'cannot be cleared' if partial else 'is missing'}",
                why="CIs of this type are not controlled without it",
                path=(name,),
                requirement="PR11.1",
            )
            for name in self.required
            if (name in values or not partial) and values.get(name) in (None, "")
        ]

    def _unknown(self, name: str) -> Problem:
        remedy = did_you_mean(str(name), self.attributes)
        return Problem(
            "ATTRIBUTE_UNKNOWN", f"the type has no attribute '{name}'", "", remedy, (str(name),)
        )

    def _unfit(self, attribute: Attribute, value: object, unfit: Unfit) -> Problem:
        shown = "the value" if attribute.sensitive else _shown(value)
        return Problem(
            "ATTRIBUTE_VALUE",
            f"'{attribute.name}': {shown} is {unfit.reason}",
            f"it is a {attribute.kind}" + (f" in {attribute.unit}" if attribute.unit else ""),
            "write it as its kind asks" if attribute.sensitive else unfit.remedy,
            (attribute.name,),
        )


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _string(value: object) -> str:
    if type(value) is not str and not isinstance(value, str):
        raise Unfit("not text", "write it in quotes")
    if len(value) > LONGEST_TEXT:
        raise Unfit(f"longer than {LONGEST_TEXT:,} characters", "keep long texts in a document")
    if not value.isascii() or "\0" in value:
        _refuse_unstorable(value)
    return str(value)


def _refuse_unstorable(value: str) -> None:
    """Refuse what neither UTF-8 nor the database can hold."""
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise Unfit("not storable text: it has a NUL or half a surrogate pair")


def _integer(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Unfit("not an integer", "write digits without quotes or a decimal point")
    if value not in _INTEGERS:
        raise Unfit("outside the 64 bits of a stored integer")
    return value


def _float(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unfit("not a number", "write it without quotes")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise Unfit("not a finite number")
    return number


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise Unfit("neither true nor false", "write true or false without quotes")
    return value


def _date(value: object) -> str:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    text = _string(value)
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Unfit("not a date", "write it as 2026-11-23") from None


def _datetime(value: object) -> str:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise Unfit("no moment: it has no offset from UTC")
        return to_text(value)
    try:
        return to_text(from_text(_string(value)))
    except (BadInput, OverflowError):
        remedy = "write it with an offset, as 2026-11-23T08:30:00Z"
        raise Unfit("not a moment in time", remedy) from None


def _url(value: object) -> str:
    text = _string(value)
    try:
        parts = urlsplit(text)
    except ValueError:
        raise Unfit("not a URL") from None
    if not _SCHEME.match(parts.scheme) or not parts.netloc or any(map(str.isspace, text)):
        raise Unfit("not a URL", "write it as https://host/path")
    if parts.scheme in _SCRIPTS:
        raise Unfit(f"a {parts.scheme} URL, which a page would run")
    if parts.password is not None:
        raise Unfit("a URL with a password in it", "leave the password out")
    return text


_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_PLAIN_IPV4 = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}", re.ASCII)
"""An address as it is stored already; nearly all are, and a bulk load has one for every row."""


def _ip(value: object) -> str:
    text = _string(value)
    if _PLAIN_IPV4.fullmatch(text):
        return text
    try:
        return str(ip_address(text))
    except ValueError:
        raise Unfit("not an IP address", "write it without a prefix length or a name") from None


def _ip_network(value: object) -> str:
    text = _string(value)
    try:
        return str(ip_network(text))
    except ValueError:
        pass
    try:
        around = ip_network(text, strict=False)
    except ValueError:
        raise Unfit("not an IP network", "write it as 192.0.2.0/24") from None
    raise Unfit("an address inside a network, not the network", f"write it as {around}")


def _mac(value: object) -> str:
    digits = _string(value).lower().translate(_MAC_MARKS)
    if not _MAC.match(digits):
        raise Unfit("not a MAC address", "write it as 00:53:00:12:34:56")
    return ":".join(digits[i : i + 2] for i in range(0, len(digits), 2))


def _text_list(value: object) -> list[str | int | float | bool | None]:
    if not isinstance(value, list | tuple):
        raise Unfit("not a list", "write a list of texts, even for one")
    if len(value) > LONGEST_LIST:
        raise Unfit(f"a list of more than {LONGEST_LIST:,} texts")
    return [_string(item) for item in value]


def _enum(values: tuple[str, ...]) -> Checker:
    allowed = frozenset(values)

    def check(value: object) -> Value:
        if not isinstance(value, str) or value not in allowed:
            hint = did_you_mean(value, values) if isinstance(value, str) else ""
            raise Unfit("none of its values", hint or f"known: {', '.join(values)}")
        return value

    return check


def _bounded(check: Callable[[object], int | float], attribute: Attribute) -> Checker:
    low, high = attribute.minimum, attribute.maximum
    if low is None and high is None:
        return check

    def bounded(value: object) -> Value:
        number = check(value)
        if low is not None and number < low:
            raise Unfit(f"less than {low:g}")
        if high is not None and number > high:
            raise Unfit(f"more than {high:g}")
        return number

    return bounded


def _short(check: Checker) -> Checker:
    def short(value: object) -> Value:
        stored = check(value)
        if isinstance(stored, str) and len(stored) > LONGEST_UNIQUE:
            raise Unfit(f"longer than the {LONGEST_UNIQUE} characters of a unique value")
        return stored

    return short


_SIMPLE: dict[AttributeKind, Checker] = {
    AttributeKind.STRING: _string,
    AttributeKind.BOOLEAN: _boolean,
    AttributeKind.DATE: _date,
    AttributeKind.DATETIME: _datetime,
    AttributeKind.URL: _url,
    AttributeKind.IP: _ip,
    AttributeKind.IP_NETWORK: _ip_network,
    AttributeKind.MAC: _mac,
    AttributeKind.TEXT_LIST: _text_list,
}
