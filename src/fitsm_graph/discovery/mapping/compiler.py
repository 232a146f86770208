"""From a mapping's YAML to its compiled form; every fault with its line and a remedy."""

import re
from collections.abc import Mapping as AnyMapping
from itertools import groupby
from typing import Any

from fitsm_graph.discovery.mapping import fields
from fitsm_graph.discovery.mapping.expression import BadExpression, Compiled
from fitsm_graph.discovery.mapping.filters import FILTERS
from fitsm_graph.discovery.mapping.language import (
    NEEDS,
    GroupRule,
    IndexRule,
    LeftOut,
    Mapping,
    Refusal,
    RelationRule,
    Rule,
    TypeChoice,
)
from fitsm_graph.discovery.mapping.marked import Marked, parse
from fitsm_graph.discovery.mapping.template import compile_value
from fitsm_graph.kernel.errors import BadInput, Problem
from fitsm_graph.kernel.text import did_you_mean

_NAME = re.compile(r"^[a-z][a-z0-9_-]{0,40}$")
_FIND = re.compile(r"\bfind(?:_all)?\??\(\s*'([^']*)'")
_BUILT_IN = frozenset({"file", "scope", "stem", "up", "key", "around", "n"})
Lets = tuple[tuple[str, Compiled], ...]


def compile_mapping(text: str, file: str) -> Mapping:
    """Compile one mapping file.

    Args:
        text: Its YAML.
        file: Its name, for messages.

    Raises:
        BadInput: With every fault found, each with file and line.
    """
    compiler = _Compiler(file)
    made = compiler.mapping(parse(text, file))
    compiler.check_names()
    if compiler.problems:
        raise BadInput.of(compiler.problems)
    return made


