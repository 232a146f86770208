"""Graphs as files, read again by readers that share nothing with the writers."""

import json
import re
from xml.etree import ElementTree as ET

import networkx as nx
import pydot
import pytest

from fitsm_graph.api.export.forms import Form
from fitsm_graph.api.export.graphs import MERMAID_DRAWS, write_graph
from fitsm_graph.api.flat_graph import FlatEdge, FlatGraph, FlatNode

HOSTILE = [
    'quote " and \\ back',
    "line\nbreak",
    "<b>&amp;</b>",
    "];evil[",
    '"] click n0 "javascript:alert(1)"',
    "--> n0",
    "end",
    "%% note",
    "ü 漢字 🙂",
    "\x07bell",
    "-->|x|",
    "}",
]
GRAPH = FlatGraph(
    tuple(
        FlatNode(f"id-{n}", {"name": name, "hops": n, "gone": None, "type": "Server", "ok": n > 1})
        for n, name in enumerate(HOSTILE)
    ),
    (
        *(
            FlatEdge(f"id-{n}", f"id-{n + 1}", "DEPENDS_ON", {"weight": n})
            for n in range(len(HOSTILE) - 1)
        ),
        FlatEdge("id-0", "id-1", "USES"),
        FlatEdge("id-0", "beyond", 'say "no"'),
    ),
    complete=False,
    note="the nearest\n500",
)  # fmt: skip
SHOWN = [name.replace("\x07", "\ufffd") for name in HOSTILE]
ENDS = [(edge.source, edge.target) for edge in GRAPH.edges]


def local(tag: str) -> str:
    return tag.rpartition("}")[2]


def texts(root: ET.Element, tag: str) -> list[ET.Element]:
    return [each for each in root.iter() if local(each.tag) == tag]


def test_graphml_keeps_every_name_and_edge() -> None:
    root = ET.fromstring(write_graph(GRAPH, Form.GRAPHML))  # noqa: S314 - our own
    keys = {each.get("id"): each.get("attr.name") for each in texts(root, "key")}
    found = {
        node.get("id"): {keys[d.get("key")]: d.text for d in node} for node in texts(root, "node")
    }
    assert [found[f"id-{n}"]["name"] for n in range(len(SHOWN))] == SHOWN
    assert found["id-3"]["hops"] == "3"
    assert "gone" not in found["id-3"]
    assert found["beyond"]["label"] == "beyond"
    edges = texts(root, "edge")
    assert sorted((e.get("source"), e.get("target")) for e in edges) == sorted(ENDS)
    assert texts(root, "graph")[0].get("edgedefault") == "directed"


def test_gexf_keeps_every_name_and_edge() -> None:
    root = ET.fromstring(write_graph(GRAPH, Form.GEXF))  # noqa: S314 - our own
    assert [e.get("label") for e in texts(root, "node")] == [*SHOWN, "beyond"]
    edges = texts(root, "edge")
    assert sorted((e.get("source"), e.get("target")) for e in edges) == sorted(ENDS)
    assert len({e.get("id") for e in texts(root, "edge")}) == len(ENDS)


@pytest.mark.filterwarnings("ignore")  # what pydot thinks of its parser
def test_dot_is_read_by_another_parser() -> None:
    (graph,) = pydot.graph_from_dot_data(write_graph(GRAPH, Form.DOT).decode())
    found = [(e.get_source().strip('"'), e.get_destination().strip('"')) for e in graph.get_edges()]
    assert sorted(found) == sorted(ENDS)
    labels = {n.get_name().strip('"'): n.get("label") for n in graph.get_nodes()}
    assert len([name for name in labels if name.startswith("id-")]) == len(HOSTILE)
    assert labels["id-0"] == r'"quote \" and \\ back"'
    assert labels["id-1"] == r'"line\nbreak"'


MERMAID_LINE = re.compile(
    r'flowchart LR|%% .*|  n\d+\["[\w #;\-.:/()<br>]*"\]|  n\d+ -->(\|"[\w #;]*"\|)? n\d+'
)


def test_mermaid_has_nothing_in_it_that_a_name_put_there() -> None:
    lines = write_graph(GRAPH, Form.MERMAID).decode().splitlines()
    assert [line for line in lines if not MERMAID_LINE.fullmatch(line)] == []
    arrows = [line for line in lines if "-->" in line]
    assert len(arrows) == len(ENDS)
    decoded = [
        re.sub(r"#(\d+);", lambda found: chr(int(found[1])), line.split('"')[1])
        for line in lines
        if line.startswith("  n") and "[" in line
    ]
    assert decoded[: len(HOSTILE)] == [name.replace("\n", "<br>") for name in HOSTILE]


def test_mermaid_says_when_it_draws_less() -> None:
    nodes = tuple(FlatNode(str(n)) for n in range(MERMAID_DRAWS + 2))
    edges = tuple(FlatEdge(str(n), str(n + 1)) for n in range(MERMAID_DRAWS + 1))
    text = write_graph(FlatGraph(nodes, edges), Form.MERMAID).decode()
    assert f"%% {MERMAID_DRAWS + 1} edges" in text
    assert text.count("-->") == MERMAID_DRAWS + 1


def test_jgf_is_json_with_all() -> None:
    graph = json.loads(write_graph(GRAPH, Form.JGF))["graph"]
    assert [graph["nodes"][f"id-{n}"]["metadata"]["name"] for n in range(len(HOSTILE))] == HOSTILE
    assert [(e["source"], e["target"]) for e in graph["edges"]] == ENDS
    assert graph["metadata"] == {"complete": False, "note": "the nearest\n500"}


@pytest.mark.parametrize("form", [Form.GRAPHML, Form.GEXF])
def test_networkx_reads_what_others_write_for_it(form: Form, tmp_path: object) -> None:
    path = f"{tmp_path}/graph.xml"
    with open(path, "wb") as out:  # noqa: PTH123 - networkx takes names
        out.write(write_graph(GRAPH, form))
    read = nx.read_graphml(path) if form is Form.GRAPHML else nx.read_gexf(path)
    assert sorted((a, b) for a, b in read.edges()) == sorted(ENDS)


def test_an_incomplete_graph_says_so_in_every_form() -> None:
    for form in (Form.DOT, Form.MERMAID):
        assert b"incomplete" in write_graph(GRAPH, form)
    assert b"<data" in write_graph(GRAPH, Form.GRAPHML)
