"""Which Neo4j is used: the one that is named, else the managed local one. Never a silent third.

The test suite adds a container where a Docker engine answers; that is in `tests/`.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.local.config import USER
from fitsm_graph.graph.local.fetch import Progress, silent
from fitsm_graph.graph.local.server import LocalServer
from fitsm_graph.graph.local.settings import LocalSettings
from fitsm_graph.kernel.errors import BadInput

URI = "FITSM_NEO4J_URI"
PASSWORD = "FITSM_NEO4J_PASSWORD"  # noqa: S105  the name of a setting, not a secret
PASSWORD_FILE = "FITSM_NEO4J_PASSWORD_FILE"  # noqa: S105  the name of a setting, not a secret
SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")


@dataclass(frozen=True, slots=True)
class Backend:
    """The Neo4j in use.

    Attributes:
        endpoint: Where it answers, and how to sign in.
        origin: Where that comes from, in words for a person.
        attached: Whether it was running before, and so is left running.
    """

    endpoint: Endpoint
    origin: str
    attached: bool


def named_server(env: Mapping[str, str] = os.environ) -> Endpoint | None:
    """Return the server that FITSM_NEO4J_URI names; None where it is not set.

    The password comes from FITSM_NEO4J_PASSWORD_FILE or FITSM_NEO4J_PASSWORD, the user from
    FITSM_NEO4J_USER (neo4j by default).

    Raises:
        BadInput: The scheme is none of Neo4j's, or the password is missing, unreadable or given
            twice.
    """
    uri = env.get(URI, "").strip()
    if not uri:
        return None
    if uri.partition("://")[0] not in SCHEMES:
        raise BadInput(
            f"{URI} is '{uri}'",
            why=f"it must begin with one of {', '.join(SCHEMES)}",
            remedy=f"write for example {URI}=bolt://127.0.0.1:7687",
            path=(URI,),
        )
    return Endpoint(uri, env.get("FITSM_NEO4J_USER") or USER, _password(env))


@contextmanager
def backend(
    settings: LocalSettings,
    progress: Progress = silent,
    *,
    env: Mapping[str, str] = os.environ,
    stay: bool = False,
) -> Iterator[Backend]:
    """Have the Neo4j in use for a while; a managed server started here is stopped afterwards.

    Args:
        settings: Of the managed server, should it come to that.
        progress: Told what is being done.
        env: The environment that may name a server.
        stay: Leave a managed server running afterwards.

    Raises:
        FitsmError: Those of `named_server` and of `LocalServer.up`.
    """
    named = named_server(env)
    if named:
        yield Backend(named, f"{URI}={named.uri}", attached=True)
        return
    server = LocalServer(settings)
    if stay:
        started = server.up(progress, stay=True)
        yield _managed(started.endpoint, settings, attached=True)
        return
    with server.session(progress) as started:
        yield _managed(started.endpoint, settings, attached=started.attached)


def _managed(endpoint: Endpoint, settings: LocalSettings, *, attached: bool) -> Backend:
    return Backend(endpoint, f"managed local server in {settings.data}", attached)


def _password(env: Mapping[str, str]) -> str:
    direct, file = env.get(PASSWORD, ""), env.get(PASSWORD_FILE, "")
    if bool(direct) == bool(file):
        raise BadInput(
            f"the password for {URI} is " + ("given twice" if direct else "missing"),
            why="a server that is named needs one source of its password",
            remedy=f"set {PASSWORD_FILE} (or {PASSWORD}), not both",
            path=(PASSWORD_FILE,),
        )
    return direct or _read(Path(file).expanduser())


def _read(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            f"the password file {path} cannot be read",
            why=getattr(error, "strerror", None) or type(error).__name__,
            remedy=f"mend the file or {PASSWORD_FILE}",
            path=(PASSWORD_FILE,),
        ) from error
    if not text:
        raise BadInput(f"the password file {path} is empty", path=(PASSWORD_FILE,))
    return text
