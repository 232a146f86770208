"""One road from a command to an answer: a named document, executed here or by a server."""

import uuid
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

from fitsm_graph.cli.choices import CHOSEN
from fitsm_graph.cli.output import note
from fitsm_graph.client.address import address, token
from fitsm_graph.client.told import error_of, payload_error

Answer = Mapping[str, Any]
PAGE = 500


def ask(name: str, /, **variables: Any) -> Any:
    """Execute a named document and return its data.

    Raises:
        FitsmError: The first error of the answer, as the product's own; no part of an answer is
            shown as if it were the whole.
    """
    answer = _executed(name, variables, repeatable=True)
    error = error_of(answer)
    if error is not None:
        raise error
    return answer["data"]


def ask_document(document: str, variables: Mapping[str, Any]) -> Any:
    """Execute somebody's own document and return its data.

    Raises:
        FitsmError: The first error of the answer; no part of it is shown as if it were the whole.
    """
    if CHOSEN.url:
        client = import_module("fitsm_graph.client.client")
        with client.Client(CHOSEN.url, timeout=CHOSEN.timeout) as there:
            return there.query(document, variables).data
    here = import_module("fitsm_graph.cli.local")
    answer: Answer = here.with_product(lambda product: product.ask(document, dict(variables)))
    error = error_of(answer, ours=False)
    if error is not None:
        raise error
    return answer["data"]


def ask_pages(name: str, field: str, size: int, /, **variables: Any) -> Iterator[Any]:
    """Read a connection row by row, in pages of a size.

    Raises:
        FitsmError: As `ask` does.
    """
    after = None
    while True:
        page = ask(name, first=size, after=after, **variables)[field]
        yield from page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]


def ask_all(name: str, field: str, most: int, /, **variables: Any) -> tuple[list[Any], int]:
    """Read a connection up to a number of rows; return them and the total.

    Raises:
        FitsmError: As `ask` does.
    """
    rows: list[Any] = []
    after, total = None, 0
    while len(rows) < most:
        page = ask(name, first=min(PAGE, most - len(rows)), after=after, **variables)[field]
        rows += page["nodes"]
        total = page["totalCount"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    return rows, total


def act(name: str, input: Mapping[str, Any], *, dry_run: bool, key: str) -> Any:
    """Execute a named mutation once, and return its payload.

    A lost answer is asked for again under the same idempotency key, so that nothing is done
    twice; where none is given, one is made for the repeats of this call.

    Raises:
        FitsmError: What the verb refused; nothing was written then.
    """
    if not dry_run and not key and CHOSEN.url:
        key = f"cli-{uuid.uuid4()}"
    variables = {"input": dict(input), "dryRun": dry_run, "key": "" if dry_run else key}
    answer = _executed(name, variables, repeatable=dry_run or bool(key))
    error = error_of(answer)
    if error is not None:
        raise error
    payload = next(iter(answer["data"].values()))
    if not payload["ok"]:
        raise payload_error(payload["errors"])
    return payload


def _executed(name: str, variables: Mapping[str, Any], *, repeatable: bool) -> Answer:
    """Execute a document where the person chose; the part that is not needed is not loaded."""
    if CHOSEN.url:
        remote = import_module("fitsm_graph.cli.remote")
        how = remote.How(CHOSEN.timeout, repeatable, note)
        place, secret = address(CHOSEN.url), token()
        answer: Answer = remote.execute(place, secret, name, dict(variables), how)
        return answer
    here = import_module("fitsm_graph.cli.local")
    executed: Answer = here.execute(name, variables, repeatable=repeatable)
    return executed
