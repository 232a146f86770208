"""What definitions of KPIs have to say, which periods are whole, and how a value stands."""

from datetime import UTC, datetime
from typing import Any

import pytest

from fitsm_graph.cli.kpi import sparkline, written
from fitsm_graph.csi.formulas import LARGEST, PERIOD, ROOM, Formula, Unit, formulas
from fitsm_graph.csi.kpis import KIND, Indicator, Standing, defined, in_force
from fitsm_graph.flow.counting import COUNTINGS, Counting, counting
from fitsm_graph.flow.periods import Period, Step, last_whole
from fitsm_graph.flow.policies import InForce, Policies
from fitsm_graph.graph.statements import statement
from fitsm_graph.kernel.errors import BadInput, Broken, NotFound
from fitsm_graph.model.roles import PROCESSES
from graph.syncing import POLICIES

JANUARY = Period("2026-01-01T00:00:00.000000Z", "2026-02-01T00:00:00.000000Z")
GOOD: dict[str, Any] = {
    "title": "Old incidents",
    "why": "they wait",
    "better": "lower",
    "target": 0.1,
    "tolerance": 0.05,
    "owner": "process_manager",
    "every": "month",
    "formula": "incident_old",
    "parameters": {"days": 14},
}


def read(**changed: Any) -> Indicator:
    given = {name: each for name, each in {**GOOD, **changed}.items() if each is not None}
    found: Indicator = KIND.checked("forgotten", given)
    return found


def test_a_definition_names_a_formula_and_gives_its_parameters() -> None:
    found = read()
    assert (found.name, found.formula.name) == ("forgotten", "incident_old")
    assert dict(found.parameters) == {"days": 14}
    assert found.owner_key == "process_manager/isrm"
    assert read(owner="sms_owner").owner_key == "sms_owner"


@pytest.mark.parametrize(
    ("changed", "code", "path"),
    [
        ({"formula": None}, "KPI_FORMULA_UNKNOWN", ("formula",)),
        ({"formula": "MATCH (n) RETURN n"}, "KPI_FORMULA_UNKNOWN", ("formula",)),
        ({"formula": ["x"]}, "KPI_FORMULA_UNKNOWN", ("formula",)),
        ({"target": 1.5}, "KPI_TARGET", ("target",)),
        ({"target": -0.1}, "KPI_TARGET", ("target",)),
        ({"target": float("nan")}, "KPI_TARGET", ("target",)),
        ({"target": True}, "KPI_TARGET", ("target",)),
        ({"tolerance": "some"}, "KPI_TARGET", ("tolerance",)),
        ({"better": "bigger"}, "POLICY_VALUE", ("better",)),
        ({"owner": "requester"}, "POLICY_VALUE", ("owner",)),
        ({"every": "year"}, "POLICY_VALUE", ("every",)),
        ({"why": None}, "POLICY_FIELD", ("why",)),
        ({"query": "RETURN 1"}, "POLICY_FIELD", ("query",)),
        ({"parameters": None}, "POLICY_FIELD", ("parameters", "days")),
        ({"parameters": {"days": 0}}, "POLICY_VALUE", ("parameters", "days")),
        ({"parameters": {"days": "P14D"}}, "POLICY_VALUE", ("parameters", "days")),
        ({"parameters": {"days": 1, "since": "x"}}, "POLICY_FIELD", ("parameters", "since")),
    ],
)
def test_what_is_wrong_with_a_definition_is_told(
    changed: dict[str, Any], code: str, path: tuple[str, ...]
) -> None:
    given = {name: each for name, each in {**GOOD, **changed}.items() if each is not None}
    value, problems = KIND.read("forgotten", given)
    assert value is None
    assert (code, path) in {(each.code, each.path) for each in problems}


def test_a_rank_is_no_more_than_all() -> None:
    many = {"formula": "incident_hours_to_resolve_most", "target": 9, "tolerance": 1}
    assert read(**many, parameters={"percent": 100}).parameters["percent"] == 100
    with pytest.raises(BadInput):
        read(**many, parameters={"percent": 101})


@pytest.mark.parametrize(
    ("better", "value", "standing"),
    [
        ("lower", 0.1, Standing.MET),
        ("lower", 0.0, Standing.MET),
        ("lower", 0.12, Standing.TOLERATED),
        ("lower", 0.2, Standing.MISSED),
        ("higher", 0.1, Standing.MET),
        ("higher", 0.06, Standing.TOLERATED),
        ("higher", 0.0, Standing.MISSED),
        ("higher", None, Standing.NOTHING_TO_MEASURE),
        ("lower", None, Standing.NOTHING_TO_MEASURE),
    ],
)
def test_a_value_is_held_against_its_target(
    better: str, value: float | None, standing: Standing
) -> None:
    assert read(better=better).standing(value) is standing


