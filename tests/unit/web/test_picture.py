"""The picture: readable by eye, by ear and by program, whatever the names are."""

import re
from xml.etree import ElementTree as ET

import pytest

from fitsm_graph.web.picture import Scene, draw
from fitsm_graph.web.report import Edge, Element, Redundancy
from fitsm_graph.web.words import LOOKS, UNKNOWN

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'];DROP --&amp;",
    "\u202egnp.exe \u05d0\u05d1\u05d2",
    "nul\x00bell\x07",
    "設定サーバー" * 20,
    "x" * 500,
    "",
]


def element(id, name=None, kind="CI", state="DOWN", **more):
    return Element(
        id,
        f"K-{id}",
        id if name is None else name,
        kind,
        more.pop("type", kind),
        "XX",
        "UP",
        state,
        **more,
    )


def scene(elements, edges=(), seeds=("a",), **more):
    given = {"focus": "", "path": (), "opened": (), "omitted": 0} | more
    return Scene(
        elements=elements,
        edges=[Edge(*edge) for edge in edges],
        seeds=seeds,
        link=lambda one: f"/impact?focus={one}",
        open_link=lambda stack: f"/impact?open={stack}",
        **given,
    )


def tree(drawn):
    return ET.fromstring(drawn.svg.source)  # noqa: S314  # our own picture


def items(drawn):
    return [group for group in tree(drawn).iter(f"{SVG}g") if group.get("role") == "listitem"]


ALL_KINDS = [
    element("a", hops=0, type="PowerFeed"),
    element("b", kind="RedundancyGroup", state="AT_RISK", hops=1, group=Redundancy(2, 3, 2)),
    element("c", kind="ServiceComponent", state="DEGRADED", hops=2),
    element("d", kind="Service", state="UP", hops=3),
    element("e", kind="Person", state=None, hops=3),
]
CHAIN = [("a", "b", "feeds"), ("b", "c"), ("c", "d"), ("c", "e")]


def test_it_is_a_document_with_a_list_of_named_links():
    drawn = draw(scene(ALL_KINDS, CHAIN))
    root = tree(drawn)
    assert root.get("role") == "graphics-document"
    assert "5 elements" in root.get("aria-label")
    assert root.find(f"{SVG}title").text
    assert len(items(drawn)) == 5
    for item in items(drawn):
        link = item.find(f"{SVG}a")
        assert link.get("href").startswith("/impact?focus=")
        assert link.get("aria-label")


def test_state_is_said_by_glyph_word_border_and_colour():
    drawn = draw(scene(ALL_KINDS, CHAIN))
    marks = set()
    for item, row in zip(items(drawn), sorted(ALL_KINDS, key=lambda row: row.hops), strict=True):
        look = LOOKS.get(row.after, UNKNOWN)
        words = [text.text for text in item.iter(f"{SVG}text")]
        assert any(word.startswith(f"{look.glyph} {look.word}") for word in words)
        assert look.word in item.find(f"{SVG}a").get("aria-label")
        box = next(shape for shape in item.iter() if shape.get("class") == "box")
        assert box.get("stroke") == look.line
        marks.add((box.get("stroke-dasharray"), box.get("stroke-width")))
    assert len(marks) == 5, "each state has a border of its own"


def test_class_is_said_by_shape():
    boxes = {}
    for item in items(draw(scene(ALL_KINDS, CHAIN))):
        box = next(shape for shape in item.iter() if shape.get("class") == "box")
        boxes[item.get("data-id")] = (box.tag.removeprefix(SVG), box.get("rx"))
    assert boxes["c"] == ("polygon", None)
    assert len({boxes[id] for id in "acde"}) == 4


def test_a_redundancy_group_is_a_disc_with_k_of_n_and_one_arc_a_member():
    group = next(
        item for item in items(draw(scene(ALL_KINDS, CHAIN))) if item.get("data-id") == "b"
    )
    assert "2/3" in [text.text for text in group.iter(f"{SVG}text")]
    arcs = [shape.get("class") for shape in group.iter(f"{SVG}path")]
    assert arcs == ["arc up", "arc up", "arc lost"]
    assert "2 of 3 up, 2 needed" in group.find(f"{SVG}a").get("aria-label")


@pytest.mark.parametrize(("up", "lit"), [(0, 0), (1, 1), (99, 23), (100, 24)])
def test_a_large_ring_shows_a_share_and_never_rounds_to_none_or_all(up, lit):
    row = element("a", kind="RedundancyGroup", hops=0, group=Redundancy(50, 100, up))
    (item,) = items(draw(scene([row])))
    arcs = [shape.get("class") for shape in item.iter(f"{SVG}path")]
    assert arcs.count("arc up") == lit
    assert len(arcs) == 24


