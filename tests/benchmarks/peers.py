"""The libraries one would pick instead, on the same edges: who depends on an element.

Each gives its answer in its own form: a list, a set, here an array. Where a library offers
several ways, the fastest of those that give the answer is taken.
"""

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from fitsm_graph.impact.engine.cones import cone_down
from fitsm_graph.impact.network import Network
from fitsm_graph.impact.specimen import Specimen

Reach = Callable[[int], Iterable[int]]


@dataclass(frozen=True)
class Peer:
    """A library with the graph loaded: everything that depends on an element, itself included."""

    name: str
    version: str
    reach: Reach


def edges(made: Specimen) -> tuple[np.ndarray, np.ndarray]:
    """Provider and dependent of each need, as numbers of the network; links go both ways.

    Written from the meaning of the relations, not with the mapping that is measured.
    """
    source, target = made.shuffled[made.source], made.shuffled[made.target]
    names = np.array(made.types)[made.type]
    links = names == "LINKED_TO"
    backward = links & ~np.isin(made.target, made.layers["outside"].numbers)
    group = names == "HAS_MEMBER"
    # "A needs B" gives B -> A; a group needs its members; neighbours need each other
    assert set(names[~links & ~group]) <= {
        "POWERED_BY", "UPLINKED_TO", "FORMED_BY", "STORED_ON", "RUNS_ON", "IN_NETWORK",
        "DEPENDS_ON", "CALLS", "AUTHENTICATED_BY", "USES", "EXPOSES", "BUILT_FROM", "COMPOSED_OF",
    }  # fmt: skip
    return (
        np.concatenate([target, source[backward]]),
        np.concatenate([source, target[backward]]),
    )


def ours(network: Network) -> Peer:
    return Peer("fitsm-graph", "", lambda number: cone_down(network, [number]))


def peers(made: Specimen, *, without: Iterable[str] = ()) -> tuple[list[Peer], list[str]]:
    """The libraries that are installed, loaded, and the names of those that are not."""
    provider, dependent = edges(made)
    found, missing = [], []
    for name, load in (("igraph", _igraph), ("rustworkx", _rustworkx), ("networkx", _networkx)):
        if name in without:
            continue
        try:
            module = importlib.import_module(name)
        except ImportError:
            missing.append(name)
            continue
        reach = load(module, made.size, provider, dependent)
        found.append(Peer(name, module.__version__, reach))
    return found, missing


def _igraph(igraph: Any, size: int, provider: np.ndarray, dependent: np.ndarray) -> Reach:
    graph = igraph.Graph(size, np.column_stack([provider, dependent]), directed=True)
    return lambda number: graph.subcomponent(number, mode="out")


def _rustworkx(rustworkx: Any, size: int, provider: np.ndarray, dependent: np.ndarray) -> Reach:
    graph = rustworkx.PyDiGraph(multigraph=True)
    graph.add_nodes_from(range(size))
    graph.add_edges_from_no_data(list(zip(provider.tolist(), dependent.tolist(), strict=True)))
    return lambda number: rustworkx.descendants(graph, number) | {number}


def _networkx(networkx: Any, size: int, provider: np.ndarray, dependent: np.ndarray) -> Reach:
    graph = networkx.MultiDiGraph()
    graph.add_nodes_from(range(size))
    graph.add_edges_from(zip(provider.tolist(), dependent.tolist(), strict=True))
    return lambda number: networkx.descendants(graph, number) | {number}
