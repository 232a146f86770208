"""Policies of improvement: how suggestions are evaluated, alike whoever does it (PR14.2).

points:
value: {high: 3, medium: 2, low: 1}
effort: {low: 3, medium: 2, high: 1}
urgency: {high: 3, medium: 2, low: 1}
worthwhile: 6
"""

from fitsm_graph.csi import indicators, kpis, opportunity_rules, worth
from fitsm_graph.csi.effects import EFFECT_KIND
from fitsm_graph.flow.lives import Lived
from fitsm_graph.flow.points import points_for
from fitsm_graph.flow.policies import PolicyKind

EVALUATION = worth.EVALUATION
SIDES = ("value", "effort", "urgency")
LIVES = (
    Lived("Suggestion", also=("suggestion.accept",)),
    Lived("Improvement", also=("improvement_action.register",)),
    Lived("ImprovementAction"),
)


KINDS = (
    PolicyKind(EVALUATION, "What suggestions are worth, in points.", "PR14.2", points_for(SIDES)),
    kpis.KIND,
    opportunity_rules.KIND,
    EFFECT_KIND,
    worth.KIND,
    indicators.KIND,
)
