"""Expressions of the mapping language: compiled once into closures, without `eval`.

Paths read as in JMESPath, filters as in Jinja:

    spec.template.spec.containers[].env[?name =~ '_ADDR$'].value | host

    a.b.c  a."odd key"      fields; null where there is none
    @  @id                  the element itself; an XML attribute
    items[]  items[0]       each element, lists within it spread out; one element
    services.*              each value of an object
    pods[?phase == 'Up']    those for which the condition holds
    $up  $file  $scope      names; those of the mapping's own `let` too
    a || b   a && b   !a    the first that is not empty; both; none
    == != < <= > >= in =~   comparisons; =~ looks for a regular expression
    'text' 12 true null ['a', 'b']
    value | filter(arg)     conversions; `filter?` gives null where the value does not fit

What follows `[]`, `.*` or `[?…]` is done for each element, and nulls are left out.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from fitsm_graph.discovery.mapping.values import Unfit, empty, spread, step

Names = Mapping[str, Any]
Compiled = Callable[[Any, Names], Any]
Filter = Callable[..., Any]

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>'(?:[^'\\]|\\.)*') | (?P<quoted>"[^"]*")
    | (?P<number>-?\d+(?:\.\d+)?)
    | (?P<variable>\$[A-Za-z_]\w*)
    | (?P<name>@?[A-Za-z_](?:[\w-]*\w)?)
    | (?P<mark>\[\]|\[\?|\|\||&&|==|!=|<=|>=|=~|[\[\]().,|<>!@*?])
    )""",
    re.VERBOSE,
)
_WORDS = {"true": True, "false": False, "null": None}


class BadExpression(Exception):
    """An expression that cannot be understood; says where and why."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word of an expression."""

    kind: str
    text: str
    at: int


def compile_expression(
    text: str, filters: Mapping[str, Filter], used: set[str] | None = None
) -> Compiled:
    """Compile one expression.

    Args:
        text: As above.
        filters: Conversions by name; each takes the value, the names and its arguments.
        used: Where to put the names that the expression takes from its surroundings.

    Raises:
        BadExpression: With the place in the text.
    """
    parser = _Parser(text, filters)
    made = parser.pipe()
    parser.expect_end()
    if used is not None:
        used.update(each.text[1:] for each in parser.tokens if each.kind == "variable")
    return made


def _tokens(text: str) -> list[Token]:
    found, at = [], 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None:
            raise BadExpression(f"'{text[at:].strip()[:12]}' at {at + 1} is no part of one")
        kind = match.lastgroup or ""
        found.append(Token(kind, match[kind], match.start(kind)))
        at = match.end()
    return found


