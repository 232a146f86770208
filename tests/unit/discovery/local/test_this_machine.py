"""This machine as it describes itself, against what its own tools and files say of it."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from fitsm_graph.confm.sync_rows import RowReader
from fitsm_graph.confm.types import default_registry
from fitsm_graph.discovery.local import Machine, Wanted, observe, this_machine
from fitsm_graph.discovery.local.identity import digest_of
from fitsm_graph.discovery.local.processes import unit_of
from fitsm_graph.discovery.local.sockets import here, open_sockets
from fitsm_graph.kernel.errors import BadInput, Problem
from fitsm_graph.model.observation import Observation

LINUX = sys.platform == "linux"
MACHINE = this_machine("here")


def told(*words: str) -> str:
    """What a tool of the system prints; the test skips where it is not there."""
    if shutil.which(words[0]) is None:
        pytest.skip(f"there is no {words[0]}")
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def seen() -> list[Observation]:
    found = list(observe(MACHINE, Wanted(processes=False, containers=False, packages=True)))
    assert [each.code for each in found if isinstance(each, Problem)] in ([], ["MODEL_SKIPPED"])
    return [each for each in found if isinstance(each, Observation)]


def of(seen: list[Observation], type_name: str) -> list[Observation]:
    return [each for each in seen if each.type == type_name]


def test_the_registry_takes_every_row(seen: list[Observation]):
    reader = RowReader(default_registry())
    for each in [*seen, *(e for e in observe(MACHINE) if isinstance(e, Observation))]:
        row, problems = reader.read(each, (1, 2))
        assert row is not None, problems
        assert not row.missing


def test_the_host_is_what_the_kernel_says(seen: list[Observation]):
    host = seen[0]
    assert host.key == "local/here"
    assert host.attributes["hostname"] == socket.gethostname()
    assert host.attributes["kernel_version"] == told("uname", "-r").strip()
    assert host.attributes["architecture"] == told("uname", "-m").strip()
    assert host.attributes["cpu_count"] == os.cpu_count()


@pytest.mark.skipif(not LINUX, reason="reads /proc")
def test_memory_and_processor_are_those_of_proc(seen: list[Observation]):
    total = re.search(r"MemTotal: +(\d+) kB", Path("/proc/meminfo").read_text())
    assert total
    assert seen[0].attributes["memory_mib"] == round(int(total[1]) / 1024)
    flags = re.findall(r"(?m)^flags\s*:.*\bhypervisor\b", Path("/proc/cpuinfo").read_text())
    assert (seen[0].type == "VirtualMachine") or not flags
    release = dict(re.findall(r'(?m)^(\w+)="?([^"\n]*)', Path("/etc/os-release").read_text()))
    assert seen[0].attributes["os_name"] == release["NAME"]


@pytest.mark.skipif(not LINUX, reason="asks ip")
def test_interfaces_and_addresses_are_those_of_ip(seen: list[Observation]):
    links = [e for e in json.loads(told("ip", "-j", "addr")) if "LOOPBACK" not in e["flags"]]
    found = {each.key.rpartition("/")[2]: each for each in of(seen, "NetworkInterface")}
    assert set(found) == {each["ifname"] for each in links}
    for link in links:
        attributes = found[link["ifname"]].attributes
        assert attributes["mtu"] == link["mtu"]
        assert attributes["interface_index"] == link["ifindex"]
        if link["link_type"] == "ether":
            assert attributes["mac_address"] == link["address"]
        addresses = {each["local"] for each in link["addr_info"]}
        assert addresses == set(
            filter(None, attributes.get("description", "")[len("addresses: ") :].split(", "))
        )


@pytest.mark.skipif(not LINUX, reason="asks ip")
def test_the_address_is_the_one_the_default_route_leaves_from(seen: list[Observation]):
    routes = json.loads(told("ip", "-j", "route", "get", "192.0.2.1"))
    assert seen[0].attributes.get("primary_address") == routes[0].get("prefsrc")


def test_file_systems_are_those_of_df(seen: list[Observation]):
    rows = [line.split() for line in told("df", "-P", "-k").splitlines()[1:]]
    sizes = {(row[0], row[5]): int(row[1]) for row in rows if len(row) == 6}
    found = of(seen, "FileSystem")
    assert found
    for each in found:
        size = sizes[each.attributes["device"], each.attributes["mount_point"]]
        assert each.attributes["capacity_gib"] == round(size / (1 << 20), 3)
        assert [(tie.type, tie.key) for tie in each.relations] == [("STORED_ON", "local/here")]
    disks = {device for device, _ in sizes if device.startswith("/dev/")}
    assert {each.attributes["device"] for each in found} >= disks - {"/dev/loop0"}


@pytest.mark.skipif(not LINUX, reason="asks dpkg-query")
def test_packages_are_those_of_dpkg(seen: list[Observation]):
    lines = told("dpkg-query", "-W", "-f", "${db:Status-Status} ${Package} ${Version}\n")
    rows = {tuple(line.split()[1:]) for line in lines.splitlines() if line.startswith("installed ")}
    found = of(seen, "InstalledPackage")
    assert {(e.attributes["product"], e.attributes["software_version"]) for e in found} == rows


# --- programs and sockets ----------------------------------------------------------------------

SERVER = """
import socket, sys
with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as server:
    mate = socket.create_connection(("127.0.0.1", int(sys.argv[2]))) if sys.argv[2:] else None
    print("ready", flush=True)
    sys.stdin.read()
