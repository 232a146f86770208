"""What good records say, as a policy."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fitsm_graph.flow.policies import InForce, Policies
from fitsm_graph.flow.quality import KIND, Quality, known_of, quality_of, stages_of
from fitsm_graph.model.process import PROCESS_KINDS
from fitsm_graph.sms.policies import from_files


def read(document: Any) -> tuple[Quality, list[tuple[str, tuple[Any, ...]]]]:
    value, problems = KIND.read("default", document)
    return value, [(each.code, tuple(each.path)) for each in problems]


def of(**stages: list[str]) -> Any:
    return {"grace": "PT4H", "kinds": {"Problem": stages}}


def test_words_are_fields_and_what_relations_are_called() -> None:
    quality, wrong = read(of(open=["category", "owner", "incidents"], over=["cause"]))
    assert wrong == []
    assert quality.told()["Problem"] == {
        "open": {
            "fields": ["category"],
            "out": [{"name": "owner", "type": "OWNED_BY"}],
            "into": [{"name": "incidents", "type": "CAUSED_BY"}],
        },
        "over": {"fields": ["cause"], "out": [], "into": []},
    }
    now = datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert quality.before(now) == "2026-11-24T05:00:00.000000Z"


@pytest.mark.parametrize(
    ("document", "code", "path"),
    [
        (of(open=["colour"]), "POLICY_VALUE", ("kinds", "Problem", "open", 0)),
        (of(open=["owner", "owner"]), "POLICY_TWICE", ("kinds", "Problem", "open", 1)),
        (of(open=[]), "POLICY_FORM", ("kinds", "Problem", "open")),
        (of(ended=["owner"]), "POLICY_FIELD", ("kinds", "Problem", "ended")),
        ({"grace": "PT4H", "kinds": {"Thing": {}}}, "POLICY_FIELD", ("kinds", "Thing")),
        ({"kinds": {}}, "POLICY_FIELD", ("grace",)),
    ],
)
def test_what_is_wrong_is_told_with_its_place(document: Any, code: str, path: Any) -> None:
    _, wrong = read(document)
    assert wrong == [(code, path)]


def test_of_every_kind_something_can_be_asked() -> None:
    for kind in PROCESS_KINDS:
        fields, out, _ = known_of(kind)
        assert "title" in fields
        assert out["owner"] == "OWNED_BY"


def test_the_product_comes_with_one_for_the_records_of_all_processes() -> None:
    (seed,) = [each for each in from_files() if each.kind == KIND.name]
    quality, wrong = read(seed.document)
    assert wrong == []
    assert set(quality.kinds) >= {"Incident", "ServiceRequest", "Problem", "Change", "Release"}
    assert quality.grace == timedelta(days=1)
    held = Policies({}).with_(InForce("x", KIND.name, "default", "", quality))
    assert stages_of(held, "Problem") == quality.told(["Problem"])["Problem"]
    assert stages_of(held, "Baseline")["open"]["fields"] == []


def test_where_none_is_in_force_nothing_is_asked() -> None:
    assert quality_of(Policies({})).told() == {}
