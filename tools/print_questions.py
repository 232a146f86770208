#!/usr/bin/env python3
"""Print the statements of tests/cases/questions/ anew; read the difference."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from oracles.question_cases import CASES, Cases  # noqa: E402 - found by the path above

if __name__ == "__main__":
    cases = Cases()
    for name in cases.names():
        (CASES / f"{name}.txt").write_text(cases.printed(name), encoding="utf-8")
