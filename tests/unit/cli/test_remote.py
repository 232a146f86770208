"""The client of the API: patience within bounds, nothing done twice, errors in plain words."""

import json
import ssl

import httpx
import pytest

from fitsm_graph.cli import remote
from fitsm_graph.client import asking
from fitsm_graph.client.address import Address, address, token
from fitsm_graph.kernel.errors import FitsmError

PLACE = Address("http://127.0.0.1:8000", "127.0.0.1")
GOOD = {"data": {"ledgerHead": 7}}


class Server:
    """Answers in turn what it was given: a response, or an error of the way there."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.bodies = []

    def __call__(self, request):
        self.bodies.append(request.content)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def answer(body, status=200, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if isinstance(body, str):
        return httpx.Response(status, text=body, headers={"content-type": "text/html", **named})
    return httpx.Response(status, json=body, headers=named)


def ask(server, *, repeatable=True):
    pauses, said = [], []
    how = asking.How(5.0, repeatable, said.append, pauses.append)
    with httpx.Client(transport=httpx.MockTransport(server)) as client:
        found = asking.Asker(client, PLACE, how).post(b"{}")
    return found, pauses, said


def failure(server, *, repeatable=True):
    pauses = []
    how = asking.How(5.0, repeatable, lambda _text: None, pauses.append)
    with (
        httpx.Client(transport=httpx.MockTransport(server)) as client,
        pytest.raises(FitsmError) as caught,
    ):
        asking.Asker(client, PLACE, how).post(b"{}")
    return caught.value, pauses


def test_an_answer_is_an_answer():
    found, pauses, said = ask(Server(answer(GOOD)))
    assert (found, pauses, said) == (GOOD, [], [])


@pytest.mark.parametrize(
    "lost", [httpx.ReadError("cut"), httpx.RemoteProtocolError("gone"), httpx.ReadTimeout("slow")]
)
def test_a_lost_answer_is_asked_for_again_with_the_same_body(lost):
    server = Server(lost, lost, answer(GOOD))
    found, pauses, said = ask(server)
    assert found == GOOD
    assert len(server.bodies) == 3
    assert len(set(server.bodies)) == 1
    assert pauses == sorted(pauses)
    assert len(said) == 2


def test_what_cannot_be_repeated_is_not_and_says_so():
    server = Server(httpx.ReadError("cut"))
    error, pauses = failure(server, repeatable=False)
    assert len(server.bodies) == 1
    assert not pauses
    assert error.code == "ANSWER_LOST"
    assert "may have been done or not" in error.problem.message
    assert "--key" in error.problem.remedy


def test_where_nothing_listens_nothing_is_repeated():
    server = Server(httpx.ConnectError("[Errno 111] Connection refused"))
    error, pauses = failure(server)
    assert (len(server.bodies), pauses) == (1, [])
    assert (error.code, error.exit_status) == ("CONNECTION_FAILED", 6)
    assert error.problem.why == "Connection refused"


def test_a_server_that_went_away_during_the_call_is_given_time_to_come_back():
    server = Server(httpx.ReadError("cut"), httpx.ConnectError("refused"), answer(GOOD))
    assert ask(server)[0] == GOOD


def test_retry_after_is_honoured():
    server = Server(answer({"errors": [{"message": "x"}]}, 503, retry_after="7"), answer(GOOD))
    found, pauses, _ = ask(server)
    assert (found, pauses) == (GOOD, [7.0])


def test_retry_after_beyond_bounds_is_not_waited_for():
    told = {"errors": [{"message": "away", "extensions": {"code": "UNAVAILABLE"}}]}
    error, pauses = failure(Server(answer(told, 503, retry_after="3600")))
    assert pauses == []
    assert error.exit_status == 6
    assert error.problem.why == "away"


def test_waiting_ends():
    error, pauses = failure(Server(answer("busy", 503, retry_after="0")))
    assert error.code == "UNAVAILABLE"
    assert pauses == [0.0] * (asking.TRIES - 1)


def test_retry_after_as_a_date_that_is_over_means_now():
    late = answer("busy", 429, retry_after="Mon, 01 Jan 2024 00:00:00 GMT")
    assert ask(Server(late, answer(GOOD)))[1] == [0.0]


def test_a_web_page_is_not_graphql():
    error, _ = failure(Server(answer("<html>hello</html>")))
    assert (error.code, error.exit_status) == ("NOT_GRAPHQL", 6)
    assert "text/html" in error.problem.why


def test_json_of_something_else_is_not_graphql():
    assert failure(Server(answer({"hello": 1})))[0].code == "NOT_GRAPHQL"


def test_a_redirect_is_not_followed_with_the_token():
    server = Server(answer("", 302, location="https://elsewhere.example/"))
    error, _ = failure(server)
    assert len(server.bodies) == 1
    assert "elsewhere.example" in error.problem.why


@pytest.mark.parametrize(("status", "code"), [(401, "UNAUTHENTICATED"), (403, "FORBIDDEN")])
def test_nobody_is_let_in(status, code):
    error, _ = failure(Server(answer("no", status)))
    assert (error.code, error.exit_status) == (code, 4)


def test_a_certificate_that_is_not_trusted_is_named_as_such():
    cause = ssl.SSLCertVerificationError(1, "verify failed")
    cause.verify_message = "self-signed certificate"
    error = httpx.ConnectError("x")
    error.__cause__ = cause
    found, pauses = failure(Server(error))
    assert (found.code, found.problem.why) == ("TLS_FAILED", "self-signed certificate")
    assert pauses == []


def test_everything_is_in_one_request():
    seen = {}

    def server(request):
        seen.update(json.loads(request.content), url=str(request.url), **dict(request.headers))
        return answer(GOOD)

    how = asking.How(1.0, repeatable=True, told=print, transport=httpx.MockTransport(server))
    place = address("http://127.0.0.1:1/graphql")
    found = remote.execute(place, "fsg_secret", "LedgerHead", {"a": 1}, how)
    assert found == GOOD
    assert seen["url"] == "http://127.0.0.1:1/graphql/"
    assert seen["operationName"] == "LedgerHead"
    assert seen["variables"] == {"a": 1}
    assert seen["authorization"] == "Bearer fsg_secret"
    assert "query LedgerHead" in seen["query"]


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("https://cmdb.example/", "https://cmdb.example"),
        ("https://cmdb.example/it/graphql/", "https://cmdb.example/it"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_addresses(url, base):
    assert address(url).base == base


@pytest.mark.parametrize(
    "url",
    [
        "",
        "127.0.0.1:8000",
        "ftp://x",
        "http://",
        "http://u:secret@x/",
        "http://x?a=1",
        "http://x:99999",
    ],
)
def test_what_is_no_address_is_refused_without_telling_secrets(url):
    with pytest.raises(FitsmError) as caught:
        address(url)
    assert caught.value.exit_status == 2
    assert "secret" not in str(caught.value)


def test_only_what_leaves_the_machine_in_the_clear_is_warned_of():
    assert address("http://10.0.0.1").in_the_clear
    assert not address("https://10.0.0.1").in_the_clear
    assert not address("http://localhost:1").in_the_clear
    assert not address("http://[::1]:1").in_the_clear


def test_a_token_comes_from_one_place(tmp_path):
    with pytest.raises(FitsmError) as none:
        token({})
    assert none.value.exit_status == 4
    file = tmp_path / "token"
    file.write_text("fsg_of_file\n")
    assert token({"FITSM_TOKEN_FILE": str(file)}) == "fsg_of_file"
    with pytest.raises(FitsmError) as twice:
        token({"FITSM_TOKEN_FILE": str(file), "FITSM_TOKEN": "fsg_direct"})
    assert twice.value.exit_status == 2


@pytest.mark.parametrize("content", [b"", b"two words", b"\xff\xfe", b"a\nb", b"x" * 5000])
def test_a_file_without_a_token_is_refused(tmp_path, content):
    file = tmp_path / "token"
    file.write_bytes(content)
    with pytest.raises(FitsmError) as caught:
        token({"FITSM_TOKEN_FILE": str(file)})
    assert caught.value.exit_status == 2
