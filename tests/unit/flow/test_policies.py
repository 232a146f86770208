"""Policies as values: seeds, what cannot be read, digests, what disagrees."""

import json
from typing import Any

import pytest

from fitsm_graph.bootstrap import KINDS
from fitsm_graph.flow.following import PoliciesInForce
from fitsm_graph.flow.policies import Policies, PolicyKind, PolicyKinds, digest_of, text_of
from fitsm_graph.kernel.errors import BadInput, Broken, FitsmError, Refused
from fitsm_graph.sms.policies import default_policies, from_files

SEEDS = {(each.kind, each.name): each.document for each in from_files()}


def row(kind: str, name: str, document: Any) -> dict[str, Any]:
    """The properties of a version that is in force."""
    made = {"key": f"{kind}/{name}/1", "kind": kind, "name": name}
    text, digest = text_of(document), digest_of(kind, name, document)
    return {**made, "document": text, "digest": digest}


def codes(kind: str, name: str, document: Any) -> list[tuple[str, tuple[str | int, ...]]]:
    """Codes and paths of all that is wrong with a document."""
    _, problems = KINDS.kind(kind).read(name, document)
    return [(each.code, each.path) for each in problems]


def test_every_kind_has_a_seed_and_all_seeds_agree() -> None:
    policies = default_policies(KINDS)
    assert {each.kind for each in policies} == {each.name for each in KINDS}
    assert KINDS.disagreements(policies) == []
    for kind in KINDS:
        assert {name for at, name in policies.held if at == kind.name} >= kind.needed


def test_what_is_in_force_is_read_from_rows_and_kept_by_digest() -> None:
    rows = [row(kind, name, document) for (kind, name), document in SEEDS.items()]
    policies = KINDS.in_force(rows)
    assert policies.unreadable == ()
    assert len(policies.held) == len(SEEDS)
    again = KINDS.in_force(rows)
    place = ("priority-matrix", "default")
    assert again.value(*place) is policies.value(*place), "read once"
    assert policies.value(*place).priority("high", "high") == 1


def test_the_shipped_matrix_is_the_one_of_the_log() -> None:
    matrix = default_policies(KINDS).value("priority-matrix", "default")
    letters = {"H": "high", "M": "medium", "L": "low"}
    found = {a + b: matrix.priority(letters[a], letters[b]) for a in letters for b in letters}
    assert found == {
        "HH": 1,
        "HM": 2,
        "MH": 2,
        "MM": 3,
        "LH": 3,
        "HL": 3,
        "ML": 4,
        "LM": 4,
        "LL": 4,
    }
    with pytest.raises(BadInput, match="no class"):
        matrix.priority("high", "hgih")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"document": "{"}, "POLICY_DAMAGED"),
        ({"document": '{"steps":[]}'}, "POLICY_DAMAGED"),
        ({"digest": "0" * 64}, "POLICY_DAMAGED"),
        ({"kind": "poetry"}, "UNKNOWN_POLICY_KIND"),
    ],
)
def test_what_was_changed_past_the_product_is_not_in_force(more: Any, code: str) -> None:
    good = row("life", "Incident", SEEDS["life", "Incident"])
    path = ("escalation-path", "default")
    bad = {**row(*path, SEEDS[path]), **more}
    policies = KINDS.in_force([bad, good])
    assert [each.code for each in policies.unreadable] == [code]
    assert list(policies.held) == [("life", "Incident")]
    with pytest.raises(Refused) as refused:
        policies.value("escalation-path", "default")
    assert refused.value.code == "NO_POLICY_IN_FORCE"


def test_what_cannot_be_read_any_more_is_told() -> None:
    document = {"steps": [{"at": 0.5, "to": []}]}
    policies = KINDS.in_force([row("escalation-path", "default", document)])
    assert [each.code for each in policies.unreadable] == ["POLICY_UNREADABLE"]
    assert policies.unreadable[0].why == "the step leads to nobody"


