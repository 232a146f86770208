"""`make fuzz-graphql`: requests made up from the schema by schemathesis; none may fail inside.

    python -m conformance.fuzz          10,000 requests
    python -m conformance.fuzz 200      as many as named

What counts is what the server answered, seen at the server: no status of 500 and above.
"""

import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx

from conformance.serving import Served, served

FIELDS = "{ __schema { queryType { fields { name } } mutationType { fields { name } } } }"
SPARE = 1.6
"""The tool asks a little less than it is told to, where a field has few different questions."""


def main(requests: int) -> int:
    """Serve the demo organisation, ask, and say what became of it; 0 where nothing failed."""
    with served() as one:
        fields = _fields(one)
        each = math.ceil(requests * SPARE / fields)
        hooks = {"SCHEMATHESIS_HOOKS": str(Path(__file__).with_name("fuzz_hooks.py"))}
        with tempfile.TemporaryDirectory() as folder:  # it keeps notes where it runs
            done = subprocess.run(
                _command(one, each), check=False, cwd=folder, env={**os.environ, **hooks}
            )
        asked = sum(one.statuses.values())
    told = ", ".join(f"{status}: {count}" for status, count in sorted(one.statuses.items()))
    sys.stdout.write(f"{asked} requests over {fields} fields; answers by status: {told}\n")
    for line in one.failed[:20]:
        sys.stdout.write(f"{line}\n")
    enough = asked >= requests
    if not enough:
        sys.stdout.write(f"fewer than {requests} requests were made\n")
    return 0 if enough and not one.failed and done.returncode == 0 else 1


def _fields(one: Served) -> int:
    headers = {"Authorization": f"Bearer {one.token}"}
    told = httpx.post(one.url, json={"query": FIELDS}, headers=headers, timeout=30).json()
    return sum(len(kind["fields"]) for kind in told["data"]["__schema"].values())


def _command(one: Served, each: int) -> list[str]:
    return [
        *(sys.executable, "-m", "schemathesis.cli", "run", one.url),
        *("--phases", "fuzzing", "--max-examples", str(each)),
        *("--checks", "nothing_fails_inside", "--header", f"Authorization: Bearer {one.token}"),
        *("--generation-database", "none", "--request-timeout", "60"),
    ]


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 10_000))
