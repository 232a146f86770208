"""The default set of types: it loads without a problem and means what impact needs it to mean."""

import re
import textwrap
from collections import Counter, defaultdict
from pathlib import Path

import pytest
import yaml

from fitsm_graph.model.registry import Dependency, Neighbours, TypeRegistry

SCHEMA = Path(__file__).resolve().parents[3] / "schema"


def documents(folder):
    return {
        path.stem: yaml.safe_load(path.read_text("utf-8"))
        for path in sorted((SCHEMA / folder).glob("*.yaml"))
    }


@pytest.fixture(scope="module")
def registry():
    return TypeRegistry.from_documents(documents("ci_types"), documents("relationship_types"))


def nodes_below(node):
    yield node
    for below in node.value if isinstance(node.value, list) else []:
        for each in below if isinstance(below, tuple) else (below,):
            yield from nodes_below(each)


@pytest.mark.parametrize("path", sorted(SCHEMA.glob("*_types/*.yaml")), ids=lambda path: path.stem)
def test_no_key_is_written_twice(path):
    for node in nodes_below(yaml.compose(path.read_text("utf-8"), yaml.SafeLoader)):
        if isinstance(node, yaml.MappingNode):
            keys = [key.value for key, _ in node.value]
            assert len(set(keys)) == len(keys), f"{sorted(keys)} {node.start_mark}"


def test_every_type_has_what_pictures_and_people_need(registry):
    for name, each in registry.ci_types.items():
        assert each.doc.endswith("."), name
        assert each.tag, name
        assert registry.icon(name), name
    for each in registry.relationship_types.values():
        assert len(each.doc.split()) >= 10, f"{each.name} gives no reason"


def test_tags_are_told_apart(registry):
    counted = Counter(each.tag.lower() for each in registry.ci_types.values() if not each.abstract)
    exact = Counter(each.tag for each in registry.ci_types.values())
    assert max(exact.values()) == 1
    assert max(counted.values()) == 1


def test_an_attribute_means_the_same_in_every_type(registry):
    meanings = defaultdict(set)
    for name in registry.ci_types:
        for attribute in registry.attributes(name).values():
            meanings[attribute.name].add((attribute.kind, attribute.unit, attribute.unique))
    assert [name for name, seen in meanings.items() if len(seen) > 1] == []


def test_written_form_reads_back_to_an_equal_registry(registry):
    written = registry.to_documents()
    again = TypeRegistry.from_documents(
        {"all": written["ci_types"]}, {"all": written["relationship_types"]}
    )
    assert again.version == registry.version
    assert again.to_documents() == written


@pytest.mark.parametrize(
    ("name", "dependency", "strength", "grounded"),
    [
        ("COMPOSED_OF", "source_needs_target", "hard", False),
        ("BUILT_FROM", "source_needs_target", "hard", False),
        ("DEPENDS_ON", "source_needs_target", "hard", False),
        ("USES", "source_needs_target", "soft", False),
        ("CALLS", "source_needs_target", "soft", False),
        ("RUNS_ON", "source_needs_target", "hard", False),
        ("HAS_INTERFACE", "target_needs_source", "hard", False),
        ("HAS_ADDRESS", "target_needs_source", "hard", False),
        ("POWERED_BY", "source_needs_target", "hard", True),
        ("UPLINKED_TO", "source_needs_target", "hard", True),
        ("STORED_ON", "source_needs_target", "hard", True),
        ("REPLICATES", "source_needs_target", "soft", True),
        ("COOLED_BY", "source_needs_target", "soft", False),
        ("HAS_MEMBER", "none", "info", False),
        ("MEMBER_OF", "none", "info", False),
        ("CONNECTED_TO", "none", "info", False),
        ("MONITORS", "none", "info", False),
        ("DOCUMENTED_BY", "none", "info", False),
    ],
)
def test_direction_of_need(registry, name, dependency, strength, grounded):
    it = registry.relationship_type(name)
    assert (it.dependency, it.strength, it.grounded) == (dependency, strength, grounded)


