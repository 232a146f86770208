"""This machine as a source: what it is, what it runs, and whom that talks to (PR11.3).

    for seen in observe(): …

Nothing is sent anywhere and nothing is changed. What cannot be seen without more rights is said.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from fitsm_graph.discovery.local import containers, hardware, packages, processes
from fitsm_graph.discovery.local.identity import Machine, this_machine
from fitsm_graph.kernel.errors import Problem
from fitsm_graph.model.observation import Observation

__all__ = ["COMPLETE", "Machine", "Wanted", "observe", "this_machine"]

COMPLETE = frozenset({"FileSystem", "NetworkInterface"})
"""Types of which one look shows all; processes and connections come and go."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look at besides the machine itself.

    Attributes:
        processes: Programs that listen, and whom they talk to.
        containers: Containers of a Docker-compatible engine that answers.
        packages: Installed packages; many.
    """

    processes: bool = True
    containers: bool = True
    packages: bool = False


def observe(machine: Machine, wanted: Wanted | None = None) -> Iterator[Observation | Problem]:
    """Look at this machine.

    Args:
        machine: Names it, and so all that is on it.
        wanted: What to look at; all but packages when left out.

    Yields:
        Observations, and problems for what could not be seen, with the remedy.
    """
    wanted = wanted or Wanted()
    yield hardware.host(machine)
    yield from hardware.interfaces(machine)
    yield from hardware.file_systems(machine)
    if wanted.processes:
        yield from processes.observe(machine)
    if wanted.containers:
        yield from containers.observe(machine)
    if wanted.packages:
        yield from packages.observe(machine)
