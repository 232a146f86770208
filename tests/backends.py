"""Where the tests get their Neo4j from."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.local import LocalServer, LocalSettings, Profile, named_server
from fitsm_graph.graph.local.lock import read_lock
from fitsm_graph.kernel.errors import FitsmError

KEPT = "FITSM_TEST_NEO4J_DATA"
LASTING_HEAP_MIB = 1024
CANNOT_FETCH = {"LOCAL_EXTRA_MISSING", "NETWORK_UNREACHABLE"}


def fast_settings(data: Path, *, fast_start: bool = True) -> LocalSettings:
    """Settings for a server in a folder of its own, on a free port.

    The one for all tests works for long, and mostly plans statements: two files of questions took
    106 s where Java compiles as it always does, and 146 s where it compiles lightly. In the whole
    suite, one test of many plans took 464 s with half a gigabyte of heap, and 135 s with one.
    """
    settings = LocalSettings.from_env(profile=Profile.TEST)
    heap = settings.heap_mib or (0 if fast_start else LASTING_HEAP_MIB)
    return replace(settings, data=data, port=0, fast_start=fast_start, heap_mib=heap)


@contextmanager
def database_for_tests() -> Iterator[Endpoint]:
    named = named_server()
    kept = os.environ.get(KEPT)
    if named:
        yield named
    elif kept:
        data = Path(kept).expanduser().resolve()
        server = LocalServer(fast_settings(data, fast_start=False))
        yield server.up(stay=True).endpoint
    else:
        with _throwaway() as endpoint:
            yield endpoint


@contextmanager
def throwaway_server(*, fast_start: bool = True) -> Iterator[LocalServer]:
    """A managed server that is not up yet, in a folder that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="fitsm-neo4j-") as folder:
        server = LocalServer(fast_settings(Path(folder), fast_start=fast_start))
        try:
            yield server
        finally:
            server.down(kill=True)


@contextmanager
def _throwaway() -> Iterator[Endpoint]:
    with throwaway_server(fast_start=False) as server:
        try:
            server.resolve()
        except FitsmError as error:
            if error.code not in CANNOT_FETCH or not _docker_answers():
                raise
            with _container() as endpoint:
                yield endpoint
            return
        yield server.up().endpoint


def _docker_answers() -> bool:
    import docker

    try:
        docker.from_env().ping()
    except docker.errors.DockerException:
        return False
    return True


@contextmanager
def _container() -> Iterator[Endpoint]:
    from testcontainers.community.neo4j import Neo4jContainer

    with Neo4jContainer(f"neo4j:{read_lock().version}-community") as container:
        yield Endpoint(container.get_connection_url(), container.username, container.password)
