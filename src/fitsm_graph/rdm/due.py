"""What falls due of releases: reviews, and what people are told and taught (PR13.3, PR13.6)."""

from collections.abc import Mapping
from datetime import datetime

from fitsm_graph.flow.due import Due
from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.model.declare import Process

_SAID: Mapping[str, tuple[str, str]] = {
    "release": ("release_review", "{key} is to be reviewed"),
    "communication": ("communication", "{key}: people were to be told of {of}"),
    "plan": ("communication", "{key}: people were to be told what {of} plans"),
    "training": ("training", "{key}: people were to be trained for {of}"),
}


async def releases_due(graph: Graph, _policies: Policies, now: datetime) -> list[Due]:
    """Reviews that nobody held, communication and training that is late (PR13.3, PR13.6)."""
    found = []
    for row in await graph.rows("rdm.releases_due", at=to_text(now)):
        matter, title = _SAID[row["what"]]
        named = title.format(key=row["key"], of=row["of"])
        process = Process.SMS if row["what"] == "plan" else Process.RDM
        found.append(Due(matter, process, row["key"], named, row["due"], row["id"]))
    return found
