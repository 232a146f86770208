#!/usr/bin/env python3
"""Make the typed client of `examples/typed-client` from the printed schema.

    python tools/typed_client.py

The generator needs an older graphql-core than the product, so it lives in an environment of its
own, `.venv-typed`, installed with checked hashes; scripts that use what it made run there as well.
"""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "typed-client"
ENVIRONMENT = ROOT / ".venv-typed"
PINNED = ROOT / "requirements" / "codegen.txt"
UV = Path(sys.executable).with_name("uv")


def main() -> int:
    """Install the generator unless it is there, and generate; 0 is success."""
    stamp = ENVIRONMENT / ".stamp"
    digest = sha256(sys.version.encode() + PINNED.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != digest:
        _run(UV, "venv", "--quiet", "--clear", "--python", sys.executable, ENVIRONMENT)
        python = ENVIRONMENT / "bin" / "python"
        _run(UV, "pip", "sync", "--quiet", "--require-hashes", "--python", python, PINNED)
        stamp.write_text(digest)
    _run(ENVIRONMENT / "bin" / "ariadne-codegen", "--config", "pyproject.toml", within=EXAMPLE)
    return 0


def _run(*words: str | Path, within: Path = ROOT) -> None:
    done = subprocess.run(
        [str(each) for each in words], cwd=within, capture_output=True, text=True, check=False
    )
    if done.returncode:
        shown = (done.stdout + done.stderr).strip()
        sys.exit(f"error: `{Path(words[0]).name} {words[1]} …` failed\n{shown}")


if __name__ == "__main__":
    sys.exit(main())
