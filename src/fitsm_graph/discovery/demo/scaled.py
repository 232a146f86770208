"""An estate of any size, as a stream: layers from the grid to the service, hubs, groups, circles.

Nothing is kept: every relation is computed from the number of its element and the seed, so that
a million CIs take as little memory as a thousand. Of 100,000 CIs some 5,000 switches form one
grounded component; databases are in groups of three, hypervisors in farms; components call each
other in circles; some volumes, pools, caches and networks are hubs on which very many depend.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.observation import Observation, ObservedRelation

SMALLEST = 100
SHARES = {
    "site": 5,
    "rack": 100,
    "switch": 500,
    "host": 600,
    "pool": 50,
    "volume": 900,
    "vlan": 20,
    "machine": 3300,
    "database": 500,
    "cache": 60,
    "application": 500,
    "endpoint": 200,
}
"""CIs of a layer among 10,000; at least one. The rest are application components."""
FARM = 12
"""Hypervisors in a farm."""
_MASK = (1 << 64) - 1
Relations = list[ObservedRelation]


@dataclass(frozen=True, slots=True)
class Plan:
    """How many elements each layer has, and where relations of each lead."""

    seed: int
    count: dict[str, int]
    owners: tuple[str, ...]

    def draw(self, salt: int, number: int) -> int:
        """Give 64 bits that depend on the seed, a salt and a number (SplitMix64's finaliser)."""
        x = (number * 0x9E3779B97F4A7C15 + salt * 0xD1B54A32D192ED03 + self.seed) & _MASK
        x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK
        return x ^ (x >> 31)

    def pick(self, layer: str, salt: int, number: int) -> str:
        """Name an element of a layer, all equally often."""
        return name(layer, self.draw(salt, number) % self.count[layer])

    def hub(self, layer: str, salt: int, number: int) -> str:
        """Name an element of a layer, the first ones much more often."""
        share = (self.draw(salt, number) >> 11) / (1 << 53)
        return name(layer, int(share**3 * self.count[layer]))

    def shown(self, type: str, key: str, relations: Relations, **attributes: Any) -> Observation:
        """Make an observation, with an owner where owners are given."""
        if self.owners:
            owner = self.owners[hash_text(key) % len(self.owners)]
            relations = [*relations, ObservedRelation(type="OWNED_BY", key=owner)]
        said = {"name": key, **attributes}
        return Observation(type=type, key=key, attributes=said, relations=tuple(relations))


def scaled(cis: int, *, seed: int = 1, owners: Sequence[str] = ()) -> Iterator[Observation]:
    """Stream an estate of some number of CIs, with 2 to 4 relations a CI.

    Services, service components and redundancy groups come on top of the number. Everything is
    UP as long as nothing fails. What is needed mostly comes before what needs it.

    Args:
        cis: Number of CIs, at least 100.
        seed: Another one gives another estate of the same make.
        owners: Keys of groups or persons to spread ownership over; none leaves it open.

    Raises:
        BadInput: There are too few CIs for all layers.
    """
    if cis < SMALLEST:
        raise BadInput(
            f"an estate of {cis} CIs cannot have all layers",
            remedy=f"ask for {SMALLEST} or more",
            path=("cis",),
        )
    plan = Plan(seed, _counts(cis), tuple(owners))
    return (each for layer in _LAYERS for each in layer(plan))


def name(layer: str, number: int) -> str:
    """Name an element by its layer and number."""
    return f"{layer}-{number:07d}"


def hash_text(text: str) -> int:
    """Give a small number for a text, the same in every process."""
    total = 0
    for character in text.encode():
        total = (total * 131 + character) & 0xFFFFFFFF
    return total


def _counts(cis: int) -> dict[str, int]:
    """Spread the CIs over the layers; feeds, grids, farms and outside networks follow others."""
    count = {layer: max(1, cis * share // 10_000) for layer, share in SHARES.items()}
    count["feed"] = 2 * count["rack"]
    count["grid"] = 2 * count["site"]
    count["farm"] = -(-count["host"] // FARM)
    count["outside"] = 2
    count["component"] = cis - sum(count.values())
    count["trio"] = -(-count["database"] // 3)
    count["part"] = max(1, cis // 200)
    count["service"] = max(1, cis // 2000)
    return count


def _to(type: str, *keys: str) -> Relations:
    return [ObservedRelation(type=type, key=key) for key in dict.fromkeys(keys)]


def _sites(plan: Plan) -> Iterator[Observation]:
    for i in range(plan.count["site"]):
        yield plan.shown("Site", name("site", i), [])
        for side in (0, 1):
            yield plan.shown("GridSupply", name("grid", 2 * i + side), [], is_source=True)
    for i in range(plan.count["outside"]):
        yield plan.shown("ProviderNetwork", name("outside", i), [], is_source=True)


def _racks(plan: Plan) -> Iterator[Observation]:
    sites = plan.count["site"]
    for i in range(plan.count["rack"]):
        place = _to("LOCATED_IN", name("site", i % sites))
        feeds = [name("feed", 2 * i), name("feed", 2 * i + 1)]
        for side, feed in enumerate(feeds):
            supply = _to("POWERED_BY", name("grid", 2 * (i % sites) + side))
            role = "redundant" if side else "primary"
            yield plan.shown("PowerFeed", feed, [*place, *supply], feed_role=role)
        yield plan.shown("Rack", name("rack", i), place, capacity_units=42)
        members = _to("HAS_MEMBER", *feeds)
        yield plan.shown("RedundancyGroup", name("power", i), members, need=1, grounded=True)


def _switches(plan: Plan) -> Iterator[Observation]:
    """One ring with chords to hubs; two elements of it lead outside."""
    last = plan.count["switch"] - 1
    for i in range(last + 1):
        links = [name("switch", i + 1)] if i < last else []
        if i == last > 1:
            links.append(name("switch", 0))
        if 2 <= i < last and i % 4 == 2:
            links.append(name("switch", int(((plan.draw(1, i) >> 11) / (1 << 53)) ** 3 * (i - 1))))
        if i in {0, last // 2}:
            links.append(name("outside", int(i > 0)))
        yield plan.shown("Switch", name("switch", i), _to("LINKED_TO", *links) + _racked(plan, i))


def _racked(plan: Plan, number: int) -> Relations:
    rack = number % plan.count["rack"]
    return _to("MOUNTED_IN", name("rack", rack)) + _to("POWERED_BY", name("power", rack))


def _hosts(plan: Plan) -> Iterator[Observation]:
    hosts = plan.count["host"]
    for i in range(hosts):
        uplink = _to("UPLINKED_TO", plan.pick("switch", 2, i))
        member = _to("MEMBER_OF", name("farm", i // FARM))
        yield plan.shown("Hypervisor", name("host", i), [*_racked(plan, i), *uplink, *member])
    for i in range(plan.count["farm"]):
        members = [name("host", n) for n in range(i * FARM, min(hosts, (i + 1) * FARM))]
        group = name("farm-hosts", i)
        needs = {"need_share": 0.6, "reserve": 2}
        yield plan.shown("RedundancyGroup", group, _to("HAS_MEMBER", *members), **needs)
        yield plan.shown("HypervisorCluster", name("farm", i), _to("FORMED_BY", group))


def _storage(plan: Plan) -> Iterator[Observation]:
    for i in range(plan.count["pool"]):
        yield plan.shown("StoragePool", name("pool", i), _to("LOCATED_IN", plan.pick("site", 3, i)))
    for i in range(plan.count["volume"]):
        size = float(64 << (plan.draw(4, i) % 6))
        pool = _to("STORED_ON", plan.hub("pool", 5, i))
        yield plan.shown("StorageVolume", name("volume", i), pool, capacity_gib=size)


def _machines(plan: Plan) -> Iterator[Observation]:
    for i in range(plan.count["vlan"]):
        yield plan.shown("Vlan", name("vlan", i), [], vlan_number=i % 4095)
    for i in range(plan.count["machine"]):
        relations = [
            *_to("RUNS_ON", plan.pick("farm", 6, i)),
            *_to("STORED_ON", plan.hub("volume", 7, i)),
            *_to("IN_NETWORK", plan.hub("vlan", 8, i)),
        ]
        cores = float(2 << (plan.draw(9, i) % 4))
        yield plan.shown("VirtualMachine", name("machine", i), relations, cpu_count=cores)


def _databases(plan: Plan) -> Iterator[Observation]:
    servers = plan.count["database"]
    for i in range(servers):
        where = _to("RUNS_ON", plan.pick("machine", 10, i))
        data = _to("STORED_ON", plan.pick("volume", 11, i))
        yield plan.shown("DatabaseServer", name("database", i), where + data, port_number=5432)
    for i in range(plan.count["trio"]):
        members = [name("database", n) for n in range(3 * i, min(servers, 3 * i + 3))]
        need = (len(members) + 1) // 2
        yield plan.shown("RedundancyGroup", name("trio", i), _to("HAS_MEMBER", *members), need=need)
    for i in range(plan.count["cache"]):
        yield plan.shown("Cache", name("cache", i), _to("RUNS_ON", plan.pick("machine", 12, i)))


def _components(plan: Plan) -> Iterator[Observation]:
    """Components call others of their neighbourhood in circles, and every tenth a hub."""
    count = plan.count["component"]
    for i in range(count):
        relations = _to("RUNS_ON", plan.pick("machine", 13, i))
        relations += _to("CALLS", *_called(plan, i, count))
        if i % 3 == 0:
            relations += _to("DEPENDS_ON", plan.hub("trio", 14, i))
        if i % 4 == 0:
            relations += _to("USES", plan.hub("cache", 15, i))
        yield plan.shown("ApplicationComponent", name("component", i), relations)


def _called(plan: Plan, number: int, count: int) -> list[str]:
    ring = 10 * (number // 10)
    near = ring + (number + 1 - ring) % min(10, count - ring)
    keys = [name("component", near)]
    if number % 10 == 0:
        keys.append(plan.hub("component", 16, number))
    itself = name("component", number)
    return [key for key in keys if key != itself]


def _applications(plan: Plan) -> Iterator[Observation]:
    for i in range(plan.count["application"]):
        parts = [plan.pick("component", salt, i) for salt in (17, 18, 19)]
        yield plan.shown("Application", name("application", i), _to("DEPENDS_ON", *parts))
    for i in range(plan.count["endpoint"]):
        exposed = _to("EXPOSES", plan.pick("application", 20, i))
        yield plan.shown("Endpoint", name("endpoint", i), exposed, port_number=443)


def _services(plan: Plan) -> Iterator[Observation]:
    for i in range(plan.count["part"]):
        built = [plan.pick("application", salt, i) for salt in (21, 22)]
        yield plan.shown("ServiceComponent", name("part", i), _to("BUILT_FROM", *built))
    for i in range(plan.count["service"]):
        parts = [plan.pick("part", salt, i) for salt in range(23, 29)]
        importance = plan.draw(29, i) % 4 + 1
        yield plan.shown(
            "Service", name("service", i), _to("COMPOSED_OF", *parts), criticality=importance
        )


_LAYERS: tuple[Callable[[Plan], Iterator[Observation]], ...] = (
    _sites,
    _racks,
    _switches,
    _hosts,
    _storage,
    _machines,
    _databases,
    _components,
    _applications,
    _services,
)