class _Parser:
    """Recursive descent; every method returns a closure."""

    def __init__(self, text: str, filters: Mapping[str, Filter]) -> None:
        self.tokens = _tokens(text)
        self.filters = filters
        self.at = 0

    # --- tokens

    def peek(self) -> str:
        return self.tokens[self.at].text if self.at < len(self.tokens) else ""

    def kind(self) -> str:
        return self.tokens[self.at].kind if self.at < len(self.tokens) else "end"

    def take(self, *wanted: str) -> str:
        if self.kind() == "mark" and self.peek() in wanted:
            self.at += 1
            return self.tokens[self.at - 1].text
        return ""

    def need(self, wanted: str) -> None:
        if not self.take(wanted):
            raise self.fault(f"'{wanted}' is missing")

    def fault(self, message: str) -> BadExpression:
        if self.at < len(self.tokens):
            token = self.tokens[self.at]
            return BadExpression(f"{message} before '{token.text}' at {token.at + 1}")
        return BadExpression(f"{message} at the end")

    def expect_end(self) -> None:
        if self.at < len(self.tokens):
            raise self.fault("nothing more is expected")

    # --- operators

    def pipe(self) -> Compiled:
        value = self.either()
        while self.take("|"):
            value = self.filter(value)
        return value

    def either(self) -> Compiled:
        parts = [self.both()]
        while self.take("||"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else partial(_first_of, parts)

    def both(self) -> Compiled:
        parts = [self.unary()]
        while self.take("&&"):
            parts.append(self.unary())
        return parts[0] if len(parts) == 1 else partial(_last_of, parts)

    def unary(self) -> Compiled:
        if self.take("!"):
            inner = self.unary()
            return lambda value, names: empty(inner(value, names))
        return self.comparison()

    def comparison(self) -> Compiled:
        left = self.primary()
        if self.kind() == "name" and self.peek() == "in":
            self.at += 1
            return partial(_is_in, left, self.primary())
        sign = self.take("==", "!=", "<", "<=", ">", ">=", "=~")
        if sign == "=~":
            return partial(_looks_like, left, self.pattern())
        if sign:
            return partial(_COMPARE[sign], left, self.primary())
        return left

    def pattern(self) -> re.Pattern[str]:
        if self.kind() != "text":
            raise self.fault("a regular expression in single quotes is missing")
        self.at += 1
        return regular(_unquoted(self.tokens[self.at - 1].text))

    def filter(self, value: Compiled) -> Compiled:
        if self.kind() != "name":
            raise self.fault("the name of a filter is missing")
        name = self.peek()
        if name not in self.filters:
            raise BadExpression(f"there is no filter '{name}'")
        self.at += 1
        lenient = bool(self.take("?"))
        arguments: list[Compiled] = []
        if self.take("("):
            arguments = self.listed(")")
        run = partial(_filtered, self.filters[name], value, arguments)
        return partial(_or_null, run) if lenient else run

    def listed(self, end: str) -> list[Compiled]:
        found: list[Compiled] = []
        while not self.take(end):
            if found:
                self.need(",")
            found.append(self.pipe())
        return found

    # --- values and paths

    def primary(self) -> Compiled:
        if self.take("("):
            inner = self.pipe()
            self.need(")")
            return self.path(inner)
        kind, text = self.kind(), self.peek()
        if kind == "text":
            self.at += 1
            return _constant(_unquoted(text))
        if kind == "number":
            self.at += 1
            return _constant(float(text) if "." in text else int(text))
        if kind == "name" and text in _WORDS:
            self.at += 1
            return _constant(_WORDS[text])
        return self.start(kind, text)

    def start(self, kind: str, text: str) -> Compiled:
        if kind in {"name", "quoted"}:
            self.at += 1
            return self.path(partial(_field_of_current, text.strip('"')))
        if kind == "variable":
            self.at += 1
            return self.path(partial(_variable, text[1:]))
        if self.take("@"):
            return self.path(_current)
        if self.take("*"):
            return self.path(partial(_projected, _current, _values, None))
        if text == "[" and self.list_ahead():
            self.need("[")
            items = self.listed("]")
            return lambda value, names: [each(value, names) for each in items]
        if text in {"[", "[]", "[?"}:
            return self.path(_current)
        raise self.fault("a value is missing")

    def list_ahead(self) -> bool:
        """Whether a bracket opens a list of values, and not the number of an element."""
        ahead = self.tokens[self.at + 1 : self.at + 3]
        return [each.kind for each in ahead[:1]] != ["number"] or ahead[-1].text != "]"

    def path(self, value: Compiled) -> Compiled:
        """What follows a value: fields and elements, and projections over the rest."""
        while True:
            if self.take("."):
                if self.take("*"):
                    return partial(_projected, value, _values, self.rest())
                if self.kind() not in {"name", "quoted"}:
                    raise self.fault("the name of a field is missing")
                self.at += 1
                value = partial(_field, value, self.tokens[self.at - 1].text.strip('"'))
            elif self.take("[]"):
                return partial(_projected, value, _flat, self.rest())
            elif self.take("[?"):
                condition = self.pipe()
                self.need("]")
                return partial(_projected, value, partial(_where, condition), self.rest())
            elif self.kind() == "mark" and self.peek() == "[" and not self.list_ahead():
                self.need("[")
                self.at += 1
                index = int(self.tokens[self.at - 1].text)
                self.need("]")
                value = partial(_element, value, index)
            else:
                return value

    def rest(self) -> Compiled | None:
        """The path after a projection, done for each of its elements."""
        follows = self.kind() == "mark" and self.peek() in {".", "[]", "[?", "["}
        return self.path(_current) if follows else None


def regular(text: str) -> re.Pattern[str]:
    """Compile a regular expression.

    Raises:
        BadExpression: It is none.
    """
    try:
        return re.compile(text)
    except re.error as error:
        raise BadExpression(f"'{text}' is no regular expression: {error}") from error


def _unquoted(text: str) -> str:
    return re.sub(r"\\(['\\])", r"\1", text[1:-1])


def _constant(value: Any) -> Compiled:
    return lambda _value, _names: value


def _current(value: Any, _names: Names) -> Any:
    return value


def _variable(name: str, _value: Any, names: Names) -> Any:
    return names.get(name)


def _field_of_current(name: str, value: Any, _names: Names) -> Any:
    return step(value, name)


def _field(of: Compiled, name: str, value: Any, names: Names) -> Any:
    return step(of(value, names), name)


def _element(of: Compiled, index: int, value: Any, names: Names) -> Any:
    found = of(value, names)
    if not isinstance(found, list):
        found = [] if found is None else [found]
    return found[index] if -len(found) <= index < len(found) else None


def _projected(
    of: Compiled, pick: Callable[..., list[Any]], rest: Compiled | None, value: Any, names: Names
) -> list[Any]:
    found = pick(of(value, names), names)
    if rest is None:
        return [each for each in found if each is not None]
    results = [rest(each, names) for each in found]
    if getattr(rest, "func", None) is _projected:  # a projection within: one list of all
        return [each for one in results for each in one]
    return [each for each in results if each is not None]


def _flat(value: Any, _names: Names) -> list[Any]:
    return spread(value)


def _values(value: Any, _names: Names) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else []


def _where(condition: Compiled, value: Any, names: Names) -> list[Any]:
    return [each for each in spread(value) if not empty(condition(each, names))]


def _first_of(parts: list[Compiled], value: Any, names: Names) -> Any:
    found = None
    for each in parts:
        found = each(value, names)
        if not empty(found):
            break
    return found


def _last_of(parts: list[Compiled], value: Any, names: Names) -> Any:
    found = None
    for each in parts:
        found = each(value, names)
        if empty(found):
            break
    return found


def _is_in(left: Compiled, right: Compiled, value: Any, names: Names) -> bool:
    among = right(value, names)  # as a list: what is looked for may be a table, which has no hash
    return isinstance(among, list | dict) and left(value, names) in list(among)


def _looks_like(left: Compiled, pattern: re.Pattern[str], value: Any, names: Names) -> bool:
    found = left(value, names)
    return isinstance(found, str) and pattern.search(found) is not None


def _equal(left: Compiled, right: Compiled, value: Any, names: Names) -> bool:
    return bool(left(value, names) == right(value, names))


def _unequal(left: Compiled, right: Compiled, value: Any, names: Names) -> bool:
    return bool(left(value, names) != right(value, names))


def _ordered(
    fits: Callable[[Any, Any], bool], left: Compiled, right: Compiled, value: Any, names: Names
) -> bool:
    one, other = left(value, names), right(value, names)
    alike = isinstance(one, str) and isinstance(other, str)
    numbers = isinstance(one, int | float) and isinstance(other, int | float)
    return (alike or numbers) and fits(one, other)


_COMPARE: dict[str, Callable[..., Any]] = {
    "==": _equal,
    "!=": _unequal,
    "<": partial(_ordered, lambda one, other: one < other),
    "<=": partial(_ordered, lambda one, other: one <= other),
    ">": partial(_ordered, lambda one, other: one > other),
    ">=": partial(_ordered, lambda one, other: one >= other),
}


def _filtered(
    run: Filter, of: Compiled, arguments: list[Compiled], value: Any, names: Names
) -> Any:
    return run(of(value, names), names, *[each(value, names) for each in arguments])


def _or_null(of: Compiled, value: Any, names: Names) -> Any:
    try:
        return of(value, names)
    except Unfit:
        return None
