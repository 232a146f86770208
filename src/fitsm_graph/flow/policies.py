"""Policies: rules that are data, read into values that the processes act by (GR2.4).

A kind of policy is a parser. It turns a document into a frozen value and tells everything that is
wrong with it. What is in force is a value in memory, one for each kind and name, as `registry` is
for types; verbs are handed it. Rooms list their kinds, and `bootstrap` brings them together.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fitsm_graph.flow.reading import Reader
from fitsm_graph.kernel.canonical import canonical, digest_value
from fitsm_graph.kernel.errors import BadInput, Broken, FitsmError, Problem, Refused
from fitsm_graph.kernel.text import did_you_mean
from fitsm_graph.model.declare import Process
from fitsm_graph.model.process import process_of

Parse = Callable[[str, Any, Reader], Any]
"""Reads the document of a name; what it returns counts only where nothing wrong was noted."""
Fits = Callable[[str, Any, "Policies"], Iterable[Problem]]
"""Says what a value and the other policies in force do not agree on."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
LARGEST_DOCUMENT = 200_000
"""Characters of a document in canonical form."""
_KEPT = 500
"""Values that are kept by the digest of their document."""


def _agrees(_name: str, _value: Any, _others: "Policies") -> Iterable[Problem]:
    return ()


def _names_nobody(_value: Any) -> tuple[str, ...]:
    return ()


def _is_with_nobody(_value: Any) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class PolicyKind:
    """One kind of policy.

    Attributes:
        name: As it stands in keys, such as ``priority-matrix``.
        doc: What it is for, in a sentence.
        requirement: The requirement of FitSM-1 that asks for it.
        parse: Reads a document.
        fits: Holds a value against the others in force.
        parties: Keys of persons and groups that a value names.
        agreed_with: Keys of those with whom a value was agreed on, with the kind of each.
        needed: Names without which the product cannot act; one of each is always in force.
        outgrown: Codes of problems that keep a version from being approved and not, once it is,
            from being in force: a later version of the product may ask for more.
        lives: The value is a life: no record may stand in a state that it lacks.
        process: The process that a value of a name is a rule of; None: as the requirement says.
    """

    name: str
    doc: str
    requirement: str
    parse: Parse
    fits: Fits = _agrees
    parties: Callable[[Any], tuple[str, ...]] = _names_nobody
    agreed_with: Callable[[Any], Mapping[str, str]] = _is_with_nobody
    needed: frozenset[str] = frozenset()
    outgrown: frozenset[str] = frozenset()
    lives: bool = False
    process: Callable[[str, Any], str] | None = None

    def keys(self, value: Any) -> list[str]:
        """Keys of all persons, groups and customers that a value names; they have to be there."""
        return [*self.parties(value), *self.agreed_with(value)]

    def ruled(self, name: str, value: Any) -> Process:
        """The process that a policy is a rule of; the system, where it is of several (GR2.4)."""
        if self.process is not None:
            return Process(self.process(name, value))
        return process_of(self.requirement) or Process.SMS

    def read(self, name: str, document: Any) -> tuple[Any, list[Problem]]:
        """The value of a document, and all that is wrong with it; no value where it has none."""
        reader = Reader()
        value = self.parse(name, document, reader)
        return value, reader.problems

    def checked(self, name: str, document: Any) -> Any:
        """The value of a document that nothing is wrong with.

        Raises:
            BadInput: With everything that is wrong, each with its path and code.
        """
        check_name(name)
        text_of(document)
        value, problems = self.read(name, document)
        if problems:
            raise BadInput.of(problems)
        return value


@dataclass(frozen=True, slots=True)
class InForce:
    """A version that is in force.

    Attributes:
        key: Of its record.
        digest: Of its document.
        value: What was read from it; frozen.
    """

    key: str
    kind: str
    name: str
    digest: str
    value: Any


