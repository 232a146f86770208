"""Whether the ledger tells the truth.

`chain` reads the entries: numbers without gaps, each hash over the one before, time not going
back, the head at the end. `full` undoes everything from now and compares every change with the
digest its entry keeps, so that a record changed behind the product's back is found too.
`checkpoint` signs the head into a file outside the database; with it, a cut tail is found.
"""

import json
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from fitsm_graph.graph import feed
from fitsm_graph.graph.changes import (
    Change,
    Properties,
    RecordChange,
    as_formerly,
    image_text,
    leaf,
    retired_label,
    root,
)
from fitsm_graph.graph.entry import Head, entry_hash
from fitsm_graph.graph.graph import Graph
from fitsm_graph.graph.history import Entry, GraphImage, RecordImage, Step, undo
from fitsm_graph.kernel.canonical import canonical
from fitsm_graph.kernel.errors import BadInput, Broken
from fitsm_graph.model.declare import RECORDS
from fitsm_graph.model.ledger import GENESIS, HEADER, Op

PAGE = 1_000
_KNOWN = frozenset(HEADER) | {
    "root",
    "prev_hash",
    "hash",
    "created_records",
    "created_relations",
    "change_count",
}
"""Properties of an entry."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as the ledger says."""

    seq: int
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found; it holds when there are no findings."""

    entries: int
    findings: tuple[Finding, ...]
    head: Head

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


async def chain(graph: Graph, checkpoints: Iterable[Properties] = ()) -> Verdict:
    """Read all entries and check how they hang together, and with signed checkpoints.

    Others may write meanwhile: entries up to the head as it stood at first are compared with that
    head, and the head afterwards must have come as far as the entries.
    """
    wanted = _signed(checkpoints)
    first = await _settled_head(graph)
    findings = [
        Finding(seq, "two different heads were signed")
        for seq, hashes in wanted.items()
        if len(hashes) > 1
    ]
    before, at, count, at_first = GENESIS, "", 0, GENESIS
    async for entry in _entries(graph):
        count += 1
        findings += _check_entry(entry, count, before, at, wanted)
        count, before, at = int(entry["seq"]), str(entry["hash"]), str(entry["at"])
        at_first = before if count <= first.seq else at_first
    last = await _settled_head(graph)
    moved = last.seq > count
    if first.seq > count or first.hash != at_first or last.seq < count:
        findings.append(Finding(first.seq, "the head is not the last entry"))
    elif not moved and last.hash != before:
        findings.append(Finding(last.seq, "the head is not the last entry"))
    findings += [
        Finding(seq, "an entry that was signed is missing") for seq in wanted if seq > last.seq
    ]
    return Verdict(count, tuple(findings), first)


async def full(graph: Graph, checkpoints: Iterable[Properties] = ()) -> Verdict:
    """Check the chain, then undo all entries from now and compare each with its digest."""
    findings: list[Finding] = []
    try:
        until, image = await feed.whole(graph)
        findings += _wrong_labels(image) + _wrong_salts(image)
        salts = {id: record.salt for id, record in image.records.items()}
        while until > 0:
            since = max(0, until - PAGE)
            for entry in await feed.entries_between(graph, since, until):
                findings += _check_step(entry, undo(image, entry), salts)
            until = since
        findings += _leftovers(image)
    except Broken as error:
        findings.append(Finding(0, str(error)))
    verdict = await chain(graph, checkpoints)
    return Verdict(verdict.entries, (*verdict.findings, *findings), verdict.head)


async def _settled_head(graph: Graph) -> Head:
    """The head, when every entry up to it can be seen."""
    await feed.standing(graph)
    return await graph.head()


def _signed(checkpoints: Iterable[Properties]) -> dict[int, set[str]]:
    """Hashes by number of entry; more than one is a contradiction."""
    wanted: dict[int, set[str]] = {}
    for point in checkpoints:
        wanted.setdefault(int(point["seq"]), set()).add(str(point["hash"]))
    return wanted


def _check_entry(
    entry: Properties, expected: int, before: str, at: str, wanted: dict[int, set[str]]
) -> list[Finding]:
    seq = int(entry["seq"])
    checks = (
        (seq != expected, f"number {expected} is missing"),
        (entry.get("prev_hash") != before, "it does not follow the entry before"),
        (_hash_or_none(entry) != entry.get("hash"), "its hash does not fit its content"),
        (str(entry.get("at", "")) < at, "its time lies before the entry before"),
        (not _KNOWN.issuperset(entry), "it holds what no entry holds"),
        (
            entry.get("hash") not in wanted.get(seq, {entry.get("hash")}),
            "it is not what was signed",
        ),
    )
    return [Finding(seq, what) for wrong, what in checks if wrong]


def _hash_or_none(entry: Properties) -> str | None:
    try:
        return entry_hash(entry)
    except (KeyError, BadInput):
        return None


def _check_step(entry: Entry, step: Step, salts: dict[str, str]) -> list[Finding]:
    """What is wrong with one entry, undone."""
    texts = (row[3] for row in entry.replaced)
    checks = (
        (step.entry.get("change_count") != len(step.changes), "its count of changes is wrong"),
        (not _fits(step, salts), _not_as_recorded(step)),
        (
            any(image_text(json.loads(text)) != text for text in texts),
            "an image is not in canonical form",
        ),
        (
            any(each.op is Op.ERASE and salts.get(_id(each)) for each in step.changes),
            "what it erased has a salt again",
        ),
    )
    return [Finding(entry.seq, what) for wrong, what in checks if wrong]


def _not_as_recorded(step: Step) -> str:
    """A root says that a leaf is wrong, not which: the reader is told among how many to look."""
    return f"what it changed is not as recorded: one of {len(step.changes)} records and relations"


def _fits(step: Step, salts: dict[str, str]) -> bool:
    """Whether changes are as recorded, under the names that their kinds have or had then."""
    recorded = step.entry.get("root")
    if _root_or_none(step.changes, salts) == recorded:
        return True
    former = as_formerly(step.changes)
    return former != list(step.changes) and _root_or_none(former, salts) == recorded


def _root_or_none(changes: Iterable[Change], salts: dict[str, str]) -> str | None:
    try:
        return root([leaf(change, salts.get(_id(change), "")) for change in changes])
    except BadInput:  # a value that no verb can have written
        return None


def _id(change: Change) -> str:
    return change.id if isinstance(change, RecordChange) else ""


def _wrong_salts(image: GraphImage) -> list[Finding]:
    """Records with a salt although their kind has nothing to hide."""
    return [
        Finding(int(record.properties.get("version") or 0), f"record {id} has no use for a salt")
        for id, record in image.records.items()
        if record.salt and not RECORDS[record.kind].personal
    ]


def _wrong_labels(image: GraphImage) -> list[Finding]:
    """Records whose labels are not those of their kind, type and life."""
    return [
        Finding(int(record.properties.get("version") or 0), f"record {id} has other labels")
        for id, record in image.records.items()
        if record.labels != expected_labels(record)
    ]


def expected_labels(record: RecordImage) -> frozenset[str]:
    """The labels a record has to have: of its kind, a CI's type, or of its retirement."""
    if not record.live:
        return frozenset({"Record", retired_label(record.kind)})
    type_label = {str(record.properties.get("type"))} if record.kind == "CI" else set()
    return frozenset({"Record", *RECORDS[record.kind].labels, *type_label})


