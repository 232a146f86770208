"""Demo data: a source like any other, made up and the same everywhere.

`estate` is a small organisation to look around in, `SHOWCASE` is what happens in it when something
fails, `scaled` is a stream of any size, and `to_ndjson` writes either in the published format.
"""

from fitsm_graph.discovery.demo.estate import ORGANISATION, DemoEstate, estate
from fitsm_graph.discovery.demo.ndjson import to_ndjson
from fitsm_graph.discovery.demo.scaled import scaled
from fitsm_graph.discovery.demo.showcase import SHOWCASE, Scenario

__all__ = [
    "ORGANISATION",
    "SHOWCASE",
    "DemoEstate",
    "Scenario",
    "estate",
    "scaled",
    "to_ndjson",
]
