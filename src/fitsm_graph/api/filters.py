"""Filters: what a client asks of elements and relations, as conditions of one statement.

The seam for every question that takes a `where`:

    made = context.compiler.statement(context.now)
    conditions = element_conditions(made, where, "element", ("where",))
    around = where([*made.seen("element"), *conditions])
    question = made.question(f"MATCH (element:Element){around} RETURN … AS answer")
    answer = await context.answer(question)

- `where` is the argument as GraphQL gives it: plain dictionaries by the names of the schema. The
  inputs are those of `api/inputs.py`; an argument of type `types.inputs.where["Element"]` (or of
  another kind) is all that a root field has to declare.
- Conditions hold for the variable named, and all must hold. They are texts without values; these
  are in `made.parameters`. The row rule of the reader is *not* among them for the variable itself
  (`made.seen(variable)` is), and is in every pattern that a condition makes.
- `made.question` puts lines before the text where words are searched for; a `CALL` of the text
  has to import what they find: `CALL ({", ".join(made.carried)})`.
- What is computed, such as states and what is reached, is settled by `context.answer` before the
  statement is sent: ids travel as parameters. `reaches` asks one statement more.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fitsm_graph.api.closed_sets import among
from fitsm_graph.api.fields import RELATION_FIELDS, Field, ValueKind, owner_place
from fitsm_graph.api.operators import all_true, conditions_of, negated, settled
from fitsm_graph.api.quantifiers import quantified
from fitsm_graph.api.settling import ReachedFrom, StatesAmong
from fitsm_graph.api.ways import BOTH, DEPENDS_ON, MEMBERS, OUT, USED_BY, Way
from fitsm_graph.api.written import RUN_PLACES, written_by
from fitsm_graph.kernel.errors import BadInput
from fitsm_graph.model.confm import ELEMENT_KINDS

if TYPE_CHECKING:
    from fitsm_graph.api.statement import Statement

DEEPEST = 8
"""Conditions within one another: groups of AND, OR, NOT and what is asked of other elements."""
MOST = 200
"""Conditions in all filters of one root field."""
AROUND = 8
"""What a condition counts as that looks around: planning it takes as long as many others."""
STATES = ("UP", "AT_RISK", "DEGRADED", "DOWN")
Path = tuple[str | int, ...]
Given = Mapping[str, Any]
Combine = Callable[["Statement", Given, str, Path], list[str]]


def element_conditions(
    made: "Statement", where: Given | None, variable: str, path: Path = ("where",)
) -> list[str]:
    """Conditions of a filter of elements; all of them must hold.

    Raises:
        BadInput: What is compared does not fit, or too much is asked at once.
        NotFound: UNKNOWN_TYPE.
    """
    found: list[str] = []
    for name, given in (where or {}).items():
        if given is None:
            continue
        word = _WORDS.get(name)
        made.count_condition(path, _weight(name, given))
        if word is not None:
            found += word(made, given, variable, (*path, name))
        else:
            field = made.names.field(name)
            found += conditions_of(made, field, field.place(variable), given, (*path, name))
    return found


def _weight(name: str, given: Any) -> int:
    """What a condition of an element counts as: each of its operators that looks around."""
    if name not in _AROUND:
        return 1
    given = given if isinstance(given, Mapping) and name != "reaches" else {}
    return AROUND * max(1, sum(each is not None for each in map(given.get, given.keys() - _WAYS)))


def relation_conditions(
    made: "Statement",
    where: Given | None,
    ends: tuple[str, str, str],
    path: Path,
    fields: Mapping[str, Field] = RELATION_FIELDS,
) -> list[str]:
    """Conditions of a filter of relations; `ends` are the element, the relation, the other end."""
    variable, bond, other = ends
    found: list[str] = []
    for name, given in (where or {}).items():
        if given is None:
            continue
        made.count_condition(path)
        at = (*path, name)
        if name in GROUPS:

            def inner(
                made: "Statement", each: Given, _variable: str, inner_path: Path
            ) -> list[str]:
                return relation_conditions(made, each, ends, inner_path, fields)

            found += GROUPS[name](made, given, variable, at, inner)
        elif name == "element":
            with made.deeper(at):
                found += element_conditions(made, given, other, at)
        elif name == "type":
            found += _relation_type(made, given, bond)
        elif name == "direction":
            found += _direction(str(getattr(given, "value", given)), variable, bond)
        else:
            found += conditions_of(made, fields[name], fields[name].place(bond), given, at)
    return found


# --- AND, OR, NOT --------------------------------------------------------------------------------


def _every(
    made: "Statement", given: Sequence[Given], variable: str, path: Path, inner: Combine
) -> list[str]:
    with made.deeper(path):
        return [
            condition
            for number, each in enumerate(given)
            for condition in inner(made, each, variable, (*path, number))
        ]


def _some(
    made: "Statement", given: Sequence[Given], variable: str, path: Path, inner: Combine
) -> list[str]:
    with made.deeper(path):
        parts = [
            all_true(inner(made, each, variable, (*path, number)))
            for number, each in enumerate(given)
        ]
    return [" OR ".join(f"({each})" for each in parts) or "false"]


def _not(made: "Statement", given: Given, variable: str, path: Path, inner: Combine) -> list[str]:
    with made.deeper(path):
        return [negated(all_true(inner(made, given, variable, path)))]


GROUPS: Mapping[str, Callable[..., list[str]]] = {"AND": _every, "OR": _some, "NOT": _not}
"""How a filter is put together of others."""


# --- closed sets: kinds, types, states -----------------------------------------------------------


def _kind(_made: "Statement", given: Given, variable: str, path: Path) -> list[str]:
    kinds = among(given, ELEMENT_KINDS, "kind of element", path)
    if len(kinds) == len(ELEMENT_KINDS):
        return []
    return [" OR ".join(f"{variable}:{each}" for each in kinds) or "false"]


def _type(made: "Statement", given: Given, variable: str, _path: Path) -> list[str]:
    place = f"{variable}.type"
    found = [f"{place} IN {made.value(types)}" for types in made.names.types_where(given)]
    if given.get("ne") is not None:
        found.append(negated(f"{place} = {made.value(made.names.ci_type(given['ne']))}"))
    if given.get("notIn") is not None:
        names = made.value([made.names.ci_type(each) for each in given["notIn"]])
        found.append(negated(f"{place} IN {names}"))
    if given.get("isNull") is not None:
        found.append(f"{place} IS {'' if given['isNull'] else 'NOT '}NULL")
    return found


def _state(made: "Statement", given: Given, variable: str, path: Path) -> list[str]:
    wanted = among(given, STATES, "state", path)
    if len(wanted) == len(STATES):
        return []
    if "UP" not in wanted:  # most are UP: fewer ids travel
        return [f"{variable}.id IN {made.later(StatesAmong(frozenset(wanted)))}"]
    others = frozenset(STATES) - frozenset(wanted)
    return [f"NOT {variable}.id IN {made.later(StatesAmong(others))}"]


def _relation_type(made: "Statement", given: Given, bond: str) -> list[str]:
    found = []
    for name, value in given.items():
        if value is not None:
            names = made.names.relation_types(value if isinstance(value, list) else [value])
            sign = "NOT " if name in {"ne", "notIn"} else ""
            found.append(f"{sign}type({bond}) IN {made.value(names)}")
    return found


def _direction(direction: str, variable: str, bond: str) -> list[str]:
    if direction == BOTH:
        return []
    end = "startNode" if direction == OUT else "endNode"
    return [f"{end}({bond}) = {variable}"]


# --- who answers for it, words, age --------------------------------------------------------------


def _owner(made: "Statement", given: Given, variable: str, path: Path) -> list[str]:
    """An element without an owner has an unknown key, name and kind of owner."""
    found = []
    for name, value in given.items():
        if value is None:
            continue
        if name == "isNull":
            there = f"EXISTS {{ MATCH ({variable})-[:OWNED_BY]->(:Record) }}"
            found.append(f"NOT {there}" if value else there)
            continue
        place = owner_place(variable, name)
        field = Field(name, (name,), ValueKind.TEXT, "", optional=True)
        found += conditions_of(made, field, place, value, (*path, name))
    return found


def _text(made: "Statement", given: str, variable: str, path: Path) -> list[str]:
    return [f"{variable}.id IN {made.found_by_words(given, path)}"]


def _freshness(made: "Statement", given: Given, variable: str, path: Path) -> list[str]:
    """The last sign of it: its own change, or the confirmation of a relation that is seen."""
    field = Field("updatedAt", ("updated_at",), ValueKind.MOMENT, "", optional=False)
    seal, other = made.next("seal"), made.next("other")
    verified = RELATION_FIELDS["verifiedAt"]
    types = "|".join(made.names.relation_types(None))
    found = []
    for name, span in given.items():
        if span is None:
            continue
        later = {"newerThan": span}
        own = conditions_of(made, field, field.place(variable), later, (*path, name))
        sealed = conditions_of(made, verified, verified.place(seal), later, (*path, name))
        around = all_true([*sealed, *made.seen(other)])
        confirmed = (
            f"EXISTS {{ MATCH ({variable})-[{seal}:{types}]-({other}:Element) WHERE {around} }}"
        )
        fresh = f"{settled(all_true(own))} OR {confirmed}" if types else settled(all_true(own))
        found.append(f"NOT ({fresh})" if name == "olderThan" else fresh)
    return found


# --- other elements ------------------------------------------------------------------------------


def _relations(made: "Statement", given: Given, variable: str, path: Path) -> list[str]:
    types = tuple(made.names.relation_types(given.get("types")))
    direction = str(getattr(given.get("direction"), "value", given.get("direction") or BOTH))
    return _quantified(made, given, variable, Way(types, direction), path)


def _depends_on(made: "Statement", given: Given, variable: str, path: Path) -> list[str]:
    return _quantified(made, given, variable, made.names.need.ways(DEPENDS_ON), path)


def _used_by(made: "Statement", given: Given, variable: str, path: Path) -> list[str]:
    return _quantified(made, given, variable, made.names.need.ways(USED_BY), path)


def _members(made: "Statement", given: Given, variable: str, path: Path) -> list[str]:
    return _quantified(made, given, variable, Way((MEMBERS,), OUT), path, MEMBER_FIELDS)


MEMBER_FIELDS = {
    "weight": Field(
        "weight",
        ("weight",),
        ValueKind.INTEGER,
        "What it counts.",
        optional=False,
        written="coalesce({0}, 1)",
    )
}


def _quantified(
    made: "Statement",
    given: Given,
    variable: str,
    way: Way,
    path: Path,
    fields: Mapping[str, Field] = RELATION_FIELDS,
) -> list[str]:
    """Some, every or none of the relations on a way, or how many there are."""
    bond, other = made.next("relation"), made.next("other")
    pattern = way.pattern(variable, bond, other) if way.types else ""
    around = made.way_conditions(way, variable, bond, other)

    def inner(each: Given, at: Path) -> list[str]:
        return relation_conditions(made, each, (variable, bond, other), at, fields)

    return quantified(made, given, pattern, around, path, inner)


def _customers(made: "Statement", given: Given, variable: str, path: Path) -> list[str]:
    customer = made.next("customer")
    pattern = f"({customer}:Customer)-[:RECEIVES]->({variable})"
    found = []
    for name in ("some", "every", "none"):
        if given.get(name) is None:
            continue
        inner = [
            condition
            for field in CUSTOMER_FIELDS
            if given[name].get(field.name) is not None
            for condition in conditions_of(
                made, field, field.place(customer), given[name][field.name], (*path, name)
            )
        ]
        inner = [negated(all_true(inner))] if name == "every" else inner
        there = f"EXISTS {{ MATCH {pattern} WHERE {all_true(inner)} }}"
        found.append(there if name == "some" else f"NOT {there}")
    return found


CUSTOMER_FIELDS = (
    Field("key", ("key",), ValueKind.TEXT, "For people.", optional=False),
    Field("name", ("name",), ValueKind.TEXT, "What people call it.", optional=False),
    Field("userCount", ("user_count",), ValueKind.INTEGER, "Users behind it.", optional=False),
)


def _reaches(made: "Statement", given: Given, variable: str, path: Path) -> list[str]:
    """Elements from which one that matches is reached: ids, settled on the snapshot."""
    depth = given.get("maxDepth")
    if depth is not None and depth < 1:
        raise BadInput(
            f"'maxDepth' is {depth}",
            why="one step is the least",
            remedy="leave it out to go all the way",
            path=(*path, "maxDepth"),
        )
    direction = str(getattr(given["direction"], "value", given["direction"]))
    with made.deeper((*path, "to")):
        far = made.beside()
        conditions = element_conditions(far, given["to"], "element", (*path, "to"))
    types = given.get("types")
    over = None if types is None else frozenset(made.names.relation_types(types))
    reached = ReachedFrom(far.ids(conditions), direction == "UPSTREAM", depth, over)
    return [f"{variable}.id IN {made.later(reached)}"]


def _attributes(made: "Statement", given: Sequence[Given], variable: str, path: Path) -> list[str]:
    found: list[str] = []
    for number, each in enumerate(given):
        field = made.names.attribute_field(each["name"], (*path, number, "name"))
        found += conditions_of(made, field, field.place(variable), each, (*path, number))
    return found


def _group(name: str) -> Combine:
    def combined(made: "Statement", given: Any, variable: str, path: Path) -> list[str]:
        return GROUPS[name](made, given, variable, path, element_conditions)

    return combined


_WORDS: Mapping[str, Callable[["Statement", Any, str, Path], list[str]]] = {
    **{name: _group(name) for name in GROUPS},
    "kind": _kind,
    "type": _type,
    "state": _state,
    "owner": _owner,
    "text": _text,
    "freshness": _freshness,
    **{name: written_by(name) for name in RUN_PLACES},
    "relations": _relations,
    "dependsOn": _depends_on,
    "usedBy": _used_by,
    "members": _members,
    "customers": _customers,
    "reaches": _reaches,
    "attribute": _attributes,
}
_RELATED = {"relations", "dependsOn", "usedBy", "members", "customers", "reaches"}
_AROUND = frozenset({"owner", "text", "freshness", *_RELATED, *RUN_PLACES})
_WAYS = {"types", "direction"}
WORDS = frozenset(_WORDS)
"""What a filter says itself; an attribute of the same name is asked for by `attribute`."""
