"""The ledger read a second time, from the written rules alone: no code of the product is used.

A value is written as JSON with keys in the order of their code points, without white space, in
UTF-8; text escapes the quote, the backslash and what lies below the space, nothing else; whole
numbers stand as they are, others in the fewest digits that read back to the same value. A digest
is SHA-256 over parts, each after its length in eight bytes, largest first. A change is the line
[operation, kind, id, digest of the image before, digest of the image after]; an entry's root is
the digest over its sorted lines, and its hash the one over the hash before, the header and the
root. Where a kind has personal values, images hold digests of them with the record's salt.
"""

import hashlib
import json
import math
import zlib
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import Any

from fitsm_graph.graph.graph import Graph
from graph.syncing import run

Properties = dict[str, Any]
Triple = tuple[str, str, str]
Line = list[str]

PERSONAL = {"Person": {"name", "email"}}
ABOVE = {
    **dict.fromkeys(["Service", "ServiceComponent", "CI", "RedundancyGroup"], ("Element",)),
    **dict.fromkeys(
        ["Incident", "Change", "MaintenanceWindow", "Deployment"], ("ProcessRecord", "Disturbance")
    ),
    **dict.fromkeys(
        [
            *("Problem", "KnownError", "Suggestion", "Improvement", "ImprovementAction"),
            *("ChangeTask", "StandardChange", "CABMeeting", "ChangeVariant"),
            *("MajorIncidentReview", "RequestOffering", "ServiceRequest"),
            *("Release", "CommunicationAction", "TrainingRecord"),
            *("Baseline", "Verification", "Deviation", "ConfigurationSource"),
            *("TrendReview", "TrendFinding", "ProblemCause", "ProblemOption", "Workaround"),
            *("ManagementDocument", "Stakeholder", "Review", "Nonconformity"),
            *("Complaint", "SatisfactionResult", "Goal", "Reminder"),
        ],
        ("ProcessRecord",),
    ),
    **dict.fromkeys(["CaseStep", "ChangeStep"], ("Step",)),
}
HEADER = ["seq", "at", "actor", "via", "verb", "requirement", "reason", "change", "run", "op"]
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f", "\b": "\\b"}


# --- hashes --------------------------------------------------------------------------------------


