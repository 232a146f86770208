"""Impact answers as plain data with the schema's field names; only what is selected."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np

from fitsm_graph.api.impact_words import TAGS, completeness_of, confidence_of, state_of
from fitsm_graph.api.selection import Selected, pick
from fitsm_graph.graph import feed
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.sight import Sight
from fitsm_graph.impact import upstream
from fitsm_graph.impact.analysis import ImpactReport, impact
from fitsm_graph.impact.answer import Answer, Face, ShownElement, Step
from fitsm_graph.impact.engine.steps import steps_from
from fitsm_graph.impact.explain import View, visible_mask
from fitsm_graph.impact.network import Level
from fitsm_graph.impact.saying import sentence_of
from fitsm_graph.impact.scenario import WhatIf
from fitsm_graph.impact.serving import needed_by_services
from fitsm_graph.impact.snapshot import Snapshot, Standing
from fitsm_graph.impact.walks import Way, Ways, stepped_to
from fitsm_graph.kernel.clock import from_text, to_text
from fitsm_graph.kernel.errors import NotFound
from fitsm_graph.model.registry import TypeRegistry

MOST_SHOWN = 100_000


@dataclass(slots=True)
class Asked:
    """A scenario in references of the client: ids or keys."""

    fail: Sequence[str] = ()
    degrade: Sequence[str] = ()
    at_risk: Sequence[str] = ()
    restore: Sequence[str] = ()
    maintain: Sequence[str] = ()
    remove: Sequence[str] = ()

    def refs(self) -> list[str]:
        """All references, in order."""
        lists = (self.fail, self.degrade, self.at_risk, self.restore, self.maintain, self.remove)
        return [ref for each in lists for ref in each]


class ImpactAnswers:
    """Computed answers over one snapshot; the one place where the API meets the engine."""

    def __init__(self, graph: Graph, snapshot: Snapshot, registry: TypeRegistry) -> None:
        self._graph = graph
        self.snapshot = snapshot
        self.registry = registry
        self.sight: Sight = None

    def seen_with(self, sight: Sight) -> "ImpactAnswers":
        """The same for a reader who sees some CI types only; computed with all, shown redacted."""
        limited = copy(self)
        limited.sight = sight
        return limited

    def _view(self, report: ImpactReport) -> View:
        if self.sight is None:
            return View(report)
        return View(report, visible_mask(report.laid.topology, self.sight))

    async def states(self, ids: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """State, margin and why of elements by id."""
        return self.states_in(await self.snapshot.current(), ids)

    def states_in(self, standing: Standing, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """State, margin and why of elements by id, in one version."""
        view = self.view(standing)
        return {id: state_of(view, standing, id) for id in set(ids)}

    async def ids_in(self, states: frozenset[str]) -> list[str]:
        """Ids of the elements whose state is among some, computed with all that is there."""
        standing = await self.snapshot.current()
        topology = standing.mapped.topology
        wanted = np.isin(standing.before.state, [Level[each] for each in states])
        return [topology.id(each) for each in np.flatnonzero(wanted & topology.live).tolist()]

    async def reaching(
        self,
        ids: Sequence[str],
        *,
        up: bool,
        depth: int | None,
        types: frozenset[str] | None = None,
    ) -> list[str]:
        """Ids of the elements from which one of some is reached along need.

        What the reader does not see is not passed, as if it were not there.

        Args:
            ids: The elements that may be reached.
            up: They are among what an element depends on; else among what depends on it.
            depth: Steps at most; None: all the way.
            types: Relationship types that are walked over; None: all.
        """
        mapped = (await self.snapshot.current()).mapped
        topology = mapped.topology
        numbers = [number for number in map(topology.find, ids) if number >= 0]
        passable = visible_mask(topology, self.sight) & topology.live
        if types is not None:
            way = Way.DOWNSTREAM if up else Way.UPSTREAM
            found = stepped_to(Ways(topology, way, types, passable), numbers, depth)
        else:
            found = steps_from(mapped.network, numbers, passable, down=up, most=depth)
        return [topology.id(each) for each in found.tolist()]

    async def services_of(self) -> dict[str, list[str]]:
        """Keys of the services that need an element, and its own if it is one, by its id.

        Raises:
            Refused: TOO_LARGE, where too many services need too much.
        """
        mapped = (await self.snapshot.current()).mapped
        return await asyncio.to_thread(needed_by_services, mapped)

    async def standing(self, as_of: str | None) -> Standing:
        """The topology now, or as of a moment."""
        if as_of is None:
            return await self.snapshot.current()
        at = to_text(from_text(as_of, path=("asOf",)))
        return await self.snapshot.as_of(await feed.seq_at(self._graph, at), at)

    async def ids_of(self, refs: Sequence[str]) -> list[str]:
        """Ids of elements by id or key, in order.

        Raises:
            NotFound: There is no such element, or none that is seen.
        """
        known = self.resolved(refs, await self.snapshot.current())
        return list(_ids(refs, known))

    async def after(self, seq: int) -> Standing:
        """The topology after a ledger entry."""
        return await self.snapshot.as_of(seq)

    def faces(self, ids: Sequence[str], standing: Standing) -> dict[str, dict[str, Any]]:
        """State, margin and why of elements with what they are called; those seen only."""
        topology, view = standing.mapped.topology, self._view(standing.unharmed())
        faces = {id: view.face(topology.find(id)) for id in ids if topology.find(id) >= 0}
        return {
            id: {"element": self._summary(face), **state_of(view, standing, id)}
            for id, face in faces.items()
            if not face.hidden
        }

    def effects(self, ids: Sequence[str], standing: Standing) -> dict[str, dict[str, Any]]:
        """What fails with some elements, by id; those seen only."""
        there = tuple(id for id in ids if standing.mapped.topology.find(id) >= 0)
        failing = WhatIf(fail=there)
        report = impact(standing.mapped, standing.own, failing, before=standing.before)
        return {
            row.face.id: {"element": self._summary(row.face), "state": row.after.name}
            for row in self._view(report).answer(rows=MOST_SHOWN).affected
            if not row.face.hidden
        }

    def view(self, standing: Standing) -> View:
        """A version as it is, as the reader may see it."""
        return self._view(standing.unharmed())

    async def what_if(self, asked: Asked, as_of: str | None, what: Selected) -> Any:
        """One scenario compared with the baseline."""
        standing = await self.standing(as_of)
        refs = self.resolved(asked.refs(), standing)
        named = WhatIf(
            fail=_ids(asked.fail, refs),
            degrade=_ids(asked.degrade, refs),
            at_risk=_ids(asked.at_risk, refs),
            restore=_ids(asked.restore, refs),
            maintain=_ids(asked.maintain, refs),
            remove_elements=_ids(asked.remove, refs),
        )
        report = impact(standing.mapped, standing.own, named, before=standing.before)
        return await self._report(report, as_of, what)

    async def single_points(self, ref: str, level: str, *, pairs: bool, what: Selected) -> Any:
        """What could take an element to a level alone, and in pairs, each verified (PR12.3)."""
        standing = await self.snapshot.current()
        target = standing.mapped.topology.index(self.resolved([ref], standing)[ref])
        view = self._view(impact(standing.mapped, standing.own, WhatIf(), before=standing.before))
        found = upstream.single_points_of_failure(
            standing.mapped.network, standing.before, target, Level[level]
        )
        data = {
            "element": self._summary(view.face(target)),
            "level": level,
            "complete": found.complete,
            "examined": found.examined,
            "cone": found.cone,
            "already": found.already,
            "elements": [self._summary(view.face(number)) for number in found.elements],
            "pairs": [],
        }
        if pairs:
            both = upstream.pairs_of_failure(
                standing.mapped.network, standing.before, target, Level[level]
            )
            data["complete"] = both.complete
            data["pairs"] = [
                [self._summary(view.face(number)) for number in pair] for pair in both.pairs
            ]
        return pick(data, what)

    def resolved(self, refs: Sequence[str], standing: Standing) -> dict[str, str]:
        """Ids of elements by id or key, as they are in a version.

        Raises:
            NotFound: One is not there, or hidden: the two are not told apart.
        """
        topology = standing.mapped.topology
        shown = visible_mask(topology, self.sight)
        known: dict[str, str] = {}
        for ref in refs:
            number = topology.find(ref)
            number = topology.find_key(ref) if number < 0 else number
            if number < 0 or not shown[number]:
                raise NotFound(
                    f"there is no element '{ref}'",
                    remedy="check the id or key; `search` helps",
                )
            known[ref] = topology.id(number)
        return known

    async def _report(self, report: ImpactReport, as_of: str | None, what: Selected) -> Any:
        view = self._view(report)
        lists = [_first(what, name) for name in ("affected", "exposed") if what.has(name)]
        answer = view.answer(rows=max(lists, default=0), services=MOST_SHOWN)
        shown, more = _first(what, "affected"), _first(what, "exposed")
        parts: dict[str, Callable[[], Any]] = {
            "version": lambda: answer.version,
            "asOf": lambda: as_of,
            "completeness": lambda: completeness_of(answer, shown),
            "seeds": lambda: [self._summary(face) for face in answer.seeds],
            "affected": lambda: self._rows(answer.affected, shown, len(report.affected)),
            "exposed": lambda: self._rows(answer.exposed, more, len(report.exposed)),
            "modellingErrors": lambda: [
                self._modelling_error(view, number)
                for number in report.modelling_errors.tolist()[:shown]
            ],
            "proofs": lambda: self._proofs(view, shown),
            "confidence": lambda: confidence_of(view, shown),
            "graph": lambda: self._graph_of(view, report, _first(what, "graph")),
        }
        data: dict[str, Any] = {
            each.name: parts[each.name]() for each in what.children.values() if each.name in parts
        }
        if what.has("services"):
            data["services"] = await self._services(answer, what.child("services"))
        return pick(data, what)

    def _summary(self, face: Face) -> dict[str, Any]:
        return {
            "id": face.id,
            "key": face.key or face.id,
            "name": face.name or "hidden",
            "kind": face.kind,
            "type": face.type or None,
            "tag": self._tag(face),
        }

    def _tag(self, face: Face) -> str:
        declared = self.registry.ci_types.get(face.type)
        return declared.tag if declared else TAGS.get(face.kind, "??")

    def _rows(self, rows: Sequence[ShownElement], limit: int, total: int) -> dict[str, Any]:
        nodes = [
            {
                "element": self._summary(row.face),
                "before": row.before.name if row.before is not None else None,
                "after": row.after.name,
                "hops": row.hops,
                "margin": row.margin_after,
                "marginBefore": row.margin_before,
                "marginAfter": row.margin_after,
            }
            for row in rows[:limit]
        ]
        return {"nodes": nodes, "totalCount": total}

    async def _services(self, answer: Answer, what: Selected | None) -> list[dict[str, Any]]:
        customers: dict[str, list[dict[str, Any]]] = {}
        if what is not None and what.has("customers"):
            ids = [row.face.id for row in answer.services if not row.face.hidden]
            for row in await self._graph.rows("sms.customers_of", services=ids):
                customers[row["service"]] = row["customers"]
        return [
            {
                "element": self._summary(row.face),
                "before": row.before.name if row.before is not None else None,
                "after": row.after.name,
                "criticality": row.face.criticality,
                "customers": customers.get(row.face.id, []),
            }
            for row in answer.services
        ]

    def _modelling_error(self, view: View, number: int) -> dict[str, Any]:
        proven = view.proof_of_error(number)
        state = proven.steps[0].level.name if proven else "UP"
        face = view.face(number)
        return {
            "element": self._summary(face),
            "state": state,
            "why": sentence_of(view, proven.steps[0]) if proven else "",
        }

    def _proofs(self, view: View, limit: int) -> list[dict[str, Any]]:
        proofs = []
        for number in view.affected(limit).number.tolist():
            proven = view.proof(number)
            if proven is not None:
                proofs.append(self._proof(view, number, proven.steps[0]))
        return proofs

    def _proof(self, view: View, number: int, step: Step) -> dict[str, Any]:
        requirement = None
        if step.requirement is not None:
            found = next(
                (each for each in view.requirements(number) if each.id == step.requirement), None
            )
            if found is not None:
                requirement = {
                    "id": found.id,
                    "label": found.purpose,
                    "need": found.need,
                    "total": found.total,
                    "any": found.margin_after + found.need,
                }
        return {
            "element": self._summary(view.face(number)),
            "level": step.level.name,
            "requirement": requirement,
            "because": [self._by_id(view, id) for id in step.because],
            "unfounded": [self._by_id(view, id) for id in step.unfounded],
            "text": sentence_of(view, step),
        }

    def _by_id(self, view: View, id: str) -> dict[str, Any]:
        number = view.mapped.topology.number(id)
        return self._summary(
            view.face(number) if number >= 0 else Face(id, "", "", "", "", 0, hidden=True)
        )

    def _graph_of(self, view: View, report: ImpactReport, limit: int) -> dict[str, Any]:
        rows = view.affected()
        numbers = list(dict.fromkeys([*report.seeds.tolist(), *rows.number.tolist()]))
        faces, links = view.graph(numbers[:limit])
        by_id = {row.face.id: row for row in view.answer(rows=MOST_SHOWN).affected}
        return {
            "elements": [self._drawn(view, face, by_id.get(face.id)) for face in faces],
            "edges": [
                {
                    "source": link.target,
                    "target": link.source,
                    "label": link.strength.name.lower(),
                    "requirement": link.requirement,
                }
                for link in links
            ],
            "omitted": max(0, len(numbers) - limit),
        }

    def _drawn(self, view: View, face: Face, row: ShownElement | None) -> dict[str, Any]:
        before, after, hops = "UP", "UP", 0
        if row is not None:
            before = row.before.name if row.before is not None else "UP"
            after, hops = row.after.name, row.hops or 0
        group = None
        if face.kind == "RedundancyGroup" and not face.hidden:
            needs = view.requirements(view.mapped.topology.number(face.id))
            if needs:
                up = sum(m.weight for m in needs[0].members if m.level is not Level.DOWN)
                group = {"need": needs[0].need, "total": needs[0].total, "up": up}
        return {
            **self._summary(face),
            "before": before,
            "after": after,
            "hops": hops,
            "group": group,
        }


def _ids(refs: Sequence[str], known: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(known[ref] for ref in refs))


def _first(what: Selected, name: str) -> int:
    child = what.child(name)
    given = child.arguments.get("first") if child is not None else None
    return MOST_SHOWN if given is None else max(0, int(given))
