"""The estate that benchmarks measure: its size and shape, and that it is the same everywhere."""

import hashlib

import numpy as np
import pytest

from fitsm_graph.confm.types import default_registry
from fitsm_graph.impact.engine import solve, worsen
from fitsm_graph.impact.engine.cones import cone_down
from fitsm_graph.impact.engine.rings import rings_of
from fitsm_graph.impact.mapped import map_topology
from fitsm_graph.impact.reading import semantics
from fitsm_graph.impact.records import KIND_LABELS, Kind
from fitsm_graph.impact.specimen import MESH, specimen, topology_of
from fitsm_graph.kernel.errors import BadInput

REGISTRY = default_registry()
# Of 10,000 elements; another one means that published figures are of another estate.
DIGEST = "f420b5d2a3719200"


@pytest.fixture(scope="module", params=[2_000, 10_000, 100_000])
def made(request):
    return specimen(request.param)


def mapped(made):
    return map_topology(topology_of(made, semantics(REGISTRY)))


def numbers(made, topology, layer):
    return [topology.index(id) for id in made.ids(made.layers[layer].numbers)]


def test_it_has_the_elements_asked_for_and_four_relations_each(made):
    assert sum(layer.count for layer in made.layers.values()) == made.size
    assert all(layer.count > 0 for layer in made.layers.values())
    assert 3.7 <= made.source.size / made.size <= 4.5
    assert len(set(made.ids(np.arange(made.size)))) == made.size


def test_every_relation_is_allowed_and_given_once(made):
    layer_of = np.empty(made.size, int)
    layers = list(made.layers.values())
    for n, layer in enumerate(layers):
        layer_of[layer.numbers] = n
    kinds = [(KIND_LABELS[layer.kind], layer.type) for layer in layers]
    seen = set(zip(made.type, layer_of[made.source], layer_of[made.target], strict=True))
    for type_, source, target in seen:
        assert REGISTRY.allows(made.types[type_], *kinds[source], *kinds[target])
    rows = np.stack([made.source, made.type, made.target])
    assert np.unique(rows, axis=1).shape == rows.shape
    assert (made.source != made.target).all()


def test_all_is_well_and_the_switches_are_one_grounded_component(made):
    known = mapped(made)
    assert not solve(known.network).state.any()
    found = rings_of(known.network)
    assert found.start.tolist() == [0, min(MESH, made.size // 20)]
    assert sorted(found.elements) == sorted(numbers(made, known.topology, "switch"))


def test_one_directory_carries_most_of_it_and_a_typical_element_little(made):
    known = mapped(made)
    before = solve(known.network)
    (hub, *_) = numbers(made, known.topology, "directory")
    down = (worsen(known.network, before, [hub]).after == 3).sum()
    assert down >= 0.7 * made.size
    assert down < made.size * 0.9
    sizes = [worsen(known.network, before, [n]).elements.size for n in range(0, made.size, 97)]
    assert np.median(sizes) <= 60


def test_components_call_each_other_in_circles(made):
    known = mapped(made)
    components = numbers(made, known.topology, "component")
    one = components[len(components) // 2]
    called = {int(known.network.of[r]) for r in known.network.uses(one)} & set(components)
    assert called
    assert one in cone_down(known.network, sorted(called))


def test_redundancy_keeps_a_feed_from_taking_hosts_down(made):
    known = mapped(made)
    before = solve(known.network)
    feed = numbers(made, known.topology, "feed")[0]
    after = worsen(known.network, before, [feed])
    hosts = set(numbers(made, known.topology, "host"))
    levels = {int(s) for e, s in zip(after.elements, after.after, strict=True) if e in hosts}
    assert levels == {1}


def test_the_same_seed_gives_the_same_estate():
    def digest(seed):
        made = specimen(10_000, seed=seed)
        parts = (made.source, made.type, made.target, made.shuffled)
        return hashlib.sha256(b"".join(part.tobytes() for part in parts)).hexdigest()[:16]

    assert digest(1) == digest(1) == DIGEST
    assert digest(2) != DIGEST


def test_groups_say_what_they_need():
    made = specimen(2_000)
    topology = topology_of(made, semantics(REGISTRY))
    asked = {row.key.rsplit("-", 1)[0]: row.group for row in topology.rows() if row.group}
    assert {name for name, layer in made.layers.items() if layer.kind is Kind.GROUP} == set(asked)
    assert asked["farm-hosts"].share == 0.6
    assert asked["power"].grounded


def test_too_small_an_estate_is_refused():
    with pytest.raises(BadInput) as refused:
        specimen(1_999)
    assert refused.value.code == "TOO_SMALL"
