#!/usr/bin/env python3
"""Build the wheel: `python tools/build_wheel.py FOLDER`.

`cypher/` and `schema/` stand at the top of the repository and are linked into the package. The
builder does not follow links, so it is given a copy in which they are folders.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = ("pyproject.toml", "README.md", "LICENSE")


def main(folder: Path) -> int:
    """Copy, build; return the builder's status."""
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary)
        for name in FILES:
            shutil.copy(ROOT / name, copy)
        shutil.copytree(ROOT / "src", copy / "src", ignore=shutil.ignore_patterns("__pycache__"))
        uv = str(Path(sys.executable).parent / "uv")
        build = [uv, "build", "--quiet", "--wheel", "--no-build-isolation", "--no-config"]
        where = ["--python", sys.executable, "--out-dir", str(folder.resolve())]
        return subprocess.run([*build, *where, temporary], check=False).returncode


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: build_wheel.py FOLDER")
    sys.exit(main(Path(sys.argv[1])))
