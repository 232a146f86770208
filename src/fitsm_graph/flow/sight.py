"""Who may be told what is counted over all records (decision 0005)."""

from fitsm_graph.graph.sight import Sight
from fitsm_graph.kernel.errors import Forbidden


def check_sees_all(sight: Sight, who: str) -> None:
    """Refuse somebody who sees a part of the records.

    Raises:
        Forbidden: They do.
    """
    if sight is not None:
        raise Forbidden(
            f"{who} may not do this",
            why="all records are counted, and somebody who sees a part would learn of the others",
            remedy="act with an account that sees everything",
        )
