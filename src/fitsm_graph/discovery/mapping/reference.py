"""The page about all formats, filters and fields, printed from the declarations."""

from collections.abc import Iterator
from collections.abc import Mapping as AnyMapping

from fitsm_graph.discovery.mapping.fields import FIELDS, REQUIRED
from fitsm_graph.discovery.mapping.filters import FILTERS
from fitsm_graph.discovery.mapping.language import Mapping, Rule

BY_CODE = (
    ("ndjson", "snapshot", "one record a line, [sync.schema.json](../../schema/sync.schema.json)"),
    ("netbox", "snapshot", "the dump of a NetBox database, `manage.py dumpdata`"),
)
SAID: AnyMapping[str, str] = {
    "after": "what stands behind the first mark: `after('=')`; all of it without one",
    "append": "with a text behind",
    "at_least": "null where a number is lower",
    "before": "what stands before the first mark; all of it without one",
    "boolean": "true of true, yes, on, 1, enabled, up; false of their opposites",
    "count": "how many there are",
    "date": "a day, from `%Y-%m-%d` or the form that is given",
    "expand": "ranges in names spread out: `db[01:03]` is three",
    "field": "a field whose name is itself a value",
    "find": "what an index of the mapping has under a key, or under any of several",
    "find_all": "what an index has under all of several keys",
    "first": "the first that is not null",
    "flatten": "all single values of lists within lists, without nulls",
    "form": "each object as text, `form('{port}/{protocol:TCP}')`; what stands behind the colon is "
    "taken where the field is missing",
    "gib": "GiB, from texts such as `16Gi` or `512 MB`; numbers are bytes, or of the unit given",
    "head": "what stands before the last mark",
    "host": "the host of an address, with or without scheme and port",
    "integer": "a whole number",
    "ip": "an address, without the length of its prefix",
    "items": "an object as a list of `{key, value}`",
    "join": "one text, with a mark between",
    "keys": "the names of an object's fields",
    "last": "the last one",
    "lower": "in small letters",
    "mac": "a hardware address as `00:53:00:12:34:56`",
    "match": "the group of a regular expression, or all that matched; null where it does not",
    "mib": "MiB, as `gib`",
    "moment": "a moment, from seconds since 1970, or the unit given: `moment('ns')`",
    "named": "the value in a list of named values: `named('Name')`, `named('x', 'key', 'value')`",
    "nest": "the objects in a field, each with the fields of the one around",
    "number": "a number",
    "only": "null unless it is one of those given",
    "pairs": "an object as texts `name=value`",
    "port": "the port of an address",
    "prepend": "with a text before",
    "range": "the numbers from 1 to it",
    "reference": "`[kind:][namespace/]name` with the missing parts filled in",
    "replace": "with one text put for another",
    "snake": "`ClusterIP` as `cluster_ip`",
    "sort": "sorted",
    "split": "a list, cut at a mark",
    "sub": "with what a regular expression matches replaced",
    "table": "its meaning in a table of the mapping: `table($kinds)`, `table($kinds, 'other')`",
    "tail": "what stands behind the last mark",
    "text": "a text",
    "texts": "names given as one text, a list of them, or the keys of an object",
    "times": "multiplied",
    "tree": "objects with all that hang below them in one of their fields",
    "trim": "without needless space; null where nothing is left",
    "unique": "each once",
    "upper": "in capital letters",
    "without": "without words that say nothing, given as a list or a table",
}


def formats_page(mappings: AnyMapping[str, Mapping]) -> str:
    """Write the page."""
    return "\n".join(_lines(mappings)) + "\n"


def _lines(mappings: AnyMapping[str, Mapping]) -> Iterator[str]:
    yield "# Formats"
    yield ""
    yield "Printed from the declarations by `fitsm-graph map reference`."
    yield ""
    yield "The format of a file is found by its content. How a mapping works is told in"
    yield "[the mapping language](../explanation/mapping-language.md), how to write one in"
    yield "[add a format](../how-to/add-a-format.md)."
    yield ""
    yield "| format | run | what it is |"
    yield "| --- | --- | --- |"
    for name, mode, doc in BY_CODE:
        yield f"| {name} | {mode} | {doc}; read by code |"
    for name in sorted(mappings):
        yield f"| [{name}](#{name}) | {mappings[name].mode} | {mappings[name].doc} |"
    for name in sorted(mappings):
        yield from _format(mappings[name])
    yield from _filters()
    yield from _fields()


def _format(it: Mapping) -> Iterator[str]:
    yield ""
    yield f"## {it.name}"
    yield ""
    yield f"{it.doc}. Read as {', '.join(it.readers)}; runs may be {', '.join(it.modes)}."
    if it.notes:
        yield ""
        yield from (f"- {note}" for note in it.notes)
    types = sorted({name for rule in _rules(it.switches) for name in _types(rule)})
    relations = sorted({one.type for rule in _rules(it.switches) for one in rule.relations})
    yield ""
    yield f"Makes {', '.join(types) or 'elements of the type each row names'}."
    if relations:
        yield ""
        yield f"States {', '.join(relations)}."


def _rules(switches: tuple[tuple[Rule, ...], ...]) -> Iterator[Rule]:
    for switch in switches:
        for rule in switch:
            yield rule
            yield from _rules(rule.switches)


def _types(rule: Rule) -> tuple[str, ...]:
    return rule.type.names() if rule.type is not None else ()


def _filters() -> Iterator[str]:
    yield ""
    yield "## Filters"
    yield ""
    yield "| filter | gives |"
    yield "| --- | --- |"
    for name in sorted(FILTERS):
        yield f"| {name} | {SAID[name]} |"


def _fields() -> Iterator[str]:
    yield ""
    yield "## Fields of a mapping file"
    yield ""
    yield "| section | fields; those in bold are needed |"
    yield "| --- | --- |"
    for section, names in FIELDS.items():
        needed = REQUIRED.get(section, ())
        listed = ", ".join(f"**{name}**" if name in needed else name for name in names)
        yield f"| {section} | {listed} |"
