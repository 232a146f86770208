"""Where the server is, and the token it is asked with; neither is ever guessed."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from fitsm_graph.kernel.errors import BadInput, Unauthenticated

TOKEN, TOKEN_FILE = "FITSM_TOKEN", "FITSM_TOKEN_FILE"
LONGEST_TOKEN = 4_096


@dataclass(frozen=True, slots=True)
class Address:
    """A server.

    Attributes:
        base: Address without a final slash.
        host: Name or number of the machine.
    """

    base: str
    host: str

    @property
    def graphql(self) -> str:
        """Where GraphQL is answered."""
        return f"{self.base}/graphql/"

    @property
    def on_loopback(self) -> bool:
        """Whether it is on this machine."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def in_the_clear(self) -> bool:
        """Whether others on the way could read the token."""
        return self.base.startswith("http:") and not self.on_loopback


def address(url: str) -> Address:
    """Read the address of a server; one that ends with `/graphql` means the same.

    Raises:
        BadInput: It is no such address, or has a secret in it.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise _refused(url, str(error)) from error
    if parts.username or parts.password:
        raise _refused(parts.hostname or "", "it has a user or password in it: use FITSM_TOKEN")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise _refused(url, "it begins with http:// or https:// and a host")
    if parts.query or parts.fragment:
        raise _refused(url, "nothing follows the path")
    path = parts.path.rstrip("/").removesuffix("/graphql")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    place = f"{host}:{port}" if port else host
    return Address(f"{parts.scheme}://{place}{path}", parts.hostname)


def token(env: Mapping[str, str] = os.environ) -> str:
    """Read the API token from the environment, or from the file it names.

    Raises:
        Unauthenticated: There is none.
        BadInput: It is given twice, cannot be read, or cannot be one.
    """
    direct, file = env.get(TOKEN, "").strip(), env.get(TOKEN_FILE, "").strip()
    if direct and file:
        raise BadInput("the token is given twice", remedy=f"set {TOKEN} or {TOKEN_FILE}, not both")
    if not direct and not file:
        raise Unauthenticated(
            "there is no token to ask the server with",
            why="a token is no argument: others on this machine could read it there",
            remedy=f"set {TOKEN}, or {TOKEN_FILE} to a file that has it;"
            " `fitsm-graph token create` on the server makes one",
        )
    secret = direct or _read(Path(file).expanduser())
    if not secret.isascii() or not secret.isprintable() or " " in secret:
        raise BadInput("this is no token", why="a token is one word without blanks", path=(TOKEN,))
    return secret


def _read(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            text = stream.read(LONGEST_TOKEN + 1).decode("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not plain ASCII"
        raise BadInput(f"{path} has no token", why=why, path=(TOKEN_FILE,)) from error
    if not text or len(text) > LONGEST_TOKEN:
        raise BadInput(f"{path} has no token", why="it is empty or too long", path=(TOKEN_FILE,))
    return text


def _refused(url: str, why: str) -> BadInput:
    return BadInput(
        f"'{url}' is no address of a server",
        code="BAD_URL",
        why=why,
        remedy="write for example --url http://127.0.0.1:8000",
        path=("--url",),
    )
