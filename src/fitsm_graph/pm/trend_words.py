"""What stands out, in words. CIs are never named: not everybody who reads it sees every CI."""

from fitsm_graph.impact.common import CommonNeed
from fitsm_graph.kernel.text import plural
from fitsm_graph.pm.looking import Looked
from fitsm_graph.pm.trends import OF_ELEMENTS, Dimension, Trend

_CALLED = {
    Dimension.CI: "a CI",
    Dimension.GROUP: "a redundancy group",
    Dimension.TYPE: "CIs of the type",
    Dimension.CATEGORY: "the category",
    Dimension.CAUSE: "one cause",
}
_NAMED = {Dimension.SERVICE, Dimension.COMPONENT}


def title_of(looked: Looked, trend: Trend) -> str:
    """What stands out, in a line."""
    dimension, name = trend.subject
    if dimension in _NAMED:
        called = str(looked.elements[name]["name"])
    elif dimension in OF_ELEMENTS:
        called = _CALLED[dimension]
    else:
        called = f"{_CALLED[dimension]} {name}"
    period = looked.trends.window.period
    return f"More incidents of {called} than before, {period.since[:10]} – {period.until[:10]}"


def because(looked: Looked, trend: Trend, need: CommonNeed | None) -> list[str]:
    """Why it stands out: counts, chances, cost, and what all have in common."""
    tests = plural(len(looked.trends.tested), "test")
    counted = f"{plural(trend.observed, 'incident')}, {float(trend.expected):.2f} expected"
    chance = f"by chance {float(trend.p_value):.2g}, corrected for {tests}"
    spent = f"{float(trend.minutes):.0f} minutes together, weighted {float(trend.cost):.0f}"
    told = [
        f"{counted} from {trend.past} in its own past",
        f"{chance} {float(trend.q_value):.2g}",
        f"{spent}, of which {float(trend.excess_cost):.0f} beyond expectation",
    ]
    if need is None:
        told.append("what they affect has no need in common")
    else:
        steps = plural(need.hops, "step")
        told.append(f"all that they affect hangs on one element, {steps} away at most")
    return told
