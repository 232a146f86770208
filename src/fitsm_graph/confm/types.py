"""CI types, relationship types and scopes: data of the process, kept in the graph (PR11.1).

The files under `schema/` are the default set. What a provider changes lives in the graph, with
its history; the registry in memory is built from there.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fitsm_graph.confm import rules
from fitsm_graph.confm.migrating import (
    MOST,
    MigrationStep,
    attributes_of,
    check_steps,
    migrated,
    rules_of,
)
from fitsm_graph.flow.documents import read_document
from fitsm_graph.flow.sight import check_sees_all
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.checks import MOST_TOLD
from fitsm_graph.kernel.errors import BadInput, Problem, Refused
from fitsm_graph.kernel.places import SCHEMA
from fitsm_graph.kernel.text import plural
from fitsm_graph.model.declare import Process
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.model.registry_types import CI

TYPES_SEQ = "types_seq"
"""On the ledger's head: the entry that changed the types last; every replica compares it."""
Documents = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Definitions:
    """CI types and relationship types as documents by file stem."""

    ci_types: Documents
    relationship_types: Documents

    def registry(self) -> TypeRegistry:
        """Check them together.

        Raises:
            BadInput: With every problem found.
        """
        return TypeRegistry.from_documents(self.ci_types, self.relationship_types)


def from_files(folder: Path = SCHEMA) -> Definitions:
    """Read the YAML files of a folder with `ci_types/` and `relationship_types/`.

    Raises:
        BadInput: A file is no mapping, not YAML, too large, or says something twice.
    """
    return Definitions(_read(folder / "ci_types"), _read(folder / "relationship_types"))


def default_registry() -> TypeRegistry:
    """The registry of the default set."""
    return from_files().registry()


async def from_graph(graph: Graph) -> tuple[TypeRegistry, list[Properties]]:
    """The registry that is in force, and the configuration scopes."""
    row = (await graph.rows("confm.definitions"))[0]
    return in_force(row), row["scopes"]


@verb("types.define", room=Process.CONFM, requirement="PR11.1")
async def define_types(
    tx: Tx,
    definitions: Definitions,
    *,
    prune: bool = False,
    steps: Sequence[MigrationStep] = (),
    portion: int = 0,
) -> Properties:
    """Bring CI types and relationship types into force, as one consistent set (PR11.1).

    Types that the definitions do not name stay, unless `prune`; a type in use never goes. Steps
    bring CIs along in the same entry; of a `portion` at most, where nothing is defined with them.

    Raises:
        BadInput: The set contradicts itself, a step makes no sense, or a CI does not fit after it.
        Refused: TYPE_IN_USE, MIGRATION_TOO_LARGE, MIGRATION_OF_UNIQUE.
        Forbidden: There are steps, and who acts sees a part of the estate.
    """
    row = await tx.one("confm.definitions")
    known = {
        "CIType": {each["key"]: each for each in row["ci_types"]},
        "RelationshipType": {each["key"]: each for each in row["relationship_types"]},
    }
    wanted = {
        "CIType": _flat(definitions.ci_types),
        "RelationshipType": _flat(definitions.relationship_types),
    }
    merged = (
        wanted
        if prune
        else {
            kind: {
                **{key: json.loads(each["definition"]) for key, each in known[kind].items()},
                **wanted[kind],
            }
            for kind in wanted
        }
    )
    registry = Definitions({"": merged["CIType"]}, {"": merged["RelationshipType"]}).registry()
    moved = await _migrate(tx, row, registry, steps, portion)
    counts: dict[str, Any] = {
        kind: _define(tx, registry, kind, wanted[kind], known[kind]) for kind in wanted
    }
    for key in sorted(merged["CIType"].keys() - wanted["CIType"].keys()):
        _inherit(tx, registry, known["CIType"][key])
    if prune:
        await _prune(tx, wanted, known)
    tx.counters[TYPES_SEQ] = tx.seq  # kept on the ledger's head if anything was changed
    return {**counts, **moved}


@verb("scope.define", room=Process.CONFM, requirement="PR11.1")
async def define_scope(
    tx: Tx,
    registry: TypeRegistry,
    name: str,
    statement: str,
    ci_types: Iterable[str] = (),
    excluded_ci_types: Iterable[str] = (),
) -> Properties:
    """Say what configuration management covers, or change what it covers (PR11.1).

    Raises:
        BadInput: A type does not exist.
        Forbidden: Who acts sees a part of the estate.
    """
    check_sees_all(tx.sight, tx.actor, "accounts see what their scopes cover, their own among them")
    properties = {
        "name": name,
        "statement": statement,
        "ci_types": [registry.ci_type(each).name for each in ci_types],
        "excluded_ci_types": [registry.ci_type(each).name for each in excluded_ci_types],
    }
    row = await tx.one("confm.definitions")
    for scope in row["scopes"]:
        if scope["name"] == name:
            return tx.update("ConfigurationScope", scope, properties)
    return tx.create("ConfigurationScope", properties)


