"""Decisions of configuration management; pure, table-driven, no graph."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fitsm_graph.confm.drafts import ElementDraft, RelationDraft
from fitsm_graph.confm.fields import (
    COMMON_FIELDS,
    OWN_FIELDS,
    between,
    field_problems,
    is_share,
    kept_fields,
    problem,
)
from fitsm_graph.confm.sight import covers
from fitsm_graph.confm.ties import is_moment
from fitsm_graph.kernel.errors import BadInput, Problem, Refused
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.confm import ELEMENT_KINDS, Strength
from fitsm_graph.model.declare import RELATIONS, Process, declared_defaults
from fitsm_graph.model.principal import ScopeRule
from fitsm_graph.model.process import PROCESS_KINDS
from fitsm_graph.model.registry import TypeRegistry
from fitsm_graph.model.registry_types import Dependency, RelationshipType

Properties = dict[str, Any]
HAS_MEMBER = "HAS_MEMBER"
KEY_LENGTH = 512


def element_properties(draft: ElementDraft, registry: TypeRegistry) -> Properties:
    """Check a draft against its kind and type and bring it into stored form (PR11.1, PR11.2).

    Raises:
        BadInput: With every problem found.
    """
    problems = _draft_problems(draft)
    given = {name: getattr(draft, name) for names in OWN_FIELDS.values() for name in names}
    common = {name: getattr(draft, name) for name in COMMON_FIELDS}
    if draft.kind in OWN_FIELDS:
        said = {name: value for name, value in given.items() if value is not None}
        problems += field_problems(draft.kind, {**common, **said})
    attributes: Properties = {}
    if draft.kind == "CI" and not problems:
        attributes = dict(
            registry.storable(draft.type, draft.attributes, partial=False, path=("attributes",))
        )
    elif draft.attributes and draft.kind != "CI":
        problems.append(problem("only CIs have attributes", ("attributes",)))
    if draft.kind == "RedundancyGroup" and draft.need is None and draft.need_share is None:
        problems.append(
            problem(
                "a redundancy group has a need",
                ("need",),
                why="nobody can guess how many of its members are enough",
                remedy="give 'need' as a weight, or 'need_share' as a share of the whole",
            )
        )
    if problems:
        raise BadInput.of(problems)
    spoken = declared_defaults(draft.kind)
    own = {name: given[name] for name in OWN_FIELDS[draft.kind] if given[name] is not None}
    own = {name: spoken[name] for name in OWN_FIELDS[draft.kind] if name in spoken} | own
    kind_of_ci = {"type": draft.type} if draft.kind == "CI" else {}
    return {**common, **kind_of_ci, "key": draft.key, **own, **attributes}


def changed_properties(
    kind: str, current: Mapping[str, Any], changes: Mapping[str, Any], registry: TypeRegistry
) -> Properties:
    """Check new values for some properties of an element; null clears an attribute.

    Raises:
        BadInput: With every problem found.
    """
    fields = {*COMMON_FIELDS, *OWN_FIELDS[kind]}
    own = {name: value for name, value in changes.items() if name in fields}
    rest = {name: value for name, value in changes.items() if name not in fields}
    problems = field_problems(kind, {**kept_fields(kind, current), **own})
    problems += [
        problem(f"'{name}' cannot be taken away", (name,))
        for name in ("name", "lifecycle", "is_source", "criticality", "strength", "grounded")
        if name in own and own[name] is None
    ]
    if kind == "CI" and rest:
        rest = dict(registry.storable(current["type"], rest, partial=True, path=("attributes",)))
    elif rest:
        name = min(rest)
        problems.append(
            problem(f"a {kind} has no '{name}'", (name,), remedy=did_you_mean(name, fields))
        )
    if problems:
        raise BadInput.of(problems)
    return {**own, **rest}


def unique_values(
    type_name: str, properties: Mapping[str, Any], registry: TypeRegistry
) -> dict[str, str]:
    """Identifier keys of a CI's unique attributes, by attribute."""
    return {
        name: identifier_key(name, properties[name])
        for name, attribute in registry.attributes(type_name).items()
        if attribute.unique and properties.get(name) is not None
    }


