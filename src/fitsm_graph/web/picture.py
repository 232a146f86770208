"""The blast radius as SVG: a shape and a tag per class; glyph, word, border and colour per state.

Paint is in presentation attributes, so that a saved file looks right alone and a strict content
security policy has nothing to forbid; the style sheet of the page overrides them for dark and
forced colours. The order in the document is the order of reading: column by column, from the
seeds outward. Roles follow WAI-ARIA Graphics 1.0.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from fitsm_graph.kernel.text import plural
from fitsm_graph.web import shapes
from fitsm_graph.web.layout import Item, Layout, Place, Route, Sizes, columns_of, lay_out
from fitsm_graph.web.markup import Markup, element, shorten, text
from fitsm_graph.web.report import Edge, Element
from fitsm_graph.web.stacks import Cell, Stacked, stack
from fitsm_graph.web.words import LOOKS, UNKNOWN, Look, look

SIZES = Sizes()
LABEL_COLUMNS = 19
FONT = "system-ui, sans-serif"


@dataclass(frozen=True, slots=True)
class Scene:
    """What is to be drawn.

    Attributes:
        elements: Of the answer's graph.
        edges: Of the answer's graph.
        seeds: Ids of the elements the scenario changes.
        focus: Id of the element in focus, or empty.
        path: The proof of the focus, as pairs (cause, element).
        opened: Ids of stacks shown one by one.
        omitted: How many elements the answer leaves out.
        link: Makes the address that puts an element in focus.
        open_link: Makes the address that opens a stack.
    """

    elements: Sequence[Element]
    edges: Sequence[Edge]
    seeds: Collection[str]
    focus: str
    path: Collection[tuple[str, str]]
    opened: Collection[str]
    omitted: int
    link: Callable[[str], str]
    open_link: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing and what is to be said beside it.

    Attributes:
        svg: The drawing.
        drawn: How many cells it shows.
        grouped: How many elements stand in stacks.
        stacks: How many stacks there are.
        omitted: How many elements are not in it at all.
    """

    svg: Markup
    drawn: int
    grouped: int
    stacks: int
    omitted: int

    def sentence(self) -> str:
        """Say how the elements of the answer are drawn."""
        parts = [f"{plural(self.drawn, 'cell')} drawn"]
        if self.grouped:
            parts.append(
                f"{plural(self.grouped, 'element')} grouped in {plural(self.stacks, 'stack')}"
            )
        if self.omitted:
            parts.append(f"{plural(self.omitted, 'element')} left out of the picture")
        return ", ".join(parts)


def draw(scene: Scene) -> Picture:
    """Draw a scene."""
    scene = _without_dangling(scene)
    stacked = _stacked(scene)
    items = [_item(cell) for cell in stacked.cells]
    layout = lay_out(items, [(edge.source, edge.target) for edge in stacked.edges], SIZES)
    cells = sorted(stacked.cells, key=lambda cell: _reading(layout.places[cell.id]))
    body = [
        element("title", {}, text(_title(stacked, scene.omitted))),
        _definitions(),
        _backdrop(layout),
        _headings(layout),
        _edges(scene, stacked, layout.routes),
        _list(scene, cells, stacked, layout),
    ]
    svg = element("svg", _frame(layout, _title(stacked, scene.omitted)), *body)
    stacks = sum(1 for cell in cells if cell.stacked)
    return Picture(Markup(svg), len(cells), stacked.grouped, stacks, scene.omitted)


def _without_dangling(scene: Scene) -> Scene:
    """Drop edges whose ends the answer left out; `omitted` tells of the elements."""
    ids = {one.id for one in scene.elements}
    kept = [edge for edge in scene.edges if edge.source in ids and edge.target in ids]
    return replace(scene, edges=kept)


def _stacked(scene: Scene) -> Stacked:
    ends = [(edge.source, edge.target) for edge in scene.edges]
    columns = columns_of({one.id: one.hops for one in scene.elements}, ends)
    return stack(
        scene.elements,
        scene.edges,
        columns,
        single=[*scene.seeds, scene.focus],
        opened=scene.opened,
    )


