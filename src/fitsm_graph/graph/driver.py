"""The driver with its limits, and what its errors mean for a caller."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import neo4j
from neo4j import exceptions

from fitsm_graph.kernel.errors import Broken, Conflict, FitsmError, Unavailable

RETRY_SECONDS = 10.0
"""How long a write or read is tried again; the server being away longer is an error."""

ACQUISITION_SECONDS = 5.0
READ_SECONDS = 30.0
WRITE_SECONDS = 30.0
SILENT_SECONDS = 5.0
"""How much later than by its own limit a server is taken to hang."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a database answers and how to sign in; the password never shows in a repr."""

    uri: str
    user: str
    password: str

    def __repr__(self) -> str:
        return f"Endpoint(uri={self.uri!r}, user={self.user!r}, password=…)"


def connect(endpoint: Endpoint, *, pool_size: int = 50) -> neo4j.AsyncDriver:
    """Make the one driver of a process; it connects on first use."""
    return neo4j.AsyncGraphDatabase.driver(
        endpoint.uri,
        auth=(endpoint.user, endpoint.password),
        max_connection_pool_size=pool_size,
        connection_acquisition_timeout=ACQUISITION_SECONDS,
        connection_timeout=ACQUISITION_SECONDS,
        max_transaction_retry_time=RETRY_SECONDS,
        liveness_check_timeout=30,
        notifications_min_severity="OFF",
        telemetry_disabled=True,
        user_agent="fitsm-graph",
    )


def connect_for_bulk(endpoint: Endpoint) -> neo4j.Driver:
    """Make a blocking driver for bulk reads in a thread; async streaming costs twice as much."""
    return neo4j.GraphDatabase.driver(
        endpoint.uri,
        auth=(endpoint.user, endpoint.password),
        max_connection_pool_size=4,
        connection_acquisition_timeout=ACQUISITION_SECONDS,
        connection_timeout=ACQUISITION_SECONDS,
        fetch_size=10_000,
        notifications_min_severity="OFF",
        telemetry_disabled=True,
        user_agent="fitsm-graph-bulk",
    )


@asynccontextmanager
async def answered_within(seconds: float, *, late: float = SILENT_SECONDS) -> AsyncIterator[None]:
    """Give a server up that hangs: it ends what takes longer, and would have said so.

    One timer for all that is sent meanwhile; the driver's own limit takes two turns of the loop
    for each part of each answer that is read, a sixteenth of what a verb costs this process.

    Args:
        seconds: What the server was told that the work may take.
        late: How many seconds later it is taken to hang.

    Raises:
        ServiceUnavailable: It has not answered, and is not waited for.
    """
    timer = asyncio.timeout(seconds + late)
    try:
        async with timer:
            yield
    except TimeoutError as error:
        if not timer.expired():
            raise
        raise exceptions.ServiceUnavailable("the server does not answer") from error


@asynccontextmanager
async def session_within(
    driver: neo4j.AsyncDriver, seconds: float, *, access: str = neo4j.WRITE_ACCESS
) -> AsyncIterator[neo4j.AsyncSession]:
    """A session that is over in time; a server that hangs is given up.

    Args:
        driver: Of the graph.
        seconds: What the server is told that the work may take.
        access: Whether it writes, or only reads.

    Raises:
        ServiceUnavailable: The server does not answer.
    """
    async with answered_within(seconds), driver.session(default_access_mode=access) as session:
        yield session


def is_passing(error: Exception) -> bool:
    """Say whether the same work may succeed when it is tried again."""
    if isinstance(error, exceptions.IncompleteCommit | exceptions.TransientError):
        return True
    return isinstance(error, exceptions.DriverError | exceptions.Neo4jError) and (
        error.is_retryable()
    )


class _UnsaidList(list[Any]):
    """A list that a log does not spell out."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"[{len(self)} values]"


class _UnsaidMap(dict[str, Any]):
    """A map that a log does not spell out."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{{{', '.join(self)}}}"


def unsaid(given: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of a statement, so that the driver does not write out what is in them.

    It spells all parameters out for its log with every statement, whether anybody reads that or
    not: of a bulk load a fifteenth of all the time, and values that no log should hold.
    """
    return {name: _unsaid(value) for name, value in given.items()}


def forget(said: Mapping[str, Any]) -> None:
    """Empty what `unsaid` has made, once a statement has run.

    The driver's transactions and results refer to one another, and hold the parameters until the
    collector of cycles comes by, which it does seldom: of a load of a million rows some 190 MB.
    """
    for value in said.values():
        if isinstance(value, _UnsaidList | _UnsaidMap):
            value.clear()


def _unsaid(value: Any) -> Any:
    if type(value) is list:
        return _UnsaidList(value)
    return _UnsaidMap(value) if type(value) is dict else value


@contextmanager
def translated() -> Iterator[None]:
    """Turn the driver's errors into the product's; nothing internal reaches a caller."""
    try:
        yield
    except exceptions.ConstraintError as error:
        raise Conflict(
            "a value that must be unique is taken",
            code="DUPLICATE",
            why=_constraint(error),
            remedy="choose another value, or change the record that has it",
        ) from error
    except exceptions.AuthError as error:
        raise Unavailable(
            "Neo4j refuses the sign-in",
            code="DATABASE_SIGN_IN",
            why="user or password do not fit",
            remedy="check FITSM_NEO4J_USER and FITSM_NEO4J_PASSWORD_FILE",
        ) from error
    except (exceptions.DriverError, exceptions.Neo4jError) as error:
        raise _meaning(error) from error


def _meaning(error: exceptions.DriverError | exceptions.Neo4jError) -> FitsmError:
    code = getattr(error, "code", None) or ""
    if "TransactionTimedOut" in code or "LockAcquisitionTimeout" in code:
        return Unavailable(
            "the database took too long",
            code="TIMEOUT",
            why="another writer holds the turn, or the question is too large",
            remedy="try again, or ask for less",
        )
    if "MemoryPool" in code or "OutOfMemory" in code:
        return Unavailable(
            "the transaction needs more memory than it may have",
            code="TOO_LARGE",
            remedy="send it in smaller parts",
        )
    if is_passing(error) or isinstance(error, exceptions.DriverError):
        return Unavailable(
            "the database does not answer",
            why=type(error).__name__,
            remedy="try again in a moment; `fitsm-graph db status` shows the local one",
        )
    return Broken("the database refused a statement", why=code or type(error).__name__)


def _constraint(error: exceptions.ConstraintError) -> str:
    """Keep the part of the server's message that names label and property, never values."""
    message = error.message or ""
    return message.split(" property", 1)[0] if " property" in message else "a uniqueness constraint"
