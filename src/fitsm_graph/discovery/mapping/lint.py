"""What a mapping says that the registry does not know, and rules that can never take anything."""

from collections.abc import Iterable, Iterator

from fitsm_graph.discovery.mapping.language import GROUP, Mapping, RelationRule, Rule
from fitsm_graph.kernel.errors import BadInput, NotFound, Problem
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.registry import TypeRegistry

_OWN_FIELDS = {
    "Service": ("name", "description", "lifecycle", "is_source", "criticality"),
    "ServiceComponent": ("name", "description", "lifecycle", "is_source"),
    GROUP: ("name", "description", "need", "need_share", "strength", "grounded", "reserve"),
}
_COMMON = ("name", "description", "lifecycle", "is_source")
_PROPERTIES = ("weight", "strength", "grounded", "confidence", "verified_at")
_EXTRA_RELATIONS = ("HAS_MEMBER", "OWNED_BY")


def lint(mapping: Mapping, registry: TypeRegistry) -> list[Problem]:
    """Check a compiled mapping against the types in force.

    Returns:
        Every problem with file, line and remedy; none if the mapping can be used.
    """
    return list(_Lint(mapping, registry).problems())


class _Lint:
    """Goes through the rules of one mapping."""

    def __init__(self, mapping: Mapping, registry: TypeRegistry) -> None:
        self.mapping = mapping
        self.registry = registry

    def problems(self) -> Iterator[Problem]:
        mapping = self.mapping
        if mapping.mode not in mapping.modes:
            yield self.problem(1, f"'{mapping.mode}' is not among its modes", "add it to 'modes'")
        if not mapping.whole and mapping.indexes:
            remedy = "take 'stream' away"
            yield self.problem(1, "a streamed format has no indexes", remedy)
        for name in sorted(mapping.complete):
            yield from self.type_problems(name, 1)
        yield from self.rules(mapping.switches)

    def problem(self, line: int, message: str, remedy: str = "", why: str = "") -> Problem:
        path = (self.mapping.file, f"line {line}")
        return Problem("BAD_MAPPING", message, why, remedy, path)

    def rules(self, switches: Iterable[tuple[Rule, ...]]) -> Iterator[Problem]:
        for switch in switches:
            yield from self.unreachable(switch)
            for rule in switch:
                yield from self.rule(rule)
                yield from self.rules(rule.switches)

    def unreachable(self, switch: tuple[Rule, ...]) -> Iterator[Problem]:
        """Rules that come after one that takes the same records, whatever they are."""
        seen: dict[str, int] = {}
        for rule in switch:
            earlier = seen.get("") or seen.get(rule.when_text)
            if earlier:
                why = f"the rule on line {earlier} takes its records"
                remedy = "move it up, or give the earlier one a 'when'"
                yield self.problem(rule.line, "the rule is never reached", remedy, why)
            if rule.when is None or rule.when_text:
                seen.setdefault(rule.when_text, rule.line)

    def rule(self, rule: Rule) -> Iterator[Problem]:
        if rule.type is None:
            if rule.attributes or rule.relations or rule.identifiers:
                yield self.problem(rule.line, "a rule without a type makes nothing", "give it one")
            return
        names = rule.type.names()
        for name in names:
            yield from self.type_problems(name, rule.type.line)
        known = [name for name in names if self.exists(name)]
        yield from self.attributes(rule, known)
        for relation in rule.relations:
            yield from self.relation(relation, known)

    def exists(self, name: str) -> bool:
        return name in _OWN_FIELDS or name in self.registry.ci_types

    def type_problems(self, name: str, line: int) -> Iterator[Problem]:
        if name in _OWN_FIELDS:
            return
        try:
            self.registry.leaf_type(name)
        except (BadInput, NotFound) as error:
            yield self.problem(line, error.problem.message, error.problem.remedy, error.problem.why)

    def fields(self, type_name: str) -> tuple[str, ...]:
        if type_name in _OWN_FIELDS:
            return _OWN_FIELDS[type_name]
        return (*_COMMON, *self.registry.attributes(type_name))

    def attributes(self, rule: Rule, types: list[str]) -> Iterator[Problem]:
        own = {name for name, _ in rule.attributes}
        for type_name in types:
            known = self.fields(type_name)
            more = {name for name, _ in rule.set_for.get(type_name, ())}
            for name in sorted((own | more) - set(known)):
                line = rule.lines.get(name, rule.line)
                remedy = did_you_mean(name, known)
                if len(types) > 1 and name in own:
                    remedy += "; or set it under 'set_for' of the types that have it"
                yield self.problem(line, f"a {type_name} has no attribute '{name}'", remedy)
            yield from self.missing(rule, type_name, own | more)
        for name in sorted(set(rule.set_for) - set(types)):
            remedy = did_you_mean(name, types)
            yield self.problem(rule.line, f"the rule never makes a {name}", remedy)

    def missing(self, rule: Rule, type_name: str, given: set[str]) -> Iterator[Problem]:
        if type_name in _OWN_FIELDS:
            return
        for each in self.registry.attributes(type_name).values():
            if each.required and each.name not in given:
                message = f"a {type_name} must have '{each.name}'"
                yield self.problem(rule.line, message, "set it")

    def relation(self, rule: RelationRule, types: list[str]) -> Iterator[Problem]:
        for name, _ in rule.properties:
            if name not in _PROPERTIES:
                remedy = did_you_mean(name, _PROPERTIES)
                yield self.problem(rule.line, f"a relation has no '{name}'", remedy)
        if rule.type in _EXTRA_RELATIONS:
            return
        declared = self.registry.relationship_types.get(rule.type)
        if declared is None:
            remedy = did_you_mean(rule.type, self.registry.relationship_types)
            message = f"there is no relationship type '{rule.type}'"
            yield self.problem(rule.line, message, remedy)
            return
        if declared.symmetric and not rule.both_ends:
            why = f"{rule.type} has no direction, and both ends may state it"
            yield self.problem(rule.line, "both ends may state it", "write both_ends: true", why)
        yield from self.ends(rule, types, symmetric=declared.symmetric)

    def ends(self, rule: RelationRule, types: list[str], *, symmetric: bool) -> Iterator[Problem]:
        sources, targets = self.registry.ends(rule.type)
        allowed = sources | targets if symmetric else targets if rule.incoming else sources
        side = "end at" if rule.incoming else "start from"
        for name in types:
            if name not in allowed:
                remedy = f"one of {', '.join(sorted(allowed)[:8])}"
                yield self.problem(rule.line, f"{rule.type} cannot {side} a {name}", remedy)
        if rule.group is not None and GROUP not in (sources if rule.incoming else targets):
            message = f"{rule.type} cannot lead to a redundancy group"
            yield self.problem(rule.group.line, message, "take 'group' away")
