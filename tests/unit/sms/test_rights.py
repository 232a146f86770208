"""Rights: role × verb × scope, as the policy says and nobody else."""

from typing import Any

import pytest

from fitsm_graph import bootstrap
from fitsm_graph.kernel.errors import BadInput, Forbidden, Unauthenticated
from fitsm_graph.model.declare import Process
from fitsm_graph.model.principal import Held, Principal
from fitsm_graph.model.roles import HELD_OVER, Over, RoleWord
from fitsm_graph.model.sms_documents import DocumentWord
from fitsm_graph.sms.policies import default_policies
from fitsm_graph.sms.rights import (
    NO_RIGHTS,
    Claim,
    Rights,
    check_roles,
    claim_on,
    kind_of_subject,
    may,
    may_where_named,
    processes_of,
    require,
    rights_in,
    subject_of,
)

KIND = bootstrap.KINDS.kind("rights")
MANAGER, OWNER = RoleWord.PROCESS_MANAGER, RoleWord.SERVICE_OWNER


def table(**roles: Any) -> Rights:
    value, problems = KIND.read("default", {"roles": roles})
    assert problems == []
    assert isinstance(value, Rights)
    return value


def somebody(*roles: str, **more: Any) -> Principal:
    return Principal("ada", frozenset(roles), **more)


def test_an_administrator_may_do_everything_whatever_the_policy_says() -> None:
    assert may(somebody("administrator"), "types.define", NO_RIGHTS)
    assert not may(somebody("editor"), "read", NO_RIGHTS)


def test_a_role_gives_what_the_policy_says_of_it() -> None:
    rights = table(reader={"anywhere": ["read"]}, editor={"anywhere": ["incident.*"]})
    assert may(somebody("reader"), "read", rights)
    assert not may(somebody("reader"), "incident.register", rights)
    assert may(somebody("reader", "editor"), "incident.register", rights)
    assert not may(somebody(), "read", rights)


def test_a_process_is_not_another() -> None:
    rights = table(process_manager={"process": ["*"]})
    changes = somebody(held=(Held(MANAGER, Process.CHM),))
    assert may(changes, "change.begin", rights)
    assert may(changes, "change.comment", rights)  # written by sms, on a record of chm
    assert not may(changes, "incident.resolve", rights)
    assert not may(changes, "types.define", rights)
    configuration = somebody(held=(Held(MANAGER, Process.CONFM),))
    assert may(configuration, "types.define", rights)
    every = somebody("process_manager")
    assert may(every, "change.begin", rights)
    assert may(every, "types.define", rights)
    assert not may(every, "account.create", rights)  # the system is no process


def test_lent_votes_are_votes_and_nothing_else() -> None:
    rights = table(reader={"anywhere": ["read"]}, process_manager={"process": ["*"]})
    manager = Held(MANAGER, Process.CHM)
    deputy = somebody("reader", lent=(manager,))
    assert may(deputy, "change.approve", rights)
    assert may(deputy, "change.reject", rights)
    assert not may(deputy, "change.begin", rights)
    assert not may(somebody("reader"), "change.approve", rights)
    assert not may(somebody(lent=(Held(MANAGER, Process.PM),)), "change.approve", rights)
    source = somebody(lent=(manager,), sources=frozenset({"racks"}))
    assert not may(source, "change.approve", rights)


def test_who_finds_out_hands_over_and_decides_nothing_there() -> None:
    rights = rights_in(default_policies(bootstrap.KINDS))
    handed = {
        Process.ISRM: ("change.from_incident", "problem.from_major_incident"),
        Process.PM: ("change.from_problem", "change.from_option", "suggestion.from_problem"),
        Process.CONFM: ("incident.from_deviation", "problem.from_deviation"),
        Process.CSI: ("change.from_improvement",),
    }
    for process, verbs in handed.items():
        for word in (RoleWord.PROCESS_STAFF, RoleWord.PROCESS_MANAGER):
            one = somebody(held=(Held(word, process),))
            assert all(may(one, verb, rights) for verb in verbs)
            for decided in ("change.schedule", "change.implement", "change.classify"):
                assert not may(one, decided, rights), (word, decided)
    outside = somebody(held=(Held(RoleWord.PROCESS_STAFF, Process.RDM),))
    assert not may(outside, "change.from_incident", rights)


def test_whoever_has_an_account_asks_for_a_change_and_suggests() -> None:
    rights = rights_in(default_policies(bootstrap.KINDS))
    people = [each for each in RoleWord if HELD_OVER[each] is not Over.RECORD]
    everybody = [somebody(word) for word in ("reader", "auditor", "editor", "process_manager")]
    for one in (*everybody, *(somebody(held=(Held(word, Process.RDM),)) for word in people)):
        assert may(one, "change.register", rights), one
        assert may(one, "suggestion.register", rights), one
    for one in (somebody("reader"), somebody("auditor")):
        for decided in ("change.approve", "change.assess", "suggestion.accept"):
            assert not may(one, decided, rights)
    assert not may(somebody("sync"), "change.register", rights)


