"""What `doctor` looks at on this machine: Python, settings, disk, files with secrets."""

import os
import shutil
import stat
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fitsm_graph.graph.local.backend import named_server
from fitsm_graph.graph.local.settings import LocalSettings, cache_root, data_root
from fitsm_graph.kernel.checks import Check, failed, of_error, ok, warning
from fitsm_graph.kernel.errors import FitsmError
from fitsm_graph.kernel.text import did_you_mean

OLDEST, NEWEST = (3, 11), (3, 14)
FULL_MIB, LOW_MIB = 256, 1024
"""Below the first Neo4j stops writing sooner or later; below the second it is time to act."""
PRIVATE = ("pepper", "signing-key.pem", "neo4j/password")
"""Files of the data folder that nobody else may read."""


def python(version: tuple[int, int] = sys.version_info[:2]) -> Check:
    """Whether this Python is one the product is made for."""
    facts = {"version": ".".join(map(str, version)), "program": sys.executable}
    if OLDEST <= version <= NEWEST:
        return ok("python", **facts)
    return failed(
        "python",
        f"Python {facts['version']} is not supported",
        "use 3.11 to 3.14: make PYTHON=/path/to/python3.12",
        **facts,
    )


# --- settings -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting.

    Attributes:
        default: What is used where it is not set, in words.
        secret: Never shown.
    """

    name: str
    default: str
    secret: bool = False


SETTINGS = (
    Setting("FITSM_DATA", "the folder .fitsm here or above"),
    Setting("FITSM_CACHE", "the platform's folder for caches"),
    Setting("FITSM_PORT", "8000"),
    Setting("FITSM_API_COST", "500000"),
    Setting("FITSM_API_BUDGET", "10000000"),
    Setting("FITSM_API_BUDGET_PER_SECOND", "500000"),
    Setting("FITSM_API_AT_ONCE", "8"),
    Setting("FITSM_DOCUMENTS", "none"),
    Setting("FITSM_TRUSTED_DOCUMENTS_ONLY", "0"),
    Setting("FITSM_TRUSTED_PROXIES", "none"),
    Setting("FITSM_SCHEDULER", "1"),
    Setting("FITSM_ADDRESS", "none"),
    Setting("FITSM_SMTP_URL", "none", secret=True),
    Setting("FITSM_MAIL_FROM", "none"),
    Setting("FITSM_WEBHOOK_PRIVATE", "none"),
    Setting("FITSM_IMPACT_KERNEL", "compiled where numba is there"),
    Setting("FITSM_NEO4J_URI", "the managed local server"),
    Setting("FITSM_NEO4J_USER", "neo4j"),
    Setting("FITSM_NEO4J_PASSWORD", "none", secret=True),
    Setting("FITSM_NEO4J_PASSWORD_FILE", "none"),
    Setting("FITSM_NEO4J_PORT", "a free one, then the same again"),
    Setting("FITSM_NEO4J_HEAP_MIB", "an eighth of the machine, 512 to 2048"),
    Setting("FITSM_NEO4J_PAGE_CACHE_MIB", "an eighth of the machine, 128 to 2048"),
    Setting("FITSM_URL", "this machine's own database"),
    Setting("FITSM_TOKEN", "none", secret=True),
    Setting("FITSM_TOKEN_FILE", "none"),
    Setting("FITSM_TIMEOUT", "what the command line sets"),
    Setting("FITSM_FORMATS", "the formats that come with the product"),
)
OF_THE_TESTS = ("FITSM_TEST_NEO4J_DATA", "FITSM_FULL", "FITSM_CHROMIUM")
"""Settings of the test suite, which nothing in the product reads."""


def settings(env: Mapping[str, str] = os.environ) -> Check:
    """Where each setting comes from, and whether they make sense together."""
    origins = {each.name: _origin(each, env) for each in SETTINGS}
    known = {*origins, *OF_THE_TESTS}
    try:
        LocalSettings.from_env(env)
        named_server(env)
    except FitsmError as error:
        found = of_error("settings", error)
        return failed("settings", found.cause, found.fix, **found.facts, settings=origins)
    unknown = sorted(name for name in env if name.startswith("FITSM_") and name not in known)
    if unknown:
        return warning(
            "settings",
            f"nothing reads {', '.join(unknown)}",
            did_you_mean(unknown[0], known),
            settings=origins,
        )
    return ok("settings", settings=origins)


def _origin(each: Setting, env: Mapping[str, str]) -> dict[str, str]:
    if each.name not in env:
        return {"origin": "default", "value": _default(each, env)}
    if each.secret:
        return {"origin": "environment", "value": "…"}
    if each.name.endswith("_FILE"):
        return {"origin": "file", "value": env[each.name]}
    return {"origin": "environment", "value": env[each.name]}


def _default(each: Setting, env: Mapping[str, str]) -> str:
    """What is used where a setting is not given: the place itself where it is one."""
    if each.name == "FITSM_DATA":
        return str(data_root(env))
    if each.name == "FITSM_CACHE":
        return str(cache_root(env))
    password = data_root(env) / "neo4j" / "password"
    if each.name == "FITSM_NEO4J_PASSWORD_FILE" and password.is_file():
        return f"{password}, made with the managed server"
    return each.default


# --- files --------------------------------------------------------------------------------------


def disk(folder: Path, usage: Callable[[Path], Any] = shutil.disk_usage) -> Check:
    """Whether there is room where the data is."""
    there = next(each for each in (folder, *folder.parents) if each.is_dir())
    free = usage(there).free >> 20
    facts = {"folder": str(there), "freeMiB": free}
    if free >= LOW_MIB:
        return ok("disk", **facts)
    say = failed if free < FULL_MIB else warning
    return say(
        "disk",
        f"{free:,} MiB are free where {there} is",
        "make room, or move the data folder and name it with FITSM_DATA",
        **facts,
    )


def private_files(folder: Path) -> Check:
    """Whether secrets in the data folder are readable by their owner alone."""
    open_ones = [
        name
        for name in PRIVATE
        if (folder / name).is_file() and stat.S_IMODE((folder / name).stat().st_mode) & 0o077
    ]
    if not open_ones:
        return ok("private_files", folder=str(folder))
    return failed(
        "private_files",
        f"others can read {', '.join(open_ones)} in {folder}",
        f"chmod 600 {folder / open_ones[0]}; if others use this machine, make the secret anew",
        files=open_ones,
    )


def machine(env: Mapping[str, str] = os.environ) -> list[Check]:
    """All checks of this machine; none of them needs a database."""
    folder = data_root(env)
    return [python(), settings(env), disk(folder), private_files(folder)]
