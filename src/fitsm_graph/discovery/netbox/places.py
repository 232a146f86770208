"""Regions, sites, locations and racks."""

from typing import Any

from fitsm_graph.discovery.netbox.dump import Dump, Fields
from fitsm_graph.discovery.netbox.harvest import Draft, Harvest, key_of

MODELS = ("dcim.region", "dcim.site", "dcim.location", "dcim.rack")


def read_places(dump: Dump, harvest: Harvest) -> None:
    """Draft all places and racks, each in the next larger one."""
    harvest.taken.update(MODELS)
    for pk, fields in dump.of("dcim.region").items():
        draft = harvest.add("dcim.region", pk, "Region", fields["name"], fields)
        if fields.get("parent") is not None:
            draft.relate("LOCATED_IN", key_of("dcim.region", fields["parent"]))
    for pk, fields in dump.of("dcim.site").items():
        _site(harvest, pk, fields)
    for pk, fields in dump.of("dcim.location").items():
        draft = harvest.add("dcim.location", pk, "Room", fields["name"], fields)
        if fields.get("parent") is not None:
            draft.relate("LOCATED_IN", key_of("dcim.location", fields["parent"]))
        else:
            locate(draft, {"site": fields.get("site")})
    for pk, fields in dump.of("dcim.rack").items():
        _rack(dump, harvest, pk, fields)


def locate(draft: Draft, fields: Fields) -> None:
    """State where something stands: its location, or else its site."""
    for name in ("location", "site"):
        if fields.get(name) is not None:
            draft.relate("LOCATED_IN", key_of(f"dcim.{name}", fields[name]))
            return


def _site(harvest: Harvest, pk: Any, fields: Fields) -> None:
    draft = harvest.add(
        "dcim.site",
        pk,
        "Site",
        fields["name"],
        fields,
        facility_code=fields.get("facility"),
        postal_address=fields.get("physical_address"),
        time_zone=fields.get("time_zone"),
        latitude=_degrees(fields.get("latitude")),
        longitude=_degrees(fields.get("longitude")),
    )
    if fields.get("region") is not None:
        draft.relate("LOCATED_IN", key_of("dcim.region", fields["region"]))


def _degrees(value: Any) -> float | None:
    return None if value in (None, "") else float(value)


def _rack(dump: Dump, harvest: Harvest, pk: Any, fields: Fields) -> None:
    draft = harvest.add(
        "dcim.rack",
        pk,
        "Rack",
        fields["name"],
        fields,
        serial_number=fields.get("serial"),
        asset_tag=fields.get("asset_tag"),
        capacity_units=fields.get("u_height"),
        role=dump.word("dcim.rackrole", fields.get("role")),
    )
    locate(draft, fields)
