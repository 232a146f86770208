"""Ledger entries with their changes: who, when, what and why, for a person."""

from collections.abc import Mapping, Sequence
from typing import Any

from fitsm_graph.cli.output import screen
from fitsm_graph.cli.sheets import Sheet

Entry = Mapping[str, Any]
HEADS = ("entry", "at", "actor", "verb", "op", "of", "what", "why")


def entry_sheet(entries: Sequence[Entry]) -> Sheet:
    """Show entries with a row for each change; in fewer columns on a terminal."""
    known = _keys(entries)
    rows = [
        (
            entry["seq"],
            entry["at"],
            entry["actor"],
            entry["verb"],
            change["op"],
            change["kind"],
            _what(change, known),
            " · ".join(part for part in (entry["change"], entry["reason"]) if part),
        )
        for entry in entries
        for change in entry["changes"]
    ]
    if not screen.is_terminal:
        return Sheet(HEADS, rows)
    narrow = [
        (seq, at, f"{actor} {verb}", f"{op} {of} {what}" + (f" ({why})" if why else ""))
        for seq, at, actor, verb, op, of, what, why in rows
    ]
    return Sheet(("entry", "at", "who", "what"), narrow)


def _keys(entries: Sequence[Entry]) -> dict[str, str]:
    """Keys by id, of what the entries themselves create."""
    return {
        change["id"]: change["after"]["key"]
        for entry in entries
        for change in entry["changes"]
        if change["op"] == "CREATE" and (change["after"] or {}).get("key")
    }


def _what(change: Mapping[str, Any], known: Mapping[str, str]) -> str:
    """Say in a line what a change did; of a new record its key and name."""
    before, after = change["before"] or {}, change["after"] or {}
    source = known.get(change["id"], change["id"])
    if change["target"]:
        return f"{source} → {known.get(change['target'], change['target'])}"
    if change["op"] == "CREATE":
        return " ".join(str(after[name]) for name in ("key", "name") if after.get(name))
    changed = ", ".join(
        f"{name}: {_short(before.get(name))} → {_short(after.get(name))}"
        for name in sorted(before.keys() | after.keys())
        if name not in {"version", "updated_at"}
    )
    return f"{source} {changed}".strip()


def _short(value: Any) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= 40 else text[:39] + "…"
