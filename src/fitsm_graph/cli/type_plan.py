"""What a new set of types would change, and which elements would no longer conform (PR11.1).

Elements are asked for with the same documents as any client's, of the types that a difference
may break, and held against the new registry: attributes, ends of relations, cardinality.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fitsm_graph.bootstrap import Product
from fitsm_graph.cli.documents import document
from fitsm_graph.cli.saying import error_of
from fitsm_graph.confm import types
from fitsm_graph.graph.graph import Outcome
from fitsm_graph.graph.verb import Request
from fitsm_graph.kernel.errors import Conflict
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.model.registry_differences import Difference, differences

PAGE = 200


@dataclass(frozen=True, slots=True)
class TypePlan:
    """What would happen.

    Attributes:
        changes: Differences: path, what, types, why elements may not conform.
        unfit: Elements that would not conform: key, type, why.
        version: Digest of the types in force that it was made for.
    """

    changes: list[dict[str, Any]]
    unfit: list[dict[str, Any]]
    version: str


async def planned(product: Product, definitions: types.Definitions, *, prune: bool) -> TypePlan:
    """Compare with what is in force, and look who would not conform.

    Raises:
        BadInput: The set as a whole contradicts itself; with every problem found.
    """
    old, _ = await types.from_graph(product.graph)
    new = _together(old, definitions, prune=prune)
    found = differences(old, new)
    unfit = [each async for each in _unfit(product, new, found)]
    return TypePlan([_told(each) for each in found], unfit, old.version)


async def applied(
    product: Product,
    definitions: types.Definitions,
    version: str,
    *,
    prune: bool,
    reason: str,
    change: str,
) -> Outcome:
    """Bring the types into force, if those in force are still the ones the plan was made for.

    Raises:
        Conflict: PLAN_STALE.
    """
    registry, _ = await types.from_graph(product.graph)
    if registry.version != version:
        raise Conflict(
            "the types in force are no longer those of the plan",
            code="PLAN_STALE",
            why="somebody changed them meanwhile",
            remedy="look at the plan again",
        )
    request = Request(actor="system", via="cli", reason=reason, change=change)
    return await product.graph.write(types.define_types, request, definitions, prune=prune)


def _together(old: TypeRegistry, wanted: types.Definitions, *, prune: bool) -> TypeRegistry:
    """The registry that would be in force: what is declared over what is there."""
    if prune:
        return wanted.registry()
    kept = old.to_documents()
    parts = {"ci_types": wanted.ci_types, "relationship_types": wanted.relationship_types}
    merged = {part: dict(kept[part]) for part in parts}
    for part, files in parts.items():
        for declared in files.values():
            merged[part].update(declared)
    return types.Definitions(
        {"": merged["ci_types"]}, {"": merged["relationship_types"]}
    ).registry()


def _told(it: Difference) -> dict[str, Any]:
    return {
        "path": ".".join(it.path),
        "what": _what(it),
        "before": it.before,
        "after": it.after,
        "types": list(it.types),
        "breaks": it.breaks,
        "changesImpact": it.changes_impact,
    }


def _what(it: Difference) -> str:
    if it.before is None:
        return "new"
    if it.after is None:
        return "gone"
    texts = [
        str(each) if not isinstance(each, list) else ", ".join(map(str, each))
        for each in (it.before, it.after)
    ]
    return " → ".join(text if len(text) <= 60 else text[:59] + "…" for text in texts)


# --- who would not conform -----------------------------------------------------------------------


async def _unfit(
    product: Product, new: TypeRegistry, found: list[Difference]
) -> AsyncIterator[dict[str, Any]]:
    breaking = [each for each in found if each.breaks]
    kinds = {name for each in breaking if each.path[0] == "ci_types" for name in each.types}
    relations = {each.path[1] for each in breaking if each.path[0] == "relationship_types"}
    seen: set[str] = set()
    if kinds:
        async for ci in _cis(product, "TypedCIs", where={"type": {"in": sorted(kinds)}}):
            for why in _wrong_attributes(new, ci):
                yield _named(ci, why)
            seen.add(ci["key"])
    if relations:
        async for ci in _cis(product, "RelatedCIs", where=None, types=sorted(relations)):
            for why in _wrong_relations(new, ci):
                yield _named(ci, why)


def _named(ci: Mapping[str, Any], why: str) -> dict[str, Any]:
    return {"key": ci["key"], "type": ci["type"], "why": why}


def _wrong_attributes(new: TypeRegistry, ci: Mapping[str, Any]) -> Iterator[str]:
    declared = new.ci_types.get(ci["type"])
    if declared is None or declared.abstract:
        yield "no CI can be of its type"
        return
    values = {each["name"]: each["value"] for each in ci["attributes"]}
    for problem in new.check_attributes(ci["type"], values, partial=False):
        yield problem.message


def _wrong_relations(new: TypeRegistry, ci: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the relations of a CI, told at their source, or at a CI's only end."""
    counts: Counter[tuple[str, str]] = Counter()
    for each in ci["relations"]:
        name, other = each["type"], each["element"]
        counts[name, each["direction"]] += 1
        if name not in new.relationship_types:
            yield f"its relation {name} to {other['key']} has no type"
            continue
        here = ("CI", ci["type"])
        there = (other["kind"], other["type"] or "")
        ends = (*here, *there) if each["direction"] == "OUT" else (*there, *here)
        if not new.allows(name, *ends):
            yield f"{name} with {other['key']} would not be allowed"
    for (name, direction), count in counts.items():
        declared = new.relationship_types.get(name)
        if declared is None or count < 2:
            continue
        single = (
            declared.cardinality.one_target
            if direction == "OUT"
            else (declared.cardinality.one_source)
        )
        if single:
            yield f"{count} {name} where one is allowed"


async def _cis(product: Product, name: str, **variables: Any) -> AsyncIterator[Mapping[str, Any]]:
    after = None
    while True:
        given = {"first": PAGE, "after": after, **variables}
        answer = await product.ask(document(name), given)
        error = error_of(answer)
        if error is not None:
            raise error
        page = answer["data"]["cis"]
        for each in page["nodes"]:
            yield each
        if not page["pageInfo"]["hasNextPage"]:
            return
        after = page["pageInfo"]["endCursor"]
