"""The data folder of one server: its record, password, lock, logs."""

import fcntl
import json
import os
import secrets
import shutil
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from fitsm_graph.graph.local import config, failures, process

_OURS = ("conf", "data", "import", "licenses", "logs", "password", "plugins", "run", "server.json")
_TICK = 0.1


@dataclass(frozen=True, slots=True)
class Record:
    """What is kept about the last start.

    Attributes:
        pid: Process number.
        token: `process.identity` of it, which tells it from a later process of that number.
        port: Where it listens.
        version: Neo4j's version.
    """

    pid: int
    token: str
    port: int
    version: str

    @property
    def uri(self) -> str:
        """The Bolt address."""
        return f"bolt://{config.HOST}:{self.port}"


class Folder:
    """The files of one server, mode 0700."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.log = path / "logs" / "console.log"
        self._record = path / "server.json"
        self._password = path / "password"

    @contextmanager
    def alone(self, seconds: float) -> Iterator[None]:
        """Do something while no other command starts or stops a server here.

        Raises:
            Unavailable: LOCAL_BUSY after so many seconds.
        """
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        limit = time.monotonic() + seconds
        with (self.path / "lock").open("a") as file:
            while not _lock(file.fileno()):
                if time.monotonic() > limit:
                    raise failures.busy(self.path)
                time.sleep(_TICK)
            yield

    def running(self) -> Record | None:
        """Return the record of the running server; a stale one counts as none."""
        record = self._read()
        if record is None or not record.token or process.identity(record.pid) != record.token:
            return None
        return record

    def last_port(self) -> int:
        """Return the port of the last start, 0 if there was none."""
        record = self._read()
        return record.port if record else 0

    def remember(self, record: Record) -> Record:
        """Keep the record of a start."""
        _write(self._record, json.dumps(asdict(record)))
        return record

    def prepare(self, conf: str) -> None:
        """Lay out the folder: configuration, and before the first start the password."""
        for name in ("conf", "data/dbms", "logs", "import", "plugins", "run"):
            (self.path / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(self.path / "conf" / "neo4j.conf", conf)
        if not (self.path / "data" / "databases").exists():
            line = config.first_password_line(self.password(), secrets.token_bytes(32))
            _write(self.path / "data" / "dbms" / "auth.ini", line)

    def write_options(self, text: str) -> Path:
        """Write the argument file for Java and return its place."""
        path = self.path / "conf" / "java.args"
        _write(path, text)
        return path

    def password(self) -> str:
        """Return the server's password, made at random the first time, mode 0600."""
        if not self._password.exists():
            _write(self._password, secrets.token_urlsafe(24))
        return self._password.read_text().strip()

    def refuse_foreign(self) -> None:
        """Refuse where a server that is not in the record holds the store.

        Raises:
            Conflict: LOCAL_FOLDER_TAKEN.
        """
        path = self.path / "data" / "databases" / "store_lock"
        if path.exists():
            with path.open("r+b") as file:
                if not _lock_record(file.fileno()):
                    raise failures.folder_taken(self.path)

    def log_tail(self, lines: int) -> str:
        """Return the last lines of the server's output."""
        if not self.log.exists():
            return ""
        with self.log.open(encoding="utf-8", errors="replace") as file:
            return "".join(deque(file, maxlen=lines)).rstrip()

    def clear(self) -> None:
        """Remove what the server wrote, and nothing else that may be here."""
        for name in _OURS:
            path = self.path / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    def size_mib(self) -> int:
        """Return the size of the folder on the disk, in MiB."""
        blocks = sum(
            (Path(root) / name).stat().st_blocks
            for root, _, names in os.walk(self.path)
            for name in names
        )
        return blocks * 512 >> 20

    def _read(self) -> Record | None:
        try:
            return Record(**json.loads(self._record.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None  # none yet, or cut short by a power cut: either way nothing is known


def _write(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock_record(descriptor: int) -> bool:
    """Try the kind of lock Java takes; it is free again when the file is closed."""
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
