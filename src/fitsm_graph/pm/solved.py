"""Problems whose cause is gone: a change that resolves them was implemented (PR10.4)."""

from datetime import datetime

from fitsm_graph.flow.due import Due
from fitsm_graph.flow.policies import Policies
from fitsm_graph.graph.graph import Graph
from fitsm_graph.model.declare import Process


async def problems_solved(graph: Graph, _policies: Policies, _now: datetime) -> list[Due]:
    """Problems to be resolved, and their known errors retired with them (PR10.4)."""
    return [
        Due(
            "problem_solved",
            Process.PM,
            row["key"],
            f"{row['key']} is to be resolved: {row['change']} is implemented",
            row["done"],
            row["id"],
        )
        for row in await graph.rows("pm.problems_solved")
    ]
