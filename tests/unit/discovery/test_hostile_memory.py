"""Ten thousand damaged files and a row of bombs within 256 MB, in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

FILES = 10_000 if os.environ.get("FITSM_FULL") == "1" else 1_000
CHILD = Path(__file__).with_name("hostile.py")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits memory as Linux does")


def run(*words: str) -> subprocess.CompletedProcess[str]:
    done = [sys.executable, str(CHILD), *words]
    return subprocess.run(done, capture_output=True, text=True, check=False, timeout=3_000)


@pytest.mark.timeout(3_000)
def test_nothing_breaks_and_memory_stays_below_its_limit():
    done = run(str(FILES))
    assert done.returncode == 0, done.stderr[-2_000:]
    found = json.loads(done.stdout)
    assert sum(found.values()) == FILES + 15
    assert "unsaid" not in found, "every refusal says why, or what to do"
    assert {"TOO_LARGE", "TOO_MANY", "ENTITIES", "BAD_ENCODING", "LINE_TOO_LONG"} <= set(found)


def test_control_a_careless_reader_does_not_survive_it():
    done = run("0", "naive")
    assert done.returncode != 0
    assert "MemoryError" in done.stderr or done.returncode < 0