def test_records_are_not_all_of_a_process() -> None:
    rights = table(process_staff={"records": ["*"]})
    staff = somebody(held=(Held(RoleWord.PROCESS_STAFF, Process.CONFM),))
    assert not may(staff, "types.define", rights)
    assert may(
        somebody(held=(Held(RoleWord.PROCESS_STAFF, Process.PM),)), "problem.diagnose", rights
    )


def test_what_is_ones_own_has_to_be_looked_up() -> None:
    rights = table(
        case_owner={"own": ["incident.*"]},
        requester={"own": ["incident.comment"]},
        service_owner={"service": ["element.update"]},
    )
    person = somebody(held=(Held(OWNER, service="s1"),), parties=frozenset({"p1"}))
    assert not may(person, "incident.resolve", rights)
    assert claim_on(person, "incident.resolve", rights) == Claim(owner=True)
    assert claim_on(person, "incident.comment", rights) == Claim(owner=True, requester=True)
    assert claim_on(person, "element.update", rights) == Claim(services=frozenset({"s1"}))
    assert not claim_on(person, "problem.diagnose", rights)
    assert not claim_on(somebody("reader"), "incident.resolve", rights)  # nobody's account


def test_who_owns_a_service_has_rights_on_what_is_about_it() -> None:
    rights = table(service_owner={"service": ["management_document.*", "review.plan"]})
    owner = somebody(held=(Held(OWNER, service="s1"),))
    told = {"key": "x", "process": "", "owns": False, "asked": False}
    for verb in ("management_document.register", "management_document.revise", "review.plan"):
        claim = claim_on(owner, verb, rights)
        assert claim.met({**told, "id": "s1", "about": []})
        assert claim.met({**told, "id": "d1", "about": ["s1"]})
        assert not claim.met({**told, "id": "d1", "about": ["s2"]})
        assert not claim.met({**told, "id": "s2", "about": []})
    assert not claim_on(owner, "review.hold", rights)


def test_what_is_made_of_a_service_is_used_on_it() -> None:
    for verb in ("management_document.register", "review.plan"):
        assert subject_of(verb, {"service": "mail", "ref": "x"}) == "mail"
        assert subject_of(verb, {"process": "chm"}) == ""
        assert kind_of_subject(verb) == "Service"
    assert kind_of_subject("review.hold") == "Review"


def test_a_step_that_names_one_is_no_right_over_its_process() -> None:
    rights = table(
        reader={"anywhere": ["read"]},
        service_owner={"steps": ["*.complete_step"]},
        requester={"steps": ["*.skip_step"]},
    )
    owner = somebody("reader", held=(Held(OWNER, service="s1"),), parties=frozenset({"p1"}))
    for verb in ("incident.complete_step", "change.complete_step", "incident.skip_step"):
        assert not may(owner, verb, rights)
        assert may_where_named(owner, verb, rights)
    for verb in ("incident.refuse_step", "incident.begin_steps", "incident.resolve"):
        assert not may_where_named(owner, verb, rights)
    assert not may_where_named(somebody("reader"), "incident.skip_step", rights), "nobody's account"
    blind = somebody("sync", parties=frozenset({"p"}))
    assert not may_where_named(blind, "incident.skip_step", rights), "it may not even read"
    source = somebody(sources=frozenset({"racks"}), parties=frozenset({"p"}))
    assert not may_where_named(source, "incident.skip_step", rights)


def test_what_comes_with_the_product_lets_whoever_a_step_names_take_it() -> None:
    rights = rights_in(default_policies(bootstrap.KINDS))
    words = [each for each in RoleWord if HELD_OVER[each] is not Over.RECORD]
    for verb in ("incident.complete_step", "service_request.refuse_step", "change.skip_step"):
        for word in words:
            one = somebody(held=(Held(word),), parties=frozenset({"p"}))
            assert may(one, verb, rights) or may_where_named(one, verb, rights), (word, verb)
        assert may_where_named(somebody("reader", parties=frozenset({"p"})), verb, rights), "groups"


def test_a_token_of_a_source_does_nothing_else() -> None:
    rights = table(editor={"anywhere": ["*"]}, case_owner={"own": ["*"]})
    token = somebody("administrator", sources=frozenset({"racks"}), parties=frozenset({"p"}))
    assert may(token, "sync.elements", rights)
    assert not may(token, "incident.register", rights)
    assert not claim_on(token, "incident.resolve", rights)


