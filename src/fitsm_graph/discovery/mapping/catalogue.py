"""The mappings there are: those that come with the product, and those of a folder of one's own."""

import os
from collections.abc import Iterator
from collections.abc import Mapping as AnyMapping
from functools import cache
from pathlib import Path

from fitsm_graph.discovery.mapping.compiler import compile_mapping
from fitsm_graph.discovery.mapping.language import Mapping
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.kernel.places import SCHEMA

OWN_FOLDER = "FITSM_FORMATS"
"""Environment variable that names a folder of mappings; one of the same name as ours wins."""


def folders() -> tuple[Path, ...]:
    """Where mappings are looked for, in this order; later ones win."""
    own = os.environ.get(OWN_FOLDER)
    return (SCHEMA / "formats", *([Path(own)] if own else []))


def load(folder: Path) -> dict[str, Mapping]:
    """Compile all mappings of a folder, by name.

    Raises:
        BadInput: A file is wrong, or two describe formats of one name.
    """
    found: dict[str, Mapping] = {}
    for path in sorted(folder.glob("*.yaml")):
        made = load_file(path)
        if made.name in found:
            raise BadInput(
                f"two files describe '{made.name}'",
                why=f"{found[made.name].file} and {made.file}",
                remedy="give each format a name of its own",
                path=(made.file,),
            )
        found[made.name] = made
    return found


def load_file(path: Path) -> Mapping:
    """Compile one mapping file.

    Raises:
        BadInput: It cannot be read, or is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        remedy = "name a file that can be read, in UTF-8"
        message = f"{path.name} cannot be read"
        raise BadInput(message, why=str(error), remedy=remedy, path=(path.name,)) from error
    return compile_mapping(text, path.name)


def all_mappings() -> AnyMapping[str, Mapping]:
    """Every mapping there is, by name; compiled once for each state of the files.

    Raises:
        BadInput: One of them is wrong.
    """
    return _all(tuple(_state()))


@cache
def _all(state: tuple[tuple[Path, int], ...]) -> AnyMapping[str, Mapping]:
    del state  # it is the key under which the result is kept
    found: dict[str, Mapping] = {}
    for folder in folders():
        found.update(load(folder))
    return found


def _state() -> Iterator[tuple[Path, int]]:
    for folder in folders():
        if not folder.is_dir():
            raise BadInput(f"there is no folder {folder}", remedy=f"mend {OWN_FOLDER}")
        for path in sorted(folder.glob("*.yaml")):
            yield path, path.stat().st_mtime_ns
