"""Votes: who counts for what, when it is enough, whose are missing; against all ways to count."""

import itertools
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fitsm_graph.bootstrap import KINDS
from fitsm_graph.chm import voting
from fitsm_graph.chm.approving import ApprovalLevel
from fitsm_graph.chm.voting import Ballot, tally
from fitsm_graph.kernel.errors import Refused
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.sms.policies import default_policies

MANAGER, OWNER, CAB = RoleWord.PROCESS_MANAGER, RoleWord.SERVICE_OWNER, RoleWord.CAB_MEMBER
ROLES = (MANAGER, OWNER, CAB)
MAJOR = ApprovalLevel(ROLES, 2, timedelta(days=30), review=False)
AT = "2026-11-28T09:00:00.000000Z"


def ballot(voter: str, *roles: RoleWord) -> Ballot:
    return Ballot(voter, frozenset(roles))


def test_each_person_counts_once_and_each_role_once() -> None:
    for ballots, counted, missing in (
        ([], 0, ROLES),
        ([ballot("ada", MANAGER)], 1, (OWNER, CAB)),
        ([ballot("ada", *ROLES)], 1, (OWNER, CAB)),
        ([ballot("ada", CAB), ballot("bob", CAB)], 1, (MANAGER, OWNER)),
        ([ballot("ada", MANAGER), ballot("bob", CAB)], 2, ()),
        ([ballot("ada", MANAGER, CAB), ballot("bob", MANAGER)], 2, ()),
        ([ballot("ada")], 0, ROLES),
    ):
        found = tally(MAJOR, ballots, "zoe")
        assert (found.counted, found.missing, found.enough) == (counted, missing, counted >= 2)


def test_the_vote_of_who_asked_counts_for_nothing() -> None:
    votes = [ballot("zoe", MANAGER), ballot("ada", CAB)]
    assert tally(MAJOR, votes, "zoe").counted == 1
    assert tally(MAJOR, votes, "eve").enough, "the control: anybody else's does"


HELD = st.frozensets(st.sampled_from(ROLES))


@given(st.dictionaries(st.sampled_from("abcde"), HELD, max_size=5), st.integers(0, 3))
def test_it_is_the_most_that_votes_can_stand_for(held: dict[str, frozenset], quorum: int) -> None:  # type: ignore[type-arg]
    """Against every way to give each voter at most one role."""
    level = ApprovalLevel(ROLES, quorum, None, review=False)
    ways = itertools.product(*([None, *sorted(roles)] for roles in held.values()))
    most = max(
        len([each for each in way if each]) for way in ways
        if len({each for each in way if each}) == len([each for each in way if each])
    )  # fmt: skip
    found = tally(level, [Ballot(voter, roles) for voter, roles in held.items()], "zoe")
    assert (found.counted, found.enough) == (most, most >= quorum)
    assert found.enough == (found.missing == ()) or most == len(ROLES)


SERVICES = ("mail", "web")
OWNED = st.frozensets(st.sampled_from(SERVICES))


def owning(voter: str, *services: str, roles: tuple[RoleWord, ...] = (OWNER,)) -> Ballot:
    return Ballot(voter, frozenset(roles), frozenset(services))


def test_the_owner_of_each_service_has_a_vote() -> None:
    for ballots, counted, owners in (
        ([owning("ada", "mail")], 0, ("web",)),
        ([owning("ada", "mail"), owning("bob", "web")], 1, ()),
        ([owning("ada", "mail", "web")], 1, ()),
        ([owning("ada", "mail"), ballot("eve", MANAGER)], 1, ("web",)),
        ([owning("ada", "mail", "web"), ballot("eve", MANAGER)], 2, ()),
        ([owning("ada", "mail", "web", roles=(OWNER, MANAGER))], 1, ()),
    ):
        found = tally(MAJOR, ballots, "zoe", SERVICES)
        assert (found.counted, found.owners, found.enough) == (counted, owners, counted >= 2)


@given(
    st.dictionaries(st.sampled_from("abcd"), st.tuples(HELD, OWNED), max_size=4),
    st.frozensets(st.sampled_from(SERVICES), min_size=1),
)
def test_with_owners_it_is_the_most_too(
    held: dict[str, tuple[frozenset[RoleWord], frozenset[str]]], owned: frozenset[str]
) -> None:
    """Against every way to give each voter at most one role, that of owners to several."""
    said = {v: (roles | ({OWNER} if own else set()) if own else roles - {OWNER}, own)
            for v, (roles, own) in held.items()}  # fmt: skip
    most = 0
    for way in itertools.product(*([None, *sorted(roles)] for roles, _ in said.values())):
        others = [each for each in way if each and each is not OWNER]
        covered = {key for role, (_, own) in zip(way, said.values(), strict=True)
                   if role is OWNER for key in own}  # fmt: skip
        if len(set(others)) == len(others):
            most = max(most, len(others) + (owned <= covered))
    votes = [Ballot(voter, frozenset(roles), own) for voter, (roles, own) in said.items()]
    assert tally(MAJOR, votes, "zoe", owned).counted == most


def test_an_approval_holds_for_its_time() -> None:
    assert voting.until(timedelta(days=2), AT) == "2026-11-30T09:00:00.000000Z"
    assert voting.until(None, AT) is None


def test_what_a_type_takes() -> None:
    policies = default_policies(KINDS)
    assert voting.level_of(policies, {"type": "major"}).quorum == 2
    assert voting.level_of(policies, {}) == voting.level_of(policies, {"type": "normal"})
    assert voting.level_of(policies, {"type": "standard"}).quorum == 0


def test_who_asked_does_not_decide() -> None:
    change = {"key": "CHG-1", "requester": "ada"}
    voting.check_not_own(change, "bob", {"bob", "bobby"})
    with pytest.raises(Refused) as refused:
        voting.check_not_own(change, "ada2", {"ada2", "ada"})
    assert (refused.value.code, refused.value.problem.requirement) == ("SELF_APPROVAL", "PR12.4")
