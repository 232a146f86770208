"""What is sent for a call and what its answer means, the same for both kinds of client."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from fitsm_graph.client.answers import Answer
from fitsm_graph.client.told import error_of, payload_error
from fitsm_graph.kernel.errors import BadInput

IMPACT = """query Impact($of: [ID!]!, $asOf: DateTime) { impact(of: $of, asOf: $asOf) {
  version completeness { complete affectedCount shownCount note }
  services { element { id key name } before after criticality }
  affected { totalCount nodes { element { id key name kind type } before after hops margin } }
  graph { omitted elements { id key name kind type before after hops }
    edges { source target label } } } }"""
NOISE = re.compile(r'"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"|#[^\n]*')
_MUTATION = re.compile(r"(?:^|[}\s])mutation\b\s*\w*\s*[({@]")
_KEY = re.compile(r"\bidempotencyKey\s*:\s*\$(\w+)")
_AFTER = re.compile(r"\bafter\s*:\s*\$(\w+)")


@dataclass(frozen=True, slots=True)
class Call:
    """One request.

    Attributes:
        body: JSON.
        repeatable: Whether asking twice does no harm.
    """

    body: bytes
    repeatable: bool


def call_of(document: str, variables: Mapping[str, Any] | None, operation: str = "") -> Call:
    """The request for a document.

    A mutation whose idempotency key is a variable that is not given gets one for this call, so
    that a lost answer can be asked for again and nothing is done twice.
    """
    plain = NOISE.sub(" ", document)
    given = dict(variables or {})
    writes = bool(_MUTATION.search(plain))
    keys = _KEY.findall(plain)
    if writes:
        for name in keys:
            given[name] = given.get(name) or f"client-{uuid.uuid4()}"
    asked: dict[str, Any] = {"query": document, "variables": given}
    if operation:
        asked["operationName"] = operation
    keyed = bool(keys) and len(keys) == plain.count("idempotencyKey")
    return Call(orjson.dumps(asked), not writes or keyed)


def answer_of(told: Mapping[str, Any]) -> Answer:
    """The answer, where it has no errors.

    Raises:
        FitsmError: The errors as one, with code, why and remedy.
    """
    error = error_of(told, ours=False)
    if error is not None:
        raise error
    extensions = told.get("extensions") or {}
    return Answer(told["data"], extensions.get("seq"), extensions)


def payload_of(answer: Answer) -> Mapping[str, Any]:
    """The payload of the one mutation of an answer.

    Raises:
        FitsmError: What the verb refused.
    """
    payload: Mapping[str, Any] = next(iter(answer.data.values()))
    if payload.get("errors"):
        raise payload_error(payload["errors"])
    return payload


def cursor_variable(document: str) -> str:
    """Name of the variable that says where a page begins.

    Raises:
        BadInput: NOT_PAGED.
    """
    found = _AFTER.findall(NOISE.sub(" ", document))
    if len(found) != 1:
        raise BadInput(
            "the document has no pages to follow",
            code="NOT_PAGED",
            why="the place where a page begins is a variable: `after: $after`",
            remedy="query P($after: String) { cis(first: 500, after: $after) "
            "{ nodes { key } pageInfo { hasNextPage endCursor } } }",
        )
    return str(found[0])


def page_of(answer: Answer) -> Mapping[str, Any]:
    """The one connection of an answer.

    Raises:
        BadInput: NOT_PAGED.
    """
    for each in answer.data.values():
        if isinstance(each, Mapping) and {"hasNextPage", "endCursor"} <= set(
            each.get("pageInfo") or ()
        ):
            return each
    raise BadInput(
        "the answer does not say whether there is a next page",
        code="NOT_PAGED",
        why="`pageInfo { hasNextPage endCursor }` is not selected",
        remedy="select it beside the nodes",
    )


def references(of: str | tuple[str, ...] | list[str]) -> list[str]:
    """One reference or several as a list."""
    return [of] if isinstance(of, str) else list(of)