def identifier_key(kind: str, value: Any) -> str:
    """The one key of an identifier: kind and normal value.

    >>> identifier_key("serial_number", " AB-12 ")
    'serial_number|ab-12'
    """
    return f"{kind}|{str(value).strip().casefold()}"


def check_scope(
    kind: str, type_name: str, scopes: Sequence[Mapping[str, Any]], registry: TypeRegistry
) -> None:
    """Refuse a CI whose type no configuration scope covers (PR11.1); no scope covers everything.

    Raises:
        Refused: OUT_OF_SCOPE.
    """
    if kind != "CI" or not scopes:
        return
    rules = [
        ScopeRule(tuple(each.get("ci_types") or ()), tuple(each.get("excluded_ci_types") or ()))
        for each in scopes
    ]
    if any(covers(rule, type_name, registry) for rule in rules):
        return
    names = ", ".join(sorted(str(scope["name"]) for scope in scopes))
    raise Refused(
        f"a {type_name} is outside the scope of configuration management",
        code="OUT_OF_SCOPE",
        why=f"no scope covers the type: {names}",
        remedy="widen a scope (defineConfigurationScope, fsg scope define), or leave it out",
        requirement="PR11.1",
        path=("type",),
    )


def check_relation(
    draft: RelationDraft, source: tuple[str, str], target: tuple[str, str], registry: TypeRegistry
) -> RelationshipType:
    """Check a relation against its type (PR11.1).

    Args:
        draft: The relation.
        source: Kind and CI type of the element it starts from.
        target: Kind and CI type of the element it ends at.
        registry: Says what the type allows.

    Raises:
        BadInput: With every problem found.
    """
    declared = registry.relationship_type(draft.type)
    problems = _relation_problems(draft)
    if not registry.allows(draft.type, *source, *target):
        sources, targets = registry.ends(draft.type)
        problems.append(
            problem(
                f"no {draft.type} leads from a {_word(source)} to a {_word(target)}",
                ("type",),
                why=f"it leads from {_some(sources)} to {_some(targets)}",
                remedy="use another relationship type, or widen this one's ends",
                code="RELATION_NOT_ALLOWED",
            )
        )
    if problems:
        raise BadInput.of(problems)
    return declared


def check_cardinality(declared: RelationshipType, outgoing: int, incoming: int) -> None:
    """Refuse a relation more than its type allows at either end (PR11.1).

    Raises:
        Refused: CARDINALITY.
    """
    full = (declared.cardinality.one_target and outgoing > 0, "the source has one already")
    also = (declared.cardinality.one_source and incoming > 0, "the target has one already")
    for crossed, why in (full, also):
        if crossed:
            raise Refused(
                f"{declared.name} allows no further relation",
                code="CARDINALITY",
                why=why,
                remedy="end the other relation first",
                requirement="PR11.1",
                path=("type",),
            )


def is_ours(type: str) -> bool:
    """Whether configuration management owns relations of a type: its own and the registry's.

    What its verifications and deviations tell of an element is none: it stays told.
    """
    declared = RELATIONS.get(type)
    return declared is None or (
        declared.owner in {None, Process.CONFM} and not set(declared.sources) <= set(PROCESS_KINDS)
    )


def lost_needs(
    element_id: str,
    relations: Sequence[Sequence[Any]],
    groups: Sequence[Mapping[str, Any]],
    registry: TypeRegistry,
) -> list[str]:
    """Say which live requirements would fall below their need if an element went.

    Args:
        element_id: The element that would go.
        relations: Of `confm.retirement_context`.
        groups: Of the same: each group with its members.
        registry: Says which relations carry need.

    Returns:
        A sentence for each requirement that would be lost.
    """
    plain = [
        f"{key} needs it ({type})"
        for source, type, target, properties, key, labels in relations
        if "Element" in labels and _needs(type, source, target, element_id, properties, registry)
    ]
    received = [f"customer {row[4]} receives it" for row in relations if row[1] == "RECEIVES"]
    return (
        received
        + plain
        + [
            f"group {entry['group']['key']} would fall below its need"
            for entry in groups
            if _short(entry["group"], entry["members"], element_id)
        ]
    )


