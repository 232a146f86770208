"""Which values fields of elements may have, whoever gives them."""

from typing import Any

import pytest

from fitsm_graph.confm.drafts import ElementDraft
from fitsm_graph.confm.rules import changed_properties, element_properties
from fitsm_graph.confm.types import default_registry
from fitsm_graph.impact.records import strength_of
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.confm import Lifecycle, Strength

REGISTRY = default_registry()
WRONG: tuple[tuple[str, str, Any], ...] = (
    ("RedundancyGroup", "strength", "x"),
    ("RedundancyGroup", "strength", ["hard"]),
    ("RedundancyGroup", "grounded", "yes"),
    ("RedundancyGroup", "grounded", 1),
    ("RedundancyGroup", "need", 1.5),
    ("Service", "lifecycle", "nonsense"),
    ("Service", "lifecycle", 5),
    ("Service", "is_source", "x"),
    ("Service", "description", {"a": 1}),
    ("Service", "description", 5),
    ("Service", "name", "  "),
)
RIGHT: tuple[tuple[str, str, Any], ...] = (
    *(("RedundancyGroup", "strength", each.value) for each in Strength),
    ("RedundancyGroup", "strength", Strength.SOFT),
    ("RedundancyGroup", "grounded", True),
    *(("Service", "lifecycle", each.value) for each in (Lifecycle.PLANNED, Lifecycle.LIVE)),
    ("Service", "is_source", True),
    ("Service", "description", ""),
)


def codes(error: pytest.ExceptionInfo[BadInput]) -> list[tuple[str, Any]]:
    return [(each.code, each.path) for each in error.value.problems]


@pytest.mark.parametrize(("kind", "name", "value"), WRONG)
def test_a_value_that_nobody_could_compute_with_is_refused(
    kind: str, name: str, value: Any
) -> None:
    with pytest.raises(BadInput) as error:
        changed_properties(kind, {"key": "x", "name": "x"}, {name: value}, REGISTRY)
    assert codes(error) == [("BAD_VALUE", (name,))]
    need = {"need": 1} if kind == "RedundancyGroup" else {}
    draft: dict[str, Any] = {"kind": kind, "key": "x", "name": "x", **need, name: value}
    with pytest.raises(BadInput) as error:
        element_properties(ElementDraft(**draft), REGISTRY)
    assert ("BAD_VALUE", (name,)) in codes(error)


@pytest.mark.parametrize(("kind", "name", "value"), RIGHT)
def test_the_control_a_value_of_the_model_is_taken(kind: str, name: str, value: Any) -> None:
    after = changed_properties(kind, {"key": "x", "name": "x"}, {name: value}, REGISTRY)
    assert after == {name: value}


def test_the_control_the_engine_cannot_read_another_word() -> None:
    with pytest.raises((BadInput, ValueError, KeyError)):
        strength_of("x")
