"""Rules of who is told: what is refused, and that those which come along say what there is."""

from string import Formatter
from typing import Any

import pytest

from fitsm_graph.bootstrap import KINDS
from fitsm_graph.flow.meant import said_beside
from fitsm_graph.flow.notes import OF_NOTES, votes_missing
from fitsm_graph.flow.notices import NOTICES, TEMPLATES, NoticeRule, Tie, kind_told, rules_in
from fitsm_graph.flow.templates import EVENTS
from fitsm_graph.graph.history import Entry
from fitsm_graph.graph.verb import VERBS
from fitsm_graph.model.chm_records import INVITES
from fitsm_graph.model.declare import RECORDS, RELATIONS, field_names
from fitsm_graph.model.isrm import COORDINATED_BY
from fitsm_graph.model.process import ESCALATES
from fitsm_graph.sms.policies import default_policies

POLICIES = default_policies(KINDS)
KIND = KINDS.kind(NOTICES)
RULES = rules_in(POLICIES)
RULE = {
    "after": "incident.register",
    "template": "incident-registered",
    "to": [{"person": "ada"}],
    "by": ["in_app"],
}
SAID = {
    "text": ("incident.update_users", "service_request.update_users"),
    "reason": tuple(each for each in VERBS if ".escalate" in each),
    "conditions": ("change.approve",),
}
"""Variables that come from what a verb makes beside the record, with verbs that make it."""
ON = {
    Tie.ESCALATED_TO: ESCALATES.targets,
    Tie.COORDINATOR: COORDINATED_BY.sources,
    Tie.INVITED: INVITES.sources,
    Tie.VOTERS: ("Change",),
    Tie.ELEMENT_OWNERS: (*RELATIONS["VERIFIES"].sources, "Incident", "Change"),
}
"""Kinds of records by which a tie leads to somebody."""


def problems(**given: Any) -> list[tuple[str, tuple[str | int, ...]]]:
    found = KIND.read("x", {"rules": [{**RULE, **given}]})[1]
    return [(each.code, each.path[2:]) for each in found]


@pytest.mark.parametrize(("name", "rule"), RULES, ids=[f"{n}-{r.after}" for n, r in RULES])
def test_a_rule_that_comes_along_has_words_that_are_known(name: str, rule: NoticeRule) -> None:
    """Its verb and template are there, and each variable is a field or follows from the verb."""
    kind = kind_told(rule.after, rule.about)
    version = POLICIES.find(TEMPLATES, rule.template)
    assert version is not None, name
    said = {word for word, verbs in SAID.items() if rule.after in verbs}
    known = {*field_names(RECORDS[kind].cls), *OF_NOTES, *said}
    template = version.value
    used = {
        variable
        for text in (template.subject, template.body)
        for _, variable, _, _ in Formatter().parse(text)
        if variable
    }
    assert used <= set(EVENTS[template.event])
    assert used - known == set()
    for tie in rule.to.ties:
        assert kind in ON.get(tie, (kind,)), f"{tie} leads to nobody from {kind}"


def test_nobody_is_told_of_one_thing_twice_by_rules_that_come_along() -> None:
    """Where two rules tell the same people over one channel, they say something else."""
    seen: dict[tuple[Any, ...], str] = {}
    for name, rule in RULES:
        for channel in rule.by:
            for one in (*rule.to.roles, *rule.to.elsewhere, *rule.to.ties):
                told = (rule.after, rule.about, rule.through, rule.ended, rule.template)
                assert seen.setdefault((*told, rule.newly, one, channel), name) == name


def test_what_is_escalated_and_decided_is_told_of_to_whom_it_concerns() -> None:
    told = {(rule.after, tie) for _, rule in RULES for tie in rule.to.ties}
    wanted = {
        (each, Tie.ESCALATED_TO) for each in VERBS if each.endswith((".escalate", ".escalate_up"))
    }
    assert wanted - told == set()


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"to": [{"escalated_to": True}]}, []),
        ({"to": [{"role": "case_owner"}, {"users": True}, {"users": True}]}, []),
        ({"to": [{"users": "yes"}]}, [("POLICY_VALUE", ("to", 0, "users"))]),
        ({"to": [{"everybody": True}]}, [("POLICY_FIELD", ("to", 0, "everybody"))]),
        ({"to": [{"users": True, "voters": True}]}, [("POLICY_FORM", ("to", 0))]),
        ({"newly": "major_criteria"}, []),
        ({"newly": "approved_at"}, [("POLICY_VALUE", ("newly",))]),
        ({"newly": "approved_at", "about": "Change"}, []),
    ],
)
def test_what_is_no_rule_is_refused(given: Any, wrong: Any) -> None:
    found = problems(**given)
    assert [(path) for _, path in found] == [(path) for _, path in wrong]


def test_what_was_said_of_one_record_is_not_told_of_another() -> None:
    comment = {"labels": ["Record", "Comment"], "id": "c", "record": {"text": "noon"}}
    first, second = ({"id": each, "labels": ["Incident"], "record": {}} for each in "ab")
    entry = Entry({"seq": 1}, (), (("Comment", "c"),), (("c", "ABOUT", "a"),))
    assert said_beside(entry, [first, second, comment], first) == {"text": "noon"}
    assert said_beside(entry, [first, second, comment], second) == {}


def test_roles_whose_vote_is_missing_are_told_by_their_keys() -> None:
    missing = ["process_manager", "cab_member", "service_owner", "sms_owner", "gone"]
    change = {"votes_missing": missing, "types_vote_missing": True}
    keys = ["process_manager/chm", "cab_member/chm", "service_owner", "sms_owner"]
    assert votes_missing(change) == [*keys, "process_manager/confm"]
    assert votes_missing({}) == []
