"""XML, without entities and without anything fetched.

An element becomes an object: its attributes as ``@name``, its inner elements by name without
namespace, a list where there are several of one name, its text as ``text``. An element that has
nothing but text is that text.
"""

import io
from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from fitsm_graph.discovery.readers.limits import (
    DEEPEST,
    LARGEST_DOCUMENT,
    MOST_ELEMENTS,
    too_deep,
)
from fitsm_graph.kernel.errors import BadInput, Problem


def read_xml(stream: BinaryIO) -> Iterator[tuple[str, Any] | Problem]:
    """Read one document: an object with the root's name.

    Raises:
        BadInput: NOT_XML with its line, TOO_DEEP, TOO_LARGE, TOO_MANY, ENTITIES.
    """
    try:
        yield "document 1", _document(_Bounded(stream))
    except ParseError as error:
        line, column = error.position
        raise BadInput(
            "the file is not XML",
            code="NOT_XML",
            why=f"{str(error).partition(':')[0]}, line {line} column {column + 1}",
            remedy="look at that place; a file that was cut off ends there",
            path=(f"line {line}",),
        ) from error
    except DefusedXmlException as error:
        raise BadInput(
            "the file declares entities",
            code="ENTITIES",
            why="they can make a small file grow without end, or read other files",
            remedy="write them out",
        ) from error
    except (ValueError, LookupError) as error:
        why, remedy = str(error)[:200], "look at its first line, which says the encoding"
        raise BadInput("the file is not XML", code="NOT_XML", why=why, remedy=remedy) from error


def _document(stream: "_Bounded") -> dict[str, Any]:
    depth = count = 0
    made: dict[int, Any] = {}
    name = ""
    events = iterparse(stream, ("start", "end"), forbid_dtd=False, forbid_entities=True)
    for event, element in events:
        if event == "start":
            depth, count = depth + 1, count + 1
            if depth > DEEPEST:
                raise too_deep(f"element {_name(element.tag)}")
            if count > MOST_ELEMENTS:
                message = f"more than {MOST_ELEMENTS:,} elements"
                raise BadInput(message, code="TOO_MANY", remedy="split the file")
        else:
            depth -= 1
            name = _name(element.tag)
            made[id(element)] = _object(element, made)
            element.clear()
            if depth == 0:
                return {name: _with_namespace(element.tag, made[id(element)])}
    why = "there is no element in it"
    raise BadInput("the file is not XML", code="NOT_XML", why=why, remedy="export it again")


def _object(element: Element, made: dict[int, Any]) -> Any:
    found: dict[str, Any] = {f"@{_name(name)}": each for name, each in element.attrib.items()}
    for inner in element:
        name, value = _name(inner.tag), made.pop(id(inner))
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    text = (element.text or "").strip()
    if not found:
        return text or None
    if text:
        found["text"] = text
    return found


def _with_namespace(tag: str, root: Any) -> Any:
    namespace = tag[1:].partition("}")[0] if tag.startswith("{") else ""
    return {"@xmlns": namespace, **root} if namespace and isinstance(root, dict) else root


def beginning(start: bytes) -> dict[str, Any]:
    """What the first bytes of a file show: the root with its attributes and first inner elements.

    Returns:
        An object as `read_xml` makes; inner elements have their attributes only. Empty if it is
        no XML.
    """
    root: dict[str, Any] = {}
    name, depth = "", 0
    try:
        for event, element in iterparse(
            io.BytesIO(start), ("start", "end"), forbid_dtd=False, forbid_entities=True
        ):
            depth += 1 if event == "start" else -1
            attributes = {f"@{_name(each)}": value for each, value in element.attrib.items()}
            if event == "start" and depth == 1:
                name = _name(element.tag)
                root = _with_namespace(element.tag, {"@": "", **attributes})
            elif event == "start" and depth == 2:
                root.setdefault(_name(element.tag), attributes or "…")
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return {name: root} if name else {}  # the first bytes end somewhere within
    return {name: root}


def _name(tag: str) -> str:
    return tag.rpartition("}")[2]


class _Bounded:
    """A stream that gives no more than it may."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._left = LARGEST_DOCUMENT

    def read(self, size: int = -1) -> bytes:
        """Read some bytes.

        Raises:
            BadInput: TOO_LARGE.
        """
        data = self._stream.read(size if size > 0 else self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            why = f"{LARGEST_DOCUMENT:,} bytes at most"
            raise BadInput(
                "the file is too large", code="TOO_LARGE", why=why, remedy="split the file"
            )
        return data
