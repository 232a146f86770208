"""What is decided about baselines, samples, claims, deviations and completeness."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fitsm_graph.bootstrap import KINDS
from fitsm_graph.confm.claims import Seen, Write, claims_of
from fitsm_graph.confm.completing import Scored, line, lines_by, rules_of, work_list
from fitsm_graph.confm.examining import drawn, next_due, outcome_of
from fitsm_graph.confm.policies import COMPLETENESS, CONTROL, PLAN
from fitsm_graph.confm.selections import Held, Selection, held_by, needed_by
from fitsm_graph.confm.sweeping import controlled_by, covers
from fitsm_graph.confm.types import default_registry
from fitsm_graph.graph.history import GraphImage
from fitsm_graph.kernel.errors import BadInput

REGISTRY = default_registry()
PARENT = REGISTRY.ci_types["Server"].extends
HOUR = timedelta(hours=1)
ESTATE = {
    "svc": (["Record", "Element", "Service"], ""),
    "app": (["Record", "Element", "CI", "Application"], "Application"),
    "host": (["Record", "Element", "CI", "Server"], "Server"),
    "idle": (["Record", "Element", "CI", "Server"], "Server"),
    "pair": (["Record", "Element", "RedundancyGroup"], ""),
}
TIES = {
    ("svc", "DEPENDS_ON", "app"): {"created": 3},
    ("app", "RUNS_ON", "pair"): {"created": 3},
    ("pair", "HAS_MEMBER", "host"): {"created": 3},
    ("host", "OWNED_BY", "ada"): {"created": 3},
}


def image() -> GraphImage:
    made = GraphImage(relations={triple: dict(said) for triple, said in TIES.items()})
    for id, (labels, type) in ESTATE.items():
        made.add_record(
            id, labels, {"version": 7, "created": 1, **({"type": type} if type else {})}
        )
    return made


def held(**given: Any) -> Held:
    return held_by(Selection(**given), image(), REGISTRY)


# --- selections ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, {"svc", "app", "host", "idle", "pair"}),
        ({"types": ("Server",)}, {"host", "idle"}),
        ({"types": ("Service", PARENT)}, {"svc", "host", "idle"}),
        ({"types": ("CI",)}, {"app", "host", "idle"}),
        ({"services": frozenset({"svc"})}, {"svc", "app", "pair", "host"}),
        ({"owners": frozenset({"ada"})}, {"host"}),
        ({"types": ("Server",), "services": frozenset({"svc"})}, {"host"}),
        ({"types": ("Service",), "owners": frozenset({"ada"})}, set()),
    ],
)
def test_what_a_selection_holds(given: dict[str, Any], wanted: set[str]) -> None:
    assert set(held(**given).elements) == wanted


def test_what_is_not_seen_is_not_held_nor_are_relations_to_it() -> None:
    seen = held_by(Selection(), image(), REGISTRY, frozenset({"Application"}))
    assert set(seen.elements) == {"svc", "app", "pair"}
    assert set(seen.relations) == {("svc", "DEPENDS_ON", "app"), ("app", "RUNS_ON", "pair")}


def test_a_circle_of_needs_ends() -> None:
    ring = [("a", "DEPENDS_ON", "b"), ("b", "DEPENDS_ON", "a"), ("x", "MADE_UP", "a")]
    assert needed_by({"a"}, ring, REGISTRY) == {"a", "b"}


def test_a_digest_is_that_of_what_is_held() -> None:
    same, other, handed = held(), image(), image()
    other.records["idle"].properties["version"] = 8
    del handed.relations["host", "OWNED_BY", "ada"]
    handed.relations["host", "OWNED_BY", "bob"] = {"created": 9}
    digests = {held_by(Selection(), each, REGISTRY).digest for each in (image(), other, handed)}
    assert same.digest in digests
    assert len(digests) == 3, "another version, and another owner, are another state"


# --- samples and claims --------------------------------------------------------------------------


def test_a_sample_is_spread_and_depends_on_its_seed() -> None:
    ids = [f"{n:03d}" for n in range(500)]
    one, other = drawn(ids, "a", 50), drawn(ids, "b", 50)
    assert len(one) == len(set(one)) == 50
    assert one != other
    assert drawn(reversed(ids), "a", 50) == one
    assert drawn(ids, "a", 5000) == ids


NOW = {"cpu_count": 8, "name": "a", "version": 9}


@pytest.mark.parametrize(
    ("born_of", "writes", "proposed", "seen", "fields"),
    [
        ("", [], False, Seen.UNKNOWN, ()),
        ("run", [], False, Seen.AGREES, ()),
        ("run", [Write("", {"cpu_count": 4, "version": 3})], False, Seen.DIFFERS, ("cpu_count",)),
        ("", [Write("run", {"cpu_count": 4})], False, Seen.AGREES, ()),
        ("", [Write("", {"name": "b"})], False, Seen.UNKNOWN, ()),
        (
            "run",
            [Write("", {"cpu_count": 4}), Write("run", {"cpu_count": 6})],
            False,
            Seen.AGREES,
            (),
        ),
        (
            "",
            [Write("run", {"cpu_count": None}), Write("", {"cpu_count": 4})],
            False,
            Seen.DIFFERS,
            ("cpu_count",),
        ),
        ("run", [], True, Seen.GONE, ()),
    ],
)
def test_what_a_source_said_last(
    born_of: str, writes: list[Write], *, proposed: bool, seen: Seen, fields: tuple[str, ...]
) -> None:
    found = claims_of(NOW, born_of, writes, proposed=proposed)
    assert (found.seen, found.fields) == (seen, fields)


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ([{"attested": "as_recorded"}, {"seen": "agrees"}], "conforming"),
        ([{"attested": "as_recorded"}, {"seen": "unknown"}], "incomplete"),
        ([{"attested": "as_recorded", "seen": "differs"}], "deviating"),
        ([{"attested": "not_there"}, {}], "deviating"),
    ],
)
def test_what_follows_from_what_was_found(said: list[dict[str, Any]], outcome: str) -> None:
    assert outcome_of(said) == outcome


# --- policies ------------------------------------------------------------------------------------

SAMPLE = {"share": 0.5}
PLANNED = {"every": "P90D", "within": "P9D", "sample": SAMPLE}


@pytest.mark.parametrize(
    ("kind", "document", "path"),
    [
        (PLAN, {**PLANNED, "within": "P91D"}, ("within",)),
        (PLAN, {**PLANNED, "sample": {"share": 0}}, ("sample", "share")),
        (PLAN, {**PLANNED, "sample": {"share": 1, "least": 9, "most": 2}}, ("sample", "least")),
        (PLAN, {**PLANNED, "types": ["Server", "Server"]}, ("types", 1)),
        (PLAN, {"every": "P1D", "within": "P1D"}, ("sample",)),
        (CONTROL, {"slack": "PT1H", "attributes": {"Server": []}}, ("attributes", "Server")),
        (CONTROL, {"slack": "an hour"}, ("slack",)),
        (COMPLETENESS, {"bar": 2, "types": {"CI": {"known": ["owner"]}}}, ("bar",)),
        (COMPLETENESS, {"bar": 0.5, "types": {"CI": {}}}, ("types", "CI")),
    ],
)
def test_what_no_policy_can_say(kind: str, document: Any, path: tuple[Any, ...]) -> None:
    with pytest.raises(BadInput) as refused:
        KINDS.kind(kind).checked("x", document)
    assert path in [each.path for each in refused.value.problems]


def test_when_a_verification_is_due() -> None:
    plan = KINDS.kind(PLAN).checked("x", PLANNED)
    since = "2026-01-01T00:00:00.000000Z"
    assert next_due(plan, None, since) == (since, "2026-01-10T00:00:00.000000Z")
    assert next_due(plan, since, since)[0] == "2026-04-01T00:00:00.000000Z"


# --- control -------------------------------------------------------------------------------------


def at(hour: int) -> str:
    return f"2026-11-24T{hour:02d}:00:00.000000Z"


CHANGE = dict.fromkeys(
    ("closed_at", "starts_at", "ends_at", "planned_starts_at", "planned_ends_at", "approved_at")
) | {"status": "scheduled"}


@pytest.mark.parametrize(
    ("said", "hour", "covered"),
    [
        ({"planned_starts_at": at(9), "planned_ends_at": at(11)}, 10, False),
        ({"approved_at": at(8), "planned_starts_at": at(9), "planned_ends_at": at(11)}, 10, True),
        ({"approved_at": at(8), "planned_starts_at": at(9), "planned_ends_at": at(11)}, 8, True),
        ({"approved_at": at(8), "planned_starts_at": at(9), "planned_ends_at": at(11)}, 12, False),
        ({"approved_at": at(10), "planned_starts_at": at(8), "planned_ends_at": at(11)}, 9, False),
        ({"approved_at": at(8)}, 10, False),
        ({"approved_at": at(8), "starts_at": at(9)}, 20, True),
        ({"approved_at": at(8), "starts_at": at(9), "ends_at": at(10)}, 20, False),
        (
            {
                "approved_at": at(6), "status": "cancelled", "closed_at": at(8),
                "planned_starts_at": at(9), "planned_ends_at": at(11),
            },
            10,
            False,
        ),
    ],
)  # fmt: skip
def test_whether_a_change_covers_a_moment(
    said: dict[str, Any], hour: int, *, covered: bool
) -> None:
    assert covers({**CHANGE, **said}, at(hour), HOUR) is covered


def test_types_and_the_policy_say_what_is_controlled() -> None:
    rule = KINDS.kind(CONTROL).checked(
        "default", {"slack": "PT1H", "attributes": {"Element": ["name"], "Server": ["model"]}}
    )
    found = controlled_by(rule, REGISTRY)
    assert found["Service"] == ["name"]
    assert {"firmware_version", "model", "name", "os_version"} <= set(found["Server"])
    assert "model" not in found["Application"]


# --- completeness --------------------------------------------------------------------------------


def test_what_has_to_be_known_is_what_types_and_the_policy_say() -> None:
    types = {
        "Element": {"known": ["owner"], "fresh": "P365D"},
        "CI": {"fresh": "P100D"},
        "Server": {"related": ["MOUNTED_IN"]},
    }
    rule = KINDS.kind(COMPLETENESS).checked("default", {"bar": 0.8, "types": types})
    rules = rules_of(rule, REGISTRY, datetime(2026, 11, 24, tzinfo=UTC))
    assert rules["Service"]["known"] == ["owner"]
    assert rules["Service"]["fresh"] == "2025-11-24T00:00:00.000000Z"
    assert rules["Server"]["fresh"] == "2026-08-16T00:00:00.000000Z", "the shortest age counts"
    assert rules["Server"]["related"] == ["MOUNTED_IN"]
    assert "serial_number" in rules["Server"]["known"]
    assert rules["Application"]["related"] == []


def test_scores_of_some_elements() -> None:
    def one(key: str, owner: str | None, *missing: str) -> Scored:
        return Scored(key, key, key, "CI", "Server", owner, 4, missing)

    some = [one("a", "ada"), one("b", None, "owner", "fresh"), one("c", "ada", "model")]
    assert line("x", some, 0.8) == {"name": "x", "checked": 3, "below": 2, "score": 0.75}
    assert line("x", [], 0.8)["score"] is None
    by = lines_by(some, 0.8, lambda each: each.owner or "-")
    assert [(each["name"], each["score"]) for each in by] == [("-", 0.5), ("ada", 0.875)]
    assert [each.key for each in work_list(some, 0.8)] == ["b", "c"]
