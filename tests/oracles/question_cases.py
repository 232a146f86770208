"""Questions with the statements they become, as text: `tests/cases/questions/`.

Each file is a document, a line of dashes, and for each root field its statement with its
parameters. `make questions` prints them anew; what changed is then read by a person.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from graphql import parse

from fitsm_graph.api.questions import LISTS, Compiler, Question
from fitsm_graph.api.schema import build_schema, core_of
from fitsm_graph.api.selection import Selected, selected_in
from fitsm_graph.confm.types import default_registry
from fitsm_graph.graph.sight import Sight, Sources

CASES = Path(__file__).parents[1] / "cases" / "questions"
LINE = "-" * 40
NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
LIMITED: Sight = frozenset({"Server", "VirtualMachine"})
"""What the reader sees in cases whose name begins with `limited`."""
SOURCES: Sources = frozenset({"netbox", "vsphere"})
"""The sources of sync whose runs that reader may look at."""


class Cases:
    """The cases of a schema."""

    def __init__(self) -> None:
        registry = default_registry()
        self.schema = core_of(build_schema(registry))
        self.compiler = Compiler(registry)

    def names(self) -> list[str]:
        """Names of all cases."""
        return sorted(path.stem for path in CASES.glob("*.txt"))

    def document(self, name: str) -> str:
        """The document of a case."""
        text = (CASES / f"{name}.txt").read_text(encoding="utf-8")
        return text.partition(LINE)[0].strip() + "\n"

    def questions(self, name: str) -> Iterator[tuple[str, Question]]:
        """The questions of a case, and those that they are settled by, by response name."""
        compiler = self.compiler
        if name.startswith("limited"):
            compiler = compiler.seen_with(LIMITED, frozenset(), SOURCES)
        for what in selected_in(self.schema, parse(self.document(name)), {}):
            question = compiled(compiler, what)
            yield what.key, question
            for number, later in enumerate(question.later.values()):
                inner = getattr(later, "matching", None)
                if inner is not None:
                    yield f"{what.key}, reached {number + 1}", inner

    def printed(self, name: str) -> str:
        """The whole text of a case as it should be."""
        parts = [self.document(name).rstrip()]
        for key, question in self.questions(name):
            lines = [f"{LINE} {key}", question.text]
            lines += [f"${each} = {_shown(value)}" for each, value in question.parameters.items()]
            lines += [f"${each} = {_later(value)}" for each, value in question.later.items()]
            parts.append("\n".join(lines))
        return "\n".join(parts) + "\n"


def compiled(compiler: Compiler, what: Selected) -> Question:
    """The question of a root field."""
    if what.name in LISTS:
        return compiler.page(LISTS[what.name], what, NOW)
    kind = {"ci": "CI", "service": "Service"}[what.name]
    ref = {name: value for name, value in what.arguments["by"].items() if value is not None}
    return compiler.one(kind, ref, what, NOW)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 200 else f"{text[:150]} … {len(value)} in all"


def _later(value: Any) -> str:
    if hasattr(value, "states"):
        return f"ids of elements that are {', '.join(sorted(value.states))}"
    way = "depends on" if value.up else "is needed by"
    steps = "" if value.depth is None else f", {value.depth} steps at most"
    over = "" if value.types is None else f", over {', '.join(sorted(value.types))}"
    return f"ids of elements that something reached {way}{steps}{over}"
