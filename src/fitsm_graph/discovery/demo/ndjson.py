"""Observations as lines of the published format (PR11.3)."""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from fitsm_graph.model.observation import Observation, ObservedRelation


def to_ndjson(observations: Iterable[Observation]) -> Iterator[str]:
    r"""Write each observation as one JSON line; what is empty is left out.

    >>> from fitsm_graph.model.observation import Observation
    >>> list(to_ndjson([Observation(type="Rack", key="rack-1")]))
    ['{"op":"upsert","type":"Rack","key":"rack-1"}\n']
    """
    for each in observations:
        yield orjson.dumps(_line(each), option=orjson.OPT_APPEND_NEWLINE).decode()


def _line(it: Observation) -> dict[str, Any]:
    optional: dict[str, Any] = {
        "attributes": dict(it.attributes),
        "identifiers": [{"kind": kind, "value": value} for kind, value in it.identifiers],
        "relations": [_relation(relation) for relation in it.relations],
        "observed_at": it.observed_at,
    }
    line: dict[str, Any] = {"op": str(it.op), "type": it.type, "key": it.key}
    line |= {name: value for name, value in optional.items() if value}
    return line if it.confidence is None else {**line, "confidence": it.confidence}


def _relation(it: ObservedRelation) -> dict[str, Any]:
    said: dict[str, Any] = {"type": it.type, "to": {"key": it.key}}
    if it.incoming:
        said["direction"] = "in"
    if it.properties:
        said["properties"] = dict(it.properties)
    return said