class _Compiler:
    """Goes through one file, and collects what is wrong."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.used: list[tuple[str, int]] = []
        self.found: list[tuple[str, int]] = []
        self.names = set(_BUILT_IN)
        self.indexes: set[str] = set()
        self.blocks: dict[str, Lets] = {}
        self.words_of: AnyMapping[str, AnyMapping[str, Any]] = {}

    # --- faults

    def fault(self, line: int, message: str, remedy: str = "", why: str = "") -> None:
        path = (self.file, f"line {line}")
        self.problems.append(Problem("BAD_MAPPING", message, why, remedy, path))

    def check_names(self) -> None:
        """Names that nothing defines, in any expression of the file."""
        for name, line in self.used:
            if name not in self.names:
                self.fault(line, f"there is no name '${name}'", did_you_mean(name, self.names))
        for name, line in self.found:
            if name not in self.indexes:
                self.fault(line, f"there is no index '{name}'", did_you_mean(name, self.indexes))

    # --- parts

    def section(self, given: Marked, what: str) -> dict[str, Marked]:
        """The fields of a section; unknown ones and missing ones are told."""
        allowed = fields.FIELDS[what]
        if not isinstance(given.value, dict):
            self.fault(given.line, f"a {what} is a mapping", f"write one with {allowed[0]}")
            return {}
        for name, value in given.value.items():
            if name not in allowed:
                remedy = did_you_mean(name, allowed)
                self.fault(value.line, f"a {what} has no field '{name}'", remedy)
        for name in fields.REQUIRED.get(what, ()):
            if name not in given.value:
                self.fault(given.line, f"a {what} needs '{name}'", f"write {name}: …")
        return given.value

    def listed(self, given: Marked | None, what: str) -> list[Marked]:
        if given is None:
            return []
        if not isinstance(given.value, list):
            self.fault(given.line, f"{what} is a list", "write it with dashes")
            return []
        return given.value

    def value(self, given: Marked) -> Compiled:
        """An expression, template or constant."""
        used: set[str] = set()
        try:
            made = compile_value(given.plain(), FILTERS, used)
        except BadExpression as error:
            self.fault(given.line, f"{given.plain()!r} is no expression", why=str(error))
            return lambda _value, _names: None
        self.used += [(name, given.line) for name in sorted(used)]
        if isinstance(given.value, str):
            self.found += [(name, given.line) for name in _FIND.findall(given.value)]
        return made

    def optional(self, given: dict[str, Marked], name: str) -> Compiled | None:
        return self.value(given[name]) if name in given else None

    def text(self, given: dict[str, Marked], name: str, otherwise: str = "") -> str:
        found = given.get(name)
        if found is None:
            return otherwise
        if not isinstance(found.value, str):
            self.fault(found.line, f"'{name}' is a text", "put it in quotes")
            return otherwise
        return found.value

    def flag(self, given: dict[str, Marked], name: str) -> bool:
        found = given.get(name)
        if found is not None and not isinstance(found.value, bool):
            self.fault(found.line, f"'{name}' is true or false")
        return bool(found is not None and found.value)

    def values(self, given: Marked | None, what: str) -> Lets:
        """A mapping of names to expressions."""
        if given is None:
            return ()
        if not isinstance(given.value, dict):
            self.fault(given.line, f"'{what}' is a mapping of names to expressions")
            return ()
        return tuple((name, self.value(each)) for name, each in given.value.items())

    def lets(self, given: Marked | None) -> Lets:
        """Names for values; a single word is a block of them that several places share."""
        if given is not None and isinstance(given.value, str):
            if given.value not in self.blocks:
                remedy = did_you_mean(given.value, self.blocks)
                self.fault(given.line, f"there is no block '{given.value}'", remedy)
            return self.blocks.get(given.value, ())
        made = self.values(given, "let")
        self.names.update(name for name, _ in made)
        return made

    # --- the file

    def mapping(self, given: Marked) -> Mapping:
        top = self.section(given, "format")
        tables = self.words_of = self.tables(top.get("tables"))
        for name, block in self._mapping(top.get("blocks")).items():
            self.blocks[name] = self.lets(block)
        indexes = tuple(self.index(each) for each in self.listed(top.get("indexes"), "indexes"))
        self.indexes.update(each.name for each in indexes)
        name = self.text(top, "format", "unnamed")
        if not _NAME.match(name):
            self.fault(given.line, f"'{name}' is no name of a format", "small letters and dashes")
        modes = self.words(top, "modes", fields.MODES) or fields.MODES
        return Mapping(
            name=name,
            file=self.file,
            doc=self.text(top, "doc"),
            readers=self.words(top, "reads", fields.READERS),
            mode=self.words(top, "mode", fields.MODES, (modes[0],))[0],
            modes=modes,
            scope_needed=self.text(top, "scope_needed"),
            detect=tuple(self.value(each) for each in self.listed(top.get("detect"), "detect")),
            whole=not self.flag(top, "stream"),
            fallback=self.flag(top, "fallback"),
            complete=frozenset(self.words(top, "complete", None)),
            tables=tables,
            lets=self.lets(top.get("let")),
            indexes=indexes,
            refusals=tuple(self.refusal(each) for each in self.listed(top.get("refuse"), "refuse")),
            left_out=tuple(
                self.left_out(each) for each in self.listed(top.get("left_out"), "left_out")
            ),
            switches=self.rules(top.get("records")),
            notes=tuple(str(each.value) for each in self.listed(top.get("notes"), "notes")),
        )

    def words(
        self,
        given: dict[str, Marked],
        name: str,
        allowed: tuple[str, ...] | None,
        otherwise: tuple[str, ...] = (),
    ) -> tuple[str, ...]:
        """One word or a list of them, from a fixed set."""
        found = given.get(name)
        if found is None:
            return otherwise
        each = found.value if isinstance(found.value, list) else [found]
        words = tuple(str(one.value) for one in each)
        for one in words if allowed is not None else ():
            if allowed is not None and one not in allowed:
                self.fault(found.line, f"'{one}' is no {name}", f"one of {', '.join(allowed)}")
                return otherwise or allowed[:1]
        return words

    def tables(self, given: Marked | None) -> AnyMapping[str, AnyMapping[str, Any]]:
        if given is None:
            return {}
        plain = given.plain()
        if not isinstance(plain, dict) or not all(
            isinstance(each, dict) for each in plain.values()
        ):
            self.fault(given.line, "tables are mappings by name", "write name: {word: meaning}")
            return {}
        self.names.update(plain)
        return {name: {str(k): v for k, v in each.items()} for name, each in plain.items()}

    def index(self, given: Marked) -> IndexRule:
        entry = self.section(given, "index")
        name = self.text(entry, "name", "unnamed")
        lets = self.lets(entry.get("let"))
        missing = Marked(None, given.line)
        return IndexRule(
            name=name,
            each=self.optional(entry, "each"),
            by=self.value(entry.get("by", missing)),
            value=self.value(entry.get("value", Marked("@", given.line))),
            when=self.optional(entry, "when"),
            lets=lets,
            line=given.line,
        )

    def refusal(self, given: Marked) -> Refusal:
        entry = self.section(given, "refusal")
        return Refusal(
            self.optional(entry, "each"),
            self.value(entry.get("when", Marked(None, given.line))),
            self.text(entry, "message"),
            self.text(entry, "why"),
            self.text(entry, "remedy"),
        )

    def left_out(self, given: Marked) -> LeftOut:
        entry = self.section(given, "left-out")
        return LeftOut(
            self.lets(entry.get("let")),
            self.optional(entry, "each"),
            self.optional(entry, "when"),
            self.value(entry.get("name", Marked(None, given.line))),
            self.text(entry, "why"),
        )

    # --- rules

    def rules(self, given: Marked | None) -> tuple[tuple[Rule, ...], ...]:
        """Rules in their order, neighbours with the same `each` put together."""
        made = [self.rule(each) for each in self.listed(given, "records")]
        together = groupby(made, lambda rule: rule.each_text or f"line {rule.line}")
        return tuple(tuple(some) for _, some in together)

    def rule(self, given: Marked) -> Rule:
        entry = self.section(given, "record")
        if ("type" in entry) != ("key" in entry):
            remedy = "write both, or neither where the rule only leads to inner ones"
            self.fault(given.line, "a record has a type and a key", remedy)
        lets = self.lets(entry.get("let"))
        own = [(n, self.value(entry[n])) for n in ("name", "description") if n in entry]
        return Rule(
            each=self.optional(entry, "each"),
            each_text=self.text(entry, "each"),
            when=self.optional(entry, "when"),
            when_text=self.text(entry, "when"),
            lets=lets,
            type=self.type_choice(entry["type"]) if "type" in entry else None,
            key=self.optional(entry, "key"),
            attributes=(*own, *self.values(entry.get("set"), "set")),
            set_for=self.set_for(entry.get("set_for")),
            identifiers=self.values(entry.get("identifiers"), "identifiers"),
            relations=tuple(
                self.relation(each) for each in self.listed(entry.get("relations"), "relations")
            ),
            confidence=self.optional(entry, "confidence"),
            observed_at=self.optional(entry, "observed_at"),
            weak=self.flag(entry, "weak"),
            switches=self.rules(entry.get("records")),
            line=given.line,
            lines=self.attribute_lines(entry),
        )

    def attribute_lines(self, entry: dict[str, Marked]) -> dict[str, int]:
        """The line of each attribute, for the lint."""
        found: dict[str, int] = {}
        for section in (entry.get("set"), *self._mapping(entry.get("set_for")).values()):
            found.update({name: each.line for name, each in self._mapping(section).items()})
        return found

    @staticmethod
    def _mapping(given: Marked | None) -> dict[str, Marked]:
        return given.value if given is not None and isinstance(given.value, dict) else {}

    def set_for(self, given: Marked | None) -> dict[str, Lets]:
        return {
            name: self.values(each, f"set_for {name}")
            for name, each in self._mapping(given).items()
        }

    def type_choice(self, given: Marked) -> TypeChoice:
        if isinstance(given.value, str):
            return TypeChoice(None, {}, given.value, is_name=False, line=given.line)
        entry = self.section(given, "type")
        table = entry["table"].plain() if "table" in entry else {}
        if isinstance(table, str) and table.startswith("$"):
            table = self.words_of.get(table[1:], table)
        if not isinstance(table, dict):
            remedy = "write it, or name one of the file's tables, as $types"
            self.fault(given.line, "a type's table is a mapping of words to types", remedy)
            table = {}
        return TypeChoice(
            self.value(entry.get("of", Marked(None, given.line))),
            {str(word): str(name) for word, name in table.items()},
            self.text(entry, "else"),
            is_name="table" not in entry,
            line=given.line,
        )

    def relation(self, given: Marked) -> RelationRule:
        entry = self.section(given, "relation")
        direction = self.text(entry, "direction", "out")
        if direction not in fields.DIRECTIONS:
            self.fault(entry["direction"].line, f"'{direction}' is no direction", "in or out")
        return RelationRule(
            type=self.text(entry, "type"),
            each=self.optional(entry, "each"),
            when=self.optional(entry, "when"),
            to=self.value(entry.get("to", Marked(None, given.line))),
            incoming=direction == "in",
            known=self.flag(entry, "known"),
            both_ends=self.flag(entry, "both_ends"),
            instead=self.flag(entry, "instead"),
            group=self.group(entry["group"]) if "group" in entry else None,
            properties=self.values(entry.get("with"), "with"),
            line=given.line,
        )

    def group(self, given: Marked) -> GroupRule:
        entry = self.section(given, "group")
        need = entry.get("need", Marked(1, given.line))
        known = isinstance(need.value, int) or need.value in NEEDS
        strength = self.text(entry, "strength", "hard")
        if strength not in fields.STRENGTHS:
            self.fault(entry["strength"].line, f"'{strength}' is no strength", "hard, soft or info")
        return GroupRule(
            word=self.text(entry, "word", "members"),
            need=need.value if known else self.value(need),
            strength=strength,
            grounded=self.flag(entry, "grounded"),
            always=self.flag(entry, "always"),
            line=given.line,
        )