def test_a_seed_has_a_double_border_and_says_so():
    drawn = draw(scene(ALL_KINDS, CHAIN))
    lines = {item.get("data-id"): [s.get("class") for s in item.iter()] for item in items(drawn)}
    assert [id for id, classes in lines.items() if "seed-line" in classes] == ["a"]
    assert "starting point" in items(drawn)[0].find(f"{SVG}a").get("aria-label")


def test_the_proof_is_marked_on_the_edges_and_lies_on_top():
    drawn = draw(scene(ALL_KINDS, CHAIN, focus="c", path={("a", "b"), ("b", "c")}))
    edges = [
        path.get("class")
        for path in tree(drawn).iter(f"{SVG}path")
        if "edge" in path.get("class").split()
    ]
    assert edges == ["edge", "edge", "edge proof", "edge proof"]
    current = [
        item.get("data-id") for item in items(drawn) if item.find(f"{SVG}a").get("aria-current")
    ]
    assert current == ["c"]


def test_the_proof_is_marked_through_a_stack():
    rows = [
        element("a", hops=0),
        *(element(f"c{n}", hops=1) for n in range(8)),
        element("z", hops=2),
    ]
    edges = [("a", f"c{n}") for n in range(8)] + [(f"c{n}", "z") for n in range(8)]
    drawn = draw(scene(rows, edges, focus="z", path={("a", "c1"), ("c1", "z")}))
    assert drawn.svg.source.count('class="edge proof"') == 2


def test_it_tells_the_keyboard_who_is_beside_whom():
    beside = {item.get("data-id"): item for item in items(draw(scene(ALL_KINDS, CHAIN)))}
    assert beside["c"].get("data-before") == "b"
    assert set(beside["c"].get("data-after").split()) == {"d", "e"}


def test_edges_to_elements_left_out_are_not_drawn_and_the_number_is_said():
    drawn = draw(scene(ALL_KINDS[:2], CHAIN, omitted=3))
    assert len([p for p in tree(drawn).iter(f"{SVG}path") if p.get("class") == "edge"]) == 1
    assert "3 elements left out" in drawn.sentence()
    assert "3 elements left out" in tree(drawn).get("aria-label")


def test_a_hub_says_how_many_are_grouped_and_opens():
    rows = [element("a", hops=0), *(element(f"c{n}", hops=1) for n in range(1000))]
    drawn = draw(scene(rows, [("a", f"c{n}") for n in range(1000)]))
    assert len(items(drawn)) <= 60
    assert "1,000 elements grouped in 1 stack" in drawn.sentence()
    link = items(drawn)[1].find(f"{SVG}a")
    assert link.get("aria-label").startswith("1,000 × ")
    assert link.get("href").startswith("/impact?open=stack-")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_text(name):
    drawn = draw(scene([element("a", name, hops=0)], seeds=("a",)))
    source = drawn.svg.source
    root = tree(drawn)  # well-formed, so the name broke out of nothing
    assert {node.tag.removeprefix(SVG) for node in root.iter()} <= {
        "svg",
        "title",
        "defs",
        "marker",
        "path",
        "rect",
        "text",
        "g",
        "a",
    }
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x08]", source)
    label = next(node for node in root.iter(f"{SVG}text") if node.get("class") == "name")
    assert len(label.text) <= 20
    assert label.get("unicode-bidi") == "isolate"


def test_long_names_keep_both_ends_and_are_whole_in_the_title():
    name = "storage-controller-of-the-second-site-b"
    (item,) = items(draw(scene([element("a", name, hops=0)])))
    label = next(node for node in item.iter(f"{SVG}text") if node.get("class") == "name")
    assert label.text.startswith("stor")
    assert label.text.endswith("site-b")
    assert "…" in label.text
    assert name in item.find(f"{SVG}a/{SVG}title").text


def test_paint_is_in_attributes_alone():
    source = draw(scene(ALL_KINDS, CHAIN)).svg.source
    assert "style=" not in source
    assert "<style" not in source
    assert not re.search(r"\son\w+=", source)
    assert re.findall(r"https?://[^\"]*", source) == ["http://www.w3.org/2000/svg"]


def test_the_same_answer_gives_the_same_bytes():
    forth = draw(scene(ALL_KINDS, CHAIN)).svg.source
    assert draw(scene(ALL_KINDS, CHAIN)).svg.source == forth


def luminance(colour):
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("look", [*LOOKS.values(), UNKNOWN], ids=lambda look: look.css)
def test_contrast_meets_wcag(look):
    assert contrast(look.ink, look.fill) >= 4.5
    assert contrast(look.line, "#ffffff") >= 3
    assert contrast(look.line, look.fill) >= 3
