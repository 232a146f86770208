"""NetBox dumps: small ones by hand for each rule, and the demo dump against independent counts."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from fitsm_graph.confm.types import default_registry
from fitsm_graph.discovery import netbox
from fitsm_graph.kernel.errors import BadInput, Problem
from fitsm_graph.model.observation import Observation

DEMO = Path(__file__).parents[4] / "shared/samples/discovery/netbox/netbox-demo-v3.6.json"


class Estate:
    """A dump in the making: records with only the fields that matter."""

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []
        self.add("dcim.site", 1, name="DC", status="active", region=None)
        for pk, slug in enumerate(("switch", "router", "server", "pdu", "patch-panel"), start=1):
            self.add("dcim.devicerole", pk, slug=slug, name=slug.title())
        self.add("dcim.devicetype", 1, model="M", manufacturer=1, u_height="1.0", part_number="")
        self.add("dcim.manufacturer", 1, name="Acme")

    def add(self, model: str, pk: Any, /, **fields: Any) -> None:
        self.records.append({"model": model, "pk": pk, "fields": fields})

    def device(self, pk: int, role: str, **fields: Any) -> None:
        roles = {
            each["fields"]["slug"]: each["pk"] for each in self.records if "slug" in each["fields"]
        }
        given = {"role": roles[role], "device_type": 1, "site": 1, "status": "active"}
        self.add("dcim.device", pk, name=f"{role}{pk}", **{**given, **fields})

    def interface(self, pk: int, device: int, **fields: Any) -> None:
        self.add("dcim.interface", pk, device=device, name=f"eth{pk}", type="1000base-t", **fields)

    def cable(self, pk: int, *ends: tuple[str, int]) -> None:
        self.add("dcim.cable", pk, status="connected")
        for side, (model, end) in zip("AB", ends, strict=True):
            self.add(
                "dcim.cabletermination",
                100 * pk + ord(side),
                cable=pk,
                cable_end=side,
                termination_type=model.split("."),
                termination_id=end,
            )

    def seen(self) -> dict[str, Observation]:
        return {
            each.key: each for each in netbox.observe(self.records) if isinstance(each, Observation)
        }

    def relations(self, type: str) -> set[tuple[str, str]]:
        """Ends as ``model/pk``; both orders of a relation are one."""
        return {
            (key.removeprefix("netbox/"), relation.key.removeprefix("netbox/"))
            for key, seen in self.seen().items()
            for relation in seen.relations
            if relation.type == type
        }


def group_of(estate: Estate, key: str) -> tuple[int, bool, set[str]]:
    seen = estate.seen()[f"netbox/{key}"]
    assert seen.type == "RedundancyGroup"
    members = {each.key.removeprefix("netbox/dcim.") for each in seen.relations}
    return seen.attributes["need"], seen.attributes["grounded"], members


def power_port(estate: Estate, pk: int, device: int, **fields: Any) -> None:
    estate.add("dcim.powerport", pk, device=device, name=f"PSU{pk}", **fields)


def test_two_power_ports_are_a_group_that_needs_one_from_a_source():
    estate = Estate()
    estate.device(1, "server")
    power_port(estate, 1, 1)
    power_port(estate, 2, 1)
    assert group_of(estate, "dcim.device/1/power-supplies") == (
        1,
        True,
        {"powerport/1", "powerport/2"},
    )
    assert estate.relations("POWERED_BY") == {("dcim.device/1", "dcim.device/1/power-supplies")}


def test_a_port_that_is_not_plugged_in_supports_nothing():
    estate = Estate()
    estate.device(1, "server")
    estate.device(2, "pdu")
    power_port(estate, 1, 1)
    power_port(estate, 2, 1)
    estate.add("dcim.poweroutlet", 9, device=2, name="O", power_port=None)
    estate.cable(1, ("dcim.powerport", 1), ("dcim.poweroutlet", 9))
    assert estate.relations("POWERED_BY") == {
        ("dcim.device/1", "dcim.powerport/1"),
        ("dcim.powerport/1", "dcim.poweroutlet/9"),
        ("dcim.poweroutlet/9", "dcim.device/2"),
    }


def feeds_of_a_rack(estate: Estate) -> None:
    estate.add("dcim.rack", 1, name="R1", site=1, status="active", u_height=42)
    estate.add("dcim.powerpanel", 1, name="P", site=1, location=None)
    for pk, role in ((1, "primary"), (2, "redundant")):
        estate.add("dcim.powerfeed", pk, name=f"F{pk}", power_panel=1, rack=1, type=role)


def test_feeds_of_a_rack_without_cables_are_its_a_and_b_sides():
    estate = Estate()
    feeds_of_a_rack(estate)
    assert group_of(estate, "dcim.rack/1/power-feeds") == (1, True, {"powerfeed/1", "powerfeed/2"})


def test_feeds_that_are_cabled_supply_what_they_are_cabled_to():
    estate = Estate()
    feeds_of_a_rack(estate)
    estate.device(2, "pdu", rack=1)
    power_port(estate, 1, 2)
    estate.cable(1, ("dcim.powerfeed", 1), ("dcim.powerport", 1))
    assert ("dcim.powerport/1", "dcim.powerfeed/1") in estate.relations("POWERED_BY")
    assert "netbox/dcim.rack/1/power-feeds" not in estate.seen()


def panel(estate: Estate, device: int, *, positions: int) -> None:
    """A panel with one rear port, numbered as the device."""
    estate.device(device, "patch-panel")
    estate.add("dcim.rearport", device, device=device, name="R", positions=positions)
    for lane in range(1, positions + 1):
        estate.add(
            "dcim.frontport",
            10 * device + lane,
            device=device,
            name=f"F{lane}",
            rear_port=device,
            rear_port_position=lane,
        )


def test_a_path_through_two_panels_is_one_link_and_lanes_do_not_mix():
    estate = Estate()
    for pk in (1, 2, 3, 4):
        estate.device(pk, "switch")
        estate.interface(pk, pk)
    panel(estate, 5, positions=2)
    panel(estate, 6, positions=2)
    estate.cable(1, ("dcim.rearport", 5), ("dcim.rearport", 6))
    estate.cable(2, ("dcim.interface", 1), ("dcim.frontport", 51))
    estate.cable(3, ("dcim.interface", 2), ("dcim.frontport", 52))
    estate.cable(4, ("dcim.frontport", 61), ("dcim.interface", 3))
    estate.cable(5, ("dcim.frontport", 62), ("dcim.interface", 4))
    assert estate.relations("LINKED_TO") == {
        ("dcim.device/1", "dcim.device/3"),
        ("dcim.device/2", "dcim.device/4"),
    }
    assert len(estate.relations("CONNECTED_TO")) == 5 + 4  # cables, and front to rear in panels


def test_a_circle_of_panels_ends():
    estate = Estate()
    estate.device(1, "switch")
    estate.interface(1, 1)
    panel(estate, 5, positions=1)
    panel(estate, 6, positions=1)
    estate.cable(1, ("dcim.rearport", 5), ("dcim.rearport", 6))
    estate.cable(2, ("dcim.frontport", 51), ("dcim.frontport", 61))
    assert estate.relations("LINKED_TO") == set()


def test_a_server_on_two_switches_needs_one_of_them():
    estate = Estate()
    estate.device(1, "server")
    for pk in (2, 3):
        estate.device(pk, "switch")
        estate.interface(pk, pk)
        estate.interface(10 + pk, 1)
        estate.cable(pk, ("dcim.interface", pk), ("dcim.interface", 10 + pk))
    assert group_of(estate, "dcim.device/1/uplinks") == (1, True, {"device/2", "device/3"})
    assert estate.relations("LINKED_TO") == set()


def circuit(estate: Estate, pk: int, *ends: dict[str, Any]) -> None:
    estate.add("circuits.circuit", pk, cid=f"C{pk}", provider=1, type=None, status="active")
    for number, end in enumerate(ends):
        estate.add("circuits.circuittermination", 10 * pk + number, circuit=pk, **end)


def test_supply_begins_at_a_circuit_whose_far_end_is_not_known():
    estate = Estate()
    estate.add("circuits.provider", 1, name="Telco")
    circuit(estate, 1, {"site": 1})
    circuit(estate, 2, {"site": 1}, {"site": 1})
    seen = estate.seen()
    assert seen["netbox/circuits.circuit/1"].attributes["is_source"] is True
    assert "is_source" not in seen["netbox/circuits.circuit/2"].attributes


def test_a_network_without_a_way_out_gets_its_core_as_source_and_that_is_said():
    estate = Estate()
    estate.add("dcim.devicerole", 9, slug="core-switch", name="Core Switch")
    estate.device(1, "core-switch")
    estate.device(2, "switch")
    for pk in (1, 2):
        estate.interface(pk, pk)
    estate.cable(1, ("dcim.interface", 1), ("dcim.interface", 2))
    seen = estate.seen()
    sources = [key for key, each in seen.items() if each.attributes.get("is_source")]
    assert sources == ["netbox/dcim.device/1"]
    said = [each for each in netbox.observe(estate.records) if isinstance(each, Problem)]
    assert [each.code for each in said if each.code == "SOURCE_ASSUMED"] == ["SOURCE_ASSUMED"]


def test_bundles_chassis_and_clusters_are_formed_by_groups():
    estate = Estate()
    estate.add("dcim.virtualchassis", 1, name="stack", domain="")
    estate.add("virtualization.clustertype", 1, name="VMware vSphere")
    estate.add("virtualization.cluster", 1, name="farm", type=1, group=None, site=1)
    for pk in (1, 2):
        estate.device(pk, "switch", virtual_chassis=1, vc_position=pk)
    for pk in (3, 4, 5):
        estate.device(pk, "server", cluster=1)
    estate.interface(1, 1, lag=3)
    estate.interface(2, 1, lag=3)
    estate.interface(3, 1)
    seen = estate.seen()
    assert seen["netbox/virtualization.cluster/1"].type == "HypervisorCluster"
    assert seen["netbox/virtualization.cluster/1/hosts"].attributes["need"] == 2
    assert seen["netbox/dcim.virtualchassis/1/members"].attributes["need"] == 1
    assert seen["netbox/dcim.interface/3/links"].attributes["need"] == 1
    assert len(estate.relations("FORMED_BY")) == 3


def test_prefixes_and_addresses_lie_in_the_smallest_prefix_of_their_table():
    estate = Estate()
    estate.add("ipam.vrf", 1, name="V", rd=None)
    for pk, prefix, vrf in (
        (1, "10.0.0.0/8", None),
        (2, "10.1.0.0/16", None),
        (3, "10.1.0.0/16", 1),
    ):
        estate.add("ipam.prefix", pk, prefix=prefix, vrf=vrf, status="active")
    estate.add("ipam.ipaddress", 1, address="10.1.2.3/24", vrf=None)
    estate.add("ipam.ipaddress", 2, address="10.2.2.3/24", vrf=None)
    estate.add("ipam.ipaddress", 3, address="10.2.2.3/24", vrf=1)
    assert estate.relations("IN_NETWORK") == {
        ("ipam.prefix/2", "ipam.prefix/1"),
        ("ipam.ipaddress/1", "ipam.prefix/2"),
        ("ipam.ipaddress/2", "ipam.prefix/1"),
    }


def test_what_has_ended_is_left_out_with_what_leads_to_it():
    estate = Estate()
    estate.add("dcim.rack", 1, name="R1", site=1, status="retired", u_height=42)
    estate.device(1, "server", rack=1)
    estate.device(2, "server", status="planned")
    seen = estate.seen()
    assert "netbox/dcim.rack/1" not in seen
    assert estate.relations("MOUNTED_IN") == set()
    assert seen["netbox/dcim.device/2"].attributes["lifecycle"] == "planned"


def test_older_and_stranger_dumps():
    estate = Estate()
    estate.add("contenttypes.contenttype", 40, app_label="dcim", model="interface")
    estate.add("dcim.device", 1, name="a", device_role=1, device_type=1, site=1)
    estate.add("dcim.device", 2, name=None, device_role=1, device_type=1, site=1)
    for pk in (1, 2):
        estate.interface(pk, pk)
    ends = {
        f"termination_{s}_{w}": v
        for s, p in (("a", 1), ("b", 2))
        for w, v in (("type", 40), ("id", p))
    }
    estate.add("dcim.cable", 1, **ends)
    assert estate.relations("LINKED_TO") == {("dcim.device/1", "dcim.device/2")}
    assert estate.seen()["netbox/dcim.device/2"].attributes["name"] == "M (2)"
    estate.records.append({"model": "dcim.site"})
    assert "BAD_RECORD" in {
        e.code for e in netbox.observe(estate.records) if isinstance(e, Problem)
    }
    estate.add("dcim.rack", 1, site=1)
    with pytest.raises(BadInput):
        estate.seen()


# --- the demo dump -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo() -> list[dict[str, Any]]:
    if not DEMO.exists():
        pytest.skip("samples folder ../shared/samples is missing")
    loaded: list[dict[str, Any]] = json.loads(DEMO.read_text(encoding="utf-8"))
    return loaded


TAKEN = {
    "Region": ["dcim.region"],
    "Site": ["dcim.site"],
    "Room": ["dcim.location"],
    "Rack": ["dcim.rack"],
    "EquipmentModule": ["dcim.module"],
    "NetworkInterface": ["dcim.interface", "virtualization.vminterface"],
    "FrontPort": ["dcim.frontport"],
    "RearPort": ["dcim.rearport"],
    "ConsolePort": ["dcim.consoleport"],
    "PowerPort": ["dcim.powerport"],
    "PowerOutlet": ["dcim.poweroutlet"],
    "PowerFeed": ["dcim.powerfeed"],
    "PowerPanel": ["dcim.powerpanel"],
    "VirtualChassis": ["dcim.virtualchassis"],
    "Circuit": ["circuits.circuit"],
    "Provider": ["circuits.provider"],
    "ProviderNetwork": ["circuits.providernetwork"],
    "Cluster": ["virtualization.cluster"],
    "VirtualMachine": ["virtualization.virtualmachine"],
    "Vlan": ["ipam.vlan"],
    "Vrf": ["ipam.vrf"],
    "Prefix": ["ipam.prefix"],
    "IpRange": ["ipam.iprange"],
    "IpAddress": ["ipam.ipaddress"],
    "AutonomousSystem": ["ipam.asn"],
}
DEVICES = (
    "Router",
    "Switch",
    "PowerDistributionUnit",
    "PatchPanel",
    "Chassis",
    "Server",
    "Appliance",
)


def test_every_record_of_the_demo_is_taken_in_or_told(demo: list[dict[str, Any]]):
    models = Counter(each["model"] for each in demo)
    seen = list(netbox.observe(demo))
    types = Counter(each.type for each in seen if isinstance(each, Observation))
    assert {name: types[name] for name in TAKEN} == {
        name: sum(models[model] for model in given) for name, given in TAKEN.items()
    }
    assert sum(types[name] for name in DEVICES) == models["dcim.device"]
    assert set(types) <= {*TAKEN, *DEVICES, "RedundancyGroup"}
    told = {
        e.path[0]: int(e.message.split()[0])
        for e in seen
        if isinstance(e, Problem) and e.code == "MODEL_SKIPPED"
    }
    described = {
        "dcim.devicetype",
        "dcim.devicerole",
        "dcim.manufacturer",
        "dcim.platform",
        "dcim.moduletype",
        "dcim.modulebay",
        "dcim.rackrole",
        "dcim.devicebay",
        "dcim.cable",
        "dcim.cabletermination",
        "circuits.circuittermination",
        "circuits.circuittype",
        "virtualization.clustertype",
        "virtualization.clustergroup",
        "ipam.role",
        "ipam.vlangroup",
        "contenttypes.contenttype",
    }
    assert told == {
        model: count
        for model, count in models.items()
        if model not in {*described, "dcim.device", *(m for given in TAKEN.values() for m in given)}
    }


def test_relations_and_groups_of_the_demo(demo: list[dict[str, Any]]):
    by = {(each["model"], each.get("pk")): each["fields"] for each in demo}

    def many(model: str, **wanted: Any) -> int:
        return sum(
            all((fields.get(name) is not None) is there for name, there in wanted.items())
            for (found, _), fields in by.items()
            if found == model
        )

    seen = [each for each in netbox.observe(demo) if isinstance(each, Observation)]
    relations = Counter(relation.type for each in seen for relation in each.relations)
    interfaces = many("dcim.interface") + many("virtualization.vminterface")
    assert relations["HAS_INTERFACE"] == interfaces
    assert relations["HAS_POWER_PORT"] == many("dcim.powerport") + many("dcim.poweroutlet")
    assert relations["RUNS_ON"] == many("virtualization.virtualmachine", cluster=True)
    ends = {}
    for (model, _), fields in by.items():
        if model == "dcim.cabletermination":
            ends.setdefault(fields["cable"], []).append(fields["termination_type"][1])
    power = sum("powerport" in kinds for kinds in ends.values())
    assert relations["CONNECTED_TO"] == many("dcim.cable") - power + many("dcim.frontport")
    assert relations["TERMINATES_AT"] == many("circuits.circuittermination", site=True)
    assert relations["MEMBER_OF"] == many("dcim.device", virtual_chassis=True)
    groups = Counter(each.key.rpartition("/")[2] for each in seen if each.type == "RedundancyGroup")
    racks = {f["rack"] for (model, _), f in by.items() if model == "dcim.powerfeed"}
    bundles = {f["lag"] for (model, _), f in by.items() if model == "dcim.interface" and f["lag"]}
    ports = Counter(f["device"] for (model, _), f in by.items() if model == "dcim.powerport")
    assert groups == {
        "power-feeds": len(racks),
        "links": len(bundles),
        "members": many("dcim.virtualchassis"),
        "power-supplies": sum(count > 1 for count in ports.values()),
    }


def test_the_demo_names_only_what_it_has_and_what_the_registry_allows(demo: list[dict[str, Any]]):
    registry = default_registry()
    seen = {each.key: each for each in netbox.observe(demo) if isinstance(each, Observation)}

    def end(key: str) -> tuple[str, str]:
        name = seen[key].type
        return (name, "") if name == "RedundancyGroup" else ("CI", name)

    wrong = [
        (each.key, relation.type, relation.key)
        for each in seen.values()
        for relation in each.relations
        for source, target in [
            (relation.key, each.key) if relation.incoming else (each.key, relation.key)
        ]
        if not registry.allows(relation.type, *end(source), *end(target))
    ]
    assert wrong == []


def test_every_forwarding_device_of_the_demo_reaches_a_source(demo: list[dict[str, Any]]):
    seen = {each.key: each for each in netbox.observe(demo) if isinstance(each, Observation)}
    links: dict[str, set[str]] = {}
    for each in seen.values():
        for relation in each.relations:
            if relation.type == "LINKED_TO":
                links.setdefault(each.key, set()).add(relation.key)
                links.setdefault(relation.key, set()).add(each.key)
    reached = {
        key
        for key in links
        if seen[key].attributes.get("is_source") or seen[key].type == "ProviderNetwork"
    }
    grown = set(reached)
    while grown:
        grown = {other for key in grown for other in links[key]} - reached
        reached |= grown
    assert reached == set(links)
    assert (
        len(links) == 13 * 2 + 5 + 29 + 1
    )  # branch routers and switches, campus, circuits, network
