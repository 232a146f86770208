"""Which requirements are meant by a name, and what findings say of a process."""

from itertools import pairwise

import pytest

from fitsm_graph.csi.conformity import (
    Capability,
    Finding,
    Progress,
    Verdict,
    capabilities,
    wanted,
)
from fitsm_graph.csi.indicators import indicators, provable
from fitsm_graph.csi.unprovable import UNPROVABLE
from fitsm_graph.flow.periods import Period, Step, periods
from fitsm_graph.graph.statements import statement
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.requirements import REQUIREMENTS
from fitsm_graph.model.declare import Process


def test_requirements_are_named_by_one_by_group_or_all() -> None:
    assert wanted("pr12.4") == ("PR12.4",)
    assert wanted("PR14") == ("PR14.1", "PR14.2", "PR14.3")
    assert len(wanted("")) == 30
    assert wanted("GR1")[0] == "GR1.1"
    assert len(wanted("gr")) == 17
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


@pytest.mark.parametrize(
    ("known", "level"),
    [
        (None, 2),
        (Progress(), 2),
        (Progress(indicators=3), 2),
        (Progress(improvements=1), 2),
        (Progress(indicators=1, improvements=1), 3),
    ],
)
def test_the_third_level_takes_what_was_measured_and_what_got_better(
    known: Progress | None, level: int
) -> None:
    own = [finding(f"PR14.{place}", 10, 10) for place in (1, 2, 3)]
    (found,) = capabilities(own, {Process.CSI: known} if known else None)
    assert found.level == level
    short = [finding(f"PR14.{place}", 10, 8) for place in (1, 2, 3)]
    (less,) = capabilities(short, {Process.CSI: known} if known else None)
    assert less.level == 1, "nothing makes up for what is not done as defined"


@pytest.mark.parametrize(
    ("step", "since", "until", "begin"),
    [
        ("month", "2026-01-31T10", "2026-03-01T00", ["2026-01-31", "2026-02-01"]),
        ("quarter", "2025-12-01T00", "2026-04-02T00", ["2025-12-01", "2026-01-01", "2026-04-01"]),
        ("week", "2026-01-04T23", "2026-01-12T01", ["2026-01-04", "2026-01-05", "2026-01-12"]),
    ],
)
def test_a_period_is_divided_where_others_begin(
    step: str, since: str, until: str, begin: list[str]
) -> None:
    whole = Period(*(to_text(from_text(f"{each}:00Z")) for each in (since, until)))
    found = periods(whole, Step(step))
    assert [each.since[:10] for each in found] == begin
    assert (found[0].since, found[-1].until) == (whole.since, whole.until)
    assert all(one.until == next.since for one, next in pairwise(found))


def test_a_trend_has_an_end() -> None:
    ends = [to_text(from_text(f"{year}-01-01T00:00Z")) for year in (2001, 2026)]
    with pytest.raises(BadInput):
        periods(Period(*ends), Step.MONTH)


def test_an_indicator_belongs_to_one_requirement() -> None:
    names = [each.name for requirement in provable() for each in indicators(requirement)]
    assert len(names) == len(set(names))
    assert all(indicators(each) for each in provable())
    assert not set(provable()) & set(UNPROVABLE)
    assert {*provable(), *UNPROVABLE} >= {each for each in REQUIREMENTS if each.startswith("GR")}


def test_every_check_of_a_query_is_told_of() -> None:
    """Whatever a statement calls an indicator is found by its text."""
    for requirement in provable():
        text = statement(f"conformity.{requirement}").text
        assert text.count("indicator: '") == len(indicators(requirement)), requirement
