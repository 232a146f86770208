#!/usr/bin/env python3
"""Print what the command line knows of verbs and records: src/fitsm_graph/cli/processes/.

A client of the API loads neither verbs nor declarations; it reads this instead. A test compares
the two.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from fitsm_graph.api.elements import told
from fitsm_graph.api.links import asked_kinds, links_of, plural, singular
from fitsm_graph.api.record_filters import record_fields
from fitsm_graph.api.verbs import offered, operation_name, signature
from fitsm_graph.flow.records import spoken
from fitsm_graph.graph.signature import Argument, fields_of_tuple
from fitsm_graph.graph.verb import Verb
from fitsm_graph.model.declare import RECORDS
from fitsm_graph.model.registry_types import camel_case

CLI = Path(__file__).parents[1] / "src" / "fitsm_graph" / "cli"
PAYLOAD = """    ok
    dryRun
    replayed
    seq
    errors { __typename code message why remedy path requirement }
    changes { op kind id target before after }
"""
FAR = {"Element": "key name", "Party": "key name", "ProcessRecord": "key kind"}


def pages() -> Mapping[str, str]:
    """Texts by path below the command line's folder."""
    texts = {"processes.json": json.dumps(known(), indent=1, ensure_ascii=False) + "\n"}
    for name, verb in offered().items():
        texts[f"operations/{operation_name(name)}.graphql"] = mutation(name, verb)
    for kind in grouped():
        texts[f"operations/List{kind}s.graphql"] = listing(kind)
        texts[f"operations/Show{kind}.graphql"] = showing(kind)
    return texts


def grouped() -> list[str]:
    """Kinds of records that have commands."""
    return [kind for kind in asked_kinds() if RECORDS[kind].group]


def known() -> dict[str, Any]:
    """Groups of commands by name, and their commands."""
    groups: dict[str, Any] = {}
    for kind in grouped():
        info = RECORDS[kind]
        links = links_of(kind)
        columns = [camel_case(each) for each in info.columns]
        groups[info.group] = {
            "kind": kind,
            "example": f"{info.prefix}-000001",
            "doc": told(kind).split(". ")[0].rstrip(".") + ".",
            "one": singular(kind),
            "many": plural(kind),
            "word": spoken(kind),
            "words": in_plural(kind),
            "columns": ["key", *columns],
            "links": {name: link.end if link.carried else "" for name, link in links.items()},
            "open": bool(info.over),
            "commands": {},
        }
    for name, verb in offered().items():
        asked = signature(verb)
        groups[RECORDS[verb.on].group]["commands"][verb.name.partition(".")[2]] = {
            "operation": operation_name(name),
            "doc": asked.doc,
            "examples": examples(asked.examples),
            "arguments": list(map(argument, asked.given)),
        }
    return groups


def in_plural(kind: str) -> str:
    """Several records of a kind as people call them: known errors, CAB meetings."""
    many = plural(kind)
    *before, _ = spoken(kind).split()
    return " ".join([*before, spoken(f"{many[0].upper()}{many[1:]}").split()[-1]])


def examples(lines: tuple[str, ...]) -> list[str]:
    """Commands, those that go over two lines put together."""
    return [each.strip() for each in " ".join(lines).replace("\\ ", "").split("fsg ") if each]


def argument(each: Argument) -> dict[str, Any]:
    """What the command line has to know of an argument."""
    words = isinstance(each.type, type) and issubclass(each.type, Enum)
    parts = hasattr(each.type, "_fields")
    kind = "word" if words else "parts" if parts else each.type.__name__
    made: dict[str, Any] = {
        "name": each.name,
        "given": camel_case(each.name),
        "type": kind,
        "doc": each.doc,
        "required": each.required,
        "many": each.many,
        "named": each.named,
    }
    if words:
        made["words"] = [word.value for word in each.type]
    if parts:
        made["parts"] = [argument(part) for part in fields_of_tuple(each.type)]
    if not each.required:
        default = each.default
        made["default"] = default.value if isinstance(default, Enum) else default
    return made


def mutation(name: str, verb: Verb) -> str:
    """The document of a verb."""
    given = f"$input: {operation_name(name)}Input!, $dryRun: Boolean!, $key: String!"
    return (
        f"# {signature(verb).doc}\n"
        f"mutation {operation_name(name)}({given}) {{\n"
        f"  {camel_case(name)}(input: $input, dryRun: $dryRun, idempotencyKey: $key) {{\n"
        f"{PAYLOAD}    {singular(verb.on)} {{ {' '.join(selected(verb.on))} }}\n  }}\n}}\n"
    )


def listing(kind: str) -> str:
    """The document of a list."""
    ordered = f"$where: {kind}Where, $orderBy: [{kind}OrderBy!]"
    return (
        f"# A page of records of the kind {kind}.\n"
        f"query List{kind}s({ordered}, $first: Int!, $after: String) {{\n"
        f"  {plural(kind)}(where: $where, orderBy: $orderBy, first: $first, after: $after) {{\n"
        f"    totalCount\n    pageInfo {{ hasNextPage endCursor }}\n"
        f"    nodes {{ {' '.join(selected(kind))} }}\n  }}\n}}\n"
    )


def showing(kind: str) -> str:
    """The document of one record."""
    return (
        f"# One record of the kind {kind}.\n"
        f"query Show{kind}($key: String!) {{\n"
        f"  {singular(kind)}(by: {{key: $key}}) {{ {' '.join(selected(kind))} }}\n}}\n"
    )


def selected(kind: str) -> Iterator[str]:
    """All fields of a kind, and what its links lead to."""
    yield from record_fields(kind)
    for name, link in links_of(kind).items():
        far = f"{{ {FAR.get(link.far, 'key')} }}"
        if link.carried:
            yield f"{name} {{ {' '.join(link.carried)} {link.end} {far} }}"
        else:
            yield f"{name} {far}"


def main() -> int:
    """Write the pages, or say which of them would be others."""
    if "--check" not in sys.argv:
        for place, text in pages().items():
            (CLI / place).write_text(text, encoding="utf-8")
        return 0
    wrong = [place for place, text in pages().items() if _written(CLI / place) != text]
    for place in wrong:
        sys.stderr.write(f"{place} would be printed otherwise: run tools/print_verbs.py\n")
    return 1 if wrong else 0


def _written(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
