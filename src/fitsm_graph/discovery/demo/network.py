"""The network: a core ring over both campuses, two uplinks, switches, balancers, addresses.

Every forwarding device needs one of its neighbours, grounded in a provider's network, so that
half a ring that is cut off holds nobody up. The two uplinks come from two providers and enter in
two rooms, and lie in one duct on the way.
"""

from fitsm_graph.discovery.demo.draft import V4, Author, Draft
from fitsm_graph.discovery.demo.parties import NETWORK
from fitsm_graph.discovery.demo.places import HALLS, racks

ROUTERS = {
    "rtr-n1": "rack-n1-01",
    "rtr-n2": "rack-n2-01",
    "rtr-n3": "rack-n1-02",
    "rtr-s3": "rack-s1-08",
    "rtr-s2": "rack-s1-02",
    "rtr-s1": "rack-s1-01",
}
"""Routers in the order of the ring, with their racks."""
DUCTS = {
    "duct-canal": "Fibre trunk in the canal duct",
    "duct-rail": "Fibre trunk along the railway",
    "duct-coast": "Fibre trunk along the coast road",
}
# key, name, product, duct, provider, rooms where it ends, what it links
CIRCUITS = (
    (
        "cir-uplink-1",
        "Uplink 1 to the research network",
        "100G wavelength",
        "duct-canal",
        "prv-research-net",
        ("room-n-meet-1",),
        ("net-research", "rtr-n1"),
    ),
    (
        "cir-uplink-2",
        "Uplink 2 to the Internet",
        "40G IP transit",
        "duct-canal",
        "prv-transit",
        ("room-n-meet-2",),
        ("net-transit", "rtr-n2"),
    ),
    (
        "cir-ring-west",
        "Ring line west",
        "100G dark fibre",
        "duct-rail",
        "prv-rail-fibre",
        ("room-n-meet-1", "room-s-meet-1"),
        ("rtr-n1", "rtr-s1"),
    ),
    (
        "cir-ring-east",
        "Ring line east",
        "100G dark fibre",
        "duct-coast",
        "prv-coast-fibre",
        ("room-n-meet-2", "room-s-meet-1"),
        ("rtr-n3", "rtr-s3"),
    ),
)
PROVIDERS = {
    "prv-research-net": "National Research Network",
    "prv-transit": "Skerry Transit",
    "prv-rail-fibre": "Railway Fibre",
    "prv-coast-fibre": "Coastline Fibre",
}
UPSTREAM = {
    "net-research": ("National research network", "prv-research-net"),
    "net-transit": ("Skerry backbone and the Internet", "prv-transit"),
}
HALL_ROUTERS = {
    "n1": (("rtr-n1", "rtr-n2"), ("rtr-n2", "rtr-n3")),
    "n2": (("rtr-n1", "rtr-n3"), ("rtr-n2", "rtr-n3")),
    "s1": (("rtr-s1", "rtr-s2"), ("rtr-s2", "rtr-s3")),
}
"""Hall → routers above its distribution switches A and B."""
VLANS = {100: "servers", 200: "storage", 300: "management", 400: "virtual machines"}


def write_network(draft: Draft) -> None:
    """Add lines, routers, switches, firewalls, balancers and the plan of addresses."""
    author = Author(draft, NETWORK)
    _outside(author)
    _ring(author)
    for hall in HALLS:
        _hall(author, hall)
    _edge(author)
    _plan(author)


def _outside(author: Author) -> None:
    for key, name in PROVIDERS.items():
        author.add("Provider", key, name, support_contact="noc@example.org")
    for key, (name, provider) in UPSTREAM.items():
        author.add("ProviderNetwork", key, name, is_source=True)
        author.link(key, "PROVIDED_BY", provider)
    for key, name in DUCTS.items():
        author.device("Cable", key, name, "Skerry G652D-144", medium="smf-os2", length_m=18400.0)
    for key, name, product, duct, provider, rooms, ends in CIRCUITS:
        number = f"{key.removeprefix('cir-').upper()}-{author.draft.next('circuit'):04d}"
        author.add("Circuit", key, name, circuit_number=number, circuit_type=product)
        author.link(key, "DEPENDS_ON", duct)
        author.link(key, "PROVIDED_BY", provider)
        author.link(key, "TERMINATES_AT", *rooms)
        author.link(key, "LINKED_TO", *ends)
    author.group("grp-uplinks", "1 of 2 uplinks", ["cir-uplink-1", "cir-uplink-2"], grounded=True)


