"""Containers of an engine on this machine that speaks Docker's API (Docker, Podman)."""

import http.client
import json
import os
import socket
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from fitsm_graph.discovery.local.identity import Machine
from fitsm_graph.discovery.mapping import Given, catalogue, run_mapping
from fitsm_graph.kernel.errors import Problem
from fitsm_graph.model.observation import Observation, ObservedRelation

SECONDS = 5
MOST_BYTES = 32 << 20


class _Engine(http.client.HTTPConnection):
    """HTTP over a socket file."""

    def __init__(self, file: Path) -> None:
        super().__init__("localhost", timeout=SECONDS)
        self._file = file

    def connect(self) -> None:
        """Connect to the file instead of a port."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(SECONDS)
        self.sock.connect(str(self._file))


def socket_files() -> list[Path]:
    """Where engines listen, the one that DOCKER_HOST names first."""
    named = os.environ.get("DOCKER_HOST", "")
    runtime = os.environ.get("XDG_RUNTIME_DIR", f"/run/user/{os.getuid()}")
    files = [
        *([named.removeprefix("unix://")] if named.startswith("unix://") else []),
        "/var/run/docker.sock",
        f"{runtime}/docker.sock",
        f"{runtime}/podman/podman.sock",
        "/run/podman/podman.sock",
        str(Path.home() / ".docker/run/docker.sock"),
    ]
    return [Path(each) for each in dict.fromkeys(files)]


def observe(
    machine: Machine, files: Sequence[Path] | None = None
) -> Iterator[Observation | Problem]:
    """Tell the running containers of the first engine that answers; none where none does."""
    for file in socket_files() if files is None else files:
        if not file.is_socket():
            continue
        try:
            listed = _asked(file)
        except (OSError, ValueError, http.client.HTTPException) as error:
            yield _no_answer(file, error)
            continue
        yield from _made(machine, listed)
        return


def _asked(file: Path) -> list[Any]:
    engine = _Engine(file)
    try:
        engine.request("GET", "/containers/json", headers={"Accept": "application/json"})
        answer = engine.getresponse()
        data = answer.read(MOST_BYTES + 1)
        if answer.status != http.client.OK or len(data) > MOST_BYTES:
            raise ValueError(f"it answered {answer.status}, {len(data):,} bytes")
        found = json.loads(data)
    finally:
        engine.close()
    if not isinstance(found, list):
        raise ValueError("it gave no list")  # noqa: TRY004 - a wrong answer, not a wrong call
    return found


def _made(machine: Machine, listed: list[Any]) -> Iterator[Observation | Problem]:
    """What the mapping of Docker's API makes of them, each on this host."""
    if not listed:
        return
    mapping = catalogue.all_mappings()["docker"]
    for seen in run_mapping(mapping, [("containers", listed)], Given(machine.id)):
        if isinstance(seen, Observation) and seen.type == "Container":
            here = ObservedRelation(type="RUNS_ON", key=machine.key)
            yield replace(seen, relations=(*seen.relations, here))
        else:
            yield seen


def _no_answer(file: Path, error: Exception) -> Problem:
    return Problem(
        "MODEL_SKIPPED",
        f"containers of the engine at {file} are not shown",
        str(error),
        "run it as a user who may speak to the engine",
        ("containers",),
    )
