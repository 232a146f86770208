"""Templates: text with expressions in braces, such as ``k8s/{$scope}/{metadata.name}``."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from fitsm_graph.discovery.mapping.expression import (
    BadExpression,
    Compiled,
    Filter,
    Names,
    compile_expression,
)


def is_template(text: str) -> bool:
    """Whether a text has a brace outside of quotes.

    >>> is_template("a/{b}"), is_template("a | match('x{2}')")
    (True, False)
    """
    quote = ""
    for each in text:
        if quote:
            quote = "" if each == quote else quote
        elif each in "'\"":
            quote = each
        elif each == "{":
            return True
    return False


def compile_value(
    given: Any, filters: Mapping[str, Filter], used: set[str] | None = None
) -> Compiled:
    """Compile what stands where a value is expected: a template, an expression or a constant.

    Args:
        given: As it stands in the file.
        filters: Conversions by name.
        used: Where to put the names that are taken from the surroundings.

    Raises:
        BadExpression: It is none of them.
    """
    if isinstance(given, str):
        compiler = compile_template if is_template(given) else compile_expression
        return compiler(given, filters, used)
    if given is None or isinstance(given, bool | int | float):
        return lambda _value, _names: given
    raise BadExpression("an expression, a template, a number, true or false is expected")


def compile_template(
    text: str, filters: Mapping[str, Filter], used: set[str] | None = None
) -> Compiled:
    """Compile a template; it gives null where one of its expressions does.

    An expression that finds several values gives as many texts.

    Raises:
        BadExpression: A brace or an expression is wrong.
    """
    parts: list[str | Compiled] = []
    rest = text
    while rest:
        head, brace, rest = rest.partition("{")
        if "}" in head:
            raise BadExpression("'}' without '{'")
        if head:
            parts.append(head)
        if brace:
            inner, end, rest = rest.partition("}")
            if not end or not inner.strip():
                raise BadExpression("'{' without an expression and '}'")
            parts.append(compile_expression(inner, filters, used))
    return partial(_filled, tuple(parts))


def _filled(parts: tuple[str | Compiled, ...], value: Any, names: Names) -> Any:
    texts = [""]
    several = False
    for part in parts:
        found = part if isinstance(part, str) else part(value, names)
        if isinstance(found, list):
            several = True
            texts = [text + _text(each) for text in texts for each in found if _said(each)]
        elif not _said(found):
            return None
        else:
            word = _text(found)
            texts = [text + word for text in texts]
    return texts if several else texts[0]


def _said(value: Any) -> bool:
    return value is not None and value != "" and not isinstance(value, dict | bool)


def _text(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
