"""Verbs over the sources of configuration information: in use, changed, used no more (PR11.1)."""

from collections.abc import Sequence
from typing import Annotated

from fitsm_graph.confm.selections import KINDS
from fitsm_graph.confm.sync import check_names
from fitsm_graph.flow.lives import life_of, stepped
from fitsm_graph.flow.policies import Policies
from fitsm_graph.flow.records import kept, titled, told
from fitsm_graph.graph.changes import Properties
from fitsm_graph.graph.signature import Of
from fitsm_graph.graph.tx import Tx
from fitsm_graph.graph.verb import verb
from fitsm_graph.kernel.errors import BadInput, NotFound, Refused
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.confm import OWNED_BY
from fitsm_graph.model.declare import Process
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.model.registry_types import CI

KIND = "ConfigurationSource"
ASource = Annotated[str, Of(KIND)]
LONGEST = 366 * 24
"""Hours within which a source may be expected."""


@verb("configuration_source.define", room=Process.CONFM, requirement="PR11.1", on=KIND)
async def define_configuration_source(
    tx: Tx,
    policies: Policies,
    registry: TypeRegistry,
    name: str,
    *,
    title: str = "",
    description: str = "",
    covers: str = "",
    ci_types: Sequence[str] = (),
    expected_hours: int | None = None,
    owner: Annotated[str, Of("Party")] = "",
) -> Properties:
    """Say that configuration information comes from a source, and who answers for it (PR11.1).

    Args:
        tx: The transaction.
        policies: In force.
        registry: The types in force.
        name: What runs of it carry as their source.
        title: What people call it; as its runs do when left out.
        description: What is known of it.
        covers: What it covers, and what it does not.
        ci_types: CI types that it tells of, with their subtypes, and kinds of other elements.
        expected_hours: Within how many hours a run is completed after the last one; at no interval
            when left out, or 0.
        owner: Person or group that answers for it.

    Examples:
        fsg configuration-source define netbox --ci-types Rack --expected-hours 24 --owner ops
        fsg configuration-source define scanner --covers "all of 10.0.0.0/8, and no laptops"

    Raises:
        NotFound: The owner is not there.
        BadInput: It is no name of a source, a type is unknown, or the hours are out of range.
        Refused: SOURCE_IN_USE.
    """
    check_names(name, "default", "snapshot")
    row = await tx.one("confm.sources_of_name", called=name, owner=owner)
    _check_free(row, name, owner)
    said: Properties = {"name": name, "title": titled(title or name)}
    said |= {"description": description.strip(), "covers": covers.strip()}
    said |= {"ci_types": _types(ci_types, registry), "expected_hours": _hours(expected_hours)}
    made = tx.create(KIND, {**said, "status": life_of(policies, KIND).initial})
    if row["owner"] is not None:
        tx.relate(OWNED_BY.type, made["id"], row["owner"])
    return made


@verb("configuration_source.change", room=Process.CONFM, requirement="PR11.1", on=KIND)
async def change_configuration_source(
    tx: Tx,
    policies: Policies,
    registry: TypeRegistry,
    ref: ASource,
    *,
    title: str | None = None,
    description: str | None = None,
    covers: str | None = None,
    ci_types: Sequence[str] | None = None,
    expected_hours: int | None = None,
) -> Properties:
    """Change what is said of a source; what is left out stays as it is (PR11.1).

    Args:
        tx: The transaction.
        policies: In force.
        registry: The types in force.
        ref: Id or key of the source.
        title: What people call it.
        description: What is known of it.
        covers: What it covers, and what it does not.
        ci_types: CI types that it tells of; all of them.
        expected_hours: Within how many hours a run is completed after the last one; 0: at no
            interval.

    Examples:
        fsg configuration-source change SRC-000001 --expected-hours 168

    Raises:
        NotFound: There is no such source.
        BadInput: A type is unknown, or the hours are out of range.
        Refused: It is retired.
    """
    record = (await kept(tx, KIND, ref)).record
    stepped(policies, KIND, record, "configuration_source.change", remedy="define it again")
    words = {"description": description, "covers": covers}
    said: Properties = {name: text.strip() for name, text in words.items() if text is not None}
    if title is not None:
        said["title"] = titled(title)
    if ci_types is not None:
        said["ci_types"] = _types(ci_types, registry)
    if expected_hours is not None:
        said["expected_hours"] = _hours(expected_hours)
    return tx.update(KIND, record, said)


@verb("configuration_source.retire", room=Process.CONFM, requirement="PR11.1", on=KIND)
async def retire_configuration_source(
    tx: Tx, policies: Policies, ref: ASource, why: str
) -> Properties:
    """Say that a source is not used any more, and why; a later run of it is found (PR11.1).

    Args:
        tx: The transaction.
        policies: In force.
        ref: Id or key of the source.
        why: Why it is used no more.

    Examples:
        fsg configuration-source retire SRC-000001 "everything is in NetBox now"

    Raises:
        NotFound: There is no such source.
        Refused: It is retired already.
    """
    said = told(why, "why", "say why it is used no more", "PR11.1")
    record = (await kept(tx, KIND, ref)).record
    target = stepped(policies, KIND, record, "configuration_source.retire")
    return tx.update(KIND, record, {"status": target, "why": said, "closed_at": tx.at})


# --- within --------------------------------------------------------------------------------------


def _check_free(row: Properties, name: str, owner: str) -> None:
    """Refuse a name that another source in use has, and an owner who is not there."""
    if row["open"] is not None:
        raise Refused(
            f"{row['open']} is the source '{name}' already",
            code="SOURCE_IN_USE",
            why="runs carry its name, and a name has one owner",
            remedy=f"change {row['open']}, or retire it first",
            requirement="PR11.1",
        )
    if owner and row["owner"] is None:
        what = f"there is no person or group '{owner[:120]}'"
        raise NotFound(what, remedy="check the id or key, or register it", path=("owner",))


def _types(names: Sequence[str], registry: TypeRegistry) -> list[str]:
    known = (*KINDS, CI, *registry.ci_types)
    for place, name in enumerate(names):
        if name not in known:
            told_of = f"there is no CI type or kind '{name[:60]}'"
            raise BadInput(told_of, remedy=did_you_mean(name, known), path=("ciTypes", place))
    return list(dict.fromkeys(names))


def _hours(given: int | None) -> int | None:
    if given is not None and not 0 <= given <= LONGEST:
        raise BadInput(
            f"'expectedHours' is {given}",
            why=f"a source is expected within 1 to {LONGEST:,} hours, or 0: at no interval",
            remedy="give hours within these bounds",
            path=("expectedHours",),
        )
    return given or None
