"""A Neo4j of one's own: fetched, started, found again, stopped; one folder, one server."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from neo4j.exceptions import AuthError

from fitsm_graph.graph.driver import Endpoint
from fitsm_graph.graph.local import aot, config, failures, process, ready
from fitsm_graph.graph.local.fetch import (
    Progress,
    explained,
    java_program,
    java_version,
    resolve,
    silent,
)
from fitsm_graph.graph.local.folder import Folder, Record
from fitsm_graph.graph.local.lock import read_lock
from fitsm_graph.graph.local.settings import LocalSettings, Profile, machine_mib

_STOP_SECONDS = 90.0


@dataclass(frozen=True, slots=True)
class Started:
    """A server that answers.

    Attributes:
        endpoint: Where, and how to sign in.
        attached: Whether it was running already.
        seconds: How long it took until it was ready.
    """

    endpoint: Endpoint
    attached: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Status:
    """What is known about the server of a folder.

    Attributes:
        running: Whether it runs.
        pid: Its process; 0 if it does not run.
        uri: Where it answers; empty if it does not run.
        version: Neo4j's version, of the running server or of the one that would be started.
        data: Its folder.
        resident_mib: Memory it holds.
        disk_mib: Size of its folder.
    """

    running: bool
    pid: int
    uri: str
    version: str
    data: Path
    resident_mib: int
    disk_mib: int


class LocalServer:
    """The managed server of one data folder.

    Args:
        settings: Where, how big, with which limits.
        java: Further arguments for Java; by default those that use the cache `train` made.
    """

    def __init__(self, settings: LocalSettings, java: Sequence[str] | None = None) -> None:
        self.settings = settings
        self._java = java
        self._folder = Folder(settings.data)
        self._child: process.Guarded | None = None

    def resolve(self, progress: Progress = silent) -> Path:
        """Fetch what is missing, check the rest, and return the folder of the class path.

        Raises:
            Unavailable: LOCAL_EXTRA_MISSING, NETWORK_UNREACHABLE, DISK_FULL, FOLDER_NOT_WRITABLE.
            Broken: CHECKSUM_MISMATCH.
        """
        return resolve(self.settings.cache, read_lock(), progress)

    def up(
        self, progress: Progress = silent, *, attach: bool = True, stay: bool = False
    ) -> Started:
        """Start the server and wait until it answers, or find the one that runs on this folder.

        Args:
            progress: Told what is being done.
            attach: Take a running one; otherwise a second start is refused.
            stay: Leave it running when this process ends; otherwise it ends with this process,
                however that ends.

        Raises:
            Conflict: LOCAL_SERVER_RUNNING, LOCAL_FOLDER_TAKEN.
            Unavailable: PORT_TAKEN, LOCAL_BUSY, LOCAL_START_FAILED with the end of its log, and
                those of `resolve`.
            Broken: LOCAL_PASSWORD_WRONG, and those of `resolve`.
        """
        begun = time.monotonic()
        with explained(self._folder.path), self._folder.alone(self.settings.start_seconds):
            running = self._folder.running()
            if running:
                self._may_attach(running, attach=attach)
            record = running or self._launch(progress, stay=stay)
            progress("starting Neo4j", 0, 1)
            self._await(record)
            progress("starting Neo4j", 1, 1)
        return Started(self._endpoint(record), running is not None, time.monotonic() - begun)

    def train(self, progress: Progress = silent) -> bool:
        """Make starts faster from now on (`aot`), once per machine; takes some 20 s.

        Returns:
            Whether there was anything to do.
        """
        jars = self.resolve(progress)
        cache = aot.cache_file(jars, java_version())
        if cache.exists():
            return False
        progress("teaching Java to start Neo4j faster, once", 0, 1)
        with explained(jars), aot.training(cache) as (folder, java):
            plain = LocalSettings(folder, self.settings.cache, heap_mib=512, page_cache_mib=128)
            teacher = LocalServer(plain, java)
            try:
                aot.ask(teacher.up().endpoint)
            finally:
                teacher.down()
        progress("teaching Java to start Neo4j faster, once", 1, 1)
        return True

    def down(self, *, kill: bool = False) -> bool:
        """Stop the server; return whether one was running.

        Args:
            kill: End it at once, as a power cut would. The next start recovers what was committed.
        """
        with self._folder.alone(self.settings.start_seconds):
            record = self._folder.running()
            if record:
                patience = 0.0 if kill else _STOP_SECONDS
                process.stop(record.pid, record.token, patience=patience)
            self._release()
        return record is not None

    def status(self) -> Status:
        """Say whether the server runs, where, and how big it is."""
        record = self._folder.running()
        return Status(
            running=record is not None,
            pid=record.pid if record else 0,
            uri=record.uri if record else "",
            version=record.version if record else read_lock().version,
            data=self._folder.path,
            resident_mib=process.resident_mib(record.pid) if record else 0,
            disk_mib=self._folder.size_mib(),
        )

    def logs(self, lines: int = 50) -> str:
        """Return the last lines of what the server printed since its last start."""
        return self._folder.log_tail(lines)

    def reset(self) -> None:
        """Remove all data, logs and the password; the server must be stopped.

        Raises:
            Conflict: LOCAL_SERVER_RUNNING, LOCAL_FOLDER_TAKEN.
        """
        with self._folder.alone(self.settings.start_seconds):
            if self._folder.running():
                raise failures.running_for_reset(self._folder.path)
            self._folder.refuse_foreign()
            self._folder.clear()

    @contextmanager
    def session(self, progress: Progress = silent) -> Iterator[Started]:
        """Have a server for a while: stopped afterwards, unless it was running before."""
        started = self.up(progress)
        try:
            yield started
        finally:
            if not started.attached:
                self.down(kill=self.settings.profile is Profile.TEST)

    def _may_attach(self, record: Record, *, attach: bool) -> None:
        if not attach:
            raise failures.running(self._folder.path, record.uri)
        wanted = self.settings.port
        if wanted and wanted != record.port:
            raise failures.other_settings(self._folder.path, "port", record.port, wanted)
        if record.version != read_lock().version:
            version = read_lock().version
            raise failures.other_settings(self._folder.path, "Neo4j", record.version, version)

    def _launch(self, progress: Progress, *, stay: bool) -> Record:
        self._release()
        jars = self.resolve(progress)
        java, cache = java_program(), aot.cache_file(jars, java_version())
        self._folder.refuse_foreign()
        port = self._choose_port()
        heap, page_cache = self.settings.sized(machine_mib())
        self._folder.prepare(config.neo4j_conf(self.settings, port, page_cache))
        lock = read_lock()
        arguments = config.java_arguments(
            self._folder.path,
            [jars / each.filename for each in lock.artefacts],
            heap,
            lock.main_class,
            fast_start=self.settings.fast_start,
            more=aot.arguments(cache) if self._java is None else self._java,
        )
        options = self._folder.write_options(config.argument_file(arguments))
        self._child = process.start([str(java), f"@{options}"], log=self._folder.log, stay=stay)
        pid = self._child.pid
        return self._folder.remember(Record(pid, process.identity(pid), port, lock.version))

    def _choose_port(self) -> int:
        wanted = self.settings.port
        if wanted and not ready.is_free(wanted):
            raise failures.port_taken(wanted)
        kept = wanted or self._folder.last_port()
        return kept if kept and ready.is_free(kept) else ready.free_port()

    def _await(self, record: Record) -> None:
        auth = (config.USER, self._folder.password())
        try:
            reason = ready.wait_until_ready(
                record.port,
                auth,
                lambda: process.identity(record.pid) == record.token,
                self.settings.start_seconds,
            )
        except AuthError as error:
            raise failures.password_wrong(self._folder.path) from error
        if reason:
            process.stop(record.pid, record.token, patience=0)
            self._release()
            raise failures.start_failed(self._folder.path, self._folder.log_tail(12), reason)

    def _endpoint(self, record: Record) -> Endpoint:
        return Endpoint(record.uri, config.USER, self._folder.password())

    def _release(self) -> None:
        if self._child is not None:
            self._child.release()
            self._child = None
