"""What a client of a server says when there is none, or none that behaves; no database needed."""

import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler

import pytest

from e2e.cli_line import COMMAND, Line, clean_environment, free_port, listening, respond

HEAD = ("ledger", "head")
LINE = Line({**clean_environment(), "FITSM_TOKEN": "fsg_of_a_test"})


def test_where_nobody_listens() -> None:
    done = LINE.there(*HEAD, url=f"http://127.0.0.1:{free_port()}")
    assert (done.returncode, done.stdout) == (6, "")
    assert done.stderr.startswith("error[CONNECTION_FAILED] nothing answers at")
    assert "why: Connection refused" in done.stderr
    assert "do: " in done.stderr
    assert "fsg_of_a_test" not in done.stderr


@pytest.mark.parametrize(
    ("status", "kind", "body", "code", "end"),
    [
        (200, "text/html", b"<html>", "NOT_GRAPHQL", 6),
        (302, "text/html", b"", "NOT_GRAPHQL", 6),
        (401, "text/plain", b"no", "UNAUTHENTICATED", 4),
        (403, "text/html", b"no", "FORBIDDEN", 4),
        (500, "text/html", b"oh", "NOT_GRAPHQL", 6),
        (
            400,
            "application/json",
            b'{"errors": [{"message": "Cannot query field \\"ledgerHead\\""}]}',
            "VERSION_MISMATCH",
            6,
        ),
    ],
)
def test_servers_of_another_kind(status: int, kind: str, body: bytes, code: str, end: int) -> None:
    with listening(lambda request, _: respond(request, status, kind, body)) as url:
        done = LINE.there(*HEAD, url=url)
    assert done.returncode == end, done.stderr
    assert done.stderr.startswith(f"error[{code}]")
    assert done.stdout == ""


def test_a_server_that_does_not_speak_tls() -> None:
    with listening(lambda request, _: respond(request, 200, "text/plain", b"")) as url:
        done = LINE.there(*HEAD, url=url.replace("http:", "https:"))
    assert done.returncode == 6
    assert done.stderr.startswith("error[TLS_FAILED]")


def test_a_busy_server_is_asked_again() -> None:
    asked: list[bytes] = []

    def answer(request: BaseHTTPRequestHandler, body: bytes) -> None:
        asked.append(body)
        if len(asked) == 1:
            request.send_response(503)
            request.send_header("retry-after", "0")
            request.send_header("content-length", "0")
            request.end_headers()
        else:
            respond(request, 200, "application/json", b'{"data": {"ledgerHead": 7}}')

    with listening(answer) as url:
        done = LINE.there(*HEAD, "-o", "json", url=url)
        quiet = LINE.there(*HEAD, "--quiet", url=url)
    assert (done.returncode, done.stdout) == (0, '{\n  "seq": 7\n}\n')
    assert "cannot answer now" in done.stderr
    assert (quiet.stdout, quiet.stderr) == ("7\n", "")


def test_options_stand_before_and_after_the_command_and_flags_go_before_the_environment() -> None:
    answer = b'{"data": {"ledgerHead": 7}}'
    with listening(lambda request, _: respond(request, 200, "application/json", answer)) as url:
        for words in (
            ("--url", url, *HEAD),
            (*HEAD, "--url", url),
            ("ledger", "--url", url, "head"),
        ):
            done = LINE.there(*words, url="http://127.0.0.1:1")
            assert (done.returncode, done.stdout) == (0, "7\n")


def test_a_token_is_needed_and_is_no_argument() -> None:
    done = Line(clean_environment()).there(*HEAD, url="http://127.0.0.1:1")
    assert done.returncode == 4
    assert "FITSM_TOKEN_FILE" in done.stderr
    assert LINE.there(*HEAD, "--token", "x", url="http://127.0.0.1:1").returncode == 2


def test_commands_of_this_machine_refuse_a_server() -> None:
    done = LINE.there("token", "list", url="http://127.0.0.1:1")
    assert done.returncode == 2
    assert done.stderr.startswith("error[LOCAL_ONLY]")
    assert LINE.here("token", "list", "--url", "http://127.0.0.1:1").returncode == 2


def test_a_slow_server_is_not_waited_for_without_end() -> None:
    over = threading.Event()
    with listening(lambda _request, _body: over.wait(60) and None) as url:
        done = LINE.there(*HEAD, "--timeout", "0.2", url=url)
        over.set()
    assert done.returncode == 6
    assert "error[TIMEOUT]" in done.stderr


HEARING = (
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); "
    "os.execv(sys.argv[1], sys.argv[1:])"
)
"""Run a command that hears Ctrl-C, also where the tests run in the background and do not."""


def test_ctrl_c_ends_a_waiting_client() -> None:
    waiting, over = threading.Event(), threading.Event()

    def answer(_request: BaseHTTPRequestHandler, _body: bytes) -> None:
        waiting.set()
        over.wait(60)

    with listening(answer) as url:
        env = {**LINE.env, "FITSM_URL": url}
        with subprocess.Popen(
            [sys.executable, "-c", HEARING, COMMAND, *HEAD],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as child:
            assert waiting.wait(60)
            child.send_signal(signal.SIGINT)
            out, said = child.communicate(timeout=30)
        over.set()
    assert (child.returncode, out, said) == (130, b"", b"")


def test_a_wrong_command_is_a_matter_of_usage_and_the_nearest_is_named() -> None:
    done = LINE.here("servicesx")
    assert done.returncode == 2
    assert "services" in done.stderr
    assert done.stdout == ""
