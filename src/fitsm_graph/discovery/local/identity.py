"""Who this machine is: the same key every time, from which nothing of it can be read back."""

import hashlib
import hmac
import platform
import re
import socket
import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path

from fitsm_graph.kernel.errors import BadInput

_ID_FILES = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
_PURPOSE = b"fitsm-graph: identity of a machine"
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine by its key.

    Attributes:
        id: Part of every key, and the scope of its runs.
        name: For people.
    """

    id: str
    name: str

    @property
    def key(self) -> str:
        """Of its host, and the beginning of the keys of what is on it."""
        return f"local/{self.id}"


def this_machine(name: str = "") -> Machine:
    """Name this machine.

    Args:
        name: Takes the place of the identity that the system has, where there is none or where
            machines were cloned with it: 1 to 64 letters, digits, dots, dashes, underscores.

    Raises:
        BadInput: MACHINE_UNKNOWN, or the name is none.
    """
    title = socket.gethostname().partition(".")[0] or "this machine"
    if name:
        if not _PLAIN.match(name):
            raise BadInput(
                f"'{name[:80]}' is no name of a machine",
                remedy="1 to 64 letters, digits, dots, dashes or underscores",
                path=("name",),
            )
        return Machine(name, name)
    own = _own_identity()
    if not own:
        raise BadInput(
            "this machine has no identity of its own",
            code="MACHINE_UNKNOWN",
            why="there is no machine-id, and no hardware address that lasts",
            remedy="name it: --name NAME, and always the same",
        )
    return Machine(digest_of(own), title)


def digest_of(identity: str) -> str:
    """A keyed digest: machine-ids are confidential, and other programs must not be matched by it.

    >>> digest_of("3d12") == digest_of("3d12"), digest_of("3d12") == digest_of("3d13")
    (True, False)
    """
    return hmac.new(identity.encode(), _PURPOSE, hashlib.sha256).hexdigest()[:16]


def _own_identity() -> str:
    for file in _ID_FILES:
        try:
            text = file.read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if re.fullmatch("[0-9a-f]{32}", text):
            return text
    if platform.system() == "Darwin":
        return _told("sysctl", "-n", "kern.uuid")
    address = uuid.getnode()
    made_up = address >> 40 & 1  # the standard library makes one up where it finds none
    return "" if made_up else f"{address:012x}"


def _told(*words: str) -> str:
    """What a program of the system prints; empty where it is not there or fails."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
