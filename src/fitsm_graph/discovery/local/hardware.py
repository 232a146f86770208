"""The machine itself: what it is, its interfaces, its file systems."""

import os
import platform
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

from fitsm_graph.discovery.local.identity import Machine
from fitsm_graph.discovery.mapping.run import is_key
from fitsm_graph.kernel.errors import Problem
from fitsm_graph.model.observation import Observation, ObservedRelation

_DMI = Path("/sys/class/dmi/id")
_SAYS_NOTHING = frozenset(
    {"", "none", "n/a", "na", "not specified", "default string", "system serial number"}
    | {"to be filled by o.e.m.", "system manufacturer", "system product name", "0"}
)
_CHASSIS = {
    **dict.fromkeys((3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16, 30, 31, 32), "Workstation"),
    **dict.fromkeys((17, 23, 25, 28, 29), "Server"),
}
"""Forms that the system management standard (SMBIOS) numbers, and what they are here."""
_VIRTUAL_PRODUCTS = ("kvm", "qemu", "vmware", "virtualbox", "virtual machine", "xen", "firecracker")
_NO_SPACE = frozenset({"squashfs", "iso9660", "tmpfs", "devtmpfs", "overlay", "devfs", "autofs"})
GIB = 1 << 30


def host(machine: Machine) -> Observation:
    """Tell what the machine is."""
    told = {**_system(), **_parts(), **_addresses()}
    uuid, serial = told.get("system_uuid"), told.get("serial_number")
    identifiers = [("system_uuid", uuid), ("serial_number", serial), ("fqdn", told.get("fqdn"))]
    return Observation(
        type=host_type(),
        key=machine.key,
        attributes={"name": machine.name, **{n: v for n, v in told.items() if v}},
        identifiers=tuple((kind, value) for kind, value in identifiers if value),
        place="host",
    )


def host_type() -> str:
    """The CI type of this machine; Host where nothing shows what it is."""
    if is_virtual():
        return "VirtualMachine"
    chassis = _dmi("chassis_type")
    found = _CHASSIS.get(int(chassis), "Host") if chassis.isdecimal() else "Host"
    return "Workstation" if platform.system() == "Darwin" else found


def is_virtual() -> bool:
    """Whether this is a guest: its processor or its maker's names say so."""
    try:
        if " hypervisor" in Path("/proc/cpuinfo").read_text("utf-8", "replace"):
            return True
    except OSError:
        pass
    words = f"{_dmi('product_name')} {_dmi('sys_vendor')}".lower()
    return any(product in words for product in _VIRTUAL_PRODUCTS)


def _dmi(name: str) -> str:
    try:
        text = (_DMI / name).read_text("utf-8", "replace").strip()
    except OSError:  # not there, or for root only
        return ""
    return "" if text.lower() in _SAYS_NOTHING else text


def _system() -> dict[str, Any]:
    mac = platform.mac_ver()[0]
    named: dict[str, str] = {"NAME": "macOS", "VERSION_ID": mac} if mac else {}
    if not mac:
        try:
            named = platform.freedesktop_os_release()
        except OSError:
            named = {"NAME": platform.system()}
    return {
        "hostname": socket.gethostname(),
        "os_name": named.get("NAME", ""),
        "os_version": named.get("VERSION_ID", ""),
        "kernel_version": platform.release(),
        "architecture": platform.machine(),
    }


def _parts() -> dict[str, Any]:
    return {
        "cpu_count": float(psutil.cpu_count() or 0),
        "cpu_model": _processor(),
        "memory_mib": float(round(psutil.virtual_memory().total / (1 << 20))),
        "disk_gib": round(sum(size for _, size in _spaces()) / GIB, 1),
        "manufacturer": _dmi("sys_vendor"),
        "model": _dmi("product_name"),
        "serial_number": _dmi("product_serial"),
        "system_uuid": _dmi("product_uuid").lower(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return platform.processor()
    found = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(found, platform.processor())


def _addresses() -> dict[str, str]:
    name = socket.getfqdn().rstrip(".")
    known = "." in name and not name.startswith("localhost") and not name.endswith(".arpa")
    return {"fqdn": name if known else "", "primary_address": primary_address()}


def primary_address() -> str:
    """The address that traffic to elsewhere leaves from; nothing is sent to find it.

    Empty where no route leads out.
    """
    for family, elsewhere in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((elsewhere, 9))  # of a datagram socket: chooses a route, sends none
                address = str(probe.getsockname()[0])
            except OSError:
                continue
        if address not in {"0.0.0.0", "::"}:  # noqa: S104 - compared with, not bound to
            return address
    return ""


def interfaces(machine: Machine) -> Iterator[Observation]:
    """Tell the network interfaces but the loopback."""
    states = psutil.net_if_stats()
    for name, addresses in sorted(psutil.net_if_addrs().items()):
        state = states.get(name)
        if name.startswith("lo") and any(a.address == "127.0.0.1" for a in addresses):
            continue
        macs = [a.address for a in addresses if a.family == psutil.AF_LINK]
        mac = next((m for m in macs if m.strip("0:-")), "")
        shown: dict[str, Any] = {"name": f"{machine.name} {name}", "interface_index": _index(name)}
        if mac:
            shown["mac_address"] = mac
        if state is not None:
            shown |= {"enabled": state.isup, "mtu": state.mtu or None}
            shown["speed_mbps"] = state.speed or None
        ips = [a.address.partition("%")[0] for a in addresses if a.family in _IP]
        if ips:
            shown["description"] = f"addresses: {', '.join(sorted(ips))}"
        yield Observation(
            type="NetworkInterface",
            key=f"{machine.key}/interface/{name}",
            attributes={word: value for word, value in shown.items() if value is not None},
            identifiers=(("mac_address", mac),) if mac else (),
            relations=(ObservedRelation(type="HAS_INTERFACE", key=machine.key, incoming=True),),
            place=f"interface {name}",
        )


_IP = (socket.AF_INET, socket.AF_INET6)


def _index(name: str) -> int | None:
    try:
        return socket.if_nametoindex(name)
    except OSError:
        return None


def file_systems(machine: Machine) -> Iterator[Observation | Problem]:
    """Tell the file systems on disks, once each however often they are mounted."""
    for part, size in _spaces():
        place = f"file system {part.mountpoint!r}"
        key = f"{machine.key}/filesystem{part.mountpoint}"
        if not is_key(key):
            yield Problem(
                "BAD_RECORD", "the name of its folder can be no part of a key",
                "it has characters that cannot be printed, or is too long",
                "mount it elsewhere", (place,),
            )  # fmt: skip
            continue
        yield Observation(
            type="FileSystem",
            key=key,
            attributes={
                "name": f"{machine.name} {part.mountpoint}",
                "mount_point": part.mountpoint,
                "device": part.device,
                "file_system_type": part.fstype,
                "capacity_gib": round(size / GIB, 3),
            },
            relations=(ObservedRelation(type="STORED_ON", key=machine.key),),
            place=place,
        )


def _spaces() -> list[tuple[Any, int]]:
    """Mounted partitions with their sizes in bytes; the shortest path of each device."""
    found: dict[str, tuple[Any, int]] = {}
    for part in sorted(psutil.disk_partitions(), key=lambda each: len(each.mountpoint)):
        if part.fstype in _NO_SPACE or part.device in found:
            continue
        try:
            state = os.statvfs(part.mountpoint)
        except OSError:  # gone meanwhile, or not ours to look into
            continue
        if state.f_blocks:
            found[part.device] = (part, state.f_blocks * state.f_frsize)
    return list(found.values())
