"""Power: from the panel over feeds, distribution units and ports to the device.

A device with one power port needs it; one with several needs one of them, because a dump does not
say how many. Ports without a cable count only where none of the device has one: a port that is
known not to be plugged in supports nothing. Feeds that name a rack and end at no cable supply the
rack; two of them are its A and B sides.
"""

from typing import Any

from fitsm_graph.discovery.netbox.cables import Cabling
from fitsm_graph.discovery.netbox.devices import DEVICE, port
from fitsm_graph.discovery.netbox.dump import Dump, End, Fields
from fitsm_graph.discovery.netbox.harvest import Draft, Harvest, choice, key_of
from fitsm_graph.discovery.netbox.places import locate

PORT, OUTLET, FEED, PANEL = (
    "dcim.powerport",
    "dcim.poweroutlet",
    "dcim.powerfeed",
    "dcim.powerpanel",
)
MODELS = (PORT, OUTLET, FEED, PANEL)


def read_power(dump: Dump, harvest: Harvest, cabling: Cabling) -> None:
    """Draft the supply of power."""
    harvest.taken.update(MODELS)
    for pk, fields in dump.of(PANEL).items():
        locate(harvest.add(PANEL, pk, "PowerPanel", fields["name"], fields), fields)
    _feeds(dump, harvest, cabling)
    inlets = _inlets(dump, harvest, cabling)
    _outlets(dump, harvest, inlets)


def _feeds(dump: Dump, harvest: Harvest, cabling: Cabling) -> None:
    by_rack: dict[Any, list[str]] = {}
    cabled: set[Any] = set()
    for pk, fields in dump.of(FEED).items():
        draft = _feed(harvest, pk, fields)
        draft.relate("POWERED_BY", key_of(PANEL, fields["power_panel"]))
        if fields.get("rack") is not None and draft.key in harvest.drafts:
            by_rack.setdefault(fields["rack"], []).append(draft.key)
            if cabling.far((FEED, pk)):
                cabled.add(fields["rack"])
    for rack, feeds in by_rack.items():
        needy = harvest.draft("dcim.rack", rack)
        if needy is not None and rack not in cabled:
            harvest.needs_one_of(needy, "POWERED_BY", feeds, "power feeds")


def _feed(harvest: Harvest, pk: Any, fields: Fields) -> Draft:
    return harvest.add(
        FEED,
        pk,
        "PowerFeed",
        fields["name"],
        fields,
        feed_role=fields.get("type"),
        supply=fields.get("supply"),
        phase=choice(fields.get("phase")),
        voltage_v=fields.get("voltage"),
        amperage_a=fields.get("amperage"),
        maximum_utilisation=fields.get("max_utilization"),
        available_power_w=fields.get("available_power"),
    )


def _inlets(dump: Dump, harvest: Harvest, cabling: Cabling) -> dict[Any, list[str]]:
    """Draft power ports with what feeds them; returns those each device takes power through."""
    plugged: dict[Any, list[str]] = {}
    bare: dict[Any, list[str]] = {}
    for pk, fields in dump.of(PORT).items():
        draft = port(
            harvest,
            PORT,
            pk,
            fields,
            "PowerPort",
            maximum_draw_w=fields.get("maximum_draw"),
            allocated_draw_w=fields.get("allocated_draw"),
        )
        draft.relate("HAS_POWER_PORT", key_of(DEVICE, fields["device"]), incoming=True)
        sources = [end for end in cabling.far((PORT, pk)) if end[0] in {OUTLET, FEED}]
        for end in sources:
            draft.relate("POWERED_BY", key_of(*end))
        known = sources or fields.get("mark_connected")
        (plugged if known else bare).setdefault(fields["device"], []).append(draft.key)
    used = {**bare, **plugged}
    for device, ports in used.items():
        needy = harvest.draft(DEVICE, device)
        if needy is not None:
            harvest.needs_one_of(needy, "POWERED_BY", ports, "power supplies")
    return used


def _outlets(dump: Dump, harvest: Harvest, inlets: dict[Any, list[str]]) -> None:
    """Draft outlets: each needs its unit, and of a unit with several inlets its own one too."""
    for pk, fields in dump.of(OUTLET).items():
        leg = choice(fields.get("feed_leg"))
        draft = port(harvest, OUTLET, pk, fields, "PowerOutlet", feed_leg=leg)
        draft.relate("HAS_POWER_PORT", key_of(DEVICE, fields["device"]), incoming=True)
        unit = harvest.draft(DEVICE, fields["device"])
        if unit is not None and unit.type in _POWER_TYPES:
            draft.relate("POWERED_BY", unit.key)
        inlet = key_of(PORT, fields.get("power_port"))
        several = len(inlets.get(fields["device"], ())) > 1
        if fields.get("power_port") is not None and (several or not draft_is_fed(draft)):
            draft.relate("POWERED_BY", inlet)


def draft_is_fed(draft: Draft) -> bool:
    """Whether it is stated what powers something."""
    return any(each.type == "POWERED_BY" for each in draft.relations)


def is_power(end: End) -> bool:
    """Whether a cable's end belongs to the supply of power."""
    return end[0] in MODELS


_POWER_TYPES = frozenset({"PowerDistributionUnit", "UninterruptiblePowerSupply", "TransferSwitch"})
