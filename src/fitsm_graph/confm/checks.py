"""What `doctor` asks of configuration data: the registry, and all that follows from it (PR11)."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fitsm_graph.confm import types
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.graph import Graph
from fitsm_graph.kernel.checks import MOST_TOLD, Check, Word, failed, of_found, ok, warning
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.declare import RECORDS, RELATIONS
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.model.registry_differences import differences

RegistryCheck = Callable[[Graph, TypeRegistry], Awaitable[Check]]
_REPAIR = "repair it with the verbs: `element.relate`, `element.unrelate`, `element.update`"


async def registry(graph: Graph) -> tuple[Check, TypeRegistry | None]:
    """Whether the types in force fit together, and how they differ from the files of `schema/`."""
    try:
        in_force, _ = await types.from_graph(graph)
    except BadInput as error:
        cause = f"the types in the graph contradict each other: {error.problem.message}"
        return failed("registry", cause, "restore the definitions from the ledger's history"), None
    facts = {"ciTypes": len(in_force.ci_types), "version": in_force.version}
    if not in_force.ci_types:
        fix = "start the product once: it brings the default types into force"
        return warning("registry", "no types are in force", fix, **facts), in_force
    found = differences(types.default_registry(), in_force)
    if found:
        told = sorted({"/".join(each.path) for each in found})
        return (
            warning(
                "registry",
                f"{len(told):,} declarations differ from the files of schema/: "
                + ", ".join(told[:5])
                + (", …" if told[5:] else ""),
                "if nobody meant it, bring the files into force again; if it is meant, leave it",
                **facts,
                differences=told,
            ),
            in_force,
        )
    return ok("registry", **facts), in_force


async def relation_ends(graph: Graph, in_force: TypeRegistry) -> Check:
    """Whether every relation leads from and to what its type allows, and to nothing retired."""
    found = []
    for row in await graph.rows("checks.relations"):
        why = _wrong_ends(row, in_force)
        if why:
            found.append(f"{row['example']} {row['type']} ({row['count']:,}): {why}")
    return of_found("relation_ends", found, "kinds of relations do not fit their ends", _REPAIR)


def _wrong_ends(row: Properties, in_force: TypeRegistry) -> str:
    source, target = _end(row["source"]), _end(row["target"])
    if not source[0] or not target[0]:
        return "an end is retired or no record of ours"
    if row["unentered"]:
        return f"{row['unentered']:,} without the entry that made them"
    fixed = RELATIONS.get(row["type"])
    if fixed is not None:
        fits = source[0] in fixed.sources and target[0] in fixed.targets
        return "" if fits else f"none leads from a {source[0]} to a {target[0]}"
    if row["type"] not in in_force.relationship_types:
        return "no relationship type has this name"
    if in_force.allows(row["type"], *source, *target):
        return ""
    return f"none leads from a {source[1] or source[0]} to a {target[1] or target[0]}"


def _end(labels: list[str]) -> tuple[str, str]:
    """Kind and CI type from the labels of a live record; no kind where it is retired."""
    kinds = [label for label in labels if label in RECORDS]
    leaves = [label for label in labels if label not in {"Record", "Element", *kinds}]
    return (kinds[0] if kinds else "", leaves[0] if kinds and leaves else "")


async def cardinality(graph: Graph, in_force: TypeRegistry) -> Check:
    """Whether no element has more relations of a type than the type allows."""
    declared = in_force.relationship_types.values()
    found = await _found(
        graph,
        "checks.cardinality",
        one_target=[each.name for each in declared if each.cardinality.one_target],
        one_source=[each.name for each in declared if each.cardinality.one_source],
    )
    return of_found("cardinality", found, "elements have too many relations", _REPAIR)


async def owners(graph: Graph, _in_force: TypeRegistry) -> Check:
    """Whether somebody answers for every element: its own owner, or its type's group (PR11.2)."""
    found = await _found(graph, "checks.unowned_elements")
    fix = "give them an owner: `element.own`, or `owner_group` in their CI type"
    return of_found("owners", found, "elements have no owner", fix, word=Word.WARNING)


async def identifiers(graph: Graph, in_force: TypeRegistry) -> Check:
    """Whether every identifier names one element, and every unique attribute has one."""
    unique = _attributes(in_force, "unique")
    found = await _found(graph, "checks.loose_identifiers")
    found += await _found(graph, "checks.unidentified_cis", unique=unique)
    fix = "update the element's attribute to the value it has: that makes its identifier anew"
    return of_found("identifiers", found, "identifiers do not name one element", fix)


async def ci_types(graph: Graph, in_force: TypeRegistry) -> Check:
    """Whether every CI is of a type that exists and can have CIs, and carries its label."""
    concrete = [name for name, each in in_force.ci_types.items() if not each.abstract]
    found = await _found(graph, "checks.mistyped_cis", types=concrete)
    return of_found("ci_types", found, "CIs are of no type in force", _REPAIR)


async def attributes(graph: Graph, in_force: TypeRegistry) -> Check:
    """Whether every CI has what its type requires."""
    required = _attributes(in_force, "required")
    found = await _found(graph, "checks.incomplete_cis", required=required)
    fix = "give them a value, or let the type no longer require it"
    return of_found("attributes", found, "CIs lack a required attribute", fix)


async def groups(graph: Graph, _in_force: TypeRegistry) -> Check:
    """Whether every redundancy group says how many of its members are enough."""
    found = await _found(graph, "checks.needless_groups")
    fix = "give them `need` or `need_share`"
    return of_found("redundancy_groups", found, "redundancy groups have no need", fix)


CONFIGURATION: Mapping[str, RegistryCheck] = {
    "relation_ends": relation_ends,
    "cardinality": cardinality,
    "owners": owners,
    "identifiers": identifiers,
    "ci_types": ci_types,
    "attributes": attributes,
    "redundancy_groups": groups,
}
"""Checks of configuration data against the types in force."""


def _attributes(in_force: TypeRegistry, mark: str) -> dict[str, list[str]]:
    """Names of attributes that carry a mark, by concrete CI type."""
    marked = {
        name: [key for key, each in in_force.attributes(name).items() if getattr(each, mark)]
        for name, declared in in_force.ci_types.items()
        if not declared.abstract
    }
    return {name: names for name, names in marked.items() if names}


async def _found(graph: Graph, name: str, **given: Any) -> list[str]:
    rows = await graph.rows(name, limit=MOST_TOLD, **given)
    return [row["told"] for row in rows]