@dataclass(frozen=True, slots=True)
class Policies:
    """All that is in force at one entry of the ledger.

    Attributes:
        held: By kind and name.
        unreadable: Why versions that are approved are not in force.
    """

    held: Mapping[tuple[str, str], InForce] = field(default_factory=dict)
    unreadable: tuple[Problem, ...] = ()
    _keyed: Mapping[str, InForce] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index by key: every step of an incident asks for the agreements that it keeps."""
        object.__setattr__(self, "_keyed", {each.key: each for each in self.held.values()})

    def __iter__(self) -> Iterator[InForce]:
        return iter(self.held.values())

    def find(self, kind: str, name: str) -> InForce | None:
        """The version of a kind and name that is in force; None where none is."""
        return self.held.get((kind, name))

    def by_key(self, key: str) -> InForce | None:
        """The version of a key; None where it is not in force."""
        return self._keyed.get(key)

    def value(self, kind: str, name: str) -> Any:
        """What the version in force says.

        Raises:
            Refused: NO_POLICY_IN_FORCE.
        """
        found = self.held.get((kind, name))
        if found is None:
            raise Refused(
                f"no {kind} '{name}' is in force",
                code="NO_POLICY_IN_FORCE",
                why="none is approved, or the one that is cannot be read",
                remedy="`fitsm-graph doctor` says which; draft one, and let somebody approve it",
                requirement="GR2.4",
            )
        return found.value

    def with_(self, more: InForce) -> "Policies":
        """The same with another version in force."""
        return Policies({**self.held, (more.kind, more.name): more}, self.unreadable)

    def without(self, kind: str, name: str) -> "Policies":
        """The same without what is in force of a kind and name."""
        held = {place: each for place, each in self.held.items() if place != (kind, name)}
        return Policies(held, self.unreadable)


class PolicyKinds:
    """The kinds that there are.

    Args:
        kinds: Of all rooms; no name twice.
    """

    def __init__(self, kinds: Iterable[PolicyKind]) -> None:
        self._kinds: dict[str, PolicyKind] = {}
        self._values: dict[str, Any] = {}
        for each in kinds:
            if each.name in self._kinds:
                raise Broken(f"two kinds of policy are called '{each.name}'", remedy="rename one")
            self._kinds[each.name] = each

    def __iter__(self) -> Iterator[PolicyKind]:
        return iter(self._kinds.values())

    def kind(self, name: str) -> PolicyKind:
        """A kind by name.

        Raises:
            BadInput: UNKNOWN_POLICY_KIND.
        """
        found = self._kinds.get(name)
        if found is None:
            raise BadInput(
                f"there is no kind of policy '{name[:60]}'",
                code="UNKNOWN_POLICY_KIND",
                remedy=did_you_mean(name[:60], self._kinds),
                path=("kind",),
            )
        return found

    def in_force(self, rows: Iterable[Mapping[str, Any]]) -> Policies:
        """What approved versions say together; one that cannot be read is told, and not in force.

        Args:
            rows: Properties of their records.
        """
        held: dict[tuple[str, str], InForce] = {}
        unreadable = []
        for row in rows:
            try:
                held[row["kind"], row["name"]] = self._read(row)
            except FitsmError as error:
                unreadable.append(error.problem)
        return Policies(held, tuple(unreadable))

    def disagreements(self, policies: Policies) -> list[Problem]:
        """What policies that are in force together do not agree on."""
        return [
            problem
            for each in policies
            if each.kind in self._kinds
            for problem in self._kinds[each.kind].fits(each.name, each.value, policies)
        ]

    def _read(self, row: Mapping[str, Any]) -> InForce:
        """Read an approved version; what was read once is kept by its digest."""
        kind, name, digest = self.kind(row["kind"]), str(row["name"]), str(row["digest"])
        document = document_of(row)
        if digest not in self._values:
            value, problems = kind.read(name, document)
            grave = [each for each in problems if each.code not in kind.outgrown]
            if grave or value is None:
                raise _unreadable(row, grave[0].message if grave else "it says nothing")
            if len(self._values) >= _KEPT:
                self._values.clear()
            self._values[digest] = value
        return InForce(row["key"], kind.name, name, digest, self._values[digest])


def check_name(name: str) -> str:
    """Refuse a name that could not stand in a key.

    Raises:
        BadInput: POLICY_NAME.
    """
    if not NAME.fullmatch(name):
        raise BadInput(
            f"'{name[:60]}' is no name for a policy",
            code="POLICY_NAME",
            why="names stand in keys, as <kind>/<name>/<number>",
            remedy="letters, digits, _ and -, beginning with one of the first two, 60 at most",
            path=("name",),
        )
    return name


def text_of(document: Any) -> str:
    """A document in canonical form.

    Raises:
        BadInput: It has none, or POLICY_TOO_LARGE.
    """
    text = canonical(document).decode()
    if len(text) > LARGEST_DOCUMENT:
        raise BadInput(
            "the document is too large",
            code="POLICY_TOO_LARGE",
            why=f"it has {len(text):,} characters, and {LARGEST_DOCUMENT:,} is the most",
            remedy="divide it into policies with names of their own",
            path=("document",),
        )
    return text


def digest_of(kind: str, name: str, document: Any) -> str:
    """What a version is recognised by: the digest of its kind, name and document."""
    return digest_value([kind, name, document])


def document_of(row: Mapping[str, Any]) -> Any:
    """The document of a version as it was approved.

    Raises:
        Broken: POLICY_DAMAGED, when it is not what its digest says.
    """
    try:
        document = json.loads(row["document"])
        if digest_of(row["kind"], row["name"], document) == row["digest"]:
            return document
        why = "its document is not the one that was approved: the digests differ"
    except ValueError as error:
        why = f"its document is no JSON: {error}"
    raise Broken(
        f"{row['key']} cannot be used",
        code="POLICY_DAMAGED",
        why=why,
        remedy="run `fitsm-graph ledger verify --full`; draft the version anew and approve it",
    )


def _unreadable(row: Mapping[str, Any], why: str) -> Broken:
    return Broken(
        f"{row['key']} cannot be read",
        code="POLICY_UNREADABLE",
        why=why,
        remedy="draft a version that this version of the product reads, and approve it",
    )
