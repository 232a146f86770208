"""Who an account or a token stands for, from what one statement has read of it."""

from dataclasses import replace
from datetime import datetime

from fitsm_graph.graph.changes import Properties
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.model.declare import Process
from fitsm_graph.model.principal import Held, Principal, ScopeRule
from fitsm_graph.model.roles import RoleWord
from fitsm_graph.sms.rights import ADMINISTRATOR, PERSON


def principal_of(row: Properties, now: datetime) -> Principal:
    """The principal of one row of `sms.credentials`; a limit whose scopes are gone hides all.

    Args:
        row: Account, token if it came with one, scopes that limit them, and the person.
        now: Says which roles the person holds.
    """
    token, account = row["token"], row["account"]
    limits = tuple(
        tuple(ScopeRule(tuple(held), tuple(out)) for held, out in scopes)
        for scopes in (row["account_scopes"], row["token_scopes"])
        if scopes is not None
    )
    itself = Principal(account["key"], frozenset(account["roles"]), limits=limits)
    person = replace(
        itself,
        held=_held(row, to_text(now)),
        lent=_lent(row, to_text(now)),
        person=next((id for id, _, _ in row["persons"]), ""),
        parties=_parties(row),
    )
    if token is None:
        return person
    scopes = frozenset(token["scopes"])
    roles = scopes - {PERSON}
    if ADMINISTRATOR not in itself.roles:
        roles &= itself.roles  # a token never does more than its account may by now
    sources = frozenset(token["sources"]) if token.get("sources") else None
    acts = person if PERSON in scopes else itself
    return replace(acts, roles=roles, via_token=token["key"], sources=sources)


def _held(row: Properties, at: str) -> tuple[Held, ...]:
    return tuple(
        Held(RoleWord(word), Process(process) if process else None, service or "")
        for _, _, roles in row["persons"]
        for word, process, service, starts, ends in roles
        if word and starts <= at and (ends is None or at < ends)
    )


def _lent(row: Properties, at: str) -> tuple[Held, ...]:
    """Roles of others with whose votes it may vote, while both the role and the loan last."""
    return tuple(
        Held(RoleWord(word), Process(process) if process else None)
        for word, process, since, until, starts, ends in row.get("delegated") or ()
        if max(since or at, starts) <= at and (until is None or at < until) and at < ends
    )


def _parties(row: Properties) -> frozenset[str]:
    return frozenset(id for person, groups, _ in row["persons"] for id in (person, *groups))
