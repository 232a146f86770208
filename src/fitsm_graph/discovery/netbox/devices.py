"""Devices, their modules and their ports."""

import re
from typing import Any

from fitsm_graph.discovery.netbox.dump import Dump, Fields
from fitsm_graph.discovery.netbox.harvest import Draft, Harvest, choice, given, key_of, number
from fitsm_graph.discovery.netbox.places import locate
from fitsm_graph.kernel.errors import Problem

DEVICE = "dcim.device"
MODELS = (
    DEVICE,
    "dcim.devicebay",
    "dcim.module",
    "dcim.interface",
    "dcim.frontport",
    "dcim.rearport",
    "dcim.consoleport",
    "dcim.consoleserverport",
    "dcim.virtualchassis",
)

_ROLES = (
    (r"\bpdu\b|power.?strip|power.?dist", "PowerDistributionUnit"),
    (r"\bups\b", "UninterruptiblePowerSupply"),
    (r"patch.?panel", "PatchPanel"),
    (r"console", "ConsoleServer"),
    (r"firewall", "Firewall"),
    (r"load.?balancer|\badc\b", "LoadBalancer"),
    (r"wireless.?controller|\bwlc\b", "WirelessController"),
    (r"access.?point|\bwap\b", "WirelessAccessPoint"),
    (r"router|gateway", "Router"),
    (r"switch|\bleaf\b|\bspine\b", "Switch"),
    (r"hypervisor|virtuali[sz]ation", "Hypervisor"),
    (r"storage|\bsan\b|\bnas\b", "StorageArray"),
    (r"tape", "TapeLibrary"),
    (r"server|compute|\bhost\b|\bblade\b", "Server"),
    (r"chassis|enclosure", "Chassis"),
)
NETWORK_TYPES = frozenset(
    {
        "NetworkDevice",
        "Switch",
        "Router",
        "Firewall",
        "LoadBalancer",
        "WirelessController",
        "WirelessAccessPoint",
    }
)
_NAMED_ON_THE_NETWORK = NETWORK_TYPES | {"Server", "Hypervisor"}


def read_devices(dump: Dump, harvest: Harvest) -> None:
    """Draft all devices with what is in them."""
    harvest.taken.update(MODELS)
    bays = {bay.get("installed_device"): bay for bay in dump.of("dcim.devicebay").values()}
    unknown: dict[str, int] = {}
    for pk, fields in dump.of(DEVICE).items():
        draft = _device(dump, harvest, pk, fields, unknown)
        _mount(draft, fields, bays.get(pk))
    for slug, count in sorted(unknown.items()):
        harvest.notices.append(_role_unknown(slug, count))
    for pk, fields in dump.of("dcim.module").items():
        _module(dump, harvest, pk, fields)
    _chassis(dump, harvest)
    _interfaces(dump, harvest)
    _panel_ports(dump, harvest)


def _device(
    dump: Dump, harvest: Harvest, pk: Any, fields: Fields, unknown: dict[str, int]
) -> Draft:
    device_type = dump.get("dcim.devicetype", fields.get("device_type")) or {}
    role = dump.get("dcim.devicerole", fields.get("role", fields.get("device_role"))) or {}
    type_name = _type_of(role, device_type, unknown)
    name = _device_name(dump, pk, fields, device_type)
    more = {
        "serial_number": fields.get("serial"),
        "asset_tag": fields.get("asset_tag"),
        "manufacturer": dump.word("dcim.manufacturer", device_type.get("manufacturer")),
        "model": device_type.get("model"),
        "part_number": device_type.get("part_number"),
        "rack_position": number(fields.get("position")),
        "rack_face": fields.get("face"),
        "height_units": number(device_type.get("u_height")),
        "role": role.get("name"),
        "platform": dump.word("dcim.platform", fields.get("platform")),
        "management_address": primary_address(dump, fields),
    }
    if type_name in _NAMED_ON_THE_NETWORK:
        more["hostname"] = fields.get("name")
    if type_name in NETWORK_TYPES:
        more["stack_position"] = fields.get("vc_position")
    return harvest.add(DEVICE, pk, type_name, name, fields, **more)


def _type_of(role: Fields, device_type: Fields, unknown: dict[str, int]) -> str:
    if device_type.get("subdevice_role") == "parent":
        return "Chassis"
    slug = str(role.get("slug", ""))
    for pattern, type_name in _ROLES:
        if re.search(pattern, slug.replace("_", "-")):
            return type_name
    unknown[slug] = unknown.get(slug, 0) + 1
    return "Appliance"


def _role_unknown(slug: str, count: int) -> Problem:
    return Problem(
        "ROLE_UNKNOWN",
        f"{count} devices of the role '{slug}' became Appliances",
        "no CI type is known for the role",
        "rename the role, or retire them and add the role to the reader",
        ("dcim.devicerole", slug),
    )


def _device_name(dump: Dump, pk: Any, fields: Fields, device_type: Fields) -> str:
    if fields.get("name"):
        return str(fields["name"])
    chassis = dump.word("dcim.virtualchassis", fields.get("virtual_chassis"))
    if chassis:
        return f"{chassis}:{fields.get('vc_position')}"
    return f"{device_type.get('model') or 'device'} ({pk})"


