"""The list of what the managed server consists of: coordinates and SHA-256, in one file.

The file is data (`neo4j.lock.toml`). It names no host: where artefacts come from is known to the
resolver alone. `tools/lock_neo4j.py` writes it anew for another version.
"""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fitsm_graph.kernel.errors import Broken

LOCK_FILE = Path(__file__).with_name("neo4j.lock.toml")


@dataclass(frozen=True, slots=True)
class Artefact:
    """One file to be fetched.

    Attributes:
        group: Maven group.
        name: Maven artefact name.
        version: Exact version.
        classifier: Platform variant, or empty.
        sha256: Digest of the file, 64 hexadecimal digits.
    """

    group: str
    name: str
    version: str
    classifier: str
    sha256: str

    @property
    def filename(self) -> str:
        """The file's name; unique within a lock, which `read_lock` checks."""
        tail = f"-{self.classifier}" if self.classifier else ""
        return f"{self.name}-{self.version}{tail}.jar"

    @property
    def coordinate(self) -> str:
        """The coordinate as it stands in the lock."""
        parts = [self.group, self.name, self.version, self.classifier]
        return ":".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Lock:
    """A pinned server.

    Attributes:
        version: Version of Neo4j.
        main_class: What Java runs.
        java: Major version of the Java runtime.
        total_bytes: Size of all artefacts.
        artefacts: What is on the class path, sorted by coordinate.
        digest: First 16 hexadecimal digits of the SHA-256 of the lock file; names the cache folder.
    """

    version: str
    main_class: str
    java: int
    total_bytes: int
    artefacts: tuple[Artefact, ...]
    digest: str


@cache
def read_lock(path: Path = LOCK_FILE) -> Lock:
    """Read and check the lock.

    Raises:
        Broken: Two artefacts would share one file name.
    """
    text = path.read_bytes()
    data = tomllib.loads(text.decode())
    artefacts = tuple(_artefact(*item) for item in sorted(data["artefacts"].items()))
    if len({each.filename for each in artefacts}) != len(artefacts):
        raise Broken("two artefacts of the lock have the same file name", path=(path.name,))
    return Lock(
        version=data["version"],
        main_class=data["main_class"],
        java=data["java"],
        total_bytes=data["bytes"],
        artefacts=artefacts,
        digest=hashlib.sha256(text).hexdigest()[:16],
    )


def _artefact(coordinate: str, sha256: str) -> Artefact:
    group, name, version, *rest = coordinate.split(":")
    return Artefact(group, name, version, "".join(rest), sha256)
