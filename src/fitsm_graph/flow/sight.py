"""Who may be told what is counted over all records (decision 0005)."""

from fitsm_graph.graph.sight import Sight
from fitsm_graph.kernel.errors import Forbidden

COUNTED = "all records are counted, and somebody who sees a part would learn of the others"


def check_sees_all(sight: Sight, who: str, why: str = COUNTED) -> None:
    """Refuse somebody who sees a part of the records.

    Args:
        sight: What they see.
        who: Login, for the message.
        why: What they would learn or gain.

    Raises:
        Forbidden: They do.
    """
    if sight is not None:
        raise Forbidden(
            f"{who} may not do this",
            why=why,
            remedy="act with an account that sees everything",
        )
