"""Programs that listen, where they are reached, and whom they talk to."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from fitsm_graph.discovery.local.command_lines import scrub
from fitsm_graph.discovery.local.identity import Machine
from fitsm_graph.discovery.local.sockets import Here, Place, Sockets, here, joined, open_sockets
from fitsm_graph.kernel.errors import Problem
from fitsm_graph.kernel.text import plural
from fitsm_graph.model.observation import Observation, ObservedRelation

_UNIT = re.compile(r"/([^/\n]+)\.service(?=/|$)", re.MULTILINE)
_NOT_ITS_OWN = ("user@", "session-")
_UNNAMED = re.compile(r"[^\w.@:+-]+")
_LONGEST_WORD = 200


@dataclass(slots=True)
class Program:
    """Processes that are one thing for those who depend on it, however often they restart.

    Attributes:
        word: Last part of its key.
        listens: Where, as it says itself.
        talks_to: Where it is connected to, apart from those who came to it.
    """

    word: str
    name: str
    user: str = ""
    executable: str = ""
    command: str = ""
    listens: set[Place] = field(default_factory=set)
    talks_to: set[Place] = field(default_factory=set)


def observe(machine: Machine) -> Iterator[Observation | Problem]:
    """Tell programs that listen, their endpoints, and whom they call."""
    sockets, at = open_sockets(), here(machine)
    programs = _programs(sockets, at)
    owners = {place: each for each in programs for place in each.listens}
    unknown = sockets.listening.get(None, set())
    reached: dict[str, Observation] = {}
    for place in {place for each in programs for place in each.talks_to}:
        if at.lasts(place[1]) and not at.has(place[0]):
            reached[at.endpoint_key(place)] = _endpoint(at, place, ())
    for place in {*owners, *unknown}:
        owner = owners.get(place)
        key = process_key(machine, owner) if owner else machine.key
        if at.lasts(place[1]):
            hosted = ObservedRelation(type="HOSTED_ON", key=key)
            reached[at.endpoint_key(place)] = _endpoint(at, place, (hosted,))
    for program in programs:
        yield _process(at, program, owners)
    yield from (reached[key] for key in sorted(reached))
    if passing := [place for place in owners if not at.lasts(place[1])]:
        yield _left_out(
            plural(len(passing), "port"), "the system hands them out anew each time", ""
        )
    if not sockets.all_shown:
        what = plural(len(unknown), "port") if unknown else "sockets of other users"
        yield _not_shown(what)


def process_key(machine: Machine, program: Program) -> str:
    """Key of a program on a machine."""
    return f"{machine.key}/process/{program.word}"


def _programs(sockets: Sockets, at: Here) -> list[Program]:
    """Processes that listen, put together into programs."""
    programs: dict[str, Program] = {}
    for pid, places in sorted(sockets.listening.items(), key=lambda each: each[0] or 0):
        if pid is None or not places:
            continue
        try:
            program = _program(psutil.Process(pid), places, at)
        except psutil.Error:  # it ended meanwhile
            continue
        known = programs.setdefault(program.word, program)
        known.listens |= places
        ports = {port for _, port in places}
        ends = sockets.connected.get(pid, ())
        known.talks_to |= {there for own, there in ends if own[1] not in ports}
    return list(programs.values())


def _program(process: psutil.Process, places: set[Place], at: Here) -> Program:
    """The program a process is of: by its unit, else by its name and its lowest lasting port."""
    with process.oneshot():
        name = process.name()
        user, executable = _shown(process.username), _shown(process.exe)
        command = _shown(lambda: scrub(process.cmdline()))
    unit = unit_of(process.pid)
    lasting = [port for _, port in places if at.lasts(port)]
    word = unit or (f"{name}:{min(lasting)}" if lasting else name)
    word = _UNNAMED.sub("-", word)[:_LONGEST_WORD] or "unnamed"
    return Program(word, unit or name, user, executable, command)


def _shown(read: Callable[[], str]) -> str:
    """What may be read of a process; empty where it may not."""
    try:
        return read()
    except (psutil.Error, OSError, KeyError):  # the last for a user without a name
        return ""


def unit_of(pid: int) -> str:
    """The systemd unit that a process belongs to; empty where there is none of its own."""
    try:
        text = Path(f"/proc/{pid}/cgroup").read_text("utf-8", "replace")
    except OSError:
        return ""
    own = [unit for unit in _UNIT.findall(text) if not unit.startswith(_NOT_ITS_OWN)]
    return str(own[-1]) if own else ""


def _process(at: Here, program: Program, owners: dict[Place, Program]) -> Observation:
    shown = {
        "name": f"{program.name} on {at.machine.name}",
        "product": program.name,
        "process_user": program.user,
        "executable": program.executable,
        "command": program.command,
    }
    key = process_key(at.machine, program)
    called = sorted(_called(at, program, owners) - {key})
    return Observation(
        type="RunningProcess",
        key=key,
        attributes={word: value for word, value in shown.items() if value},
        relations=(
            ObservedRelation(type="RUNS_ON", key=at.machine.key),
            *(ObservedRelation(type="CALLS", key=each) for each in called),
        ),
        place=f"process {program.name}",
    )


def _called(at: Here, program: Program, owners: dict[Place, Program]) -> set[str]:
    """Keys of programs here and of endpoints elsewhere that a program is connected to."""
    found = set()
    for place in program.talks_to:
        if not at.has(place[0]):
            if at.lasts(place[1]):
                found.add(at.endpoint_key(place))
            continue
        owner = owners.get(place) or owners.get(("", place[1]))
        if owner is not None:
            found.add(process_key(at.machine, owner))
    return found


def _endpoint(at: Here, place: Place, relations: tuple[ObservedRelation, ...]) -> Observation:
    address = place[0] or at.outside
    return Observation(
        type="Endpoint",
        key=at.endpoint_key(place),
        attributes={
            "name": joined((address, place[1])),
            "endpoint_host": address,
            "port_number": place[1],
            "protocol": "tcp",
        },
        relations=relations,
        place=f"port {place[1]}",
    )


def _not_shown(what: str) -> Problem:
    if os.geteuid() == 0:
        why, remedy = "their programs are outside of what is visible here", "look from the host"
    else:
        why = "the system shows the processes of other users to root only"
        remedy = "run it as root to see them too"
    return _left_out(f"who listens at {what}", why, remedy)


def _left_out(what: str, why: str, remedy: str) -> Problem:
    return Problem("MODEL_SKIPPED", f"{what} left out", why, remedy, ("processes",))