def _item(cell: Cell) -> Item:
    one = cell.element
    return Item(cell.id, cell.column, f"{9 - look(one.after).rank} {one.kind} {one.label}")


def _reading(place: Place) -> tuple[int, int]:
    return (place.column, place.row)


def _title(stacked: Stacked, omitted: int) -> str:
    count = sum(len(cell.members) for cell in stacked.cells)
    left_out = f"; {plural(omitted, 'element')} left out" if omitted else ""
    return f"Blast radius, {plural(count, 'element')}, from what fails to what it affects{left_out}"


def _frame(layout: Layout, title: str) -> dict[str, str | float | None]:
    return {
        "xmlns": "http://www.w3.org/2000/svg",
        "class": "picture",
        "role": "graphics-document",
        "aria-roledescription": "blast radius",
        "aria-label": title,
        "viewBox": f"0 0 {layout.width} {layout.height}",
        "width": str(layout.width),
        "height": str(layout.height),
        "font-family": FONT,
        "font-size": 13,
    }


def _definitions() -> str:
    return element(
        "defs",
        {},
        _arrow("arrow", "edge-head", "#6b6b6b"),
        _arrow("arrow-proof", "proof-head", "#1a1a1a"),
    )


def _arrow(id: str, css: str, colour: str) -> str:
    shape = element("path", {"class": css, "d": "M0 0L9 4.5L0 9z", "fill": colour})
    frame: dict[str, str | float | None] = {
        "id": id,
        "viewBox": "0 0 9 9",
        "refX": 8.5,
        "refY": 4.5,
        "markerWidth": 9,
        "markerHeight": 9,
        "markerUnits": "userSpaceOnUse",
        "orient": "auto",
    }
    return element("marker", frame, shape)


def _backdrop(layout: Layout) -> str:
    return element(
        "rect",
        {
            "class": "backdrop",
            "width": str(layout.width),
            "height": str(layout.height),
            "fill": "#ffffff",
        },
    )


def _headings(layout: Layout) -> str:
    """Write above each column how far it is from the seeds."""
    names = ["fails"] + [plural(hop, "hop") for hop in range(1, len(layout.columns))]
    headings = [
        element(
            "text",
            {
                "x": left,
                "y": SIZES.margin + 6,
                "class": "heading",
                "fill": "#4a4a4a",
                "font-size": 12,
            },
            text(f"{name} → affects" if index == 0 and len(names) > 1 else name),
        )
        for index, (left, name) in enumerate(zip(layout.columns, names, strict=False))
    ]
    return element("g", {"aria-hidden": "true"}, *headings)


def _edges(scene: Scene, stacked: Stacked, routes: Sequence[Route]) -> str:
    """Draw the edges, those of the proof last, so that they lie on top."""
    cell_of = {one.id: cell.id for cell in stacked.cells for one in cell.members}
    path = {(cell_of.get(cause), cell_of.get(effect)) for cause, effect in scene.path}
    drawn = [
        (proved, _edge(edge, route, proved=proved))
        for edge, route in zip(stacked.edges, routes, strict=True)
        for proved in [(edge.source, edge.target) in path]
    ]
    drawn.sort(key=lambda pair: pair[0])
    return element("g", {"aria-hidden": "true", "fill": "none"}, *(markup for _, markup in drawn))


def _edge(edge: Edge, route: Route, *, proved: bool) -> str:
    paint: dict[str, str | float | None] = {
        "class": "edge proof" if proved else "edge",
        "d": route.path,
        "stroke": "#1a1a1a" if proved else "#8a8a8a",
        "stroke-width": 2.5 if proved else 1.25,
        "marker-end": "url(#arrow-proof)" if proved else "url(#arrow)",
    }
    return element("path", paint, *([element("title", {}, text(edge.label))] if edge.label else []))


def _list(scene: Scene, cells: Iterable[Cell], stacked: Stacked, layout: Layout) -> str:
    """Draw the cells as a list, with what the keyboard needs to walk along the edges."""
    before, after = _neighbours(stacked.edges)
    items = []
    for cell in cells:
        walk = {
            "data-before": " ".join(before[cell.id]),
            "data-after": " ".join(after[cell.id]),
            "data-column": str(cell.column),
        }
        items.append(_cell(scene, cell, layout.places[cell.id], walk))
    return element("g", {"role": "list", "aria-label": "Elements, by distance"}, *items)


