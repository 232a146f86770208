"""Ports, and when a server is ready: it answers a query, not only a connection."""

import socket
import time
from collections.abc import Callable

from neo4j import GraphDatabase
from neo4j.exceptions import AuthError, DriverError, Neo4jError

from fitsm_graph.graph.local.config import HOST

_TICK = 0.05


def is_free(port: int) -> bool:
    """Say whether a server could listen on this port of the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def wait_until_ready(
    port: int, auth: tuple[str, str], alive: Callable[[], bool], seconds: float
) -> str:
    """Wait until the server answers a query.

    Args:
        port: Where it will listen.
        auth: User and password.
        alive: Says whether its process is still there.
        seconds: How long to wait at most.

    Returns:
        An empty text, or the reason why it is not going to answer.

    Raises:
        AuthError: It answers, and knows another password.
    """
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if _listens(port) and _answers(port, auth):
            return ""
        if not alive():
            return "its process ended"
        time.sleep(_TICK)
    return f"it did not answer within {seconds:.0f} s"


def _listens(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True


def _answers(port: int, auth: tuple[str, str]) -> bool:
    uri = f"bolt://{HOST}:{port}"
    try:
        with GraphDatabase.driver(uri, auth=auth, max_transaction_retry_time=0) as driver:
            driver.execute_query("RETURN 1 AS one", database_="neo4j")
    except AuthError:
        raise
    except (DriverError, Neo4jError, OSError):
        return False
    return True
