"""Installed packages, from the files and tools of the system's package manager."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fitsm_graph.discovery.local.identity import Machine
from fitsm_graph.discovery.mapping.run import is_key
from fitsm_graph.kernel.errors import Problem
from fitsm_graph.model.observation import Observation, ObservedRelation

DPKG = Path("/var/lib/dpkg/status")
_RPM = ("rpm", "-qa", "--qf", r"%{NAME}\t%{EPOCHNUM}:%{VERSION}-%{RELEASE}\t%{ARCH}\t%{LICENSE}\n")
Package = dict[str, Any]


def observe(machine: Machine) -> Iterator[Observation | Problem]:
    """Tell installed packages; a notice where no package manager is known."""
    found = False
    for package in (*_dpkg(), *_rpm()):
        found = True
        key = f"{machine.key}/package/{package['word']}"
        if is_key(key):
            yield _observation(machine, key, package)
    if not found:
        yield Problem(
            "MODEL_SKIPPED",
            "installed packages are not shown",
            "there is neither a dpkg nor an rpm database",
            "leave --packages out",
            ("packages",),
        )


def _observation(machine: Machine, key: str, package: Package) -> Observation:
    shown = {
        "name": f"{package['name']} on {machine.name}",
        "product": package["name"],
        "software_version": package["version"],
        "architecture": package["architecture"],
        "licences": package.get("licences"),
    }
    return Observation(
        type="InstalledPackage",
        key=key,
        attributes={word: value for word, value in shown.items() if value},
        relations=(ObservedRelation(type="INSTALLED_ON", key=machine.key),),
        place=f"package {package['name']}",
    )


def _dpkg() -> Iterator[Package]:
    try:
        text = DPKG.read_text("utf-8", "replace")
    except OSError:
        return
    for part in text.split("\n\n"):
        told = dict(line.split(": ", 1) for line in part.splitlines() if ": " in line[:40])
        if told.get("Status", "").endswith(" installed") and "Package" in told:
            name, architecture = told["Package"], told.get("Architecture", "")
            word = f"{name}:{architecture}"
            version = told.get("Version", "")
            yield {"word": word, "name": name, "version": version, "architecture": architecture}


def _rpm() -> Iterator[Package]:
    try:
        done = subprocess.run(_RPM, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return
    for line in done.stdout.splitlines() if done.returncode == 0 else ():
        name, version, architecture, licence = [*line.split("\t"), "", "", ""][:4]
        yield {
            "word": f"{name}:{version}:{architecture}",  # kernels are installed in several versions
            "name": name,
            "version": version.removeprefix("0:"),
            "architecture": architecture,
            "licences": [licence] if licence else None,
        }