def test_only_links_between_forwarding_devices_group_neighbours(registry):
    groups = [each for each in registry.relationship_types.values() if each.neighbours == "group"]
    assert [each.name for each in groups] == ["LINKED_TO"]
    assert groups[0].neighbours is Neighbours.GROUP
    assert groups[0].dependency is Dependency.NONE
    assert not registry.allows("LINKED_TO", "CI", "Server", "CI", "Switch")
    assert registry.needs_neighbours("LINKED_TO", "CI", "Switch")
    assert not registry.needs_neighbours("LINKED_TO", "CI", "ProviderNetwork")
    assert registry.is_natural_source("CI", "ProviderNetwork")
    assert not registry.is_natural_source("CI", "Switch")
    assert not registry.is_natural_source("CI", "Server")


@pytest.mark.parametrize(
    ("source", "relation", "target"),
    [
        ("PowerFeed", "POWERED_BY", "PowerPanel"),
        ("PowerPort", "POWERED_BY", "PowerFeed"),
        ("PowerPort", "POWERED_BY", "PowerOutlet"),
        ("PowerOutlet", "POWERED_BY", "PowerDistributionUnit"),
        ("Router", "POWERED_BY", "PowerPort"),
        ("Switch", "MOUNTED_IN", "Rack"),
        ("Rack", "LOCATED_IN", "Room"),
        ("Room", "LOCATED_IN", "Site"),
        ("Switch", "HAS_INTERFACE", "NetworkInterface"),
        ("VirtualMachine", "HAS_INTERFACE", "NetworkInterface"),
        ("NetworkInterface", "CONNECTED_TO", "NetworkInterface"),
        ("NetworkInterface", "HAS_ADDRESS", "IpAddress"),
        ("VirtualMachine", "RUNS_ON", "HypervisorCluster"),
        ("VirtualMachine", "RUNS_ON", "Hypervisor"),
        ("Hypervisor", "MEMBER_OF", "HypervisorCluster"),
        ("Switch", "MEMBER_OF", "VirtualChassis"),
        ("Circuit", "LINKED_TO", "ProviderNetwork"),
        ("Circuit", "TERMINATES_AT", "Site"),
        ("Circuit", "PROVIDED_BY", "Provider"),
        ("KubernetesWorkload", "PART_OF", "KubernetesNamespace"),
        ("KubernetesPod", "RUNS_ON", "KubernetesNode"),
        ("KubernetesNode", "RUNS_ON", "VirtualMachine"),
        ("KubernetesService", "EXPOSES", "KubernetesWorkload"),
        ("KubernetesIngress", "ROUTES_TO", "KubernetesService"),
        ("ContainerService", "DEPENDS_ON", "ContainerService"),
        ("ContainerService", "STARTED_FROM", "ContainerImage"),
        ("Application", "BUILT_WITH", "Library"),
        ("Library", "BUILT_WITH", "Library"),
        ("VirtualMachine", "IN_NETWORK", "CloudSubnet"),
        ("CloudSubnet", "IN_NETWORK", "VirtualNetwork"),
    ],
)
def test_what_sources_bring_can_be_said(registry, source, relation, target):
    assert registry.allows(relation, "CI", source, "CI", target)


def test_whoever_is_needed_may_be_a_redundancy_group(registry):
    assert registry.allows("POWERED_BY", "CI", "Server", "RedundancyGroup", "")
    assert registry.allows("FORMED_BY", "CI", "Cluster", "RedundancyGroup", "")
    assert registry.allows("HAS_ADDRESS", "RedundancyGroup", "", "CI", "IpAddress")
    assert not registry.allows("POWERED_BY", "RedundancyGroup", "", "CI", "PowerFeed")
    assert not registry.allows("FORMED_BY", "CI", "Cluster", "CI", "Server")


def test_the_examples_of_the_how_to_pages_are_accepted():
    folder = SCHEMA.parent / "docs" / "how-to"
    pages = [folder / f"add-a-{of}-type.md" for of in ("ci", "relationship")]
    shown = [
        textwrap.dedent(re.search(r"```yaml\n(.*?)```", page.read_text("utf-8"), re.DOTALL)[1])
        for page in pages
    ]
    ci_type, relationship_type = map(yaml.safe_load, shown)
    registry = TypeRegistry.from_documents(
        documents("ci_types") | {"page": ci_type},
        documents("relationship_types") | {"page": relationship_type},
    )
    assert registry.is_a("Telescope", "Equipment")
    assert registry.allows("GUIDED_BY", "CI", "Telescope", "CI", "Appliance")
