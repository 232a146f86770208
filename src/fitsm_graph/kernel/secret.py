"""A secret in a file of its own, made once and never half."""

import os
import secrets
from pathlib import Path

from fitsm_graph.kernel.errors import Broken

LENGTH = 32
_OTHERS = 0o077


def secret_in(path: Path) -> bytes:
    """The secret in a file that only its owner can read; made at first use.

    It is written aside and then given its name, so that neither a crash nor a second process
    leaves an empty or a half one: with an empty key anybody could sign.

    Raises:
        Broken: BAD_SECRET, when the file holds something else.
    """
    if not path.exists():
        _make(path)
    found = path.read_bytes()
    if len(found) != LENGTH:
        raise Broken(
            f"{path.name} is no secret of this product",
            code="BAD_SECRET",
            why=f"it has {len(found)} bytes, not {LENGTH}",
            remedy="bring it back from a backup; without it all tokens and sessions end",
        )
    if path.stat().st_mode & _OTHERS:
        path.chmod(0o600)
    return found


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    opened = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "wb") as file:
        file.write(secrets.token_bytes(LENGTH))
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(aside)
    except FileExistsError:
        pass  # another process was first, and its secret counts
    finally:
        aside.unlink()
