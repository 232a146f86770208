"""Observations as lines of the published format (PR11.3)."""

from collections.abc import Iterable, Iterator

import orjson

from fitsm_graph.model.observation import Observation, record_of


def to_ndjson(observations: Iterable[Observation]) -> Iterator[str]:
    r"""Write each observation as one JSON line; what is empty is left out.

    >>> from fitsm_graph.model.observation import Observation
    >>> list(to_ndjson([Observation(type="Rack", key="rack-1")]))
    ['{"op":"upsert","type":"Rack","key":"rack-1"}\n']
    """
    for each in observations:
        yield orjson.dumps(record_of(each), option=orjson.OPT_APPEND_NEWLINE).decode()