def _ring(author: Author) -> None:
    for key, rack in ROUTERS.items():
        name = f"Core router {key[-2:].upper()}"
        _forwarder(author, "Router", key, name, "Meridian MX-32", rack)
    for one, other in (
        ("rtr-n1", "rtr-n2"),
        ("rtr-n2", "rtr-n3"),
        ("rtr-s3", "rtr-s2"),
        ("rtr-s2", "rtr-s1"),
    ):
        author.link(one, "LINKED_TO", other)
    author.group("grp-core", "3 of 6 core routers", list(ROUTERS), need=3, reserve=2)
    for circuit, *_, ends in CIRCUITS:
        for router in (end for end in ends if end in ROUTERS):
            _interface(author, router, circuit)


def _interface(author: Author, router: str, circuit: str) -> None:
    key = f"if-{router}-{circuit.removeprefix('cir-')}"
    author.add(
        "NetworkInterface",
        key,
        f"Interface of {router} to {circuit}",
        mac_address=f"00:00:5e:00:53:{author.draft.next('mac'):02x}",
        speed_mbps=100_000,
        mtu=9000,
        enabled=True,
    )
    author.link(router, "HAS_INTERFACE", key)
    author.link(key, "CONNECTED_TO", circuit)


def _forwarder(
    author: Author, type: str, key: str, name: str, model: str, rack: str, version: str = "21.4R3"
) -> None:
    site = rack.removeprefix("rack-")[0]
    author.racked(
        type,
        key,
        name,
        model,
        rack,
        hostname=key,
        os_version=version,
        management_address=author.address(site),
    )


def _hall(author: Author, hall: str) -> None:
    switches = [f"dsw-{hall}-{side}" for side in "ab"]
    for switch, routers, rack in zip(switches, HALL_ROUTERS[hall], racks(hall), strict=False):
        name = f"Distribution switch {switch[-1].upper()} of {hall.upper()}"
        _forwarder(author, "Switch", switch, name, "Meridian EX-48", rack, "23.2R1")
        author.link(switch, "LINKED_TO", *routers)
    author.link(switches[0], "LINKED_TO", switches[1])
    rows = racks(hall)
    for number, pair in enumerate(zip(rows[::2], rows[1::2], strict=True), 1):
        _leaves(author, f"{hall}-{number}", pair, switches)


def _leaves(author: Author, place: str, pair: tuple[str, str], above: list[str]) -> None:
    leaves = [f"lsw-{place}-{side}" for side in "ab"]
    for leaf, rack in zip(leaves, pair, strict=True):
        name = f"Leaf switch {leaf[-1].upper()} of row {place.upper()}"
        _forwarder(author, "Switch", leaf, name, "Meridian QX-64", rack, "23.2R1")
        author.link(leaf, "LINKED_TO", *above)
    name = f"1 of 2 leaf switches of row {place.upper()}"
    author.group(f"grp-uplink-{place}", name, leaves, grounded=True)


def _edge(author: Author) -> None:
    walls = {
        "fwl-n": ("rack-n1-02", "rtr-n1", "rtr-n2"),
        "fwl-s": ("rack-s1-02", "rtr-s1", "rtr-s2"),
    }
    for key, (rack, *routers) in walls.items():
        name = f"Firewall {key[-1].upper()}"
        _forwarder(author, "Firewall", key, name, "Palisade F-2200", rack, "11.1.4")
        author.link(key, "LINKED_TO", *routers)
    author.group("grp-firewall", "1 of 2 firewalls", list(walls))
    balancers = {
        "lb-n": ("rack-n1-01", "grp-uplink-n1-1"),
        "lb-s": ("rack-s1-01", "grp-uplink-s1-1"),
    }
    for key, (rack, uplink) in balancers.items():
        name = f"Load balancer {key[-1].upper()}"
        _forwarder(author, "LoadBalancer", key, name, "Palisade B-800", rack, "17.5.1")
        author.link(key, "UPLINKED_TO", uplink)
    author.group("grp-balancer", "1 of 2 load balancers", list(balancers))


def _plan(author: Author) -> None:
    for site, word in (("n", "north"), ("s", "south")):
        for number, purpose in VLANS.items():
            key = f"vlan-{site}-{number}"
            author.add("Vlan", key, f"{purpose.capitalize()}, {word}", vlan_number=number)
        key, block = f"prefix-{site}-management", str(V4[site])
        author.add("Prefix", key, f"Management addresses, {word}", prefix=block)
        author.link(key, "IN_NETWORK", f"vlan-{site}-300")
        key, block = f"prefix-{site}-machines", f"2001:db8:{'a' if site == 'n' else 'b'}::/48"
        author.add("Prefix", key, f"Virtual machines, {word}", prefix=block)
        author.link(key, "IN_NETWORK", f"vlan-{site}-400")
    author.add("Prefix", "prefix-public", "Addresses that users see", prefix="203.0.113.0/24")
    author.add("AutonomousSystem", "as-tarnfell", "Tarnfell", as_number=64500)
