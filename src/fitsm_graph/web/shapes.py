"""Shapes of the picture: rounded service, hexagonal component, rectangular CI, disc of a group."""

from math import cos, pi, sin

from fitsm_graph.web.layout import Sizes
from fitsm_graph.web.markup import element, text
from fitsm_graph.web.report import Element, Redundancy
from fitsm_graph.web.words import Look, shape

WIDTH, HEIGHT = Sizes().width, Sizes().height
MOST_SEGMENTS = 24


def outline(one: Element, state: Look, *, stacked: bool, seed: bool) -> list[str]:
    """Draw the border and fill of a cell: doubled for a seed, with sheets behind for a stack."""
    form = "rectangle" if one.kind == "RedundancyGroup" and not stacked else shape(one.kind)
    drawn = []
    if stacked:
        drawn += [_form(form, -offset, "sheet", state) for offset in (8, 4)]
    if seed:
        drawn.append(_form(form, 5, "seed-line", state))
    drawn.append(_form(form, 0, "box", state))
    return drawn


def _form(form: str, grow: int, css: str, state: Look) -> str:
    """Draw one border; a negative `grow` shifts it, as the next sheet of a stack."""
    shift, grow = (-grow, 0) if grow < 0 else (0, grow)
    paint: dict[str, str | float | None] = {
        "class": css,
        "fill": "none" if css == "seed-line" else state.fill,
        "stroke": state.line,
        "stroke-width": state.thickness if css == "box" else 1.25,
        "stroke-dasharray": state.dash or None if css == "box" else None,
    }
    if form == "hexagon":
        return element("polygon", {**paint, "points": _hexagon(grow, shift)})
    radius = {"rounded": 16, "pill": HEIGHT / 2 + grow}.get(form, 3)
    box: dict[str, str | float | None] = {
        "x": str(shift - grow),
        "y": str(shift - grow),
        "width": WIDTH + 2 * grow,
        "height": HEIGHT + 2 * grow,
        "rx": radius,
    }
    return element("rect", {**paint, **box})


def _hexagon(grow: int, shift: int) -> str:
    left, right = shift - grow, shift + WIDTH + grow
    top, bottom = shift - grow, shift + HEIGHT + grow
    middle = shift + HEIGHT // 2
    corners = [
        (left, middle),
        (left + 14, top),
        (right - 14, top),
        (right, middle),
        (right - 14, bottom),
        (left + 14, bottom),
    ]
    return " ".join(f"{x},{y}" for x, y in corners)


def badge(tag: str, state: Look) -> str:
    """Write the two letters of the class."""
    paint: dict[str, str | float | None] = {
        "class": "tag",
        "x": 26,
        "y": HEIGHT / 2 + 5,
        "text-anchor": "middle",
        "font-weight": "700",
        "font-size": 14,
        "fill": state.ink,
    }
    return element("text", paint, text(tag))


def disc(group: Redundancy, state: Look) -> str:
    """Draw need and total as k/n in a ring that shows how much is up.

    A ring of few members has one arc each; a larger one shows the share.
    """
    inner = element(
        "text",
        {
            "class": "tag",
            "x": 32,
            "y": HEIGHT / 2 + 4.5,
            "text-anchor": "middle",
            "font-weight": "700",
            "font-size": 12 if group.total < 100 else 9,
            "fill": state.ink,
        },
        text(f"{group.need}/{group.total}"),
    )
    return element("g", {}, *_ring(group, state), inner)


def _ring(group: Redundancy, state: Look) -> list[str]:
    total = max(group.total, 1)
    parts = min(total, MOST_SEGMENTS)
    lit = round(group.up * parts / total)
    if 0 < group.up < total:
        lit = min(max(lit, 1), parts - 1)  # some is neither none nor all
    return [_arc(index, parts, state, up=index < lit) for index in range(parts)]


def _arc(index: int, parts: int, state: Look, *, up: bool) -> str:
    """Draw one segment of the ring, clockwise from the top; what is lost is thin and broken."""
    gap = 0.12 if parts > 1 else 0.001
    start = 2 * pi * index / parts - pi / 2 + gap
    end = 2 * pi * (index + 1) / parts - pi / 2 - gap
    radius, x, y = 20, 32, HEIGHT / 2
    large = 1 if end - start > pi else 0
    path = (
        f"M{x + radius * cos(start):.2f} {y + radius * sin(start):.2f}"
        f"A{radius} {radius} 0 {large} 1 {x + radius * cos(end):.2f} {y + radius * sin(end):.2f}"
    )
    return element(
        "path",
        {
            "class": "arc up" if up else "arc lost",
            "d": path,
            "fill": "none",
            "stroke": "#00805d" if up else state.line,
            "stroke-width": 5 if up else 1.5,
            "stroke-dasharray": None if up else "2 2",
        },
    )
