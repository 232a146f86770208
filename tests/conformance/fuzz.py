"""`make fuzz-graphql`: requests made up from the schema by schemathesis; none may fail inside.

    python -m conformance.fuzz          10,000 requests
    python -m conformance.fuzz 200      as many as named

What counts is what the server answered, seen at the server: no status of 500 and above. Requests
are made up from slices of the schema, by one process for each processor.
"""

import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from graphql import DocumentNode, parse

from conformance.serving import Served, served
from conformance.slices import sliced
from fitsm_graph.api.schema import build_schema
from fitsm_graph.confm.types import default_registry
from fitsm_graph.kernel.clock import SystemClock

SPARE = 1.3
"""The tool asks a little less than it is told to, where a field has few different questions."""
EXAMPLES = 20
"""Questions of each field in one slice."""
WORKERS = 2
"""Questions of one process at a time: making them up and answering them take turns otherwise."""
OFTEN = 20
"""Services are few among the elements, and a field of their own asks for one."""
WORDS = """{ elements(first: 1000) { nodes { id key name owner { key } } }
  services(first: 100) { nodes { id key } }
  ciTypes { name } relationshipTypes { name } syncRuns { nodes { run } }
  policies { nodes { key kind name } }
  incidents { nodes { key } } maintenanceWindows { nodes { key } }
  retirementProposals { nodes { key } } persistedDocuments { nodes { digest } } }"""


@dataclass(frozen=True)
class Fuzz:
    """One run: who is asked, in which folder notes are kept."""

    one: Served
    folder: Path
    document: DocumentNode

    def slice(self, number: int, examples: int) -> int:
        """Ask about one slice; the tool's exit status."""
        place = self.folder / str(number)
        place.mkdir()
        schema = place / "schema.graphql"
        schema.write_text(sliced(self.document, number), encoding="utf-8")
        words = {
            "SCHEMATHESIS_HOOKS": str(Path(__file__).with_name("fuzz_hooks.py")),
            "PYTHONPATH": str(Path(__file__).parents[1]),  # of the hooks, wherever they run
            "FUZZ_WORDS": str(self.folder / "words.json"),
            "FUZZ_SEEN": str(self.folder / "seen.txt"),
        }
        command = [
            *(sys.executable, "-m", "schemathesis.cli", "run", str(schema), "--url", self.one.url),
            *("--phases", "fuzzing", "--max-examples", str(examples), "--seed", str(number)),
            *("--workers", str(WORKERS)),
            *("--checks", "nothing_fails_inside"),
            *("--header", f"Authorization: Bearer {self.one.token}"),
            *("--generation-database", "none", "--request-timeout", "60"),
        ]
        done = subprocess.run(
            command, check=False, cwd=place, env={**os.environ, **words}, capture_output=True
        )
        if done.returncode != 0:
            sys.stdout.write(done.stdout.decode(errors="replace")[-6_000:])
        return done.returncode


def main(requests: int) -> int:
    """Serve the demo organisation, ask, and say what became of it; 0 where nothing failed."""
    began = time.monotonic()
    with served() as one, tempfile.TemporaryDirectory() as folder:
        document = parse(build_schema(default_registry()).as_str(), no_location=True)
        fuzz = Fuzz(one, Path(folder), document)
        fields = sorted(_fields(document))
        (fuzz.folder / "words.json").write_text(json.dumps(_words(one)), encoding="utf-8")
        (fuzz.folder / "seen.txt").touch()
        asked = one.statuses.total()
        each = min(EXAMPLES, math.ceil(requests * SPARE / len(fields)))
        slices = math.ceil(requests * SPARE / len(fields) / each)
        with ThreadPoolExecutor(os.cpu_count()) as workers:
            failed = sum(workers.map(lambda number: fuzz.slice(number, each), range(slices)))
        asked = one.statuses.total() - asked
        answers = [
            json.loads(each) for each in (fuzz.folder / "seen.txt").read_bytes().splitlines()
        ]
    told = ", ".join(f"{status}: {count}" for status, count in sorted(one.statuses.items()))
    rate = asked / (time.monotonic() - began)
    sys.stdout.write(
        f"{asked} requests over {len(fields)} fields in {slices} slices, {rate:.1f} a second; "
        f"answers by status: {told}\n"
    )
    answered = {field for field, refusal in answers if not refusal}
    silent = [each for each in fields if each not in answered]
    sys.stdout.write(f"{len(silent)} fields never answered with data\n")
    for each in silent:
        why = Counter(refusal for field, refusal in answers if field == each).most_common(3)
        sys.stdout.write(f"  {each}: {'; '.join(f'{count} × {text}' for text, count in why)}\n")
    for line in one.failed[:20]:
        sys.stdout.write(f"{line}\n")
    if asked < requests:
        sys.stdout.write(f"fewer than {requests} requests were made\n")
    return 0 if asked >= requests and not one.failed and not failed else 1


def _fields(document: DocumentNode) -> Iterator[str]:
    for each in document.definitions:
        name = getattr(getattr(each, "name", None), "value", "")
        if name in {"Query", "Mutation"}:
            yield from (f"{name}.{field.name.value}" for field in each.fields)  # type: ignore[attr-defined]


def _words(one: Served) -> dict[str, list[str]]:
    """What the server knows: values for the pools of slices."""
    headers = {"Authorization": f"Bearer {one.token}"}
    answer = httpx.post(one.url, json={"query": WORDS}, headers=headers, timeout=60).json()
    data: Any = answer["data"]
    elements, services = data["elements"]["nodes"], data["services"]["nodes"]

    def of(rows: Any, name: str) -> list[str]:
        return [str(row[name]) for row in rows]

    return {
        "ids": [*of(elements, "id"), *of(services, "id") * OFTEN],
        "keys": [*of(elements, "key"), *of(services, "key") * OFTEN],
        "words": [word for name in of(elements, "name") for word in name.split()],
        "owners": sorted({row["owner"]["key"] for row in elements if row["owner"]}),
        "types": of(data["ciTypes"], "name"),
        "relations": of(data["relationshipTypes"], "name"),
        "runs": of(data["syncRuns"]["nodes"], "run"),
        "incidents": of(data["incidents"]["nodes"], "key"),
        "windows": of(data["maintenanceWindows"]["nodes"], "key"),
        "proposals": of(data["retirementProposals"]["nodes"], "key"),
        "digests": of(data["persistedDocuments"]["nodes"], "digest"),
        "policies": of(data["policies"]["nodes"], "key"),
        "kinds": sorted(set(of(data["policies"]["nodes"], "kind"))),
        "names": sorted(set(of(data["policies"]["nodes"], "name"))),
        "sources": sorted({run.partition("/")[0] for run in of(data["syncRuns"]["nodes"], "run")}),
        "seqs": [str(number) for number in range(1, answer["extensions"]["seq"] + 1)][:200],
        "moments": [SystemClock().now().isoformat(), "2999-01-01T00:00:00Z"],
    }


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 10_000))