def _neighbours(edges: Iterable[Edge]) -> tuple[Mapping[str, list[str]], Mapping[str, list[str]]]:
    before: dict[str, list[str]] = defaultdict(list)
    after: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        before[edge.target].append(edge.source)
        after[edge.source].append(edge.target)
    return before, after


def _cell(scene: Scene, cell: Cell, place: Place, walk: Mapping[str, str]) -> str:
    one = cell.element
    state = look(one.after)
    focused = not cell.stacked and one.id == scene.focus
    seed = one.id in scene.seeds
    marks = [f"element state-{state.css}", "seed" if seed else "", "focus" if focused else ""]
    link = element(
        "a",
        {
            "href": scene.open_link(cell.id) if cell.stacked else scene.link(one.id),
            "aria-label": _spoken(cell, state, seed=seed),
            "aria-current": "true" if focused else None,
        },
        element("title", {}, text(_spoken(cell, state, seed=seed))),
        *_body(cell, state, seed=seed),
    )
    where = f"translate({place.x} {place.y})"
    named = {"role": "listitem", "id": f"cell-{cell.id}", "data-id": cell.id}
    return element(
        "g", {**named, "class": " ".join(filter(None, marks)), "transform": where, **walk}, link
    )


def _spoken(cell: Cell, state: Look, *, seed: bool) -> str:
    """Say in words what the picture shows of a cell."""
    one = cell.element
    far = "starting point" if seed else plural(cell.column, "hop")
    if cell.stacked:
        return f"{len(cell.members):,} × {one.class_words}, {state.word}, {far}, grouped; open them"
    parts = [one.label, one.class_words, state.word]
    if one.group:
        parts.append(_weights(one))
    if one.before and one.before != one.after:
        parts.append(f"was {look(one.before).word}")
    return ", ".join([*parts, far])


def _weights(one: Element) -> str:
    group = one.group
    return f"{group.up} of {group.total} up, {group.need} needed" if group else ""


def _body(cell: Cell, state: Look, *, seed: bool) -> list[str]:
    """Draw shape, tag, name and state."""
    one = cell.element
    outline = shapes.outline(one, state, stacked=cell.stacked, seed=seed)
    if one.group and not cell.stacked:
        emblem = shapes.disc(one.group, state)
        left = 62
    else:
        emblem = shapes.badge(one.tag, state)
        left = 46
    name = f"{len(cell.members):,} × {one.class_words}" if cell.stacked else one.label
    return [
        *outline,
        emblem,
        _line(name, left, 22, state, bold=True),
        _state_line(cell, left, state),
    ]


def _line(words: str, x: int, y: int, state: Look, *, bold: bool) -> str:
    paint: dict[str, str | float | None] = {
        "class": "name" if bold else "state",
        "x": x,
        "y": y,
        "fill": "#1a1a1a" if bold else state.ink,
        "font-weight": "600" if bold else None,
        "font-size": None if bold else 12,
        "unicode-bidi": "isolate",
    }
    return element(
        "text", paint, text(shorten(words, LABEL_COLUMNS if x < 60 else LABEL_COLUMNS - 2))
    )


def _state_line(cell: Cell, x: int, state: Look) -> str:
    """Write glyph and state; a group adds its weights, a change the state before."""
    one = cell.element
    words = f"{state.glyph} {state.word}"
    if one.group and not cell.stacked:
        words += f" ({one.group.up} of {one.group.total} up)"
    elif one.before and one.before not in {"UP", one.after}:
        words += f" (was {look(one.before).word})"
    return element(
        "text",
        {"class": "state", "x": x, "y": 40, "fill": state.ink, "font-size": 12},
        text(words),
    )


def legend() -> list[Look]:
    """Return the states in the order of the legend, the worst first."""
    return [*sorted(LOOKS.values(), key=lambda one: -one.rank), UNKNOWN]