def test_a_handover_belongs_to_the_process_that_hands_over_too() -> None:
    assert processes_of("change.from_incident") == {Process.CHM, Process.ISRM}
    assert processes_of("suggestion.from_option") == {Process.CSI, Process.PM}
    assert processes_of("release.include") == {Process.RDM}  # it takes; nobody hands over to it
    assert processes_of("change.register") == {Process.CHM}
    assert processes_of("element.register") == {Process.CONFM}
    assert processes_of("read") == frozenset()


def test_refusals_say_who_is_there_and_what_is_missing() -> None:
    with pytest.raises(Unauthenticated):
        require(None, "read", NO_RIGHTS)
    held = (Held(MANAGER, Process.PM),)
    with pytest.raises(Forbidden) as refused:
        require(somebody("reader", held=held), "change.begin", table(reader={"anywhere": ["read"]}))
    assert "process_manager, reader" in refused.value.problem.why


@pytest.mark.parametrize(
    ("roles", "code", "path"),
    [
        ({"king": {"anywhere": ["*"]}}, "POLICY_FIELD", ("roles", "king")),
        ({"administrator": {"anywhere": ["*"]}}, "POLICY_FIELD", ("roles", "administrator")),
        ({"reader": {"everywhere": ["*"]}}, "POLICY_FIELD", ("roles", "reader", "everywhere")),
        ({"reader": {"anywhere": []}}, "POLICY_FORM", ("roles", "reader", "anywhere")),
        ({"reader": {"anywhere": ["see"]}}, "RIGHT_UNKNOWN", ("roles", "reader", "anywhere", 0)),
        (
            {"case_owner": {"own": ["types.define"]}},
            "RIGHT_WITHOUT_RECORD",
            ("roles", "case_owner", "own", 0),
        ),
        (
            {"reader": {"steps": ["incident.*"]}},
            "RIGHT_WITHOUT_RECORD",
            ("roles", "reader", "steps", 0),
        ),
    ],
)
def test_a_table_that_is_wrong_is_told(roles: Any, code: str, path: tuple[str | int, ...]) -> None:
    _, problems = KIND.read("default", {"roles": roles})
    assert [(each.code, each.path) for each in problems] == [(code, path)]


def test_names_of_roles_are_checked() -> None:
    assert check_roles(["reader", "editor", "reader"]) == ["editor", "reader"]
    with pytest.raises(BadInput):
        check_roles(["person"])
    assert check_roles(["person"], token=True) == ["person"]


def test_who_governs_a_process_governs_what_belongs_to_it() -> None:
    rights = table(process_owner={"governed": ["policy.approve"], "names": ["process_manager"]})
    owner = somebody(held=(Held(RoleWord.PROCESS_OWNER, Process.CHM),))
    assert not may(owner, "policy.approve", rights), "not whatever it is a rule of"
    assert claim_on(owner, "policy.approve", rights) == Claim(processes=frozenset({"chm"}))
    assert not claim_on(owner, "policy.retire", rights)
    named = frozenset({"process_manager/chm"})
    assert claim_on(owner, "role.assign", rights) == Claim(roles=named)
    assert not claim_on(somebody(held=(Held(OWNER, None, "s1"),)), "policy.approve", rights)
    every = table(process_manager={"governed": ["policy.approve"]})
    assert len(claim_on(somebody("process_manager"), "policy.approve", every).processes) == 6


@pytest.mark.parametrize(
    ("given", "subject"),
    [
        (("role.assign", {"role": "process_manager", "process": "chm"}), "process_manager/chm"),
        (("role.assign", {"role": "sms_owner", "process": None}), "sms_owner"),
        (("role.assign", {"role": RoleWord.CAB_MEMBER}), "cab_member/chm"),
        (("role.end", {"ref": "process_manager/pm", "person": "ada"}), "process_manager/pm"),
        (("incident.resolve", {"ref": "INC-000001"}), "INC-000001"),
        (("incident.register", {"title": "x"}), ""),
        (("document.issue", {"kind": DocumentWord.SERVICE_REPORT, "about": "mail"}), "mail"),
        (("document.issue", {"kind": "service_report"}), ""),
        (("document.issue", {"kind": "release_report", "about": "REL-000001"}), ""),
    ],
)
def test_a_verb_is_used_on_a_record_or_gives_a_role(given: Any, subject: str) -> None:
    assert subject_of(*given) == subject


def test_roles_that_are_named_are_roles_of_a_process() -> None:
    _, problems = KIND.read("default", {"roles": {"process_owner": {"names": ["sms_owner"]}}})
    assert [each.code for each in problems] == ["POLICY_VALUE"]
