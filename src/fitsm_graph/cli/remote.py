"""The command line as a client of a server: its own documents, by name, through the client."""

from collections.abc import Mapping
from typing import Any

import httpx
import orjson

from fitsm_graph.cli.documents import document
from fitsm_graph.client.address import Address
from fitsm_graph.client.asking import Asker, How, settings


def execute(
    place: Address, secret: str, name: str, variables: Mapping[str, Any], how: How
) -> Mapping[str, Any]:
    """Execute a named document on a server with a token, and return its answer.

    Raises:
        FitsmError: The server does not answer as it should.
    """
    asked = {"query": document(name), "operationName": name, "variables": dict(variables)}
    with httpx.Client(**settings(place, secret, how)) as client:
        return Asker(client, place, how).post(orjson.dumps(asked))
