"""The texts the server is started with: its configuration, Java's arguments, its first password."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from fitsm_graph.graph.local.settings import LocalSettings, Profile

HOST = "127.0.0.1"
USER = "neo4j"

_OPENED = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent", "java.lang")
_SMALL_HEAP_MIB = 1024
_ROUNDS = 1024


def neo4j_conf(settings: LocalSettings, port: int, page_cache_mib: int) -> str:
    """Return the text of neo4j.conf: loopback only, no HTTP, no reports, with limits.

    The quiet period of the network layer is cut, because a server that only serves this machine
    has nothing to wait for: a stop takes 0.3 s and not 10 s.
    """
    lines = {
        "server.config.strict_validation.enabled": "true",
        "server.default_listen_address": HOST,
        "server.bolt.listen_address": f"{HOST}:{port}",
        "server.bolt.advertised_address": f"{HOST}:{port}",
        "server.bolt.tls_level": "DISABLED",
        # No limit of its own for each read: see `driver.answered_within`.
        "server.bolt.connection_keep_alive_for_requests": "OFF",
        "server.http.enabled": "false",
        "server.https.enabled": "false",
        "dbms.usage_report.enabled": "false",
        "dbms.fleet_manager.enabled": "false",
        "server.fleet_discovery.enabled": "false",
        "dbms.routing.enabled": "false",
        "dbms.security.auth_enabled": "true",
        "dbms.security.allow_csv_import_from_file_urls": "false",
        "server.memory.pagecache.size": f"{page_cache_mib}m",
        "db.transaction.timeout": f"{settings.transaction_seconds}s",
        "db.lock.acquisition.timeout": f"{settings.lock_seconds}s",
        "db.memory.transaction.max": f"{settings.transaction_mib}m",
        "db.query.default_language": settings.cypher,
        "db.logs.query.enabled": "OFF",
        "server.logs.gc.enabled": "false",
        "internal.dbms.bolt.netty_server_shutdown_quiet_period_duration": "0s",
    }
    if settings.profile is Profile.TEST:
        lines |= {
            "db.tx_log.preallocate": "false",
            "db.tx_log.rotation.size": "16m",
            # Tests empty the database all the time; each would have every statement planned anew.
            "dbms.cypher.min_replan_interval": "1h",
        }
    return "".join(f"{key}={value}\n" for key, value in lines.items())


def java_arguments(
    home: Path,
    jars: Sequence[Path],
    heap_mib: int,
    main_class: str,
    *,
    fast_start: bool = False,
    more: Sequence[str] = (),
) -> list[str]:
    """Return the arguments of Java, the program left out.

    Args:
        home: The server's folder; its configuration is in `conf` below.
        jars: The class path, in order.
        heap_mib: Heap, fixed from the start.
        main_class: What to run.
        fast_start: Compile lightly; the server is up sooner and runs long queries slower.
        more: Further arguments for Java itself.
    """
    return [
        *(f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in _OPENED),
        "--enable-native-access=ALL-UNNAMED",
        f"-Xms{heap_mib}m",
        f"-Xmx{heap_mib}m",
        "-XX:+UseSerialGC" if heap_mib <= _SMALL_HEAP_MIB else "-XX:+UseG1GC",
        "-XX:+ExitOnOutOfMemoryError",
        *(["-XX:TieredStopAtLevel=1"] if fast_start else []),
        "-Dfile.encoding=UTF-8",
        *more,
        "-cp",
        os.pathsep.join(map(str, jars)),
        main_class,
        f"--home-dir={home}",
        f"--config-dir={home / 'conf'}",
        "--console-mode",
    ]


def argument_file(arguments: Sequence[str]) -> str:
    """Write arguments for `java @file`: one a line, quoted, backslashes doubled."""
    quoted = (each.replace("\\", "\\\\").replace('"', '\\"') for each in arguments)
    return "".join(f'"{each}"\n' for each in quoted)


def first_password_line(password: str, salt: bytes) -> str:
    """Return the line of `data/dbms/auth.ini` that gives the first user its password.

    It is what `neo4j-admin dbms set-initial-password` writes: SHA-256 over salt and password,
    then 1,023 times over the digest. So the server never runs with a password anybody knows.

    Args:
        password: Any text.
        salt: 32 random bytes.
    """
    digest = hashlib.sha256(salt + password.encode()).digest()
    for _ in range(_ROUNDS - 1):
        digest = hashlib.sha256(digest).digest()
    return f"{USER}:SHA-256,{digest.hex()},{salt.hex()},{_ROUNDS}:\n"
