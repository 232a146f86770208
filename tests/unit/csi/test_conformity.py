"""Which requirements are meant by a name, and what findings say of a process."""

import pytest

from fitsm_graph.csi.conformity import Capability, Finding, Verdict, capabilities, wanted
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.declare import Process


def test_requirements_are_named_by_one_by_group_or_all() -> None:
    assert wanted("pr12.4") == ("PR12.4",)
    assert wanted("PR14") == ("PR14.1", "PR14.2", "PR14.3")
    assert len(wanted("")) == 30
    assert wanted("GR1")[0] == "GR1.1"
    for wrong in ("PR1", "PR15", "PR9.", "XX"):
        with pytest.raises(BadInput):
            wanted(wrong)


def finding(requirement: str, checked: int, conforming: int) -> Finding:
    word = Verdict.CONFORMING if checked == conforming else Verdict.NONCONFORMING
    return Finding(
        requirement, "", word if checked else Verdict.NOTHING_TO_CHECK, checked, conforming
    )


@pytest.mark.parametrize(
    ("shown", "level"),
    [
        ([(0, 0), (0, 0), (0, 0)], 0),
        ([(9, 0), (0, 0), (0, 0)], 0),
        ([(9, 0), (1, 1), (0, 0)], 1),
        ([(9, 9), (9, 8), (9, 9)], 1),
        ([(10, 9), (1, 1), (5, 5)], 2),
    ],
)
def test_a_level_is_estimated_from_what_is_shown(shown: list[tuple[int, int]], level: int) -> None:
    own = [finding(f"PR14.{place + 1}", *each) for place, each in enumerate(shown)]
    (found,) = capabilities(own)
    assert isinstance(found, Capability)
    assert (found.process, found.level) == (Process.CSI, level)
