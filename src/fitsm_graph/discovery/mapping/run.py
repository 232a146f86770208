"""Run a mapping over the documents of a file: rules in, observations out."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from fitsm_graph.discovery.form import LONGEST_KEY, MOST_RELATIONS
from fitsm_graph.discovery.mapping.drafts import Draft, Drafts, Tie
from fitsm_graph.discovery.mapping.expression import Compiled, Names
from fitsm_graph.discovery.mapping.language import (
    GroupRule,
    IndexRule,
    LeftOut,
    Mapping,
    RelationRule,
    Rule,
    TypeChoice,
)
from fitsm_graph.discovery.mapping.lists import INDEXES
from fitsm_graph.discovery.mapping.values import Unfit, empty, shown, spread
from fitsm_graph.discovery.records import secret_dropped
from fitsm_graph.discovery.secrets import is_secret
from fitsm_graph.kernel.errors import BadInput, Problem
from fitsm_graph.model.observation import Observation, ObservedRelation

_ENDING = re.compile(r"(?i)\.(json|jsonl|ndjson|ya?ml|csv|xlsx|xml|ini|txt|tfstate(\.json)?)$")
Document = tuple[str, Any]
"""Where it stands, and what it is."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a file does not say itself.

    Attributes:
        scope: Part of the source, such as the cluster or the device that the file is of.
        stem: Name of the file without an ending that only tells its form.
    """

    scope: str = "default"
    stem: str = ""

    @classmethod
    def of(cls, scope: str, file_name: str) -> "Given":
        """What the name of a file tells; ``db01.example`` and ``db01.example.json`` are alike."""
        return cls(scope, _ENDING.sub("", file_name))


def run_mapping(
    mapping: Mapping, documents: Iterable[Document | Problem], given: Given
) -> Iterator[Observation | Problem]:
    """Make observations of documents.

    Args:
        mapping: The format.
        documents: From its reader, with what could not be read.
        given: What the file does not say itself.

    Yields:
        Observations; a problem for whatever could not be understood; a notice for each secret
        that was dropped and for each kind of record that is left out, with its count.

    Raises:
        BadInput: SCOPE_NEEDED.
    """
    if mapping.scope_needed and given.scope in {"", "default"}:
        raise BadInput(
            "the file does not say what it is of",
            code="SCOPE_NEEDED",
            why=mapping.scope_needed,
            remedy="name it: --scope NAME",
        )
    if mapping.whole:
        yield from _whole(mapping, documents, given)
    else:
        yield from _streamed(mapping, documents, given)


def _whole(
    mapping: Mapping, documents: Iterable[Document | Problem], given: Given
) -> Iterator[Observation | Problem]:
    kept: list[Document] = []
    for each in documents:
        if isinstance(each, Problem):
            yield each
        else:
            kept.append(each)
    run = _Run(mapping, given, [document for _, document in kept])
    for place, document in kept:
        run.document(place, document)
    yield from run.results()


def _streamed(
    mapping: Mapping, documents: Iterable[Document | Problem], given: Given
) -> Iterator[Observation | Problem]:
    left_out: Counter[tuple[str, str]] = Counter()
    for each in documents:
        if isinstance(each, Problem):
            yield each
            continue
        run = _Run(mapping, given, [])
        run.left_out = left_out
        run.document(*each)
        yield from run.drafts.observations()
        yield from run.problems()
    yield from _left_out_notices(left_out)


class _Run:
    """One run over one file, or over one row of a streamed one."""

    def __init__(self, mapping: Mapping, given: Given, documents: list[Any]) -> None:
        self.mapping = mapping
        self.drafts = Drafts()
        self.said: list[Problem] = []
        self.left_out: Counter[tuple[str, str]] = Counter()
        self.names: dict[str, Any] = {
            **mapping.tables,
            "file": documents,
            "scope": given.scope,
            "stem": given.stem,
            INDEXES: {},
        }
        for index in mapping.indexes:  # one after another, so that later ones can use earlier ones
            self.names[INDEXES][index.name] = {}
            for number, document in enumerate(documents, start=1):
                self._index(index, document, f"document {number}")

    # --- joins

    def _index(self, rule: IndexRule, document: Any, place: str) -> None:
        known = self.names[INDEXES][rule.name]
        names = self._let(self.mapping.lets, document, self.names, place)
        for value in self._records(rule.each, document, names, place):
            inner = self._let(rule.lets, value, {**names, "up": document}, place)
            if rule.when is not None and empty(self._of(rule.when, value, inner, place)):
                continue
            found = self._of(rule.value, value, inner, place)
            for key in spread(self._of(rule.by, value, inner, place)) if found is not None else ():
                known.setdefault(str(key), []).append(found)

    # --- documents and records

    def document(self, place: str, document: Any) -> None:
        """Make what one document holds."""
        names = self._let(self.mapping.lets, document, self.names, place)
        if self._refused(document, names, place):
            return
        for left in self.mapping.left_out:
            self._leave_out(left, document, names, place)
        for switch in self.mapping.switches:
            self._switch(switch, document, names, place)

    def _refused(self, document: Any, names: Names, place: str) -> bool:
        for refusal in self.mapping.refusals:
            for value in self._records(refusal.each, document, names, place):
                if not empty(self._of(refusal.when, value, names, place)):
                    problem = Problem(
                        "NOT_TAKEN_IN", refusal.message, refusal.why, refusal.remedy, (place,)
                    )
                    self.said.append(problem)
                    return True
        return False

    def _leave_out(self, left: LeftOut, document: Any, names: Names, place: str) -> None:
        for value in self._records(left.each, document, names, place):
            inner = self._let(left.lets, value, {**names, "up": document}, place)
            if left.when is None or not empty(self._of(left.when, value, inner, place)):
                for name in spread(self._of(left.name, value, inner, place)):
                    self.left_out[str(name), left.why] += 1

    def _switch(self, switch: tuple[Rule, ...], value: Any, names: Names, place: str) -> None:
        """Give each record to the first rule that takes it."""
        first = switch[0]
        records = self._records(first.each, value, names, place)
        single = first.each is None
        for n, record in enumerate(records, start=1):
            where = place if single else f"{place}, {first.each_text} {n}"
            inner = names if single else {**names, "up": value, "n": n}
            for rule in switch:
                own = self._let(rule.lets, record, inner, where) if rule.lets else inner
                if rule.when is None or not empty(self._of(rule.when, record, own, where)):
                    self._element(rule, record, own, where)
                    break

    def _element(self, rule: Rule, record: Any, names: Names, place: str) -> None:
        if rule.key is not None and rule.type is not None:
            key = self._key(rule, record, names, place)
            if key is None:
                return
            self._draft(rule, rule.type, record, {**names, "key": key}, place)
            names = {**names, "around": key}
        for switch in rule.switches:
            self._switch(switch, record, names, place)

    def _key(self, rule: Rule, record: Any, names: Names, place: str) -> str | None:
        """The element's key; what has none, or an impossible one, is told."""
        before = len(self.said)
        found = self._of(rule.key, record, names, place)
        if isinstance(found, list):
            found = found[0] if len(found) == 1 else None
        if isinstance(found, str) and is_key(found):
            return found
        if len(self.said) == before:
            message = "there is no key" if found is None else f"{shown(found)} is no key"
            remedy = f"1 to {LONGEST_KEY} printable characters, no space at either end"
            why = f"a part of it is missing; see line {rule.line} of {self.mapping.file}"
            self.said.append(Problem("BAD_RECORD", message, why, remedy, (place, "key")))
        return None

    def _draft(self, rule: Rule, choice: TypeChoice, record: Any, names: Names, place: str) -> None:
        before = len(self.said)
        type_name = self._type(choice, record, names, place)
        pairs = (*rule.attributes, *rule.set_for.get(type_name, ()))
        attributes = self._attributes(pairs, record, names, place)
        draft = Draft(type_name, names["key"], place, attributes, rule.weak)
        draft.confidence = self._share(rule.confidence, record, names, place)
        if rule.observed_at is not None:
            draft.observed_at = self._of(rule.observed_at, record, names, place) or ""
        for kind, value in rule.identifiers:
            for each in spread(self._of(value, record, names, place)):
                if not empty(each):
                    draft.identifiers[kind, str(each)[:LONGEST_KEY]] = None
        if len(self.said) > before:
            return
        draft = self.drafts.add(draft)
        for relation in rule.relations:
            self._relations(relation, draft, record, names)

    def _type(self, choice: TypeChoice, record: Any, names: Names, place: str) -> str:
        if choice.of is None:
            return choice.otherwise
        word = self._of(choice.of, record, names, place)
        found = choice.table.get(str(word)) or (word if choice.is_name else None)
        if found or choice.otherwise:
            return str(found or choice.otherwise)
        message = f"{shown(word)} is of no known type"
        remedy = f"one of {', '.join(list(choice.table)[:8])}" if choice.table else "name a CI type"
        self.said.append(Problem("UNKNOWN_TYPE", message, "", remedy, (place, "type")))
        return ""

    def _attributes(
        self, pairs: Iterable[tuple[str, Compiled]], record: Any, names: Names, place: str
    ) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in pairs:
            made = self._of(value, record, names, place, name)
            if made is None or made in ("", []):
                continue
            if isinstance(made, dict) or (isinstance(made, list) and _nested(made)):
                remedy = "map its fields one by one"
                message = f"'{name}' is an object or nested"
                self._say("BAD_VALUE", message, remedy, (place, "attributes", name))
            elif is_secret(name, made):
                self.said_aside(secret_dropped(place, name))
            elif name == "name":
                found[name] = str(made)
            else:
                found[name] = made
        return found

    def said_aside(self, problem: Problem) -> None:
        """Say what does not hinder the row."""
        self.drafts.problems.append(problem)

    def _share(self, value: Compiled | None, record: Any, names: Names, place: str) -> float | None:
        found = None if value is None else self._of(value, record, names, place, "confidence")
        return float(found) if isinstance(found, int | float) and 0 <= found <= 1 else None

    # --- relations

    def _relations(self, rule: RelationRule, draft: Draft, record: Any, names: Names) -> None:
        if rule.instead and any(type_name == rule.type for type_name, _, _ in draft.ties):
            return
        ends: dict[str, dict[str, Any]] = {}
        for value in self._records(rule.each, record, names, draft.place):
            inner = names if rule.each is None else {**names, "up": record}
            if rule.when is not None and empty(self._of(rule.when, value, inner, draft.place)):
                continue
            properties = self._properties(rule, value, inner, draft.place)
            for key in spread(self._of(rule.to, value, inner, draft.place, rule.type)):
                if not empty(key) and str(key) != draft.key:
                    ends.setdefault(str(key), properties)
        for key in ends:
            if not is_key(key):
                self._say("BAD_RECORD", f"{shown(key)} is no key", "", (draft.place, rule.type))
        keys = [key for key in ends if is_key(key)]
        if rule.group is not None and keys:
            keys = self._grouped(rule, rule.group, draft, keys, record, names)
        self._tie(rule, draft, keys, ends)

    def _tie(
        self, rule: RelationRule, draft: Draft, keys: list[str], ends: dict[str, dict[str, Any]]
    ) -> None:
        for key in keys:
            relation = ObservedRelation(
                type=rule.type, key=key, incoming=rule.incoming, properties=ends.get(key, {})
            )
            draft.relate(Tie(relation, rule.known, rule.both_ends))
        if len(draft.ties) > MOST_RELATIONS:
            remedy = "state some from their other end, with direction: in"
            message = f"more than {MOST_RELATIONS:,} relations of one element"
            raise BadInput(message, code="TOO_MANY", remedy=remedy, path=(draft.place,))

    def _grouped(
        self,
        rule: RelationRule,
        group: GroupRule,
        draft: Draft,
        keys: list[str],
        record: Any,
        names: Names,
    ) -> list[str]:
        """Several targets become one group; a single one stays as it is, unless always grouped."""
        if len(keys) == 1 and not group.always:
            return keys
        need = self._need(group, len(keys), record, {**names, "n": len(keys)}, draft.place)
        attributes = {"need": need, "strength": group.strength, "grounded": group.grounded}
        return [self.drafts.group(draft, group.word, sorted(keys), attributes, known=rule.known)]

    def _need(self, group: GroupRule, count: int, record: Any, names: Names, place: str) -> int:
        if isinstance(group.need, int):
            return group.need
        if isinstance(group.need, str):
            words = {"all": count, "all_but_one": max(1, count - 1), "majority": count // 2 + 1}
            return words[group.need]
        found = self._of(group.need, record, names, place, "need")
        return found if isinstance(found, int) and 0 <= found <= count else 1

    def _properties(
        self, rule: RelationRule, value: Any, names: Names, place: str
    ) -> dict[str, Any]:
        made = {name: self._of(each, value, names, place, name) for name, each in rule.properties}
        return {name: each for name, each in made.items() if each is not None}

    # --- values

    def _of(
        self, value: Compiled | None, record: Any, names: Names, place: str, name: str = ""
    ) -> Any:
        if value is None:
            return None
        try:
            return value(record, names)
        except Unfit as unfit:
            path = (place, name) if name else (place,)
            self._say("BAD_VALUE", str(unfit), "mend it at the source", path)
            return None

    def _records(self, each: Compiled | None, value: Any, names: Names, place: str) -> list[Any]:
        return [value] if each is None else spread(self._of(each, value, names, place))

    def _let(
        self, lets: tuple[tuple[str, Compiled], ...], value: Any, names: Names, place: str
    ) -> dict[str, Any]:
        made = dict(names)
        for name, each in lets:
            made[name] = self._of(each, value, made, place)
        return made

    def _say(self, code: str, message: str, remedy: str, path: tuple[str, ...]) -> None:
        self.said.append(Problem(code, message, remedy=remedy, path=path))

    # --- results

    def problems(self) -> Iterator[Problem]:
        """What is wrong with rows, and what was said aside."""
        yield from dict.fromkeys(self.said)
        yield from self.drafts.problems

    def results(self) -> Iterator[Observation | Problem]:
        """Everything that was made, then everything that is to be said."""
        yield from self.drafts.observations()
        yield from self.problems()
        yield from _left_out_notices(self.left_out)


def is_key(text: str) -> bool:
    """Whether a text can be a key: printable, no space at either end, not too long."""
    return 0 < len(text) <= LONGEST_KEY and text.isprintable() and text == text.strip()


def _nested(values: list[Any]) -> bool:
    return any(isinstance(each, dict | list) for each in values)


def _left_out_notices(left_out: Counter[tuple[str, str]]) -> Iterator[Problem]:
    for (name, why), count in sorted(left_out.items()):
        message = f"{count:,} × {name} left out"
        yield Problem("MODEL_SKIPPED", message, why, path=(name,))
