"""The client: keys for mutations, pages, errors as exceptions, files that are whole."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from fitsm_graph.client import AsyncClient, Client
from fitsm_graph.client.answers import Answer
from fitsm_graph.client.calls import call_of
from fitsm_graph.kernel.errors import FitsmError

URL = "http://127.0.0.1:8000"
ACT = """mutation M($input: I!, $key: String) {
  registerElement(input: $input, idempotencyKey: $key) { ok errors { message } } }"""


class Server:
    """Answers in turn what it was given."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.seen: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(each.content) for each in self.seen]


def client(server: Server) -> Client:
    return Client(URL, "fsg_x", transport=httpx.MockTransport(server))


def test_an_answer_says_which_entry_it_shows() -> None:
    server = Server({"data": {"ledgerHead": 7}, "extensions": {"seq": 7}})
    with client(server) as asking:
        answer = asking.query("{ ledgerHead }")
    assert (answer["ledgerHead"], answer.seq) == (7, 7)
    assert server.seen[0].headers["authorization"] == "Bearer fsg_x"


def test_a_mutation_gets_a_key_and_is_asked_again_with_the_same() -> None:
    server = Server(httpx.ReadError("cut"), {"data": {"registerElement": {"ok": True}}})
    with client(server) as asking:
        asking.act(ACT, {"input": {}})
    first, second = server.bodies
    assert first == second
    assert first["variables"]["key"].startswith("client-")


def test_a_key_that_is_given_stays_and_another_call_gets_another() -> None:
    assert json.loads(call_of(ACT, {"key": "mine"}).body)["variables"]["key"] == "mine"
    assert call_of(ACT, None).body != call_of(ACT, None).body


@pytest.mark.parametrize(
    "document",
    [
        "mutation { retire(input: {}) { ok } }",
        "query A { x } mutation B { retire(input: {}) { ok } }",
        'mutation { retire(input: {note: "idempotencyKey: $key"}) { ok } }',
        "mutation($key: String) { a(idempotencyKey: $key) { ok } b(idempotencyKey: null) { ok } }",
    ],
)
def test_what_has_no_key_is_not_repeated(document: str) -> None:
    server = Server(httpx.ReadError("cut"))
    with client(server) as asking, pytest.raises(FitsmError) as caught:
        asking.query(document)
    assert len(server.seen) == 1
    assert "may have been done or not" in caught.value.problem.message


def test_a_question_that_speaks_of_mutations_is_repeatable() -> None:
    assert call_of('{ search(text: "mutation {") { nodes { key } } } # mutation {', None).repeatable


def test_errors_are_exceptions_with_code_why_and_remedy() -> None:
    told = {"message": "no", "extensions": {"code": "FORBIDDEN", "why": "w", "remedy": "r"}}
    server = Server({"data": None, "errors": [told]})
    with client(server) as asking, pytest.raises(FitsmError) as caught:
        asking.query("{ x }")
    problem = caught.value.problem
    assert (problem.code, problem.why, problem.remedy) == ("FORBIDDEN", "w", "r")
    assert caught.value.exit_status == 4


def test_what_a_verb_refuses_is_an_exception() -> None:
    errors = [{"__typename": "RuleViolation", "code": "STILL_NEEDED", "message": "no"}]
    server = Server({"data": {"retireElement": {"ok": False, "errors": errors}}})
    with client(server) as asking, pytest.raises(FitsmError) as caught:
        asking.act(ACT, {"input": {}})
    assert caught.value.code == "STILL_NEEDED"


PAGED = """query P($after: String) { cis(first: 2, after: $after) {
  nodes { key } pageInfo { hasNextPage endCursor } } }"""


def page(keys: str, end: str, *, more: bool) -> Any:
    return {
        "data": {
            "cis": {
                "nodes": [{"key": key} for key in keys],
                "pageInfo": {"hasNextPage": more, "endCursor": end},
            }
        }
    }


def test_pages_are_followed_to_the_end() -> None:
    server = Server(page("ab", "2", more=True), page("c", "3", more=False))
    with client(server) as asking:
        assert [row["key"] for row in asking.pages(PAGED)] == ["a", "b", "c"]
    assert [each["variables"] for each in server.bodies] == [{}, {"after": "2"}]


def test_what_has_no_pages_says_so() -> None:
    with client(Server()) as asking, pytest.raises(FitsmError) as caught:
        list(asking.pages("{ cis { nodes { key } } }"))
    assert caught.value.code == "NOT_PAGED"


async def test_the_other_client_does_the_same() -> None:
    server = Server(
        httpx.Response(503, headers={"retry-after": "0"}),
        page("ab", "2", more=True),
        page("c", "3", more=False),
    )
    async with AsyncClient(URL, "fsg_x", transport=httpx.MockTransport(server)) as asking:
        assert [row["key"] async for row in asking.pages(PAGED)] == ["a", "b", "c"]
    assert len(server.seen) == 3


def test_a_file_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    with client(Server(httpx.Response(200, content=b"key\r\na\r\n"))) as asking:
        assert asking.export("{ cis { nodes { key } } }", target, rows=1, still=True) == target
    assert target.read_bytes() == b"key\r\na\r\n"

    class Cut(httpx.SyncByteStream):
        def __iter__(self) -> Any:
            yield b"key\r\n"
            raise httpx.RemoteProtocolError("peer closed connection")

    other = tmp_path / "b.csv"
    server = Server(httpx.Response(200, stream=Cut()))
    with client(server) as asking, pytest.raises(FitsmError) as caught:
        asking.export("{ cis { nodes { key } } }", other)
    assert caught.value.code == "ANSWER_LOST"
    assert [each.name for each in tmp_path.iterdir()] == ["a.csv"]


ROWS = Answer(
    {"cis": {"nodes": [{"key": "a", "owner": {"name": "x"}, "n": 1}, {"key": "b", "owner": None}]}}
)
GRAPH = Answer(
    {
        "impact": {
            "graph": {
                "elements": [{"id": "1", "key": "a"}, {"id": "2", "key": "b"}],
                "edges": [{"source": "1", "target": "2", "label": "hard"}] * 2,
            }
        }
    }
)


def test_rows_are_flat() -> None:
    assert ROWS.rows() == [{"key": "a", "owner.name": "x", "n": 1}, {"key": "b", "owner": None}]


def test_answers_become_frames_and_graphs() -> None:
    assert list(ROWS.to_pandas("cis.nodes")["key"]) == ["a", "b"]
    assert ROWS.to_polars()["key"].to_list() == ["a", "b"]
    graph = GRAPH.to_networkx()
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (2, 2)
    assert graph.nodes["1"]["key"] == "a"


def test_what_is_not_clear_is_refused() -> None:
    with pytest.raises(FitsmError) as caught:
        GRAPH.rows()
    assert caught.value.code == "NOT_ONE_LIST"
    with pytest.raises(FitsmError) as caught:
        ROWS.to_networkx()
    assert caught.value.code == "NO_GRAPH"
