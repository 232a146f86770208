"""The rows that the benchmark of sync sends: machines on hosts, two relations a CI.

    lines(100_000)   the same 100,000 lines of NDJSON everywhere

Plain on purpose, so that every loader can be given the same: no identifiers, no groups, and every
relation leads to a row that came before, since the loaders that are compared lose others.
"""

from collections.abc import Iterator
from typing import Any

import orjson

SYSTEMS = ("Debian GNU/Linux", "Ubuntu", "Rocky Linux", "Windows Server")
STAGES = ("production", "test", "development")
ORDER = ("Rack", "Vlan", "Switch", "Hypervisor", "VirtualMachine")
"""Types in the order of the rows."""


def lines(cis: int, *, prefix: str = "", changed: int = 0) -> Iterator[bytes]:
    """Give some number of CIs as lines of NDJSON.

    Args:
        cis: How many, 1,000 or more.
        prefix: Put before every key, for a fleet of its own.
        changed: So many machines have more memory than otherwise.
    """
    racks, vlans, switches, hosts = cis // 1000, cis // 1000, cis // 500, cis // 50
    for n in range(racks):
        yield _line("Rack", f"{prefix}rack-{n}", {"capacity_units": 42})
    for n in range(vlans):
        yield _line("Vlan", f"{prefix}vlan-{n}", {"vlan_number": n % 4095})
    for n in range(switches):
        ties = {
            "MOUNTED_IN": f"{prefix}rack-{n % racks}",
            "IN_NETWORK": f"{prefix}vlan-{n % vlans}",
        }
        yield _line("Switch", f"{prefix}switch-{n}", {"serial_number": f"S{n:08d}"}, ties)
    for n in range(hosts):
        ties = {
            "MOUNTED_IN": f"{prefix}rack-{n % racks}",
            "UPLINKED_TO": f"{prefix}switch-{n % switches}",
        }
        yield _line("Hypervisor", f"{prefix}host-{n}", _computer(n, 64), ties)
    for n in range(cis - racks - vlans - switches - hosts):
        ties = {
            "RUNS_ON": f"{prefix}host-{(n * 7919) % hosts}",
            "IN_NETWORK": f"{prefix}vlan-{(n * 104729) % vlans}",
        }
        more = 1 if n < changed else 0
        yield _line("VirtualMachine", f"{prefix}machine-{n}", _computer(n, 4 + more), ties)


def _computer(n: int, memory_gib: int) -> dict[str, Any]:
    return {
        "hostname": f"node{n:07d}",
        "os_name": SYSTEMS[n % 4],
        "os_version": f"{n % 7 + 8}.{n % 5}",
        "cpu_count": float(2 << (n % 4)),
        "memory_mib": float(memory_gib << 10),
        "primary_address": f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}",
        "environment": STAGES[n % 3],
    }


def _line(
    type: str, key: str, attributes: dict[str, Any], ties: dict[str, str] | None = None
) -> bytes:
    relations = [{"type": each, "to": {"key": end}} for each, end in (ties or {}).items()]
    record = {"type": type, "key": key, "attributes": {"name": key, **attributes}}
    return orjson.dumps({**record, "relations": relations}) + b"\n"