"""


def free_ports(count: int) -> list[int]:
    """Ports that are free and that the system hands out to nobody."""
    found = []
    for port in range(20_000, 32_000, 37):
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise AssertionError("no free ports")


@pytest.fixture
def pair() -> Iterator[tuple[int, int]]:
    """Two programs that listen, the second connected to the first."""
    first, second = free_ports(2)
    words = [sys.executable, "-c", SERVER]
    more = [[str(first)], [str(second), str(first), "--password=hunter2"]]
    started = []
    try:
        for each in more:
            process = subprocess.Popen(
                [*words, *each], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            started.append(process)
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
        yield first, second
    finally:
        for process in started:
            process.communicate()


@pytest.mark.skipif(not LINUX, reason="macOS shows sockets to root only")
def test_a_program_that_listens_is_seen_with_whom_it_calls(pair: tuple[int, int]):
    found = {e.key: e for e in observe(MACHINE) if isinstance(e, Observation)}
    name = psutil.Process(os.getpid()).name()
    own = unit_of(os.getpid())
    if own:
        pytest.skip(f"all of the test runs in the unit {own}, which is one program")
    keys = [f"local/here/process/{name}:{port}" for port in pair]
    callee, caller = found[keys[0]], found[keys[1]]
    assert ("CALLS", keys[0]) in {(tie.type, tie.key) for tie in caller.relations}
    assert "CALLS" not in {tie.type for tie in callee.relations}, "who came to it is not called"
    assert caller.attributes["process_user"] == psutil.Process().username()
    assert "hunter2" not in json.dumps(dict(caller.attributes))
    assert "--password=…" in caller.attributes["command"]
    for key, port in zip(keys, pair, strict=True):
        endpoint = found[f"local/here/endpoint/127.0.0.1:{port}"]
        assert [(tie.type, tie.key) for tie in endpoint.relations] == [("HOSTED_ON", key)]


@pytest.mark.skipif(not LINUX, reason="asks ss")
def test_what_listens_is_what_ss_shows(pair: tuple[int, int]):
    def by_ss() -> set[int]:
        lines = told("ss", "-H", "-l", "-t", "-n").splitlines()
        return {int(line.split()[3].rpartition(":")[2]) for line in lines}

    before = by_ss()
    listening = open_sockets().listening
    after = by_ss()  # others start and stop meanwhile
    ports = {port for places in listening.values() for _, port in places}
    assert before & after <= ports <= before | after
    assert set(pair) <= ports


def test_an_endpoint_elsewhere_has_the_key_it_gives_itself():
    theirs = here(Machine("b", "b"))
    other = here(Machine("a", "a"))
    assert other.endpoint_key(("203.0.113.5", 5432)) == "endpoint/203.0.113.5:5432"
    assert theirs.endpoint_key(("", 5432)) == f"endpoint/{theirs.outside}:5432" or (
        theirs.outside == "127.0.0.1"
    )


# --- identity ----------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/etc/machine-id").exists(), reason="no machine-id")
def test_the_identity_lasts_and_does_not_show_the_machine_id():
    own = Path("/etc/machine-id").read_text().strip()
    first, second = this_machine(), this_machine()
    assert first == second
    assert first.id == digest_of(own)
    rows = repr(list(observe(first, Wanted(processes=False))))
    assert own not in rows


def test_a_name_takes_the_place_of_the_identity():
    assert this_machine("web-7").key == "local/web-7"
    for name in ("a b", "../x", "x" * 65, "\u202ea"):
        with pytest.raises(BadInput):
            this_machine(name)
