"""What can go wrong with the managed server, each as a sentence with its remedy."""

from pathlib import Path

from fitsm_graph.kernel.errors import Broken, Conflict, FitsmError, Unavailable

_TAKEN = ("Lock file has been locked", "FileLockException", "StoreLockException")
_NEWER = ("Downgrade is not supported", "newer version of Neo4j")


def running(data: Path, uri: str) -> FitsmError:
    """A second start on a folder whose server runs."""
    return Conflict(
        f"a server is running on {data} already, at {uri}",
        why="one data folder has one server",
        remedy="use that one, or stop it with `fitsm-graph db down`",
        code="LOCAL_SERVER_RUNNING",
    )


def other_settings(data: Path, what: str, has: object, wanted: object) -> FitsmError:
    """The running server differs from the one asked for."""
    return Conflict(
        f"the server of {data} runs with {what} {has}, and {wanted} was asked for",
        why="a running server keeps what it was started with",
        remedy="stop it with `fitsm-graph db down`, then start it again",
        code="LOCAL_SERVER_RUNNING",
    )


def folder_taken(data: Path) -> FitsmError:
    """A server that is not ours has locked the store."""
    return Conflict(
        f"another server uses the data folder {data}",
        why="it holds the lock of the store, and was not started by this command",
        remedy="stop that server, or choose another folder with FITSM_DATA",
        code="LOCAL_FOLDER_TAKEN",
    )


def busy(data: Path) -> FitsmError:
    """Another start or stop has been going on for too long."""
    return Unavailable(
        f"another start or stop of the server of {data} is going on",
        why="starts and stops of one folder follow one another",
        remedy="wait for it, or end that command",
        code="LOCAL_BUSY",
    )


def port_taken(port: int) -> FitsmError:
    """The port that was asked for belongs to another program."""
    return Unavailable(
        f"port {port} on 127.0.0.1 is taken",
        why="another program listens there",
        remedy="stop that program, choose another FITSM_NEO4J_PORT, or unset it for a free one",
        code="PORT_TAKEN",
    )


def password_wrong(data: Path) -> FitsmError:
    """The server does not know the password kept beside its data."""
    return Broken(
        f"the server of {data} refuses the password kept beside its data",
        why="the password was changed in the database, or the file was replaced",
        remedy="write the right one into the file `password` there, or start empty: db reset",
        code="LOCAL_PASSWORD_WRONG",
    )


def running_for_reset(data: Path) -> FitsmError:
    """A reset while the server runs."""
    return Conflict(
        f"the server of {data} is running",
        why="its data cannot be removed under it",
        remedy="stop it first: `fitsm-graph db down`",
        code="LOCAL_SERVER_RUNNING",
    )


def start_failed(data: Path, log: str, why: str) -> FitsmError:
    """The server did not come up; the log says more, and some of it is known to mean something."""
    if any(word in log for word in _TAKEN):
        return folder_taken(data)
    if "No space left on device" in log:
        why = "the disk is full"
    if any(word in log for word in _NEWER):
        why = "its data was written by a newer version of Neo4j"
    return Unavailable(
        f"the server of {data} did not start",
        why=f"{why}; its log ends with:\n{log}" if log else why,
        remedy="`fitsm-graph db logs` shows all of it; `fitsm-graph doctor` checks disk and memory",
        code="LOCAL_START_FAILED",
    )
