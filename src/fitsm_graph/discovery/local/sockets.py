"""What is open on this machine: sockets that listen or are connected, and whose they are."""

import ipaddress
import socket
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from fitsm_graph.discovery.local.hardware import primary_address
from fitsm_graph.discovery.local.identity import Machine

Place = tuple[str, int]
"""Address and port; an empty address is any."""
_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_USUAL_RANGE = (32768, 65535)
_IP = (socket.AF_INET, socket.AF_INET6)


@dataclass(frozen=True, slots=True)
class Here:
    """What tells places on this machine from others.

    Attributes:
        outside: The address others reach it at.
        own: All its addresses.
        passing: First and last of the ports that the system hands out: another program may stand
            there next time.
    """

    machine: Machine
    outside: str
    own: frozenset[str]
    passing: tuple[int, int]

    def has(self, address: str) -> bool:
        """Whether an address is one of this machine's."""
        return not address or address in self.own or is_loopback(address)

    def lasts(self, port: int) -> bool:
        """Whether a port says anything about what is found there next time."""
        return not self.passing[0] <= port <= self.passing[1]

    def endpoint_key(self, place: Place) -> str:
        """The same on the machine that listens and on those that call it: the two meet in it."""
        address = place[0] or self.outside
        word = f"endpoint/{joined((address, place[1]))}"
        return f"{self.machine.key}/{word}" if is_loopback(address) else word


@dataclass(frozen=True, slots=True)
class Sockets:
    """What is open, by process.

    Attributes:
        listening: Where each listens; None stands for those whose process is not shown.
        connected: Own and other end of each connection.
        all_shown: Nothing was kept back by the system.
    """

    listening: dict[int | None, set[Place]]
    connected: dict[int, set[tuple[Place, Place]]]
    all_shown: bool


def here(machine: Machine) -> Here:
    """Look up the addresses of this machine, and the ports it hands out."""
    addresses = [each for found in psutil.net_if_addrs().values() for each in found]
    own = frozenset(plain(each.address) for each in addresses if each.family in _IP)
    try:
        low, high = map(int, _RANGE.read_text("ascii").split())
    except (OSError, ValueError):
        low, high = _USUAL_RANGE
    return Here(machine, primary_address() or "127.0.0.1", own, (low, high))


def open_sockets() -> Sockets:
    """TCP sockets that listen or are connected, with their processes as far as they are shown."""
    listening: dict[int | None, set[Place]] = defaultdict(set)
    connected: dict[int, set[tuple[Place, Place]]] = defaultdict(set)
    found, all_shown = _connections()
    for pid, each in found:
        place = (plain(each.laddr.ip), each.laddr.port) if each.laddr else ("", 0)
        if each.status == psutil.CONN_LISTEN:
            listening[pid].add(place)
        elif each.status == psutil.CONN_ESTABLISHED and pid is not None and each.raddr:
            connected[pid].add((place, (plain(each.raddr.ip), each.raddr.port)))
    shown = {place for pid, places in listening.items() if pid is not None for place in places}
    listening[None] -= shown
    return Sockets(dict(listening), dict(connected), all_shown and not listening[None])


def _connections() -> tuple[list[tuple[int | None, Any]], bool]:
    """All connections with their processes; those of one's own where not all are shown."""
    try:
        return [(each.pid, each) for each in psutil.net_connections("tcp")], True
    except psutil.AccessDenied:  # macOS without root
        pass
    found: list[tuple[int | None, Any]] = []
    for process in psutil.process_iter():
        try:
            found += [(process.pid, each) for each in process.net_connections("tcp")]
        except psutil.Error:
            continue
    return found, False


def plain(address: str) -> str:
    """An address in one form; empty for any, and IPv4 where it is only wrapped.

    >>> plain("::ffff:10.0.0.1"), plain("::"), plain("fe80::1%eth0")
    ('10.0.0.1', '', 'fe80::1')
    """
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return "" if ip.is_unspecified else str(ip)


def is_loopback(address: str) -> bool:
    """Whether only this machine reaches it."""
    return ipaddress.ip_address(address).is_loopback


def joined(place: Place) -> str:
    """Address and port as they are written.

    >>> joined(("::1", 80)), joined(("10.0.0.1", 80))
    ('[::1]:80', '10.0.0.1:80')
    """
    return f"[{place[0]}]:{place[1]}" if ":" in place[0] else f"{place[0]}:{place[1]}"
