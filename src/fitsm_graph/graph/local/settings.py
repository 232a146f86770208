"""What the managed server is told: where, how big, with which limits."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from fitsm_graph.kernel.settings import whole_number

MIB = 1 << 20


class Profile(Enum):
    """What the server is for.

    PRODUCT keeps data: everything is durable. TEST is thrown away; commits are durable all the
    same. BENCH is PRODUCT with more memory.
    """

    PRODUCT = "product"
    TEST = "test"
    BENCH = "bench"


@dataclass(frozen=True, slots=True)
class LocalSettings:
    """The settings of one managed server.

    Attributes:
        data: The server's own folder: configuration, store, logs, password.
        cache: Where fetched files are kept, shared by all servers of this user.
        port: TCP port on 127.0.0.1; 0 lets the server keep the one it had, or find a free one.
        profile: What it is for.
        fast_start: Java compiles lightly: up sooner, and slower from some minutes on.
        heap_mib: Java heap; 0 sizes it to the machine.
        page_cache_mib: Neo4j's page cache; 0 sizes it to the machine.
        cypher: Default query language; statements keep to what both versions have in common.
        transaction_seconds: A longer transaction is ended by the server.
        lock_seconds: A longer wait for a lock is ended by the server.
        transaction_mib: Memory one transaction may take.
        start_seconds: How long a start may take before it counts as failed.
    """

    data: Path
    cache: Path
    port: int = 0
    profile: Profile = Profile.PRODUCT
    fast_start: bool = False
    heap_mib: int = 0
    page_cache_mib: int = 0
    cypher: str = "CYPHER_5"
    transaction_seconds: int = 30
    lock_seconds: int = 5
    transaction_mib: int = 256
    start_seconds: int = 180

    @classmethod
    def from_env(
        cls, env: Mapping[str, str] = os.environ, profile: Profile = Profile.PRODUCT
    ) -> "LocalSettings":
        """Read FITSM_DATA, FITSM_CACHE, FITSM_NEO4J_PORT, FITSM_NEO4J_HEAP_MIB and the like.

        Raises:
            BadInput: A number is not one, or out of its range.
        """
        return cls(
            data=data_root(env) / "neo4j",
            cache=cache_root(env),
            port=whole_number(env, "FITSM_NEO4J_PORT", low=0, high=65535),
            profile=profile,
            heap_mib=whole_number(env, "FITSM_NEO4J_HEAP_MIB", low=0, high=MIB),
            page_cache_mib=whole_number(env, "FITSM_NEO4J_PAGE_CACHE_MIB", low=0, high=MIB),
        )

    def sized(self, machine_mib: int) -> tuple[int, int]:
        """Return heap and page cache in MiB for a machine with so much memory.

        An eighth each, between the floor a server runs well with and a ceiling that leaves the
        rest to the application; twice that for benchmarks; the floor for tests.
        """
        share = machine_mib // (4 if self.profile is Profile.BENCH else 8)
        high = 8192 if self.profile is Profile.BENCH else 2048
        if self.profile is Profile.TEST:
            share = 0
        heap = self.heap_mib or min(max(share, 512), high)
        return heap, self.page_cache_mib or min(max(share, 128), high)


def data_root(env: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of the running product: FITSM_DATA, or `.fitsm` here or above."""
    named = env.get("FITSM_DATA")
    if named:
        return Path(named).expanduser().resolve()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / ".fitsm").is_dir():
            return folder / ".fitsm"
    return here / ".fitsm"


def cache_root(env: Mapping[str, str] = os.environ) -> Path:
    """Return the folder for what can be fetched again: FITSM_CACHE, or the platform's own."""
    named = env.get("FITSM_CACHE")
    if named:
        return Path(named).expanduser().resolve()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "fitsm-graph"
    return Path(env.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fitsm-graph"


def machine_mib() -> int:
    """Return the memory of this machine in MiB, or of its container where that is less."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MIB
    limit = Path("/sys/fs/cgroup/memory.max")
    text = limit.read_text().strip() if limit.is_file() else "max"
    return min(total, int(text) // MIB) if text.isdigit() else total
