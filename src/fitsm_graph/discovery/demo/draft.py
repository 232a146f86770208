"""How the demo estate is written down: elements and relations, each with its owner.

A draft only collects; nothing in it is random. Serial numbers and dates are drawn from a digest
of the element's key, so that the estate is the same on every machine.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from fitsm_graph.kernel.errors import Broken
from fitsm_graph.model.observation import Observation, ObservedRelation

V4 = {"n": IPv4Network("192.0.2.0/24"), "s": IPv4Network("198.51.100.0/24")}
"""Management addresses of the two sites, from the blocks that are kept for documentation."""
V6 = {"n": IPv6Network("2001:db8:a::/48"), "s": IPv6Network("2001:db8:b::/48")}
"""Addresses of the virtual machines of the two sites, likewise."""
PUBLIC = IPv4Network("203.0.113.0/24")
"""Addresses that users see, likewise."""
DOMAIN = "example.org"


@dataclass(slots=True)
class Row:
    """One element while it is being written down."""

    type: str
    attributes: dict[str, Any]
    relations: list[ObservedRelation] = field(default_factory=list)


@dataclass(slots=True)
class Draft:
    """All elements so far, in the order in which they were added."""

    rows: dict[str, Row] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)

    def add(self, type: str, key: str, attributes: dict[str, Any]) -> str:
        """Add an element and give its key back.

        Raises:
            Broken: The key is taken.
        """
        if key in self.rows:
            raise Broken(f"the demo estate has two elements with the key '{key}'")
        self.rows[key] = Row(type, attributes)
        return key

    def relate(self, source: str, type: str, target: str, **properties: Any) -> None:
        """Add a relation to an element that was added before; the target may come later."""
        self.rows[source].relations.append(
            ObservedRelation(type=type, key=target, properties=properties)
        )

    def next(self, series: str) -> int:
        """Count up a series of numbers, from 1."""
        self.used[series] = self.used.get(series, 0) + 1
        return self.used[series]

    def observations(self) -> Iterator[Observation]:
        """Give everything as observations, in order."""
        for key, row in self.rows.items():
            yield Observation(
                type=row.type,
                key=key,
                attributes=row.attributes,
                relations=tuple(row.relations),
                place=f"demo/{key}",
            )


@dataclass(frozen=True, slots=True)
class Author:
    """Writes elements into a draft for one group, which then answers for them (PR11.2)."""

    draft: Draft
    owner: str

    def add(self, type: str, key: str, name: str, description: str = "", **given: Any) -> str:
        """Add an element of any kind; what is None is left out."""
        attributes = {"name": name, "description": description, **given}
        kept = {k: v for k, v in attributes.items() if v not in (None, "")}
        self.draft.add(type, key, kept)
        self.draft.relate(key, "OWNED_BY", self.owner)
        return key

    def group(
        self, key: str, name: str, members: Sequence[str], need: int | None = 1, **given: Any
    ) -> str:
        """Add a redundancy group over members of weight 1."""
        self.add("RedundancyGroup", key, name, need=need, **given)
        self.link(key, "HAS_MEMBER", *members)
        return key

    def link(self, source: str, type: str, *targets: str, **properties: Any) -> None:
        """Add a relation to each target."""
        for target in targets:
            self.draft.relate(source, type, target, **properties)

    def device(self, type: str, key: str, name: str, model: str, **given: Any) -> str:
        """Add a thing with a label on it: maker, serial number, inventory number, warranty."""
        maker, _, product = model.partition(" ")
        bought = date(2021, 1, 4) + timedelta(days=_drawn(key, "bought") % 1500)
        return self.add(
            type,
            key,
            name,
            manufacturer=maker,
            model=product,
            serial_number=f"{maker[:2].upper()}{_drawn(key, 'serial') % 10**8:08d}",
            asset_tag=f"TRN-{self.draft.next('asset'):05d}",
            purchased_on=bought.isoformat(),
            warranty_until=(bought + timedelta(days=7 * 365)).isoformat(),
            **given,
        )

    def racked(self, type: str, key: str, name: str, model: str, rack: str, **given: Any) -> str:
        """Add a device that is mounted in a rack and takes power from both of its sides."""
        row = rack_row(rack)
        given.setdefault("height_units", 1.0)
        given.setdefault("rack_position", float(self.draft.next(f"units of {rack}") * 2 - 1))
        self.device(type, key, name, model, rack_face="front", **given)
        self.link(key, "MOUNTED_IN", rack)
        self.link(key, "POWERED_BY", f"grp-power-{row}")
        return key

    def server(self, type: str, key: str, name: str, model: str, rack: str, **given: Any) -> str:
        """Add a racked computer with an address, reached over both switches of its racks."""
        self.racked(
            type,
            key,
            name,
            model,
            rack,
            hostname=key,
            fqdn=f"{key}.{DOMAIN}",
            management_address=self.address(site_of(rack)),
            architecture="x86_64",
            **given,
        )
        self.link(key, "UPLINKED_TO", uplink_of(rack))
        return key

    def address(self, site: str) -> str:
        """Take the next free management address of a site."""
        return str(V4[site][self.draft.next(f"v4 {site}") + 9])

    def address6(self, site: str) -> str:
        """Take the next free address for virtual machines of a site."""
        return str(V6[site][self.draft.next(f"v6 {site}") + 0x0FFF])

    def public_address(self) -> str:
        """Take the next free address that users see."""
        return str(PUBLIC[self.draft.next("public") + 9])


def rack_row(rack: str) -> str:
    """Give a rack's place without the word: ``rack-n1-03`` → ``n1-03``."""
    return rack.removeprefix("rack-")


def site_of(rack: str) -> str:
    """Give the letter of a rack's site: ``rack-n1-03`` → ``n``."""
    return rack_row(rack)[0]


def uplink_of(rack: str) -> str:
    """Name the pair of leaf switches of a rack; two neighbouring racks share one."""
    hall, number = rack_row(rack).split("-")
    return f"grp-uplink-{hall}-{(int(number) + 1) // 2}"


def _drawn(key: str, what: str) -> int:
    return int.from_bytes(sha256(f"{what} {key}".encode()).digest()[:6], "big")