def primary_address(dump: Dump, fields: Fields) -> str | None:
    """The address a device or machine is reached at, without the length of its prefix."""
    for name in ("primary_ip4", "primary_ip6"):
        address = dump.word("ipam.ipaddress", fields.get(name), "address")
        if address:
            return address.partition("/")[0]
    return None


def _mount(draft: Draft, fields: Fields, bay: Fields | None) -> None:
    if bay is not None:
        draft.relate("MOUNTED_IN", key_of(DEVICE, bay["device"]))
    elif fields.get("rack") is not None:
        draft.relate("MOUNTED_IN", key_of("dcim.rack", fields["rack"]))
    else:
        locate(draft, fields)


def _module(dump: Dump, harvest: Harvest, pk: Any, fields: Fields) -> None:
    harvest.taken.update({"dcim.module", "dcim.modulebay"})
    device = harvest.draft(DEVICE, fields["device"])
    module_type = dump.get("dcim.moduletype", fields.get("module_type")) or {}
    slot = dump.word("dcim.modulebay", fields.get("module_bay"))
    draft = harvest.add(
        "dcim.module",
        pk,
        "EquipmentModule",
        f"{device.name if device else fields['device']} {slot or module_type.get('model', pk)}",
        fields,
        serial_number=fields.get("serial"),
        asset_tag=fields.get("asset_tag"),
        manufacturer=dump.word("dcim.manufacturer", module_type.get("manufacturer")),
        model=module_type.get("model"),
        part_number=module_type.get("part_number"),
        slot=slot,
    )
    draft.relate("MOUNTED_IN", key_of(DEVICE, fields["device"]))


def _chassis(dump: Dump, harvest: Harvest) -> None:
    members: dict[Any, list[str]] = {}
    for pk, fields in dump.of(DEVICE).items():
        device = harvest.draft(DEVICE, pk)
        if fields.get("virtual_chassis") is not None and device is not None:
            members.setdefault(fields["virtual_chassis"], []).append(device.key)
            device.relate("MEMBER_OF", key_of("dcim.virtualchassis", fields["virtual_chassis"]))
    for pk, fields in dump.of("dcim.virtualchassis").items():
        more = given({"domain": fields.get("domain")})
        name = str(fields["name"])
        draft = harvest.add("dcim.virtualchassis", pk, "VirtualChassis", name, fields, **more)
        if members.get(pk):
            key = harvest.group(draft, "members", members[pk], grounded=True)
            draft.relate("FORMED_BY", key)


def port(
    harvest: Harvest, model: str, pk: Any, fields: Fields, type_name: str, /, **more: Any
) -> Draft:
    """Draft a port, named after its device."""
    device = harvest.draft(DEVICE, fields["device"])
    name = f"{device.name if device else fields['device']} {fields['name']}"
    more = {"label": fields.get("label"), "connector": fields.get("type"), **more}
    return harvest.add(model, pk, type_name, name, fields, **more)


def _interfaces(dump: Dump, harvest: Harvest) -> None:
    bundles: dict[Any, list[str]] = {}
    for pk, fields in dump.of("dcim.interface").items():
        speed = fields.get("speed")
        draft = port(
            harvest,
            "dcim.interface",
            pk,
            fields,
            "NetworkInterface",
            **interface_attributes(fields),
            speed_mbps=speed // 1000 if isinstance(speed, int) else None,
            duplex=fields.get("duplex"),
            management_only=fields.get("mgmt_only"),
            wwn=fields.get("wwn"),
        )
        draft.relate("HAS_INTERFACE", key_of(DEVICE, fields["device"]), incoming=True)
        interface_relations(draft, fields, "dcim.interface")
        if fields.get("lag") is not None:
            bundles.setdefault(fields["lag"], []).append(draft.key)
    for pk, members in bundles.items():
        bundle = harvest.draft("dcim.interface", pk)
        if bundle is not None:
            bundle.relate("FORMED_BY", harvest.group(bundle, "links", members, grounded=False))


def interface_attributes(fields: Fields) -> dict[str, Any]:
    """What interfaces of devices and of machines have in common."""
    return {
        "enabled": fields.get("enabled"),
        "mac_address": fields.get("mac_address"),
        "mtu": fields.get("mtu"),
        "vlan_mode": choice(fields.get("mode")),
    }


def interface_relations(draft: Draft, fields: Fields, model: str) -> None:
    """Networks an interface is in, and the interface it is a part of."""
    vlans = [fields.get("untagged_vlan"), *(fields.get("tagged_vlans") or ())]
    for vlan in vlans:
        if vlan is not None:
            draft.relate("IN_NETWORK", key_of("ipam.vlan", vlan))
    for name in ("parent", "bridge"):
        if fields.get(name) is not None:
            draft.relate("DEPENDS_ON", key_of(model, fields[name]))


def _panel_ports(dump: Dump, harvest: Harvest) -> None:
    for model, type_name in (
        ("dcim.rearport", "RearPort"),
        ("dcim.frontport", "FrontPort"),
        ("dcim.consoleport", "ConsolePort"),
        ("dcim.consoleserverport", "ConsolePort"),
    ):
        for pk, fields in dump.of(model).items():
            draft = port(harvest, model, pk, fields, type_name)
            draft.relate("PART_OF", key_of(DEVICE, fields["device"]))
            if fields.get("rear_port") is not None:
                draft.relate("CONNECTED_TO", key_of("dcim.rearport", fields["rear_port"]))
