"""A made-up estate of any size as arrays: what the impact analysis is measured and tried on.

Layers from the grid to the service, about four relations an element, the same for the same size
on every machine. It has what makes impact analysis hard: hubs (one directory carries most
machines, so that its loss reaches four elements of five), redundancy groups (power feeds, uplinks,
hosts of a farm, databases), circles of components that call each other, and one grounded
component, a meshed ring of 5,000 switches. Ids are shuffled, so that no order helps.

Types and relation types are those of the default registry. For an estate as records of a source,
see `discovery.demo.scaled`.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fitsm_graph.impact.base import SOURCE
from fitsm_graph.impact.columns import Int32, Relations
from fitsm_graph.impact.loading import Loader
from fitsm_graph.impact.records import GroupNeed, Kind, RelationSemantics
from fitsm_graph.impact.topology import Topology, from_loader
from fitsm_graph.kernel.errors import BadInput

SMALLEST: Final = 2_000
"""Below this some layers would be empty."""
MESH: Final = 5_000
"""Switches of the grounded component; a twentieth of the elements in a smaller estate."""
CHUNK: Final = 50_000
_FARM, _CELL, _CIRCLE = 12, 16, 10  # hosts of a farm, hosts on one pair of feeds, calls in a circle
_SHARED = 50  # one component of so many is shared: others call it

_TYPES: Final = {
    "grid": "GridSupply",
    "outside": "ProviderNetwork",
    "switch": "Switch",
    "feed": "PowerFeed",
    "host": "Hypervisor",
    "farm": "HypervisorCluster",
    "pool": "StoragePool",
    "volume": "StorageVolume",
    "vlan": "Vlan",
    "directory": "DirectoryService",
    "machine": "VirtualMachine",
    "database": "DatabaseServer",
    "cache": "Cache",
    "component": "ApplicationComponent",
    "application": "Application",
    "endpoint": "Endpoint",
}
_KINDS: Final = {"part": Kind.COMPONENT, "service": Kind.SERVICE}
_NEEDS: Final = {
    "power": GroupNeed(1, grounded=True),
    "uplink": GroupNeed(1, grounded=True),
    "farm-hosts": GroupNeed(share=0.6, reserve=2),
    "trio": GroupNeed(2),
}
_SOURCES: Final = ("grid", "outside")


@dataclass(frozen=True, slots=True)
class Layer:
    """Elements of one make, numbered one after the other.

    Attributes:
        name: What their keys begin with.
        kind: Service, component, CI or group.
        type: CI type; empty for the other kinds.
        first: Number of the first.
        count: How many there are.
        need: What each asks of its members, for redundancy groups.
    """

    name: str
    kind: Kind
    type: str
    first: int
    count: int
    need: GroupNeed | None

    @property
    def numbers(self) -> Int32:
        """The numbers of its elements."""
        return np.arange(self.first, self.first + self.count, dtype=np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Specimen:
    """A made-up estate.

    Attributes:
        layers: By name, in the order of their numbers.
        types: Names of the relation types.
        source: Where each relation starts, int32[M].
        type: Its type, as a position in ``types``, int8[M].
        target: Where it ends, int32[M].
        shuffled: Where the id of each element stands among all ids, int32[N].
    """

    layers: Mapping[str, Layer]
    types: tuple[str, ...]
    source: Int32
    type: NDArray[np.int8]
    target: Int32
    shuffled: Int32

    @property
    def size(self) -> int:
        """Number of elements."""
        return self.shuffled.size

    def ids(self, numbers: Sequence[int] | Int32) -> list[str]:
        """Opaque ids of some elements."""
        return [f"01J{place:023d}" for place in self.shuffled[np.asarray(numbers)].tolist()]

    def pieces(self) -> Iterator[tuple[Layer, Int32]]:
        """All elements, layer after layer, in pieces that are small enough to send."""
        for layer in self.layers.values():
            for first in range(0, layer.count, CHUNK):
                yield layer, layer.numbers[first : first + CHUNK]


def specimen(elements: int, *, seed: int = 1) -> Specimen:
    """Make an estate with exactly so many elements.

    Args:
        elements: Services, components, CIs and redundancy groups in all; at least 2,000.
        seed: Another one gives another estate of the same make.

    Raises:
        BadInput: TOO_SMALL.
    """
    if elements < SMALLEST:
        raise BadInput(
            f"an estate of {elements} elements cannot have all layers",
            code="TOO_SMALL",
            remedy=f"ask for {SMALLEST} or more",
            path=("elements",),
        )
    plan = _Plan(_layers(elements), seed)
    rows = [row for make in _MAKERS for row in make(plan)]
    types = tuple(dict.fromkeys(name for name, _, _ in rows))
    source = np.concatenate([row[1] for row in rows]).astype(np.int64)
    target = np.concatenate([row[2] for row in rows]).astype(np.int64)
    type_ = np.repeat([types.index(row[0]) for row in rows], [row[1].size for row in rows])
    packed = ((source * len(types) + type_) * elements + target)[source != target]
    packed = np.unique(packed)
    linked = packed // elements
    return Specimen(
        plan.layers,
        types,
        (linked // len(types)).astype(np.int32),
        (linked % len(types)).astype(np.int8),
        (packed % elements).astype(np.int32),
        np.argsort(plan.draws("ids", elements)).astype(np.int32),
    )


def topology_of(made: Specimen, semantics: Sequence[RelationSemantics]) -> Topology:
    """The estate as the topology that a load from the graph gives.

    Args:
        made: The estate.
        semantics: Of all relation types of the registry.
    """
    loader = Loader(tuple(semantics))
    for layer, numbers in made.pieces():
        ids = made.ids(numbers)
        keys = [f"{layer.name}-{n - layer.first:07d}" for n in numbers.tolist()]
        loader.add_elements(
            ids,
            keys=keys,
            names=[key.replace("-", " ") for key in keys],
            kinds=np.full(len(ids), layer.kind, np.uint8),
            types=[layer.type] * len(ids),
            flags=np.full(len(ids), SOURCE * (layer.name in _SOURCES), np.uint8),
            criticality=((numbers % 4 + 1) * (layer.kind == Kind.SERVICE)).astype(np.int8),
            groups={} if layer.need is None else dict.fromkeys(ids, layer.need),
        )
    loader.take(_relations(made, semantics))
    return from_loader(loader, version=1, registry="")


def _relations(made: Specimen, semantics: Sequence[RelationSemantics]) -> Relations:
    names = [each.name for each in semantics]
    code = np.array([names.index(name) for name in made.types], np.int16)
    count = made.source.size
    return Relations(
        made.source,
        code[made.type],
        made.target,
        np.full(count, -1, np.int8),
        np.full(count, -1, np.int8),
        np.ones(count, np.int32),
        np.ones(count, np.float32),
        np.zeros(count, np.uint32),
    )


def _layers(elements: int) -> dict[str, Layer]:
    """Spread the elements over the layers; what is left over are application components."""
    many = elements // 10_000
    host, switch = elements * 6 // 100, min(MESH, elements // 20)
    cells, farms, databases = -(-host // _CELL), -(-host // _FARM), elements * 6 // 100
    count = {
        "grid": max(4, many // 2 * 2), "outside": 4, "switch": switch,
        "feed": 2 * cells, "power": cells, "uplink": cells, "host": host, "farm-hosts": farms,
        "farm": farms, "pool": max(4, 10 * many), "volume": elements * 8 // 100 - switch,
        "vlan": max(4, 10 * many), "directory": 5, "machine": elements * 40 // 100,
        "database": databases, "trio": -(-databases // 3), "cache": elements // 200,
        "component": 0, "application": elements // 25, "endpoint": elements * 3 // 200,
        "part": elements // 100, "service": elements * 3 // 1000,
    }  # fmt: skip
    count["component"] = elements - sum(count.values())
    layers, first = {}, 0
    for name, size in count.items():
        kind = Kind.GROUP if name in _NEEDS else _KINDS.get(name, Kind.CI)
        layers[name] = Layer(name, kind, _TYPES.get(name, ""), first, size, _NEEDS.get(name))
        first += size
    return layers


Row = tuple[str, NDArray[Any], NDArray[Any]]
"""Relations of one type: the type, sources, targets."""


class _Plan:
    """Numbers of the layers and reproducible chance."""

    def __init__(self, layers: Mapping[str, Layer], seed: int) -> None:
        self.layers, self.seed = layers, seed

    def all(self, layer: str) -> Int32:
        return self.layers[layer].numbers

    def at(self, layer: str, places: NDArray[Any]) -> NDArray[Any]:
        """Elements of a layer by their places, beginning again at its end."""
        chosen = self.layers[layer]
        return chosen.first + places.astype(np.int64) % chosen.count

    def draws(self, salt: str, count: int) -> NDArray[np.uint64]:
        """Numbers of 64 bits that depend on seed, salt and place (SplitMix64's finaliser)."""
        digest = hashlib.blake2b(f"{self.seed}/{salt}".encode(), digest_size=8).digest()
        start = np.frombuffer(digest, "<u8")[0]
        x = (np.arange(count, dtype=np.uint64) + start) * np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        drawn: NDArray[np.uint64] = x ^ (x >> np.uint64(31))
        return drawn

    def shares(self, salt: str, count: int) -> NDArray[np.float64]:
        """The same as fractions from 0 up to 1."""
        return (self.draws(salt, count) >> np.uint64(11)) / float(1 << 53)

    def some(self, layer: str, salt: str, count: int) -> NDArray[Any]:
        """Elements of a layer, all equally often."""
        return self.at(layer, self.draws(salt, count) >> np.uint64(1))

    def hubs(self, layer: str, salt: str, count: int) -> NDArray[Any]:
        """Elements of a layer, the first ones much more often."""
        return self.at(layer, self.shares(salt, count) ** 3 * self.layers[layer].count)


def _supply(plan: _Plan) -> Iterator[Row]:
    """Feeds on the two sides of a site's grid, in pairs."""
    feeds, pairs = plan.all("feed"), plan.all("power")
    cell, side = np.arange(feeds.size) // 2, np.arange(feeds.size) % 2
    yield "POWERED_BY", feeds, plan.at("grid", 2 * cell + side)
    for each in (0, 1):
        yield "HAS_MEMBER", pairs, plan.at("feed", 2 * np.arange(pairs.size) + each)


def _mesh(plan: _Plan) -> Iterator[Row]:
    """One ring of switches with chords; four of them lead outside."""
    switches = plan.all("switch")
    place = np.arange(switches.size)
    yield "LINKED_TO", switches, plan.at("switch", place + 1)
    third = place[::3]
    far = (plan.draws("chord", third.size) % np.uint64(switches.size // 2)).astype(np.int64)
    yield "LINKED_TO", switches[third], plan.at("switch", third + 2 + far)
    edge = place[:: -(-switches.size // 4)]
    yield "LINKED_TO", switches[edge], plan.at("outside", np.arange(edge.size))
    yield "POWERED_BY", switches, plan.some("power", "switch-power", switches.size)


def _hosts(plan: _Plan) -> Iterator[Row]:
    """Hosts in cells with two uplinks and two feeds, and in farms that bear losses."""
    hosts, uplinks, farms = plan.all("host"), plan.all("uplink"), plan.all("farm")
    place = np.arange(hosts.size)
    for each in ("left", "right"):
        yield "HAS_MEMBER", uplinks, plan.some("switch", each, uplinks.size)
    yield "UPLINKED_TO", hosts, plan.at("uplink", place // _CELL)
    yield "POWERED_BY", hosts, plan.at("power", place // _CELL)
    yield "HAS_MEMBER", plan.at("farm-hosts", place // _FARM), hosts
    yield "FORMED_BY", farms, plan.at("farm-hosts", np.arange(farms.size))


def _machines(plan: _Plan) -> Iterator[Row]:
    """Machines need a farm, a volume and a directory, nearly all of them the same directory."""
    volumes, machines, directories = (plan.all(name) for name in ("volume", "machine", "directory"))
    yield "STORED_ON", volumes, plan.hubs("pool", "pool", volumes.size)
    yield "RUNS_ON", directories, plan.some("host", "directory", directories.size)
    yield "RUNS_ON", machines, plan.some("farm", "farm", machines.size)
    yield "STORED_ON", machines, plan.hubs("volume", "volume", machines.size)
    yield "IN_NETWORK", machines, plan.hubs("vlan", "vlan", machines.size)
    other = 20 * plan.shares("other", machines.size)
    which = np.where(other < 1, 1 + 4 * other, 0)
    yield "DEPENDS_ON", machines, plan.at("directory", which)


def _data(plan: _Plan) -> Iterator[Row]:
    """Databases in groups of three, and caches."""
    databases, caches = plan.all("database"), plan.all("cache")
    yield "RUNS_ON", databases, plan.some("machine", "database", databases.size)
    yield "STORED_ON", databases, plan.some("volume", "data", databases.size)
    yield "HAS_MEMBER", plan.at("trio", np.arange(databases.size) // 3), databases
    yield "RUNS_ON", caches, plan.some("machine", "cache", caches.size)


def _components(plan: _Plan) -> Iterator[Row]:
    """Components call each other in circles, and shared ones, which come first."""
    components = plan.all("component")
    count = components.size
    place = np.arange(count)
    circle = place // _CIRCLE * _CIRCLE
    near = circle + (place + 1 - circle) % np.minimum(_CIRCLE, count - circle)
    shared = np.minimum(circle, count // _SHARED)
    called = (plan.shares("called", count) ** 3 * shared).astype(np.int64)
    calls = shared > 0
    yield "RUNS_ON", components, plan.some("machine", "component", count)
    yield "CALLS", components, plan.at("component", near)
    yield "CALLS", components[calls], plan.at("component", called[calls])
    yield "AUTHENTICATED_BY", components, plan.hubs("directory", "sign-in", count)
    for type_, layer in (("DEPENDS_ON", "trio"), ("USES", "cache")):
        yield type_, components, plan.hubs(layer, layer, count)


def _services(plan: _Plan) -> Iterator[Row]:
    """What people use: applications, endpoints, service components, services."""
    applications, endpoints = plan.all("application"), plan.all("endpoint")
    parts, services = plan.all("part"), plan.all("service")
    for each in range(6):
        chosen = plan.some("component", f"application{each}", applications.size)
        yield "DEPENDS_ON", applications, chosen
    yield "EXPOSES", endpoints, plan.some("application", "endpoint", endpoints.size)
    for each in range(2):
        yield "BUILT_FROM", parts, plan.some("application", f"part{each}", parts.size)
    for each in range(6):
        yield "COMPOSED_OF", services, plan.some("part", f"service{each}", services.size)


_MAKERS: tuple[Callable[[_Plan], Iterator[Row]], ...] = (
    _supply,
    _mesh,
    _hosts,
    _machines,
    _data,
    _components,
    _services,
)
