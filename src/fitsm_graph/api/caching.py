"""Answers to GET: with a tag of what they say, and a status that programs go by.

Tools that fetch an address (dashboards, spreadsheets) look at the status alone, so that an answer
with an error anywhere in it has one of an error. What is fetched may be kept by the client itself
and by nobody between; it has to be asked for again, and costs no transfer where it is the same.
"""

import hashlib
from collections.abc import Mapping

import orjson
from starlette.datastructures import Headers

from fitsm_graph.api.api import Answer, status_of

KEPT = "private, no-cache"
VARIES = "Authorization, Accept, Fitsm-At-Least"


def fetched(
    answer: Answer, rendered: tuple[int, bytes, dict[str, str]], headers: Headers
) -> tuple[int, bytes, Mapping[str, str]]:
    """The answer to a GET: status, body, and headers beside those of every answer."""
    status, body, more = rendered
    if status >= 400:
        return rendered
    if answer.failure is not None:
        return status_of(answer.failure), body, more
    tag = tag_of(answer)
    kept = {**more, "ETag": tag, "Cache-Control": KEPT, "Vary": VARIES}
    if has_tag(headers, tag):
        return 304, b"", kept
    return status, body, kept


def tag_of(answer: Answer) -> str:
    """A tag of what an answer says; which entry it shows and what it cost is beside that."""
    digest = hashlib.blake2b(orjson.dumps(answer.data), digest_size=16)
    return f'W/"{digest.hexdigest()}"'


def has_tag(headers: Headers, tag: str) -> bool:
    """Whether the client has the answer already."""
    given = headers.get("if-none-match", "")
    bare = tag.removeprefix("W/")
    return given.strip() == "*" or any(
        each.strip().removeprefix("W/") == bare for each in given.split(",")
    )
