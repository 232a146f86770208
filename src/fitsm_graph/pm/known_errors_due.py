"""What falls due: known errors and workarounds that are to be looked at again (PR10.4)."""

from datetime import datetime

from fitsm_graph.flow.due import Due
from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.model.declare import Process


async def known_errors_due(graph: Graph, _policies: Policies, now: datetime) -> list[Due]:
    """Known errors and other workarounds that hold, and whose review is due (PR10.4)."""
    return [
        Due(
            "workaround_review" if row["other"] else "known_error_review",
            Process.PM,
            row["key"],
            f"{row['key']} is to be looked at again",
            row["due"],
            row["id"],
        )
        for row in await graph.rows("pm.known_errors_due", at=to_text(now))
    ]