def test_a_life_goes_on_when_the_product_has_more_verbs() -> None:
    document = json.loads(json.dumps(SEEDS["life", "Change"]))
    document["transitions"] = [
        each for each in document["transitions"] if each["by"] != "change.cancel"
    ]
    document["ends"].remove("cancelled")
    del document["states"]["cancelled"]
    assert codes("life", "Change", document) == [("LIFE_VERB_MISSING", ("transitions",))]
    with pytest.raises(BadInput):
        KINDS.kind("life").checked("Change", document)
    policies = KINDS.in_force([row("life", "Change", document)])
    assert policies.unreadable == ()
    assert "cancelled" not in policies.value("life", "Change").states


@pytest.mark.parametrize("name", ["", " ", "a/b", "-x", "x" * 61, "ä", "a\n"])
def test_a_name_stands_in_a_key(name: str) -> None:
    with pytest.raises(BadInput) as refused:
        KINDS.kind("service-calendar").checked(name, {"zone": "UTC", "week": "always"})
    assert refused.value.code == "POLICY_NAME"


def test_a_document_has_a_size_and_only_json_in_it() -> None:
    kind = KINDS.kind("classification-scheme")
    with pytest.raises(BadInput) as refused:
        kind.checked("x", {"categories": ["x" * 1_000] * 300})
    assert refused.value.code == "POLICY_TOO_LARGE"
    with pytest.raises(BadInput, match="no canonical form"):
        kind.checked("x", {"categories": [float("nan")]})


@pytest.mark.parametrize("document", [None, [], 1, "x", {}, {"": 1}, {"x": {"y": [None]}}])
@pytest.mark.parametrize("kind", [each.name for each in KINDS])
def test_no_document_breaks_a_parser(kind: str, document: Any) -> None:
    for name in ("default", "Incident"):
        found = codes(kind, name, document)
        assert found
        assert all(code == code.upper() and code for code, _ in found)


def test_two_kinds_of_one_name_are_a_defect() -> None:
    kind = PolicyKind("x", "X.", "GR2.4", lambda _name, document, _read: document)
    with pytest.raises(Broken, match="two kinds"):
        PolicyKinds([kind, kind])
    with pytest.raises(BadInput) as refused:
        PolicyKinds([kind]).kind("xx")
    assert refused.value.code == "UNKNOWN_POLICY_KIND"


def test_targets_lean_on_their_calendar_and_rules_of_urgency_on_the_matrix() -> None:
    policies = default_policies(KINDS)
    without = policies.without("service-calendar", "24x7")
    assert [each.code for each in KINDS.disagreements(without)] == ["POLICY_MISSING"]
    assert KINDS.disagreements(policies.without("service-calendar", "office")) == []
    short = {**SEEDS["targets", "default"]}
    short["priorities"] = {name: short["priorities"][name] for name in ("1", "2", "3")}
    changed = KINDS.in_force(
        [row(*place, short if place[0] == "targets" else SEEDS[place]) for place in SEEDS]
    )
    assert [each.why for each in KINDS.disagreements(changed)] == ["they end with priority 3"]
    five = {**SEEDS["urgency-rules", "default"], "classes": ["now", "high", "medium", "low"]}
    five["slack"] = [{"below": 0.1, "class": "now"}, *five["slack"]]
    five["slack"][1] = {"below": 0.25, "class": "high"}
    changed = KINDS.in_force(
        [row(*place, five if place[0] == "urgency-rules" else SEEDS[place]) for place in SEEDS]
    )
    assert changed.unreadable == ()
    assert [each.path for each in KINDS.disagreements(changed)] == [("classes",)]


async def test_what_is_in_force_is_read_once_for_each_entry() -> None:
    read: list[int] = []

    async def again() -> Policies:
        read.append(1)
        return Policies()

    first = Policies()
    following = PoliciesInForce(5, first, again)
    assert await following.at(5) is first
    assert read == []
    assert await following.at(7) is not first
    await following.at(7)
    await following.at(6)
    assert read == [1]
    assert following.warning == ""


async def test_a_warning_names_what_is_not_in_force() -> None:
    async def never() -> Policies:
        raise FitsmError("not asked", remedy="none")

    changed = {**row("life", "Incident", SEEDS["life", "Incident"]), "digest": "0" * 64}
    broken = KINDS.in_force([changed])
    told = PoliciesInForce(1, broken, never).warning
    assert told == "life/Incident/1 cannot be used: POLICY_DAMAGED"
