"""GraphiQL with the questions that people ask, for those who are signed in.

The page asks over the public address with the session of whoever looks at it. What it offers to
open is kept as documents: the questions, and the operations of the other pages.
"""

import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request, Response

from fitsm_graph.kernel.errors import NotFound
from fitsm_graph.kernel.places import OF_PAGES
from fitsm_graph.web.assets import library
from fitsm_graph.web.templates import render

QUESTIONS = Path(__file__).parent / "questions"
LONGEST_VARIABLES = 20_000


@dataclass(frozen=True, slots=True)
class Example:
    """A document that can be opened.

    Attributes:
        name: Of the file, and of the operation.
        title: Its first comment.
        query: GraphQL source text.
        variables: JSON text that it is opened with.
    """

    name: str
    title: str
    query: str
    variables: str


@cache
def shelves() -> tuple[tuple[str, tuple[Example, ...]], ...]:
    """All documents that are offered, by shelf; empty shelves are left out."""
    found = (
        ("Questions", _examples(QUESTIONS)),
        ("Queries behind the pages", _examples(OF_PAGES)),
    )
    return tuple((shelf, kept) for shelf, kept in found if kept)


def _examples(folder: Path) -> tuple[Example, ...]:
    return tuple(_example(path) for path in sorted(folder.glob("*.graphql")))


def _example(path: Path) -> Example:
    """Read a document; variables stand beside it, as JSON of the same name."""
    query = path.read_text(encoding="utf-8")
    first = query.partition("\n")[0]
    title = first.removeprefix("#").strip().rstrip(".:") if first.startswith("#") else path.stem
    beside = path.with_suffix(".json")
    variables = beside.read_text(encoding="utf-8") if beside.exists() else ""
    return Example(path.stem, title, query, variables)


def graphiql_page(request: Request) -> Response:
    """The page, with the document that the address names.

    Raises:
        NotFound: It names none of those there are.
    """
    parts = {name: library(*where) for name, where in _PARTS.items()}
    return render(
        "graphiql.html",
        parts={name: part for name, part in parts.items() if part is not None},
        sheet=library("graphiql", ending=".css"),
        complete=all(parts.values()),
        shelves=shelves(),
        data=_data(request),
    )


_PARTS: dict[str, tuple[Any, ...]] = {
    "react": ("react",),
    "react_dom": ("react-dom",),
    "script": ("graphiql",),
}


def _data(request: Request) -> dict[str, Any]:
    """What the page's script is given: what may be opened, and what is opened now."""
    shown = {each.name: asdict(each) for _, kept in shelves() for each in kept}
    wanted = request.query_params.get("question", "")
    if wanted and wanted not in shown:
        raise NotFound(
            f"there is no question '{wanted[:100]}'",
            why="the address is wrong, or the question has another name now",
            remedy="open /graphiql and choose one under Examples",
            path=("question",),
        )
    given = _variables(request.query_params.get("variables", ""))
    opened = {**shown[wanted], **({"variables": given} if given else {})} if wanted else None
    return {"examples": list(shown.values()), "opened": opened}


def _variables(text: str) -> str:
    """Variables of an address, written anew; what is no JSON object is left out of the editor."""
    try:
        given = json.loads(text[:LONGEST_VARIABLES])
    except ValueError:
        return ""
    return json.dumps(given, indent=2, ensure_ascii=False) if isinstance(given, dict) else ""