def canonical(value: Any) -> str:
    """The one text of a value."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, str):
        return '"' + "".join(map(_letter, value)) + '"'
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: [ord(letter) for letter in name])
        return "{" + ",".join(f"{canonical(n)}:{canonical(value[n])}" for n in names) + "}"
    raise TypeError(value)


def _letter(letter: str) -> str:
    if letter in _SHORT:
        return _SHORT[letter]
    return f"\\u{ord(letter):04x}" if ord(letter) < 32 else letter


def _number(value: float) -> str:
    """The fewest digits that read back; an exponent from 16 places on, or below the fourth."""
    sign = "-" if math.copysign(1, value) < 0 else ""
    digits, exponent = _fewest(abs(value))
    if not -4 <= exponent < 16:
        point = f".{digits[1:]}" if len(digits) > 1 else ""
        return f"{sign}{digits[0]}{point}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    digits = digits.ljust(exponent + 1, "0")
    return f"{sign}{digits[: exponent + 1]}.{digits[exponent + 1 :] or '0'}"


def _fewest(value: float) -> tuple[str, int]:
    """Digits and exponent; of texts with as many digits the nearest, or else the even one."""
    if not value:
        return "0", 0
    with localcontext() as context:
        context.prec = 1_200  # every float is exact
        exact = Decimal(value)
        for places in range(17):
            power = exact.adjusted()
            scaled = exact.scaleb(places - power)
            below = int(scaled)
            good = [n for n in (below, below + 1) if float(f"{n}e{power - places}") == value]
            if good:
                digits = str(min(good, key=lambda n: (abs(scaled - n), n % 2)))
                power += len(digits) - places - 1  # 9.9 that is rounded up has a digit more
                return digits.rstrip("0") or "0", power
    raise AssertionError(value)


def digest(*parts: str) -> str:
    """SHA-256 over parts with their lengths."""
    state = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8")
        state.update(bytes((len(data) >> shift) & 255 for shift in range(56, -1, -8)))
        state.update(data)
    return state.hexdigest()


def hidden(kind: str, image: Properties, salt: str) -> Properties:
    """An image as the hash sees it."""
    shown = {}
    for name, value in image.items():
        known = value is not None and not isinstance(value, dict)
        if name in PERSONAL.get(kind, set()) and known:
            shown[name] = {"erasable": digest(salt, canonical(value))}
        elif name != "salt":
            shown[name] = value
    return shown


def line(op: str, kind: str, id: str, before: Properties, after: Properties, salt: str) -> Line:
    """The line of one change."""
    images = (hidden(kind, before, salt), hidden(kind, after, salt))
    return [op, kind, id, *(digest("", canonical(image)) for image in images)]


def root(lines: list[Line]) -> str:
    """The digest over the sorted lines."""
    return digest(*(canonical(each) for each in sorted(lines)))


def entry_hash(prev_hash: str, entry: Properties, root_digest: str) -> str:
    """The hash of an entry."""
    return digest(prev_hash, canonical([entry[name] for name in HEADER]), root_digest)


# --- the graph and its undoing -------------------------------------------------------------------


@dataclass
class Image:
    """Records with labels and all properties, and relations, as the database has them."""

    records: dict[str, tuple[list[str], Properties]] = field(default_factory=dict)
    relations: dict[Triple, Properties] = field(default_factory=dict)

    def copy(self) -> "Image":
        records = {id: (list(labels), dict(held)) for id, (labels, held) in self.records.items()}
        return Image(records, {triple: dict(held) for triple, held in self.relations.items()})


async def image_of(graph: Graph) -> Image:
    """Everything that is a record or a relation between records."""
    image = Image()
    for id, labels, held in await run(
        graph, "MATCH (n:Record) RETURN n.id, labels(n), properties(n)"
    ):
        assert id not in image.records
        image.records[id] = (sorted(labels), held)
    for *triple, held in await run(
        graph, "MATCH (a:Record)-[r]->(b:Record) RETURN a.id, type(r), b.id, properties(r)"
    ):
        assert tuple(triple) not in image.relations
        image.relations[tuple(triple)] = held
    return image


@dataclass
class Entry:
    """An entry with what it created and what it replaced."""

    held: Properties
    replaced: list[Any]

    def made(self, what: str) -> list[list[str]]:
        packed = self.held.get(f"created_{what}")
        return json.loads(zlib.decompress(packed)) if packed else []


async def entries_of(graph: Graph) -> list[Entry]:
    """All entries, newest first; each replaced thing as [id, properties of the edge]."""
    rows = await run(
        graph,
        "MATCH (e:LedgerEntry) OPTIONAL MATCH (e)-[c:CHANGED]->(n) "
        "WITH e, collect([n.id, properties(c)]) AS replaced "
        "RETURN properties(e), replaced ORDER BY e.seq DESC",
    )
    return [
        Entry(held, [(id, edge) for id, edge in replaced if id is not None])
        for held, replaced in rows
    ]


def undo(image: Image, entry: Entry, salts: dict[str, str]) -> list[Line]:
    """Take an image to before an entry; return the lines of what the entry did."""
    lines = []
    for source, type, target in entry.made("relations"):
        after = image.relations.pop((source, type, target))
        lines.append(line("relate", type, f"{source} {target}", {}, after, ""))
    for id, edge in entry.replaced:
        before = json.loads(edge["before"])
        if edge.get("target") is None:
            lines.append(_undo_record(image, id, edge["op"], before, salts.get(id, "")))
        else:
            lines.append(_undo_relation(image, (id, edge["type"], edge["target"]), edge, before))
    for kind, id in entry.made("records"):
        _, held = image.records.pop(id)
        lines.append(line("create", kind, id, {}, held, salts.get(id, "")))
    return lines


def _undo_record(image: Image, id: str, op: str, before: Properties, salt: str) -> Line:
    labels, held = image.records[id]
    kind = kind_of(labels)
    after = {name: held.get(name) for name in before}
    held.update(before)
    held = {name: value for name, value in held.items() if value is not None}
    image.records[id] = (labels_of(kind, held), held)
    return line(op, kind, id, before, after, salt)


def _undo_relation(image: Image, triple: Triple, edge: Properties, before: Properties) -> Line:
    if edge["op"] == "unrelate":
        assert triple not in image.relations
        image.relations[triple] = before
        after = {}
    else:
        held = image.relations[triple]
        after = {name: held.get(name) for name in before}
        image.relations[triple] = {
            name: value for name, value in {**held, **before}.items() if value is not None
        }
    source, type, target = triple
    return line(edge["op"], type, f"{source} {target}", before, after, "")


def kind_of(labels: list[str]) -> str:
    """What a record is, by its labels."""
    rest = [label.removeprefix("Retired") for label in labels]
    if "CI" in rest:
        return "CI"
    shared = {"Record", *(each for labels in ABOVE.values() for each in labels)}
    (kind,) = {label for label in rest if label not in shared}
    return kind


def labels_of(kind: str, held: Properties) -> list[str]:
    """The labels of a record, by its kind and properties."""
    if held.get("retired") is not None:
        return sorted(["Record", f"Retired{kind}"])
    own = ["Record", kind, *ABOVE.get(kind, ())]
    return sorted([*own, held["type"]] if kind == "CI" else own)


def as_erased(image: Image, erased: dict[str, str]) -> Image:
    """An image with the values of some records shown as their digests, and without salts.

    Args:
        image: As it was.
        erased: Salts that those records had.
    """
    shown = image.copy()
    for id, (labels, held) in shown.records.items():
        seen = hidden(kind_of(labels), held, erased[id]) if id in erased else held
        shown.records[id] = (labels, {n: v for n, v in seen.items() if n != "salt"})
    return shown
