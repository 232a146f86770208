#!/usr/bin/env python3
"""Make the typed client of `examples/typed-client` from the printed schema.

    python tools/typed_client.py

The generator needs an older graphql-core than the product, so it lives in an environment of its
own, `.venv-typed`, installed with checked hashes; scripts that use what it made run there as well.
"""

import sys
from hashlib import sha256

from setup import PYTHON, REQUIREMENTS, ROOT, VENV, SetupError, command

EXAMPLE = ROOT / "examples" / "typed-client"
ENVIRONMENT = ROOT / ".venv-typed"
PINNED = REQUIREMENTS / "codegen.txt"


def main() -> int:
    """Install the generator unless it is there, and generate; 0 is success."""
    try:
        install()
        generator = ENVIRONMENT / "bin" / "ariadne-codegen"
        command([str(generator), "--config", "pyproject.toml"], within=EXAMPLE)
    except SetupError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def install() -> None:
    """Make the generator's environment, unless it is there from the same pins."""
    stamp = ENVIRONMENT / ".stamp"
    digest = sha256(sys.version.encode() + PINNED.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    uv, its = str(VENV / "bin" / "uv"), str(ENVIRONMENT / "bin" / "python")
    command([uv, "venv", "--quiet", "--clear", "--python", str(PYTHON), str(ENVIRONMENT)])
    command([uv, "pip", "sync", "--quiet", "--require-hashes", "--python", its, str(PINNED)])
    stamp.write_text(digest)


if __name__ == "__main__":
    sys.exit(main())
