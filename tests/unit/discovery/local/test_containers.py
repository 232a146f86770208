"""Containers of an engine, over a socket file that speaks HTTP as an engine does."""

import http.server
import json
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from fitsm_graph.discovery.local import Machine
from fitsm_graph.discovery.local.containers import observe
from fitsm_graph.kernel.errors import Problem
from fitsm_graph.model.observation import Observation

LISTED = [
    {
        "Id": "4f1c" * 16,
        "Names": ["/web"],
        "Image": "nginx:1.27",
        "ImageID": "sha256:" + "ab" * 32,
        "State": "running",
        "Ports": [{"PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"}],
        "NetworkSettings": {"Networks": {"front": {"NetworkID": "n1"}}},
    }
]


class Engine(socketserver.ThreadingUnixStreamServer):
    answer = b""
    status = 200


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert self.path == "/containers/json"
        self.send_response(self.server.status)  # type: ignore[attr-defined]  # of Engine
        self.end_headers()
        self.wfile.write(self.server.answer)  # type: ignore[attr-defined]  # of Engine

    def address_string(self) -> str:
        return "engine"

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with Engine(str(tmp_path / "docker.sock"), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def seen(engine: Engine) -> list[Observation | Problem]:
    return list(observe(Machine("m", "m"), [Path(str(engine.server_address))]))


def test_containers_run_on_the_host_that_was_looked_at(engine: Engine):
    engine.answer = json.dumps(LISTED).encode()
    found = {each.key: each for each in seen(engine) if isinstance(each, Observation)}
    assert {each.type for each in found.values()} == {"Container", "ContainerImage", "Network"}
    web = found["docker/m/container/web"]
    assert web.attributes["ports"] == ["8080:80/tcp"]
    assert {(tie.type, tie.key) for tie in web.relations} == {
        ("RUNS_ON", "local/m"),
        ("STARTED_FROM", "image/nginx:1.27"),
        ("IN_NETWORK", "docker/m/network/n1"),
    }


@pytest.mark.parametrize(("status", "answer"), [(200, b"no json"), (500, b"[]"), (200, b"{}")])
def test_an_engine_that_answers_otherwise_is_told(engine: Engine, status: int, answer: bytes):
    engine.status, engine.answer = status, answer
    (problem,) = seen(engine)
    assert isinstance(problem, Problem)
    assert problem.code == "MODEL_SKIPPED"


def test_without_an_engine_there_is_nothing(tmp_path: Path):
    assert list(observe(Machine("m", "m"), [tmp_path / "none"])) == []
