"""The plan of addresses: routing tables, VLANs, prefixes, ranges and addresses.

NetBox does not store which prefix lies in which: the smallest one that contains it, in the same
routing table, is found here.
"""

from collections.abc import Iterator
from ipaddress import ip_interface, ip_network
from typing import Any

from fitsm_graph.discovery.netbox.devices import DEVICE
from fitsm_graph.discovery.netbox.dump import Dump, Fields
from fitsm_graph.discovery.netbox.harvest import Harvest, key_of
from fitsm_graph.discovery.netbox.virtual import MACHINE

PREFIX, ADDRESS, RANGE, VLAN, VRF = (
    "ipam.prefix",
    "ipam.ipaddress",
    "ipam.iprange",
    "ipam.vlan",
    "ipam.vrf",
)
MODELS = (PREFIX, ADDRESS, RANGE, VLAN, VRF, "ipam.asn", "ipam.vlangroup", "ipam.role")
_HOLDERS = {"dcim.interface", "virtualization.vminterface", DEVICE, MACHINE}


def read_addresses(dump: Dump, harvest: Harvest) -> None:
    """Draft the plan of addresses."""
    harvest.taken.update(MODELS)
    for pk, fields in dump.of(VRF).items():
        more = {"route_distinguisher": fields.get("rd")}
        harvest.add(VRF, pk, "Vrf", fields["name"], fields, **more)
    for pk, fields in dump.of("ipam.asn").items():
        name, number = f"AS{fields['asn']}", fields["asn"]
        harvest.add("ipam.asn", pk, "AutonomousSystem", name, fields, as_number=number)
    for pk, fields in dump.of(VLAN).items():
        _vlan(dump, harvest, pk, fields)
    nested = _Nested(dump)
    for pk, fields in dump.of(PREFIX).items():
        _prefix(dump, harvest, pk, fields, nested)
    for pk, fields in dump.of(RANGE).items():
        _range(dump, harvest, pk, fields, nested)
    for pk, fields in dump.of(ADDRESS).items():
        _address(dump, harvest, pk, fields, nested)


class _Nested:
    """Finds the smallest prefix around a network, in its routing table."""

    def __init__(self, dump: Dump) -> None:
        self._prefixes: dict[tuple[Any, int, int, int], Any] = {}
        self._lengths: dict[tuple[Any, int], set[int]] = {}
        for pk, fields in dump.of(PREFIX).items():
            network = ip_network(fields["prefix"], strict=False)
            vrf, version, length = fields.get("vrf"), network.version, network.prefixlen
            self._prefixes[vrf, version, length, int(network.network_address)] = pk
            self._lengths.setdefault((vrf, version), set()).add(length)

    def around(self, vrf: Any, text: str, *, itself: bool) -> Iterator[str]:
        """Key of the prefix that contains an address or network; none or one."""
        inner = ip_interface(text)
        bits = inner.network.max_prefixlen
        longest = bits if itself else inner.network.prefixlen - 1
        for length in sorted(self._lengths.get((vrf, inner.version), ()), reverse=True):
            if length > longest:
                continue
            start = int(inner.ip) >> (bits - length) << (bits - length)
            found = self._prefixes.get((vrf, inner.version, length, start))
            if found is not None:
                yield key_of(PREFIX, found)
                return


def _vlan(dump: Dump, harvest: Harvest, pk: Any, fields: Fields) -> None:
    harvest.add(
        VLAN,
        pk,
        "Vlan",
        fields["name"],
        fields,
        vlan_number=fields["vid"],
        vlan_group=dump.word("ipam.vlangroup", fields.get("group")),
        purpose=dump.word("ipam.role", fields.get("role")),
    )


def _prefix(dump: Dump, harvest: Harvest, pk: Any, fields: Fields, nested: _Nested) -> None:
    draft = harvest.add(
        PREFIX,
        pk,
        "Prefix",
        fields["prefix"],
        fields,
        prefix=fields["prefix"],
        is_pool=fields.get("is_pool"),
        purpose=dump.word("ipam.role", fields.get("role")),
    )
    for key in nested.around(fields.get("vrf"), fields["prefix"], itself=False):
        draft.relate("IN_NETWORK", key)
    if fields.get("vlan") is not None:
        draft.relate("IN_NETWORK", key_of(VLAN, fields["vlan"]))
    if fields.get("vrf") is not None:
        draft.relate("PART_OF", key_of(VRF, fields["vrf"]))


def _range(dump: Dump, harvest: Harvest, pk: Any, fields: Fields, nested: _Nested) -> None:
    first, last = (fields[name].partition("/")[0] for name in ("start_address", "end_address"))
    draft = harvest.add(
        RANGE,
        pk,
        "IpRange",
        f"{first} - {last}",
        fields,
        start_address=first,
        end_address=last,
        purpose=dump.word("ipam.role", fields.get("role")),
    )
    for key in nested.around(fields.get("vrf"), first, itself=True):
        draft.relate("IN_NETWORK", key)
    if fields.get("vrf") is not None:
        draft.relate("PART_OF", key_of(VRF, fields["vrf"]))


def _address(dump: Dump, harvest: Harvest, pk: Any, fields: Fields, nested: _Nested) -> None:
    address, _, length = fields["address"].partition("/")
    draft = harvest.add(
        ADDRESS,
        pk,
        "IpAddress",
        fields["address"],
        fields,
        address=address,
        prefix_length=int(length) if length.isdigit() else None,
        address_role=fields.get("role"),
        dns_name=fields.get("dns_name"),
    )
    for key in nested.around(fields.get("vrf"), address, itself=True):
        draft.relate("IN_NETWORK", key)
    if fields.get("vrf") is not None:
        draft.relate("PART_OF", key_of(VRF, fields["vrf"]))
    if fields.get("assigned_object_id") is not None:
        model = dump.label(fields["assigned_object_type"])
        if model in _HOLDERS:
            holder = key_of(model, fields["assigned_object_id"])
            draft.relate("HAS_ADDRESS", holder, incoming=True)
