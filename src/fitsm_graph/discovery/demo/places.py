"""Two campuses: rooms, racks, power from the grid to the rack, cooling.

Each rack has an A and a B side. On the north campus the sides are apart up to the grid. On the
south campus they look the same on every rack, and meet in one transfer switch.
"""

from fitsm_graph.discovery.demo.draft import Author, Draft, rack_row, site_of
from fitsm_graph.discovery.demo.parties import FACILITIES

SITES = {
    "n": ("North campus", "12 Quarry Lane", "Tarnfell", 59.914, 10.752),
    "s": ("South campus", "3 Harbour Road", "Saltmere", 59.131, 10.216),
}
HALLS = {"n1": ("Hall 1, north", 8), "n2": ("Hall 2, north", 6), "s1": ("Hall 1, south", 8)}
"""Hall → name and number of racks."""
OTHER_ROOMS = {
    "room-n-power": ("n", "Power room, north"),
    "room-n-meet-1": ("n", "Meet-me room 1, north"),
    "room-n-meet-2": ("n", "Meet-me room 2, north"),
    "room-s-power": ("s", "Power room, south"),
    "room-s-meet-1": ("s", "Meet-me room, south"),
}


def racks(hall: str) -> list[str]:
    """Keys of the racks of a hall."""
    return [f"rack-{hall}-{number:02d}" for number in range(1, HALLS[hall][1] + 1)]


def write_places(draft: Draft) -> None:
    """Add sites, rooms, power, racks and cooling."""
    author = Author(draft, FACILITIES)
    _sites(author)
    _grid(author)
    _north_power(author)
    _south_power(author)
    for hall in HALLS:
        _hall(author, hall)


def _sites(author: Author) -> None:
    author.add("Region", "region-tarnfell", "Tarnfell and Saltmere", facility_code="TRN")
    for site, (name, street, city, north, east) in SITES.items():
        author.add(
            "Site",
            f"site-{site}",
            name,
            postal_address=street,
            city=city,
            latitude=north,
            longitude=east,
            time_zone="Europe/Oslo",
            facility_code=f"TRN-{site.upper()}",
        )
        author.link(f"site-{site}", "LOCATED_IN", "region-tarnfell")
        author.add("Building", f"building-{site}", f"Data centre, {name.lower()}")
        author.link(f"building-{site}", "LOCATED_IN", f"site-{site}")
    for room, (site, name) in OTHER_ROOMS.items():
        author.add("Room", room, name, floor="0", area_m2=24.0)
        author.link(room, "LOCATED_IN", f"building-{site}")


def _grid(author: Author) -> None:
    author.add("Provider", "prv-energy", "Fjell Energy", support_contact="grid@example.org")
    for key, name in (
        ("grid-n-a", "Grid supply A, north"),
        ("grid-n-b", "Grid supply B, north"),
        ("grid-s", "Grid supply, south"),
    ):
        author.add("GridSupply", key, name, is_source=True, supply="ac", voltage_v=400.0)
        author.link(key, "PROVIDED_BY", "prv-energy")
    for site in SITES:
        author.device(
            "Generator",
            f"gen-{site}",
            f"Diesel generator, {_word(site)}",
            "Vulkan DG-1250",
            is_source=True,
            supply="ac",
            autonomy_min=2880.0,
        )
        author.link(f"gen-{site}", "LOCATED_IN", f"site-{site}")


def _north_power(author: Author) -> None:
    for side in "ab":
        group = author.group(
            f"grp-supply-n-{side}",
            f"Grid {side.upper()} or generator, north",
            [f"grid-n-{side}", "gen-n"],
            grounded=True,
        )
        switch = f"ats-n-{side}"
        _electrical(author, "TransferSwitch", switch, f"Transfer switch {side.upper()}, north", "n")
        author.link(switch, "POWERED_BY", group)
        _side(author, "n", side, switch)


def _south_power(author: Author) -> None:
    group = author.group(
        "grp-supply-s", "Grid or generator, south", ["grid-s", "gen-s"], grounded=True
    )
    _electrical(author, "TransferSwitch", "ats-s", "Transfer switch, south", "s")
    author.link("ats-s", "POWERED_BY", group)
    for side in "ab":
        _side(author, "s", side, "ats-s")


def _side(author: Author, site: str, side: str, switch: str) -> None:
    name = f"{side.upper()}, {_word(site)}"
    ups, panel = f"ups-{site}-{side}", f"panel-{site}-{side}"
    _electrical(author, "UninterruptiblePowerSupply", ups, f"UPS {name}", site, autonomy_min=12.0)
    author.link(ups, "POWERED_BY", switch)
    _electrical(author, "PowerPanel", panel, f"Power panel {name}", site, amperage_a=630.0)
    author.link(panel, "POWERED_BY", ups)


def _electrical(author: Author, type: str, key: str, name: str, site: str, **given: float) -> None:
    author.device(type, key, name, "Vulkan PX-400", supply="ac", phase="three_phase", **given)
    author.link(key, "LOCATED_IN", f"room-{site}-power")


def _hall(author: Author, hall: str) -> None:
    site, room = hall[0], f"room-{hall}"
    author.add("Room", room, HALLS[hall][0], floor="0", area_m2=180.0)
    author.link(room, "LOCATED_IN", f"building-{site}")
    author.link(room, "COOLED_BY", _cooling(author, hall))
    for rack in racks(hall):
        _rack(author, rack, room)


def _cooling(author: Author, hall: str) -> str:
    site = hall[0]
    power = author.group(
        f"grp-power-cooling-{hall}",
        f"A or B power of the coolers of {hall}",
        [f"panel-{site}-a", f"panel-{site}-b"],
        grounded=True,
    )
    coolers = [f"cooler-{hall}-{number}" for number in (1, 2, 3)]
    for number, cooler in enumerate(coolers, 1):
        name = f"Roof cooler {number} of {HALLS[hall][0].lower()}"
        author.device("CoolingUnit", cooler, name, "Boreas RC-80", cooling_capacity_kw=80.0)
        author.link(cooler, "LOCATED_IN", f"site-{site}")
        author.link(cooler, "POWERED_BY", power)
    return author.group(f"grp-cooling-{hall}", f"2 of 3 coolers of {hall}", coolers, need=2)


def _rack(author: Author, rack: str, room: str) -> None:
    row, site = rack_row(rack), site_of(rack)
    author.device("Rack", rack, f"Rack {row.upper()}", "Eiger R42", capacity_units=42)
    author.link(rack, "LOCATED_IN", room)
    for side in "ab":
        name = f"{side.upper()} of rack {row.upper()}"
        feed, pdu = f"feed-{row}-{side}", f"pdu-{row}-{side}"
        role = "primary" if side == "a" else "redundant"
        author.add("PowerFeed", feed, f"Feed {name}", feed_role=role, amperage_a=32.0)
        author.link(feed, "POWERED_BY", f"panel-{site}-{side}")
        author.device("PowerDistributionUnit", pdu, f"PDU {name}", "Eiger P24", amperage_a=32.0)
        author.link(pdu, "MOUNTED_IN", rack)
        author.link(pdu, "POWERED_BY", feed)
    author.group(
        f"grp-power-{row}",
        f"A or B power of rack {row.upper()}",
        [f"pdu-{row}-a", f"pdu-{row}-b"],
        grounded=True,
    )


def _word(site: str) -> str:
    return "north" if site == "n" else "south"