def _needs(
    type: str,
    source: str,
    target: str,
    gone: str,
    properties: Mapping[str, Any],
    registry: TypeRegistry,
) -> bool:
    declared = registry.relationship_types.get(type)
    if declared is None:
        return False
    provider = {
        Dependency.SOURCE_NEEDS_TARGET: target,
        Dependency.TARGET_NEEDS_SOURCE: source,
    }.get(declared.dependency)
    strength = properties.get("strength") or declared.strength.value
    return provider == gone and source != target and strength != Strength.INFO


def _short(group: Mapping[str, Any], members: Sequence[Sequence[Any]], gone: str) -> bool:
    """Whether the members left are worth less than the need was before."""
    worth = {id: (weight or 1) for id, weight, lifecycle in members if lifecycle == "live"}
    need = group_need(group, sum(worth.values()))
    left = sum(weight for id, weight in worth.items() if id != gone)
    return left < need <= sum(worth.values())


def group_need(group: Mapping[str, Any], total: int) -> int:
    """The need of a group as a weight; a share is rounded up.

    >>> group_need({"need_share": 0.6}, 3), group_need({"need": 2}, 3), group_need({}, 3)
    (2, 2, 1)
    """
    if group.get("need") is not None:
        return int(group["need"])
    share = group.get("need_share")
    return 1 if share is None else -int(-share * total // 1)


def definition_text(document: Mapping[str, Any]) -> str:
    """A declaration as it is stored."""
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


# --- within ------------------------------------------------------------------------------------


def _draft_problems(draft: ElementDraft) -> list[Problem]:
    problems: list[Problem] = []
    if draft.kind not in ELEMENT_KINDS:
        problems.append(
            problem(
                f"'{draft.kind}' is no kind of element",
                ("kind",),
                remedy=did_you_mean(draft.kind, ELEMENT_KINDS),
            )
        )
    if draft.kind == "CI" and not draft.type:
        problems.append(problem("a CI has a type", ("type",), remedy="name a CI type"))
    if draft.kind != "CI" and draft.type:
        problems.append(problem("only CIs have a type", ("type",), remedy="leave it out"))
    if draft.key != draft.key.strip() or len(draft.key) > KEY_LENGTH:
        problems.append(
            problem(
                "the key begins or ends with a space or is too long",
                ("key",),
                remedy=f"give at most {KEY_LENGTH} characters",
            )
        )
    return problems


def _relation_problems(draft: RelationDraft) -> list[Problem]:
    problems: list[Problem] = []
    if draft.weight is not None and (
        draft.type != HAS_MEMBER or not between(draft.weight, 1, 2**31 - 1)
    ):
        problems.append(
            problem(
                "'weight' belongs to HAS_MEMBER and is 1 or more", ("weight",), code="BAD_VALUE"
            )
        )
    if draft.confidence is not None and not is_share(draft.confidence):
        problems.append(
            problem("'confidence' is a share from 0 to 1", ("confidence",), code="BAD_VALUE")
        )
    if draft.verified_at is not None and not is_moment(draft.verified_at):
        problems.append(
            problem(
                "'verified_at' is a moment",
                ("verified_at",),
                remedy="write it as 2026-11-23T08:30:00Z",
                code="BAD_VALUE",
            )
        )
    return problems


def _word(end: tuple[str, str]) -> str:
    return end[1] or end[0]


def _some(names: Iterable[str]) -> str:
    listed = sorted(names)
    return ", ".join(listed[:6]) + (f" and {len(listed) - 6} more" if len(listed) > 6 else "")
