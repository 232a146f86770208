"""Sign-in, sessions and tokens, tried by somebody who should not get in."""

import asyncio
import base64
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from e2e.calling import Caller, calling, emptied
from fitsm_graph import bootstrap
from fitsm_graph.api.credential import PAGE_HEADER
from fitsm_graph.bootstrap import SYSTEM
from fitsm_graph.graph.driver import Endpoint, connect
from fitsm_graph.kernel.clock import to_text
from fitsm_graph.sms import accounts
from fitsm_graph.sms.sessions import SESSION_SECONDS, Sessions

PASSWORD = "some words that nobody guesses"
ORIGIN = {"Origin": "http://127.0.0.1"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def caller(
    neo4j_endpoint: Endpoint, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Caller]:
    await emptied(neo4j_endpoint)
    async with calling(neo4j_endpoint, tmp_path_factory.mktemp("product")) as one:
        yield one


async def account(caller: Caller, login: str, roles: list[str]) -> None:
    digest = await asyncio.to_thread(accounts.digest_password, PASSWORD)
    await caller.product.graph.write(accounts.create_account, SYSTEM, login, roles, digest)


async def past_the_verbs(caller: Caller, text: str, **given: Any) -> None:
    async with connect(caller.product.graph.endpoint) as driver, driver.session() as session:
        await (await session.run(text, given)).consume()


async def enter(caller: Caller, login: str, password: str = PASSWORD) -> httpx.Response:
    """Sign in by the form, as a browser does, without keeping the cookie."""
    form = {"login": login, "password": password, "next": "/"}
    answer = await caller.http.post("/sign-in", data=form, headers=ORIGIN)
    caller.http.cookies.clear()
    return answer


async def session(caller: Caller, login: str) -> str:
    answer = await enter(caller, login)
    assert answer.status_code == 303, answer.text
    return answer.cookies["fitsm_session"]


async def is_in(caller: Caller, token: str) -> bool:
    """Whether a session opens a page."""
    headers = {"Cookie": f"fitsm_session={token}"}
    answer = await caller.http.get("/?q=anything", headers=headers)
    assert answer.status_code in {200, 303}, answer.text
    return answer.status_code == 200


async def test_a_session_is_in_a_cookie_that_scripts_and_other_sites_do_not_get(
    caller: Caller,
) -> None:
    await account(caller, "cookie", ["reader"])
    cookie = (await enter(caller, "cookie")).headers["set-cookie"].casefold()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


async def test_signing_out_ends_the_session_itself_not_only_the_cookie(caller: Caller) -> None:
    await account(caller, "leaver", ["reader"])
    stolen, kept = await session(caller, "leaver"), await session(caller, "leaver")
    assert await is_in(caller, stolen)
    headers = {**ORIGIN, "Cookie": f"fitsm_session={stolen}"}
    assert (await caller.http.post("/sign-out", headers=headers)).status_code == 303
    assert not await is_in(caller, stolen)
    assert await is_in(caller, kept), "another one of the same person goes on"
    restarted = _sessions(caller)
    assert await restarted.principal(stolen) is None, "a restart does not bring it back"
    assert await restarted.principal(kept) is not None


def _sessions(caller: Caller, **given: Any) -> Sessions:
    """Sessions as a second process on the same folder makes them."""
    folder = caller.product.folder
    clock = given.get("clock", caller.product.clock)
    return Sessions(
        caller.product.graph, bootstrap.pepper(folder), clock, folder / "ended-sessions"
    )


async def test_a_disabled_account_is_out_at_once(caller: Caller) -> None:
    await account(caller, "fired", ["editor"])
    token = await session(caller, "fired")
    secret = (await bootstrap.new_token(caller.product, "fired", 1, [])).secret
    one = Caller(caller.product, caller.http, secret)
    assert await is_in(caller, token)
    await one.ask("{ ledgerHead }")
    await past_the_verbs(caller, "MATCH (a:Account {key: 'fired'}) SET a.disabled = true")
    await asyncio.sleep(0.3)  # for which a token is remembered
    assert not await is_in(caller, token)
    assert await one.code("{ ledgerHead }") == "UNAUTHENTICATED"
    assert (await enter(caller, "fired")).status_code == 401


async def test_a_new_password_ends_the_sessions_before_it(caller: Caller) -> None:
    await account(caller, "careful", ["reader"])
    before = await session(caller, "careful")
    digest = await asyncio.to_thread(accounts.digest_password, PASSWORD)
    await caller.product.graph.write(accounts.set_password, SYSTEM, "careful", digest)
    assert not await is_in(caller, before)
    assert await is_in(caller, await session(caller, "careful"))


class Later:
    """A clock that is ahead."""

    def __init__(self, by: timedelta) -> None:
        self._by = by

    def now(self) -> Any:
        from fitsm_graph.kernel.clock import SystemClock

        return SystemClock().now() + self._by


async def test_a_session_ends_by_itself(caller: Caller) -> None:
    await account(caller, "sleeper", ["reader"])
    token = await session(caller, "sleeper")
    for seconds, expected in ((SESSION_SECONDS - 60, True), (SESSION_SECONDS + 1, False)):
        later = _sessions(caller, clock=Later(timedelta(seconds=seconds)))
        assert (await later.principal(token) is not None) is expected


async def test_what_nobody_signed_is_no_session(caller: Caller) -> None:
    await account(caller, "victim", ["reader"])
    token = await session(caller, "victim")
    signed, issued, nonce, login = token.split(".", 3)
    forged = [
        "",
        ".",
        "....",
        "x" * 100_000,
        f"{signed}.{issued}.{nonce}.admin",
        f"{signed}.{int(issued) + 10**9}.{nonce}.{login}",
        f"{'0' * 64}.{issued}.{nonce}.{login}",
        f".{issued}.{nonce}.{login}",
        f"é.{issued}.{nonce}.{login}",
        f"{signed}.{nonce}.{login}",
        base64.b64encode(b"admin").decode(),
    ]
    sessions = _sessions(caller)
    for each in forged:
        assert await sessions.principal(each) is None
        sessions.end(each)
    odd = {"Cookie": b"fitsm_session=\xe9\xe9.1.2.admin"}
    assert (await caller.http.get("/?q=x", headers=odd)).status_code == 303
    assert await is_in(caller, token)


async def test_a_form_of_another_site_signs_nobody_in_or_out(caller: Caller) -> None:
    await account(caller, "target", ["reader"])
    token = await session(caller, "target")
    form = {"login": "target", "password": PASSWORD}
    for headers in ({"Origin": "http://evil.test"}, {"Origin": "null"}, {}):
        for path in ("/sign-in", "/sign-out"):
            sent = {**headers, "Cookie": f"fitsm_session={token}"}
            answer = await caller.http.post(path, data=form, headers=sent)
            assert answer.status_code == 403
            assert "set-cookie" not in answer.headers
    assert await is_in(caller, token)


async def test_a_session_opens_the_api_for_pages_of_this_server_only(caller: Caller) -> None:
    """So that no form and no script of another site can use it there."""
    await account(caller, "pages-only", ["administrator"])
    token = await session(caller, "pages-only")
    cookie = {"Cookie": f"fitsm_session={token}"}
    own = {**cookie, PAGE_HEADER: "1"}
    for headers, status, words in (
        (cookie, 403, "PAGE_HEADER_MISSING"),
        ({**own, "Origin": "https://elsewhere.example"}, 403, "FOREIGN_ORIGIN"),
        ({**own, "Sec-Fetch-Site": "cross-site"}, 403, "FOREIGN_ORIGIN"),
        (own, 200, "ledgerHead"),
    ):
        answer = await caller.http.post(
            "/graphql", json={"query": "{ ledgerHead }"}, headers=headers
        )
        assert answer.status_code == status, headers
        assert words in answer.text
    as_bearer = Caller(caller.product, caller.http, token)
    assert await as_bearer.code("{ ledgerHead }") == "UNAUTHENTICATED"


async def test_guessing_is_slowed_down_by_login_and_address(caller: Caller) -> None:
    await account(caller, "guessed", ["administrator"])
    answers = [await enter(caller, "guessed", f"wrong {n}") for n in range(12)]
    codes = [each.status_code for each in answers]
    assert codes[:10] == [401] * 10
    assert 429 in codes[10:]
    assert "try again in" in answers[-1].text
    assert (await enter(caller, "guessed")).status_code == 429, "the right one waits as well"
    async with caller.at("198.51.100.9") as elsewhere:
        assert (await enter(elsewhere, "guessed")).status_code == 303, "its owner is elsewhere"
    secret = (await bootstrap.new_token(caller.product, "guessed", 1, [])).secret
    await Caller(caller.product, caller.http, secret).ask("{ ledgerHead }")


async def test_a_login_that_is_not_there_takes_as_long(caller: Caller) -> None:
    await account(caller, "slow", ["reader"])

    async def seconds(login: str) -> float:
        start = time.process_time()
        assert (await enter(caller, login, "a wrong password")).status_code == 401
        return time.process_time() - start

    there = min([await seconds("slow") for _ in range(4)])
    missing = min([await seconds("nobody") for _ in range(4)])
    assert 0.4 < missing / there < 2.5


async def test_a_form_is_small(caller: Caller) -> None:
    form = {"login": "x", "password": "x" * 100_000}
    answer = await caller.http.post("/sign-in", data=form, headers=ORIGIN)
    assert answer.status_code == 413


TOKENS = {
    "": "it has not the form of one",
    "x": "it has not the form of one",
    "fsg_" + "x" * 43: "it is unknown",
    "fsg_" + "x" * 44: "it has not the form of one",
    "fsg_" + "é" * 43: "it is unknown",
    "fsg_" + "x" * 60_000: "it has not the form of one",
}


@pytest.mark.parametrize("token", TOKENS, ids=lambda each: each[:12])
async def test_what_is_no_token_is_refused(caller: Caller, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}".encode("latin-1")}
    answer = await caller.http.post("/graphql", json={"query": "{ ledgerHead }"}, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["why"] == TOKENS[token]


@pytest.mark.parametrize("scheme", ["Basic", "Token", "bearer,", ""])
async def test_a_token_comes_as_a_bearer_s(caller: Caller, scheme: str) -> None:
    headers = {"Authorization": f"{scheme} {caller.token}".strip()}
    answer = await caller.http.post("/graphql", json={"query": "{ ledgerHead }"}, headers=headers)
    assert answer.status_code == 401


async def test_a_token_in_the_address_is_refused_and_said_to_be_burnt(caller: Caller) -> None:
    for headers in ({}, caller.signed()):
        answer = await caller.http.post(
            f"/graphql?token={caller.token}", json={"query": "{ ledgerHead }"}, headers=headers
        )
        assert answer.status_code == 401
        assert answer.json()["errors"][0]["extensions"]["code"] == "TOKEN_IN_ADDRESS"
        assert caller.token not in answer.text


async def test_a_token_that_shares_its_beginning_with_another_is_not_it(caller: Caller) -> None:
    other = Caller(caller.product, caller.http, caller.token[:-4] + "AAAA")
    assert await other.code("{ ledgerHead }") == "UNAUTHENTICATED"


async def test_a_revoked_token_is_out_at_once_here_and_soon_elsewhere(
    caller: Caller, neo4j_endpoint: Endpoint
) -> None:
    made = await bootstrap.new_token(caller.product, "admin", 1, [])
    here = Caller(caller.product, caller.http, made.secret)
    async with calling(neo4j_endpoint, caller.product.folder, token=made.secret) as elsewhere:
        await here.ask("{ ledgerHead }")
        await elsewhere.ask("{ ledgerHead }")
        await caller.product.graph.write(accounts.revoke_token, SYSTEM, made.record["key"])
        assert await here.code("{ ledgerHead }") == "UNAUTHENTICATED"
        await asyncio.sleep(0.3)
        assert await elsewhere.code("{ ledgerHead }") == "UNAUTHENTICATED"


async def test_a_token_that_is_over_is_refused(caller: Caller) -> None:
    made = await bootstrap.new_token(caller.product, "admin", 1, [])
    over = to_text(caller.product.clock.now() - timedelta(seconds=1))
    text = "MATCH (t:ApiToken {key: $key}) SET t.expires_at = $over"
    await past_the_verbs(caller, text, key=made.record["key"], over=over)
    one = Caller(caller.product, caller.http, made.secret)
    answer = await one.post({"query": "{ ledgerHead }"})
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["why"] == "it expired"


async def test_a_token_never_does_more_than_its_account_may_by_now(caller: Caller) -> None:
    await account(caller, "demoted", ["editor"])
    made = await bootstrap.new_token(caller.product, "demoted", 1, [])
    one = Caller(caller.product, caller.http, made.secret)
    document = """mutation { retireElement(dryRun: true, input: { ref: "none" }) {
        errors { code } } }"""
    assert (await one.ask(document))["retireElement"]["errors"] == [{"code": "NOT_FOUND"}]
    text = "MATCH (a:Account {key: 'demoted'}) SET a.roles = ['reader']"
    await past_the_verbs(caller, text)
    await asyncio.sleep(0.3)
    assert await one.code(document) == "FORBIDDEN"


async def test_no_secret_is_in_the_ledger_or_the_records(caller: Caller) -> None:
    made = await bootstrap.new_token(caller.product, "admin", 1, [])
    async with connect(caller.product.graph.endpoint) as driver, driver.session() as session:
        result = await session.run("MATCH (n) RETURN collect(properties(n)) AS all")
        row = await result.single()
    assert row is not None
    text = str(row["all"])
    assert made.record["hint"] in text, "the control: this is where it would be seen"
    assert made.secret not in text
    assert PASSWORD not in text
