#!/usr/bin/env python3
"""Make the secrets of docker-compose.yml: one random password, in the two forms it is read in.

The files must be readable by the users inside the containers, so what protects them on this
machine is their folder, mode 0700. Existing ones are kept: a new password would lock the app out.
"""

import secrets
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / ".fitsm" / "secrets"


def main(folder: Path = FOLDER) -> int:
    """Write what is missing; 0 is success."""
    auth, password = folder / "neo4j_auth", folder / "neo4j_password"
    if auth.exists() and password.exists():
        sys.stdout.write(f"the secrets are there already: {folder}\n")
        return 0
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    word = secrets.token_urlsafe(32)
    password.write_text(word)
    auth.write_text(f"neo4j/{word}")
    for path in (auth, password):
        path.chmod(0o444)
    sys.stdout.write(f"secrets written: {folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