def _leftovers(image: GraphImage) -> list[Finding]:
    records = [Finding(0, f"record {id} is in no entry") for id in sorted(image.records)[:10]]
    relations = [
        Finding(0, f"relation {' '.join(triple)} is in no entry")
        for triple in sorted(image.relations)[:10]
    ]
    return records + relations


async def _entries(graph: Graph) -> AsyncIterator[Properties]:
    since = 0
    while True:
        rows = await graph.rows("ledger.entries_after", since=since, limit=PAGE)
        for row in rows:
            yield row["entry"]
        if len(rows) < PAGE:
            return
        since = int(rows[-1]["entry"]["seq"])


# --- checkpoints ---------------------------------------------------------------------------------


def signing_key(path: Path) -> Ed25519PrivateKey:
    """Load the signing key, or make one readable by the owner alone."""
    if path.exists():
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise BadInput(f"{path.name} is no Ed25519 key", remedy="name another key file")
        return key
    key = Ed25519PrivateKey.generate()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return key


def trusted_keys(path: Path) -> list[str]:
    """The public key of a signing key's file, as hexadecimal; none where there is no such file."""
    return [signing_key(path).public_key().public_bytes_raw().hex()] if path.exists() else []


async def checkpoint(graph: Graph, file: Path, key: Ed25519PrivateKey) -> Properties:
    """Sign the head and append it to a file, one JSON object a line."""
    head = await graph.head()
    body: Properties = {"seq": head.seq, "hash": head.hash, "at": head.at}
    body["key"] = key.public_key().public_bytes_raw().hex()
    body["signature"] = key.sign(canonical(body)).hex()
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as out:
        out.write(json.dumps(body, sort_keys=True) + "\n")
    return body


def read_checkpoints(file: Path, trusted: Sequence[str] = ()) -> list[Properties]:
    """Read signed heads; every signature is checked.

    Args:
        file: What `checkpoint` wrote.
        trusted: Public keys as hexadecimal; empty: any key is taken.

    Raises:
        BadInput: CHECKPOINT_BROKEN, naming the line.
    """
    lines = file.read_text(encoding="utf-8").splitlines()
    return [_checked(number, line, trusted) for number, line in enumerate(lines, 1)]


def _checked(number: int, line: str, trusted: Sequence[str]) -> Properties:
    try:
        point: dict[str, Any] = json.loads(line)
        body = {name: point[name] for name in ("seq", "hash", "at", "key")}
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(body["key"]))
        key.verify(bytes.fromhex(point["signature"]), canonical(body))
    except (KeyError, TypeError, ValueError, InvalidSignature) as error:
        raise _broken(number, "its signature does not fit") from error
    if trusted and body["key"] not in trusted:
        raise _broken(number, "it is signed with a key that is not trusted")
    return point


def _broken(number: int, why: str) -> BadInput:
    return BadInput(
        f"line {number} of the checkpoints cannot be trusted",
        code="CHECKPOINT_BROKEN",
        why=why,
        remedy="use the copy that was kept elsewhere",
    )
