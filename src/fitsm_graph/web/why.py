"""Why an element is in its state: the proof, followed down to what set it off."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace

from fitsm_graph.web.report import Element, Proof, Report
from fitsm_graph.web.words import look


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a proof; elements explained alike share a step.

    Attributes:
        elements: Whose state the step explains.
        level: The state.
        sum: The arithmetic of the requirement; empty for an own state and for a single provider.
        requirement: What the requirement is called.
        because: Members that are missing.
        unfounded: Elements that only hold one another up.
        text: The step in the words of the engine.
    """

    elements: tuple[Element, ...]
    level: str
    sum: str
    requirement: str
    because: tuple[Element, ...]
    unfounded: tuple[Element, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Why:
    """The proof of one element.

    Attributes:
        element: The element in focus.
        steps: From the element down to own states; empty where it is not affected.
        path: The way as pairs (cause, element), for the picture.
        further: Affected suppliers that the proof does not need.
    """

    element: Element
    steps: tuple[Step, ...]
    path: frozenset[tuple[str, str]]
    further: int

    @property
    def affected(self) -> bool:
        """Whether the scenario makes a difference to the element."""
        return bool(self.steps)


def explain(report: Report, element: Element) -> Why:
    """Follow the proof of an element, the nearest causes first, each element once."""
    steps: list[Step] = []
    path: set[tuple[str, str]] = set()
    seen = {element.id}
    queue = deque([element.id])
    while queue:
        proof = report.proofs.get(queue.popleft())
        if proof is None:
            continue
        steps.append(_step(report, proof))
        for cause in (*proof.because, *proof.unfounded):
            path.add((cause.id, proof.element))
            if cause.id not in seen:
                seen.add(cause.id)
                queue.append(cause.id)
    return Why(element, _alike(steps), frozenset(path), _further(report, element, seen))


def _alike(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Join steps that differ only in whose state they explain: twelve machines of one farm."""
    joined: dict[Step, tuple[Element, ...]] = {}
    for step in steps:
        reason = replace(step, elements=())
        joined[reason] = joined.get(reason, ()) + step.elements
    merged = [replace(reason, elements=elements) for reason, elements in joined.items()]
    return tuple(sorted(merged, key=lambda step: not (step.because or step.unfounded)))


def _step(report: Report, proof: Proof) -> Step:
    need = proof.need
    found = report.find(proof.element)
    return Step(
        elements=(found or Element(proof.element, "", "", "", "", ""),),
        level=proof.level,
        sum=need.arithmetic() if need and need.total > 1 else "",
        requirement=need.label if need else "",
        because=_fuller(report, proof.because),
        unfounded=_fuller(report, proof.unfounded),
        text=proof.text,
    )


def _fuller(report: Report, elements: Iterable[Element]) -> tuple[Element, ...]:
    return tuple(report.find(one.id) or one for one in elements)


def _further(report: Report, element: Element, proved: set[str]) -> int:
    """Count affected suppliers beside those of the proof: further ways the fault comes in."""
    suppliers = {edge.source for edge in report.edges if edge.target == element.id} - proved
    found = [report.find(id) for id in suppliers]
    return sum(1 for one in found if one and look(one.after).rank > look(one.before).rank)
