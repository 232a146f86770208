"""When somebody looks at what an improvement has brought, as a policy (PR14.3).

after: P30D
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fitsm_graph.flow.due import Due
from fitsm_graph.flow.policies import Policies, PolicyKind
from fitsm_graph.flow.reading import Reader
from fitsm_graph.flow.weighing import DEFAULT
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.model.declare import Process

EFFECT = "effect-review"


@dataclass(frozen=True, slots=True)
class EffectReview:
    """How long after it was implemented the effect of an improvement is looked at."""

    after: timedelta


def parse_effect(_name: str, document: Any, read: Reader) -> EffectReview | None:
    """Read after how long an effect is looked at."""
    given = read.fields(document, (), ("after",), ("after",))
    after = read.span(given.get("after"), ("after",))
    return None if after is None else EffectReview(after)


EFFECT_KIND = PolicyKind(
    EFFECT, "After how long the effect of an improvement is looked at.", "PR14.3", parse_effect
)


async def effects_due(graph: Graph, policies: Policies, now: datetime) -> list[Due]:
    """Improvements whose effect is to be looked at, by the rule in force (PR14.3)."""
    it = policies.find(EFFECT, DEFAULT)
    if it is None:
        return []
    after: timedelta = it.value.after
    return [
        Due(
            "improvement_effect",
            Process.CSI,
            row["key"],
            f"what {row['key']} has brought is to be looked at",
            to_text(from_text(row["done"]) + after),
            row["id"],
        )
        for row in await graph.rows("csi.effects_due", before=to_text(now - after))
    ]
