"""The answer of the `Impact` operation as values that views and templates can rely on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fitsm_graph.web import words

Row = Mapping[str, Any]
HIDDEN = "hidden element"


@dataclass(frozen=True, slots=True)
class Redundancy:
    """What a redundancy group needs and has, by weight.

    Attributes:
        need: Weight that must be there.
        total: Weight of all members.
        up: Weight of members that are not DOWN.
    """

    need: int
    total: int
    up: int


@dataclass(frozen=True, slots=True)
class Element:
    """A service, service component, CI or redundancy group, as the answer tells of it.

    Attributes:
        id: Opaque identifier.
        key: Key for people, such as ``CI-000123``.
        name: What people call it.
        kind: Record class.
        type: CI type, or the kind.
        tag: Two letters for the class.
        before: State in the baseline.
        after: State in the scenario.
        hops: Relations from the nearest seed; None where the answer does not say.
        margin: Weight left above the need; None where it needs nothing.
        group: Numbers of a redundancy group.
    """

    id: str
    key: str
    name: str
    kind: str
    type: str
    tag: str
    before: str | None = None
    after: str | None = None
    hops: int | None = None
    margin: int | None = None
    group: Redundancy | None = None

    @property
    def label(self) -> str:
        """Name, or key where there is no name."""
        return self.name or self.key or HIDDEN

    @property
    def class_words(self) -> str:
        """Type in words, such as ``virtual machine``."""
        return words.in_words(self.type or self.kind)


@dataclass(frozen=True, slots=True)
class Edge:
    """A failure of `source` affects `target`.

    Attributes:
        source: Identifier of the provider.
        target: Identifier of who needs it.
        label: The relation in words.
        requirement: Identifier of the requirement it is part of.
    """

    source: str
    target: str
    label: str = ""
    requirement: str = ""


@dataclass(frozen=True, slots=True)
class ServiceImpact:
    """What happens to a service, and to whom it matters.

    Attributes:
        element: The service.
        criticality: 1 is the highest; None where it is not known.
        customers: Names of the customers it is delivered to.
    """

    element: Element
    criticality: int | None
    customers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exposed:
    """An element in the same state as before with less margin.

    Attributes:
        element: The element.
        margin_before: Margin in the baseline.
        margin_after: Margin in the scenario.
    """

    element: Element
    margin_before: int | None
    margin_after: int | None


@dataclass(frozen=True, slots=True)
class Need:
    """The requirement a proof rests on.

    Attributes:
        id: Identifier of the requirement.
        label: What it is called.
        need: Weight needed.
        total: Weight of all members.
        any: Weight of the members that are not DOWN.
    """

    id: str
    label: str
    need: int
    total: int
    any: int

    def arithmetic(self) -> str:
        """Say the sum, such as ``2 of 3 needed, 1 left: 1 short``."""
        spare = self.any - self.need
        end = f"{-spare} short" if spare < 0 else f"{spare} to spare" if spare else "none to spare"
        return f"{self.need} of {self.total} needed, {self.any} left: {end}"


@dataclass(frozen=True, slots=True)
class Proof:
    """Why an element is in its state.

    Attributes:
        element: Identifier of the element.
        level: The state proved.
        need: The requirement that does not hold, or None for an own state.
        because: Members it does not hold for.
        unfounded: Elements that only hold one another up.
        text: The proof in the words of the engine.
    """

    element: str
    level: str
    need: Need | None
    because: tuple[Element, ...]
    unfounded: tuple[Element, ...]
    text: str


@dataclass(frozen=True, slots=True)
class ModellingError:
    """An element that is not UP without any fault.

    Attributes:
        element: The element.
        state: Its state in a baseline without faults.
        why: What is wrong in the model.
    """

    element: Element
    state: str
    why: str


@dataclass(frozen=True, slots=True)
class Completeness:
    """What an answer holds of the whole.

    Attributes:
        complete: Whether nothing is left out.
        affected: How many elements are affected.
        shown: How many of them the answer holds.
        hidden: How many the principal may not see; computed with, counted, not named.
        note: What is left out and how to get it.
    """

    complete: bool
    affected: int
    shown: int
    hidden: int
    note: str


@dataclass(frozen=True, slots=True)
class Report:
    """A scenario compared with the baseline.

    Attributes:
        version: Sequence number of the ledger the snapshot stands at.
        as_of: The moment asked for, or empty for now.
        completeness: What the answer holds of the whole.
        seeds: Elements the scenario changes.
        services: Services affected, the most critical first.
        affected: Elements that are worse off.
        affected_total: How many there are in all.
        exposed: Elements with less margin.
        exposed_total: How many there are in all.
        modelling_errors: Elements that are not UP without any fault.
        proofs: Why, by element.
        confidence: How far the data can be trusted.
        confidence_reasons: What speaks against it.
        elements: Elements of the picture.
        edges: Edges of the picture.
        omitted: How many elements the picture leaves out.
    """

    version: int
    as_of: str
    completeness: Completeness
    seeds: tuple[Element, ...]
    services: tuple[ServiceImpact, ...]
    affected: tuple[Element, ...]
    affected_total: int
    exposed: tuple[Exposed, ...]
    exposed_total: int
    modelling_errors: tuple[ModellingError, ...]
    proofs: Mapping[str, Proof]
    confidence: str
    confidence_reasons: tuple[str, ...]
    elements: tuple[Element, ...]
    edges: tuple[Edge, ...]
    omitted: int
    _known: dict[str, Element] = field(default_factory=dict, repr=False)

    def find(self, name: str) -> Element | None:
        """Return what the answer says about an element, by id or key; the fullest row wins."""
        if not self._known:
            self._known.update(_index(self))
        return self._known.get(name)


def _index(report: Report) -> dict[str, Element]:
    rows: list[Element] = [*report.seeds, *(error.element for error in report.modelling_errors)]
    for proof in report.proofs.values():
        rows += [*proof.because, *proof.unfounded]
    rows += [service.element for service in report.services]
    rows += [*(item.element for item in report.exposed), *report.elements, *report.affected]
    known: dict[str, Element] = {}
    for row in rows:
        if row.key:
            known[row.key] = row
        known[row.id] = row
    return known


def read_report(data: Row) -> Report:
    """Read the data of the `Impact` operation."""
    row = data["whatIf"]
    graph = row["graph"]
    return Report(
        version=int(row["version"]),
        as_of=row.get("asOf") or "",
        completeness=_completeness(row["completeness"]),
        seeds=_elements(row["seeds"]),
        services=_services(row["services"]),
        affected=tuple(_stated(node) for node in row["affected"]["nodes"]),
        affected_total=row["affected"]["totalCount"],
        exposed=tuple(_exposed(node) for node in row["exposed"]["nodes"]),
        exposed_total=row["exposed"]["totalCount"],
        modelling_errors=tuple(_modelling_error(error) for error in row["modellingErrors"]),
        proofs={proof.element: proof for proof in map(_proof, row["proofs"])},
        confidence=(row.get("confidence") or {}).get("level") or "",
        confidence_reasons=tuple((row.get("confidence") or {}).get("reasons") or ()),
        elements=_elements(graph["elements"]),
        edges=tuple(_edge(edge) for edge in graph["edges"]),
        omitted=int(graph.get("omitted") or 0),
    )


def read_services(data: Row) -> tuple[ServiceImpact, ...]:
    """Read the data of the `Services` operation, the worst first."""
    return tuple(sorted((_service({**row, "element": row}) for row in data["nodes"]), key=_urgency))


def read_element(row: Row) -> Element:
    """Read one element; what an operation does not ask for stays empty."""
    kind = row.get("kind") or ""
    type = row.get("type") or kind
    return Element(
        id=row["id"],
        key=row.get("key") or "",
        name=row.get("name") or "",
        kind=kind,
        type=type,
        tag=row.get("tag") or words.tag(kind, type),
        before=row.get("before"),
        after=row.get("after") or row.get("state"),
        hops=row.get("hops"),
        margin=row.get("margin"),
        group=_redundancy(row.get("group")),
    )


def _elements(rows: Iterable[Row]) -> tuple[Element, ...]:
    return tuple(read_element(row) for row in rows)


def _stated(node: Row) -> Element:
    """Read an element whose state, hops and margin stand beside it."""
    return read_element({**node, **node["element"]})


def _redundancy(row: Row | None) -> Redundancy | None:
    return Redundancy(row["need"], row["total"], row["up"]) if row else None


def _completeness(row: Row) -> Completeness:
    return Completeness(
        complete=bool(row["complete"]),
        affected=row["affectedCount"],
        shown=row["shownCount"],
        hidden=row["hiddenCount"],
        note=row.get("note") or "",
    )


def _services(rows: Iterable[Row]) -> tuple[ServiceImpact, ...]:
    found = [_service(row) for row in rows]
    return tuple(sorted(found, key=_urgency))


def _service(row: Row) -> ServiceImpact:
    element = read_element({"kind": "Service", **row["element"], **_states(row)})
    customers = tuple(customer["name"] for customer in row.get("customers") or ())
    return ServiceImpact(element, row.get("criticality"), customers)


def _states(row: Row) -> dict[str, Any]:
    """Read the states of a scenario, or the one state there is without a scenario."""
    return {"before": row.get("before"), "after": row.get("after") or row.get("state")}


def _urgency(service: ServiceImpact) -> tuple[int, int, str, str]:
    """Sort the worst first, then the most critical, then by name."""
    element = service.element
    rank = words.look(element.after).rank
    return (-rank, service.criticality or 99, element.label, element.id)


def _exposed(row: Row) -> Exposed:
    return Exposed(read_element(row["element"]), row.get("marginBefore"), row.get("marginAfter"))


def _modelling_error(row: Row) -> ModellingError:
    return ModellingError(read_element(row["element"]), row["state"], row.get("why") or "")


def _proof(row: Row) -> Proof:
    return Proof(
        element=row["element"]["id"],
        level=row["level"],
        need=_need(row.get("requirement")),
        because=_elements(row.get("because") or ()),
        unfounded=_elements(row.get("unfounded") or ()),
        text=row.get("text") or "",
    )


def _need(row: Row | None) -> Need | None:
    if not row:
        return None
    return Need(row["id"], row.get("label") or "", row["need"], row["total"], row["any"])


def _edge(row: Row) -> Edge:
    return Edge(row["source"], row["target"], row.get("label") or "", row.get("requirement") or "")
