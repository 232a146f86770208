"""A real Neo4j without Docker and without an installed Java.

    server = LocalServer(LocalSettings.from_env())
    with server.session() as started:
        ...  # started.endpoint: uri, user, password

Requirement: the two commands. Neo4j Community is fetched by coordinates with checksums
(`neo4j.lock.toml` is the one place of versions), never shipped.
"""

from fitsm_graph.graph.local.backend import Backend, backend, named_server
from fitsm_graph.graph.local.fetch import Progress
from fitsm_graph.graph.local.server import LocalServer, Started, Status
from fitsm_graph.graph.local.settings import LocalSettings, Profile

__all__ = [
    "Backend",
    "LocalServer",
    "LocalSettings",
    "Profile",
    "Progress",
    "Started",
    "Status",
    "backend",
    "named_server",
]
