"""The managed server: kept data, limits, one folder one server, found again after a kill."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import neo4j
import pytest

from backends import throwaway_server
from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.local import LocalServer
from fitsm_graph.graph.local.process import gone, identity
from fitsm_graph.kernel.errors import FitsmError

FOREIGN = """
import fcntl, sys
file = open(sys.argv[1], "r+b")
fcntl.lockf(file, fcntl.LOCK_EX)
print("locked", flush=True)
sys.stdin.read()
"""
PARENT = """
import sys
from dataclasses import replace
from pathlib import Path
from fitsm_graph.graph.local import LocalServer, LocalSettings, Profile
settings = LocalSettings.from_env(profile=Profile.TEST)
settings = replace(settings, data=Path(sys.argv[1]), port=0, fast_start=True)
LocalServer(settings).up(stay=sys.argv[2] == "stay")
print("up", flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[LocalServer]:
    with throwaway_server() as server:
        yield server


def ask(endpoint: Endpoint, query: str, **parameters: object) -> list[dict[str, object]]:
    with neo4j.GraphDatabase.driver(
        endpoint.uri, auth=(endpoint.user, endpoint.password)
    ) as driver:
        return [each.data() for each in driver.execute_query(query, **parameters).records]


def code_of(action: object, *args: object, **kwargs: object) -> str:
    with pytest.raises(FitsmError) as caught:
        action(*args, **kwargs)
    return caught.value.code


def test_it_answers_and_is_found_again(server: LocalServer) -> None:
    first = server.up()
    second = LocalServer(server.settings).up()
    assert second.attached
    assert second.endpoint == first.endpoint
    assert ask(first.endpoint, "RETURN 1 AS one") == [{"one": 1}]


def test_it_has_its_limits_and_listens_on_loopback_alone(server: LocalServer) -> None:
    rows = ask(server.up().endpoint, "SHOW SETTINGS YIELD name, value RETURN name, value")
    values = {each["name"]: each["value"] for each in rows}
    assert values["db.transaction.timeout"] == "30s"
    assert values["db.lock.acquisition.timeout"] == "5s"
    assert values["db.memory.transaction.max"] == "256.00MiB"
    assert values["server.http.enabled"] == "false"
    assert values["dbms.usage_report.enabled"] == "false"
    assert values["server.bolt.listen_address"].startswith(("127.0.0.1:", "localhost:"))


def test_the_password_is_random_private_and_needed(server: LocalServer) -> None:
    endpoint = server.up().endpoint
    file = server.settings.data / "password"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(endpoint.password) >= 24
    assert endpoint.password not in repr(endpoint)
    with pytest.raises(neo4j.exceptions.AuthError):
        ask(replace(endpoint, password="neo4j"), "RETURN 1")


def test_a_second_start_is_refused_with_the_remedy(server: LocalServer) -> None:
    server.up()
    with pytest.raises(FitsmError) as caught:
        LocalServer(server.settings).up(attach=False)
    assert caught.value.code == "LOCAL_SERVER_RUNNING"
    assert "db down" in caught.value.problem.remedy
    elsewhere = LocalServer(replace(server.settings, port=1))
    assert code_of(elsewhere.up) == "LOCAL_SERVER_RUNNING"
    assert code_of(LocalServer(server.settings).reset) == "LOCAL_SERVER_RUNNING"


def test_killed_it_starts_again_with_what_was_committed(server: LocalServer) -> None:
    before = server.up().endpoint
    ask(before, "CREATE (:Kept {id: 'k'})")
    os.kill(server.status().pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while server.status().running:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    after = server.up()
    assert not after.attached
    assert after.endpoint == before, "port and password are kept"
    assert ask(after.endpoint, "MATCH (k:Kept) RETURN k.id AS id") == [{"id": "k"}]


def test_stopped_it_keeps_its_data_and_reset_empties_it(server: LocalServer) -> None:
    ask(server.up().endpoint, "CREATE (:Kept {id: 'stopped'})")
    assert server.down()
    assert not server.down(), "there is nothing left to stop"
    assert not server.status().running
    found = ask(server.up().endpoint, "MATCH (k:Kept {id: 'stopped'}) RETURN count(k) AS n")
    assert found == [{"n": 1}]
    server.down()
    server.reset()
    assert ask(server.up().endpoint, "MATCH (k:Kept) RETURN count(k) AS n") == [{"n": 0}]


def test_a_folder_another_server_holds_is_refused(server: LocalServer) -> None:
    server.up()
    server.down()
    lock = server.settings.data / "data" / "databases" / "store_lock"
    with _python(FOREIGN, str(lock)) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "locked\n"
        assert code_of(server.up) == "LOCAL_FOLDER_TAKEN"
        other.communicate()


def test_a_server_that_cannot_start_says_what_its_log_says(server: LocalServer) -> None:
    server.down()
    wrong = LocalServer(replace(server.settings, cypher="CYPHER_1"))
    with pytest.raises(FitsmError) as caught:
        wrong.up()
    assert caught.value.code == "LOCAL_START_FAILED"
    assert "CYPHER_1" in caught.value.problem.why
    assert not wrong.status().running


def test_a_start_cache_that_does_not_fit_is_passed_over(
    server: LocalServer, tmp_path: Path
) -> None:
    server.down()
    cache = tmp_path / "start.aot"
    cache.write_bytes(b"made by another Java")
    other = LocalServer(server.settings, [f"-XX:AOTCache={cache}", "-Xlog:aot*=off"])
    assert not other.up().attached
    assert other.down()


@pytest.mark.parametrize("mode", ["stay", "follow"])
def test_a_killed_parent_takes_it_along_unless_asked(server: LocalServer, mode: str) -> None:
    server.down()
    with _python(PARENT, str(server.settings.data), mode) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "up\n"
        pid = server.status().pid
        token = identity(pid)
        parent.kill()
        parent.communicate()
    assert gone(pid, token, 2 if mode == "stay" else 30) == (mode == "follow")
    assert server.down() == (mode == "stay")


def _python(program: str, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")},
    )


FETCH = """
import sys
from dataclasses import replace
from pathlib import Path
from fitsm_graph.graph.local.fetch import resolve
from fitsm_graph.graph.local.lock import read_lock
from fitsm_graph.kernel.errors import FitsmError
lock = read_lock()
one = next(each for each in lock.artefacts if each.name == sys.argv[2])
one = replace(one, sha256=sys.argv[3]) if sys.argv[3] else one
try:
    print(resolve(Path(sys.argv[1]), replace(lock, artefacts=(one,))))
except FitsmError as error:
    print(error.code)
"""


def fetch(cache: Path, sha256: str = "", **env: str) -> str:
    """Fetch one small artefact in a process of its own; return the folder or the code."""
    done = subprocess.run(
        [sys.executable, "-c", FETCH, str(cache), "jspecify", sha256],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src"), **env},
    )
    return done.stdout.strip()


def test_without_a_network_it_says_so_and_leaves_nothing_behind(tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:1"
    said = fetch(tmp_path, HTTPS_PROXY=nowhere, https_proxy=nowhere, NO_PROXY="", no_proxy="")
    assert said == "NETWORK_UNREACHABLE"
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


def test_a_file_with_another_digest_is_refused_and_not_kept(tmp_path: Path) -> None:
    assert fetch(tmp_path, "0" * 64) == "CHECKSUM_MISMATCH"
    assert list(tmp_path.rglob("*.jar")) == []


def test_a_damaged_file_is_fetched_again(tmp_path: Path) -> None:
    folder = Path(fetch(tmp_path))
    (jar,) = folder.glob("*.jar")
    right = jar.read_bytes()
    jar.write_bytes(right[:100])
    assert Path(fetch(tmp_path)) == folder
    assert jar.read_bytes() == right