@pytest.mark.parametrize(
    ("step", "now", "begin"),
    [
        (Step.WEEK, datetime(2026, 11, 29, 1, tzinfo=UTC), ["2026-11-09", "2026-11-16"]),
        (Step.WEEK, datetime(2026, 11, 30, tzinfo=UTC), ["2026-11-16", "2026-11-23"]),
        (Step.MONTH, datetime(2026, 1, 31, tzinfo=UTC), ["2025-11-01", "2025-12-01"]),
        (Step.MONTH, datetime(2026, 3, 1, tzinfo=UTC), ["2026-01-01", "2026-02-01"]),
        (Step.QUARTER, datetime(2026, 2, 9, tzinfo=UTC), ["2025-07-01", "2025-10-01"]),
    ],
)
def test_whole_periods_are_over(step: Step, now: datetime, begin: list[str]) -> None:
    found = last_whole(step, now, 2)
    assert [each.since[:10] for each in found] == begin
    assert found[0].until == found[1].since
    assert found[1].until <= now.isoformat()[:10] + "T00:00:00.000000Z"


# --- what comes with the product -----------------------------------------------------------------


def test_each_process_has_four_indicators_at_least() -> None:
    held: list[Indicator] = [each.value for each in in_force(POLICIES)]
    for process in PROCESSES:
        assert len([each for each in held if each.formula.process is process]) >= 4, process
    assert {each.formula.name for each in held} == set(formulas())
    assert not POLICIES.unreadable


@pytest.mark.parametrize("formula", formulas().values(), ids=lambda each: each.name)
def test_a_formula_says_all_of_itself(formula: Formula) -> None:
    chosen = statement(f"{ROOM}.{formula.name}")
    assert chosen.mode == "read"
    counting = COUNTINGS.get(formula.name, Counting(frozenset(), lambda *_: {}))
    columns = [name for name, _ in chosen.columns]
    rows = ["rows"] if counting.counts else []
    assert columns == ["value", "numerator", "denominator", *rows]
    lent = {*PERIOD, *counting.lent}
    assert counting.lent <= {name for name, _ in chosen.parameters}
    assert counting.lends(POLICIES, JANUARY).keys() == counting.lent
    given = {name: type for name, type in chosen.parameters if name not in lent}
    assert given == dict.fromkeys(formula.parameters, "int")
    assert set(given) <= set(LARGEST)
    assert formula.says.endswith(".")
    assert formula.counts != formula.of
    assert isinstance(formula.unit, Unit)


def test_a_formula_is_counted_in_one_way() -> None:
    with pytest.raises(Broken, match="counted twice"):
        counting("ci_complete")(lambda *_: {})


def test_without_what_is_asked_for_nothing_is_lent() -> None:
    nothing = Policies()
    assert COUNTINGS["ci_complete"].lends(nothing, JANUARY) == {"ages": []}
    assert COUNTINGS["record_complete"].lends(nothing, JANUARY)["kinds"] == []
    assert COUNTINGS["availability_kept"].lends(nothing, JANUARY) == {"from": JANUARY.since}
    for name in ("ci_complete", "availability_kept"):
        counts = COUNTINGS[name].counts
        assert counts is not None
        assert counts(nothing, JANUARY, []) == (0, 0)


def test_a_name_that_nobody_defined_is_not_found() -> None:
    with pytest.raises(NotFound):
        defined(POLICIES, "incident_backlogs")
    held = InForce("kpi/forgotten/1", "kpi", "forgotten", "", read())
    assert defined(Policies().with_(held), "forgotten") is held


# --- as shown ------------------------------------------------------------------------------------


def test_values_are_shown_in_their_unit() -> None:
    assert written(1 / 3, "share") == "33.3 %"
    assert [written(2.5, each) for each in ("hours", "days", "count")] == ["2.5 h", "2.5 d", "2.5"]
    assert written(None, "share") == ""


def test_a_trend_is_drawn_from_its_least_to_its_greatest() -> None:
    assert sparkline([]) == ""
    assert sparkline([None, 1.0, 2.0, None, 3.0]) == "·▁▅·█"
    assert sparkline([5.0, 5.0]) == "▁▁"