# --- within ------------------------------------------------------------------------------------


def _define(
    tx: Tx,
    registry: TypeRegistry,
    kind: str,
    wanted: Mapping[str, Any],
    known: Mapping[str, Properties],
) -> dict[str, int]:
    counts = {"defined": 0, "changed": 0, "unchanged": 0}
    for key, document in wanted.items():
        text = rules.definition_text(document)
        current = known.get(key)
        after = {"definition": text}
        if kind == "CIType":
            after |= {"owner_group": registry.owner_group(key)}
        if current is None:
            tx.create(kind, {"key": key, **after})
            counts["defined"] += 1
        elif current["definition"] != text:
            tx.update(kind, current, after)
            counts["changed"] += 1
        else:
            _inherit(tx, registry, current)
            counts["unchanged"] += 1
    return counts


def _inherit(tx: Tx, registry: TypeRegistry, current: Properties) -> None:
    """Let a type that is not declared anew follow the group of what it extends."""
    group = registry.owner_group(current["key"]) if current["key"] in registry.ci_types else ""
    if group != current.get("owner_group", ""):
        tx.update("CIType", current, {"owner_group": group})


async def _prune(
    tx: Tx, wanted: Mapping[str, Mapping[str, Any]], known: Mapping[str, Mapping[str, Properties]]
) -> None:
    gone = sorted(set(known["CIType"]) - set(wanted["CIType"]))
    used = await tx.rows("confm.types_in_use", types=gone)
    if used:
        raise Refused(
            f"{used[0]['type']} cannot go",
            code="TYPE_IN_USE",
            why=f"{plural(used[0]['count'], 'CI')} of it live",
            remedy="deprecate the type, and retire or reclassify them first",
            requirement="PR11.1",
        )
    for kind, current in known.items():
        for key in sorted(set(current) - set(wanted[kind])):
            tx.retire(kind, current[key])


def in_force(row: Properties) -> TypeRegistry:
    """The registry of a row of `confm.definitions`."""
    return Definitions(
        {"graph": _documents(row["ci_types"])}, {"graph": _documents(row["relationship_types"])}
    ).registry()


async def _migrate(
    tx: Tx, row: Properties, new: TypeRegistry, steps: Sequence[MigrationStep], portion: int
) -> dict[str, Any]:
    """Take the steps on the CIs that they change; how many that are, and whether some are left."""
    if not steps:
        return {"migrated": 0, "left": False}
    old = in_force(row)
    why = "CIs that one does not see would be changed as well"
    check_sees_all(tx.sight, tx.actor, why)
    check_steps(steps, old, new)
    most = _most(portion, same=old.version == new.version)
    types = sorted({name for step in steps for name in new.subtypes(step.type)})
    given = {"types": types, "rules": rules_of(steps, new), "limit": most + 1}
    rows = [each["element"] for each in await tx.rows("confm.cis_to_migrate", **given)]
    if len(rows) > most and not portion:
        raise _too_many(most)
    problems: list[Problem] = []
    done = 0
    for current in rows[:most]:
        after, wrong = migrated(steps, current["type"], attributes_of(current, old, new), new)
        problems += [replace(each, message=f"{current['key']}: {each.message}") for each in wrong]
        if after and not problems:
            tx.update(CI, current, after)
            done += 1
    if problems:
        raise BadInput.of(problems[:MOST_TOLD])
    return {"migrated": done, "left": len(rows) > most}


def _most(portion: int, *, same: bool) -> int:
    """How many CIs may be changed in one entry.

    Raises:
        BadInput: The portion is out of range, or something is defined with it.
    """
    if portion and (not 1 <= portion <= MOST or not same):
        raise BadInput(
            f"a portion of {portion} CIs cannot be migrated so",
            why=f"a portion has 1 to {MOST:,} CIs, and the types stay as they are meanwhile",
            remedy="bring a definition into force first that allows the old form and the new one",
            path=("portion",),
        )
    return portion or MOST


def _too_many(most: int) -> Refused:
    return Refused(
        f"more than {most:,} CIs would be migrated",
        code="MIGRATION_TOO_LARGE",
        why="one entry holds the ledger while it is written, and others wait",
        remedy="define types that allow the old form and the new one; send the steps alone, with a "
        f"portion of {most:,} at most, until nothing is left; then define what is to be",
        requirement="PR11.1",
        path=("steps",),
    )


def _documents(rows: Iterable[Properties]) -> dict[str, Any]:
    return {row["key"]: json.loads(row["definition"]) for row in rows}


def _flat(documents: Documents) -> dict[str, Any]:
    return {name: each for document in documents.values() for name, each in document.items()}


def _read(folder: Path) -> Documents:
    return {path.stem: read_document(path) for path in sorted(folder.glob("*.yaml"))}
