"""Limits of what conformity checks: each belongs to an indicator, and a policy may say another."""

from typing import Any

import pytest

from fitsm_graph.csi.indicators import KIND, LIMITS, indicators, limits_of, provable, told
from fitsm_graph.flow.policies import InForce, Policies
from fitsm_graph.kernel.errors import BadInput


def ruled(document: Any) -> Policies:
    value = KIND.checked("default", document)
    return Policies().with_(InForce("POL-000001", LIMITS, "default", "", value))


@pytest.mark.parametrize("requirement", provable())
def test_a_limit_is_of_an_indicator_that_says_it(requirement: str) -> None:
    limits = limits_of(requirement, Policies())
    timed = {each.name for each in indicators(requirement) if "{limit}" in each.why}
    assert timed == limits.keys()
    for each in indicators(requirement):
        assert "{" not in told(each.why, limits.get(each.name))


def test_what_the_policy_says_goes_before_what_the_query_says() -> None:
    policies = ruled({"PR14.2": {"no_actions": "P45D"}})
    own = limits_of("PR14.2", Policies())
    assert own == {"suggestion_unanswered": "P30D", "no_actions": "P30D"}
    assert limits_of("PR14.2", policies) == {**own, "no_actions": "P45D"}
    assert limits_of("PR9.5", policies) == limits_of("PR9.5", Policies())


@pytest.mark.parametrize(
    ("document", "code", "path"),
    [
        ({"bare": {}}, "POLICY_FIELD", ("bare",)),
        ({"PR14.2": {"bare": "P1D"}}, "POLICY_FIELD", ("PR14.2", "bare")),
        ({"PR14.2": {"no_actions": "a month"}}, "POLICY_VALUE", ("PR14.2", "no_actions")),
        ({"PR14.2": {"no_actions": "P0D"}}, "POLICY_VALUE", ("PR14.2", "no_actions")),
        ({"PR14.2": "P1D"}, "POLICY_FORM", ("PR14.2",)),
    ],
)
def test_limits_of_nothing_are_refused(document: Any, code: str, path: tuple[str, ...]) -> None:
    with pytest.raises(BadInput) as wrong:
        ruled(document)
    assert [(each.code, each.path) for each in wrong.value.problems] == [(code, path)]
