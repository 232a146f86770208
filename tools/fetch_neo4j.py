#!/usr/bin/env python3
"""Fetch the managed Neo4j before it is needed and make it start faster, its progress seen.

A failure is told and is not the end: tests may find a named server or a container instead, and
fail with the same sentence where there is none.
"""

import sys

from fitsm_graph.graph.local import LocalServer, LocalSettings, named_server
from fitsm_graph.kernel.errors import FitsmError


def main() -> None:
    """Fetch and train, unless a server is named."""
    try:
        if named_server() is None:
            LocalServer(LocalSettings.from_env()).train(show)
    except FitsmError as error:
        sys.stderr.write(f"{error}\n")


def show(step: str, done: int, total: int) -> None:
    """Show progress: over itself on a terminal, a few lines elsewhere."""
    if sys.stdout.isatty():
        sys.stdout.write(f"\r{step} … {done} of {total}" + ("\n" if done == total else ""))
        sys.stdout.flush()
    elif done == total or done % 60 == 0:
        sys.stdout.write(f"{step} … {done} of {total}\n")


if __name__ == "__main__":
    main()
