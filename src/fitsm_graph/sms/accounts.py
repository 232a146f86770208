"""Accounts and API tokens: who may sign in (GR1), and how that is checked.

Passwords are kept as argon2id. Tokens have 256 random bits, so that a keyed digest of them is
enough; the key ("pepper") is a file outside the database. Both digests are `Credential` nodes
outside the ledger; accounts and tokens themselves are records.
"""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.tx import Tx, found
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.clock import Clock, from_text, to_text
from fitsm_graph.kernel.errors import BadInput, Conflict, NotFound, Refused, Unauthenticated
from fitsm_graph.model.declare import Process
from fitsm_graph.model.observation import NAMED, WAY_IN
from fitsm_graph.model.principal import Principal
from fitsm_graph.model.sms import ACTS_FOR
from fitsm_graph.sms.principals import principal_of
from fitsm_graph.sms.rights import PERSON, check_roles

PASSWORD_LENGTH = 12
LONGEST_TOKEN = timedelta(days=366)
MARK = "fsg_"
HINT_LENGTH = 12
_TOKEN_LENGTH = len(MARK) + 43
_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash(secrets.token_urlsafe(16))
"""Checked where the account does not exist, so that the answer takes as long."""


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token as it is shown once.

    Attributes:
        record: What is kept.
        secret: The token itself; never kept.
    """

    record: Properties
    secret: str

    def __repr__(self) -> str:
        return f"NewToken({self.record.get('key')})"


@verb("account.create", room=Process.SMS, requirement="GR2.4")
async def create_account(
    tx: Tx,
    login: str,
    roles: Sequence[str],
    password_digest: str,
    *,
    first: bool = False,
    sees: Sequence[str] = (),
    person: str = "",
) -> Properties:
    """Create a local account (GR2.4).

    Args:
        tx: The transaction.
        login: What it signs in with; the actor in the ledger.
        roles: What it may do.
        password_digest: Of `digest_password`.
        first: Refuse when any account exists.
        sees: Keys of the configuration scopes that limit what it sees; empty: it sees everything.
        person: Id or key of the person who signs in with it; empty: nobody in particular.

    Raises:
        NotFound: There is no such person or scope.
        Conflict: DUPLICATE.
        Refused: NOT_THE_FIRST.
    """
    if not login or len(login) > 100 or not login.isprintable() or login != login.strip():
        raise BadInput("the login is no name", why="1 to 100 printable characters", path=("login",))
    context = await tx.one("sms.account_context", login=login, sees=list(sees), person=person)
    _check_scopes(sees, context)
    if first and context["count"]:
        raise Refused("this is not the first start", code="NOT_THE_FIRST", why="accounts exist")
    if context["account"] is not None:
        raise Conflict(f"the login '{login}' is taken", code="DUPLICATE", path=("login",))
    account = tx.create(
        "Account",
        {
            "key": login,
            "roles": check_roles(list(roles)),
            "disabled": False,
            "sees": sorted(set(sees)) or None,
        },
    )
    _act_for(tx, account, context, person)
    tx.aside("sms.keep_credential", id=account["id"], secret=password_digest)
    return account


@verb("account.set_password", room=Process.SMS, requirement="GR2.4")
async def set_password(tx: Tx, login: str, password_digest: str) -> Properties:
    """Give an account a new password; its record shows that it happened (GR2.4)."""
    account = found(
        [
            row
            for row in await tx.rows("sms.account_context", login=login, sees=[], person="")
            if row["account"]
        ],
        "account",
        login,
    )["account"]
    tx.aside("sms.keep_credential", id=account["id"], secret=password_digest)
    return tx.update("Account", account, {"password_set_at": tx.at})


@verb("account.change", room=Process.SMS, requirement="GR2.4")
async def change_account(
    tx: Tx,
    login: str,
    *,
    roles: Sequence[str] | None = None,
    sees: Sequence[str] | None = None,
    disabled: bool | None = None,
    person: str = "",
) -> Properties:
    """Give an account other roles, another sight or a person, or refuse it at the door (GR2.4).

    Raises:
        NotFound: There is no such account, person or scope.
        Refused: LAST_ADMINISTRATOR, when nobody could undo it.
    """
    rows = await tx.rows("sms.account_context", login=login, sees=list(sees or ()), person=person)
    context = found([row for row in rows if row["account"]], "account", login)
    account = context["account"]
    _check_scopes(sees or (), context)
    after: Properties = {}
    if roles is not None:
        after["roles"] = check_roles(list(roles))
    if sees is not None:
        after["sees"] = sorted(set(sees)) or None
    if disabled is not None:
        after["disabled"] = disabled
    left = {**account, **after}
    fit = "administrator" in left["roles"] and not left["disabled"] and not left.get("sees")
    if not fit and context["administrators"] == [login]:
        raise Refused(
            f"{login} is the last administrator",
            code="LAST_ADMINISTRATOR",
            why="afterwards nobody could give rights",
            remedy="make another account an administrator first",
        )
    _act_for(tx, account, context, person)
    return tx.update("Account", account, after)


@verb("token.create", room=Process.SMS, requirement="GR2.4")
async def create_token(
    tx: Tx,
    login: str,
    scopes: Sequence[str],
    expires_at: str,
    hint: str,
    digest: str,
    *,
    sees: Sequence[str] = (),
    sources: Sequence[str] = (),
) -> Properties:
    """Create an API token that acts for an account, for a time (GR2.4).

    Raises:
        NotFound: There is no such account.
        BadInput: It would never expire, or reach further than its account.
    """
    rows = await tx.rows("sms.account_context", login=login, sees=list(sees), person="")
    context = found([row for row in rows if row["account"]], "account", login)
    account = context["account"]
    _check_scopes(sees, context)
    wanted = check_roles(list(scopes), token=True) or [*account["roles"], PERSON]
    beyond = set(wanted) - set(account["roles"]) - {PERSON}
    if beyond and "administrator" not in account["roles"]:
        raise BadInput(
            f"the account has no role {min(beyond)}",
            why="a token does at most what it may",
            path=("scopes",),
            remedy="leave it out",
        )
    if from_text(expires_at) - from_text(tx.at) > LONGEST_TOKEN:
        raise BadInput("the token lives too long", why="a year at most", path=("expiresAt",))
    token = tx.create(
        "ApiToken",
        {
            "account": login,
            "hint": hint,
            "scopes": wanted,
            "expires_at": expires_at,
            "revoked": False,
            "sees": sorted(set(sees)) or None,
            "sources": _sources(sources),
        },
    )
    tx.aside("sms.keep_credential", id=token["id"], secret=digest)
    return token


@verb("token.revoke", room=Process.SMS, requirement="GR2.4")
async def revoke_token(tx: Tx, key: str) -> Properties:
    """End a token before its time (GR2.4).

    Raises:
        NotFound: There is no such token.
    """
    token = found(await tx.rows("sms.token_by_key", key=key), "token", key)["token"]
    return tx.update("ApiToken", token, {"revoked": True})


def _sources(names: Sequence[str]) -> list[str] | None:
    """Names of sources, as a token keeps them.

    Raises:
        BadInput: One of them is no name of a source.
    """
    for name in names:
        if not WAY_IN.match(name):
            remedy = f"{NAMED}; for events, messages or alerts after events/, messages/ or alerts/"
            raise BadInput(f"'{name}' is no name of a source", remedy=remedy, path=("sources",))
    return sorted(set(names)) or None


def _act_for(tx: Tx, account: Properties, context: Properties, person: str) -> None:
    """Make a person act with an account, and nobody else; the roles of the person come with it.

    Raises:
        NotFound: There is no such person.
    """
    if not person:
        return
    if context["person"] is None:
        told = f"there is no person '{person}'"
        raise NotFound(told, remedy="register the person first", path=("person",))
    former = dict(context["acts_for"])
    wanted = context["person"]["id"]
    for id, properties in former.items():
        if id != wanted:
            tx.unrelate(ACTS_FOR.type, account["id"], id, properties)
    if wanted not in former:
        tx.relate(ACTS_FOR.type, account["id"], wanted)


def _check_scopes(sees: Sequence[str], context: Properties) -> None:
    for key in sees:
        if key not in context["scopes"]:
            raise NotFound(
                f"there is no configuration scope '{key}'",
                remedy="`fitsm-graph scope list` shows their keys",
                path=("sees",),
            )


def new_token(pepper: bytes) -> tuple[str, str, str]:
    """Make a token: the secret, the hint it is looked up by, and the digest that is kept."""
    secret = MARK + secrets.token_urlsafe(32)
    return secret, secret[:HINT_LENGTH], digest_token(pepper, secret)


def digest_token(pepper: bytes, secret: str) -> str:
    """HMAC-SHA-256 of a token; 256 random bits need no slow hash."""
    return hmac.new(pepper, secret.encode(), hashlib.sha256).hexdigest()


def digest_password(password: str) -> str:
    """Argon2id digest of a password.

    Raises:
        BadInput: It is too short.
    """
    if len(password) < PASSWORD_LENGTH:
        raise BadInput(
            "the password is too short",
            why=f"{PASSWORD_LENGTH} characters at least",
            path=("password",),
        )
    return _HASHER.hash(password)


async def sign_in(graph: Graph, login: str, password: str) -> Principal:
    """Check login and password; a wrong login takes as long as a wrong password.

    Raises:
        Unauthenticated: They do not fit.
    """
    row = (await graph.rows("sms.credentials", login=login, hint=None))[0]
    fits = await asyncio.to_thread(_fits, row["secret"] or _NOBODY, password)
    account = row["account"]
    if account is None or not fits or account["disabled"]:
        raise Unauthenticated(
            "login and password do not fit", remedy="check both; an administrator can set a new one"
        )
    return principal_of(row, graph.clock.now())


async def account_principal(graph: Graph, login: str, *, since: str = "") -> Principal | None:
    """The account of a session as it is now; None when it is gone or disabled.

    Args:
        graph: Where it is.
        login: Its key.
        since: When the session began, UTC text: a password that was set later ends it.
    """
    row = (await graph.rows("sms.credentials", login=login, hint=None))[0]
    account = row["account"]
    if account is None or account["disabled"]:
        return None
    if since and from_text(since) < from_text(account.get("password_set_at") or since):
        return None
    return principal_of(row, graph.clock.now())


@dataclass(frozen=True, slots=True)
class Entrant:
    """Whoever came in with a token.

    Attributes:
        head: Properties of the ledger's head, read in the same statement; None before any entry.
    """

    principal: Principal
    head: Properties | None


async def token_entrant(graph: Graph, clock: Clock, pepper: bytes, secret: str) -> Entrant:
    """Check an API token, and see where the ledger stands.

    Raises:
        Unauthenticated: It is unknown, wrong, revoked or over.
    """
    if len(secret) != _TOKEN_LENGTH or not secret.startswith(MARK):
        raise _no_token("it has not the form of one")
    row = (await graph.rows("sms.credentials", login=None, hint=secret[:HINT_LENGTH]))[0]
    token, account = row["token"], row["account"]
    kept = row["secret"] or digest_token(pepper, "")
    if not hmac.compare_digest(kept, digest_token(pepper, secret)) or token is None:
        raise _no_token("it is unknown")
    if token["revoked"] or account is None or account["disabled"]:
        raise _no_token("it was revoked")
    if from_text(token["expires_at"]) <= clock.now():
        raise _no_token("it expired")
    return Entrant(principal_of(row, clock.now()), row["head"])


def expiry(now: datetime, days: int) -> str:
    """The moment some days from now, as text."""
    return to_text(now + timedelta(days=days))


def _fits(digest: str, password: str) -> bool:
    try:
        return _HASHER.verify(digest, password)
    except (Argon2Error, InvalidHashError):
        return False


def _no_token(why: str) -> Unauthenticated:
    return Unauthenticated(
        "the API token is not accepted", why=why, remedy="create one: fitsm-graph token create"
    )
