"""The real command in a process of its own, and servers that behave as a test wants."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

COMMAND = Path(sys.executable).parent / "fsg"
Done = subprocess.CompletedProcess[str]
Answer = Callable[[BaseHTTPRequestHandler, bytes], None]


def clean_environment() -> dict[str, str]:
    """The environment without any setting of the product."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FITSM_")}
    return {**kept, "COLUMNS": "80"}


@dataclass
class Line:
    """The command line with an environment, and the server it can ask."""

    env: dict[str, str]
    url: str = ""

    def here(self, *words: str, **more: Any) -> Done:
        """Run a command on the database itself."""
        return self._run(words, self.env, **more)

    def there(self, *words: str, url: str = "", **more: Any) -> Done:
        """Run a command as a client of the server."""
        return self._run(words, {**self.env, "FITSM_URL": url or self.url}, **more)

    def ask(self, document: str, **variables: Any) -> Any:
        """Ask the server without the command line."""
        headers = {"Authorization": f"Bearer {self.env['FITSM_TOKEN']}"}
        body = {"query": document, "variables": variables}
        answer = httpx.post(f"{self.url}/graphql/", json=body, headers=headers, trust_env=False)
        return answer.json()["data"]

    def written(self, since: str) -> int:
        """How many entries the ledger got since a moment, without those of the server's own."""
        document = "query W($since: DateTime!) { ledgerEntries(since: $since) { via } }"
        entries = self.ask(document, since=since)["ledgerEntries"]
        return sum(each["via"] != "scheduler" for each in entries)

    def _run(self, words: tuple[str, ...], env: dict[str, str], **more: Any) -> Done:
        more = {"capture_output": True, "text": True, "timeout": 200, **more}
        return subprocess.run([COMMAND, *words], env=env, check=False, **more)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def listening(answer: Answer) -> Iterator[str]:
    """A server that treats each request as the test wants."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer(self, self.rfile.read(int(self.headers["content-length"])))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def respond(request: BaseHTTPRequestHandler, status: int, kind: str, body: bytes) -> None:
    request.send_response(status)
    request.send_header("content-type", kind)
    request.send_header("content-length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)
