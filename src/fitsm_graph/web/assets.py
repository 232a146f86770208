"""Browser libraries: installed at set-up, listed with licence and digest, served by ourselves.

The list is written by ``tools/browser_assets.py``. Without it pages still work: every link and
form is plain HTML, and the library only saves loading the whole page.
"""

import json
from dataclasses import dataclass
from pathlib import Path

STATIC = Path(__file__).parent / "static"
LIST = "vendor/THIRD_PARTY.json"


@dataclass(frozen=True, slots=True)
class Library:
    """A script or sheet of somebody else.

    Attributes:
        name: Name of its package.
        version: Its version.
        licence: SPDX expression.
        file: Path below ``static/``.
        sha384: Digest in base 64, as in the ``integrity`` attribute.
    """

    name: str
    version: str
    licence: str
    file: str
    sha384: str


def libraries(static: Path = STATIC) -> tuple[Library, ...]:
    """Read the list of installed libraries; empty where set-up did not install them."""
    path = static / LIST
    if not path.exists():
        return ()
    return tuple(Library(**row) for row in json.loads(path.read_text(encoding="utf-8")))


def library(name: str, static: Path = STATIC, ending: str = ".js") -> Library | None:
    """Return an installed file of a library by the name of its package."""
    found = (each for each in libraries(static) if each.name == name)
    return next((each for each in found if each.file.endswith(ending)), None)
