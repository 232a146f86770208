"""Rules of closure: what is wrong with them, and where they draw the line."""

from typing import Any

import pytest

from fitsm_graph.bootstrap import KINDS
from fitsm_graph.flow.policies import Policies
from fitsm_graph.isrm.closing import check_confirmed, check_reopening, closure_code
from fitsm_graph.kernel.errors import BadInput, Refused
from fitsm_graph.sms.policies import default_policies, from_files

POLICIES = default_policies(KINDS)
SEED = {(each.kind, each.name): each.document for each in from_files()}["closure-rules", "default"]
RESOLVED = {"key": "INC-1", "resolved_at": "2026-06-01T00:00:00.000000Z", "reopened": 0}
LAST, NEXT = "2026-06-07T23:59:59.000000Z", "2026-06-08T00:00:00.000000Z"


@pytest.mark.parametrize(
    ("more", "code", "path"),
    [
        ({"codes": []}, "POLICY_FORM", ("codes",)),
        ({"codes": ["fixed", "fixed"]}, "POLICY_TWICE", ("codes", 1)),
        ({"confirm_within": "P0D"}, "POLICY_VALUE", ("confirm_within",)),
        ({"reopen_within": "soon"}, "POLICY_VALUE", ("reopen_within",)),
        ({"reopen_at_most": 21}, "POLICY_VALUE", ("reopen_at_most",)),
        ({"reopen_at_most": None}, "POLICY_FIELD", ("reopen_at_most",)),
        ({"more": 1}, "POLICY_FIELD", ("more",)),
    ],
)
def test_what_is_wrong_is_told(more: dict[str, Any], code: str, path: tuple[Any, ...]) -> None:
    _, problems = KINDS.kind("closure-rules").read("default", {**SEED, **more})
    assert (code, path) in [(each.code, each.path) for each in problems]


def test_a_code_is_one_of_the_rules_and_the_first_where_none_is_given() -> None:
    assert closure_code(POLICIES, "") == SEED["codes"][0]
    assert closure_code(POLICIES, "workaround") == "workaround"
    for policies in (POLICIES, Policies()):
        with pytest.raises(BadInput) as caught:
            closure_code(policies, "nothing")
        assert caught.value.code == "UNKNOWN_CLOSURE_CODE"
    assert closure_code(Policies(), "") == ""


def test_users_have_their_time_to_confirm() -> None:
    with pytest.raises(Refused) as caught:
        check_confirmed(POLICIES, RESOLVED, LAST, confirmed=False)
    assert (caught.value.code, caught.value.problem.requirement) == (
        "CONFIRMATION_MISSING",
        "PR9.5",
    )
    check_confirmed(POLICIES, RESOLVED, NEXT, confirmed=False)
    check_confirmed(POLICIES, RESOLVED, LAST, confirmed=True)
    with pytest.raises(Refused) as missing:
        check_confirmed(Policies(), RESOLVED, NEXT, confirmed=False)
    assert missing.value.code == "NO_POLICY_IN_FORCE"


@pytest.mark.parametrize(
    ("reopened", "at", "held"),
    [
        (2, "2026-06-15T00:00:00.000000Z", True),
        (3, "2026-06-02T00:00:00.000000Z", False),
        (0, "2026-06-15T00:00:00.000001Z", False),
    ],
)
def test_opening_again_has_limits(reopened: int, at: str, *, held: bool) -> None:
    record = {**RESOLVED, "reopened": reopened}
    if held:
        check_reopening(POLICIES, record, at)
        return
    with pytest.raises(Refused) as caught:
        check_reopening(POLICIES, record, at)
    assert caught.value.code == "REOPEN_LIMIT"
