"""The bill of materials of a Python environment, as CycloneDX, from what is installed in it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement

from fitsm_graph.kernel.errors import BadInput

_LONGEST_LICENCE = 100


@dataclass(frozen=True, slots=True)
class Part:
    """One installed distribution.

    Attributes:
        name: In normal form: small letters, dashes.
        needs: Names of the installed distributions that it needs here, extras apart.
    """

    name: str
    version: str
    licence: str
    needs: tuple[str, ...]

    @property
    def purl(self) -> str:
        """Its package URL."""
        return f"pkg:pypi/{self.name}@{self.version.replace('+', '%2B')}"


def bill_of_materials(title: str, folder: Path | None = None) -> dict[str, Any]:
    """Write the bill of an application that runs in an environment.

    Args:
        title: Name of the application.
        folder: Where packages are installed (``site-packages``), or an environment that has such
            a folder; the environment of this process when left out.

    Returns:
        A CycloneDX 1.6 document; the same for the same environment. The application depends on
        what no other package needs.

    Raises:
        BadInput: NO_PACKAGES: nothing is installed there.
    """
    found = sorted(installed(_places(folder)), key=lambda each: each.name)
    if not found:
        raise BadInput(
            f"no package is installed in {folder}",
            code="NO_PACKAGES",
            remedy="name the environment's folder, or its site-packages",
            path=("folder",),
        )
    purl = {each.name: each.purl for each in found}
    needed = {name for each in found for name in each.needs}
    tops = [each.purl for each in found if each.name not in needed] or list(purl.values())
    root = f"application/{title}"
    needs = [{"ref": p.purl, "dependsOn": [purl[name] for name in p.needs]} for p in found]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": title, "bom-ref": root}},
        "components": [_component(each) for each in found],
        "dependencies": [{"ref": root, "dependsOn": tops}, *needs],
    }


def _places(folder: Path | None) -> list[str] | None:
    if folder is None:
        return None
    inner = [*folder.glob("lib/python*/site-packages"), *folder.glob("Lib/site-packages")]
    return [str(each) for each in (sorted(inner) or [folder])]


def _component(part: Part) -> dict[str, Any]:
    made = {
        "type": "library",
        "bom-ref": part.purl,
        "name": part.name,
        "version": part.version,
        "purl": part.purl,
    }
    return made | ({"licenses": [{"license": {"name": part.licence}}]} if part.licence else {})


def installed(places: Sequence[str] | None) -> Iterator[Part]:
    """Every distribution that is installed, the first of each name as Python finds it."""
    found: dict[str, Distribution] = {}
    for each in distributions() if places is None else distributions(path=list(places)):
        name = each.metadata["Name"]
        if name and each.version:
            found.setdefault(_normal(name), each)
    for name, each in found.items():
        needs = {_normal(need) for need in _needs(each)} & set(found) - {name}
        yield Part(name, each.version, _licence(each), tuple(sorted(needs)))


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _needs(distribution: Distribution) -> Iterator[str]:
    for line in distribution.requires or ():
        try:
            need = Requirement(line)
        except InvalidRequirement:  # of a time before the rules
            continue
        if need.marker is None or need.marker.evaluate({"extra": ""}):
            yield need.name


def _licence(distribution: Distribution) -> str:
    """What it says of its licence, where that is a name and no whole text."""
    told = distribution.metadata
    classified = [
        each.rpartition(":: ")[2] for each in told.get_all("Classifier") or () if "License" in each
    ]
    given = [
        *(told.get_all("License-Expression") or ()),
        *classified,
        *(told.get_all("License") or ()),
    ]
    text = str(given[0]).strip() if given else ""
    return text if len(text) <= _LONGEST_LICENCE and "\n" not in text else ""
