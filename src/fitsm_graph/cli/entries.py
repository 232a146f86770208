"""Ledger entries with their changes: who, when, what and why, for a person."""

from collections.abc import Mapping, Sequence
from typing import Any

from fitsm_graph.cli.output import screen
from fitsm_graph.cli.sheets import Sheet

Entry = Mapping[str, Any]
_SAYING = ("name", "title", "text", "url")
NO_NAMES: Mapping[str, str] = {}
HEADS = ("entry", "at", "actor", "verb", "op", "of", "what", "why")


def entry_sheet(entries: Sequence[Entry], names: Mapping[str, str] = NO_NAMES) -> Sheet:
    """Show entries with a row for each change; in fewer columns on a terminal.

    Args:
        entries: Oldest first.
        names: What ids are shown as, beside what the entries themselves create.
    """
    known = {**_keys(entries), **{id: name for id, name in names.items() if name}}
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
        for change in sorted(entry["changes"], key=lambda each: each["op"] != "CREATE")
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
    """Say in a line what a change did; of a new record its key, and its name or what it says."""
    before, after = change["before"] or {}, change["after"] or {}
    source = known.get(change["id"], change["id"])
    if change["target"]:
        return f"{source} → {known.get(change['target'], change['target'])}"
    if change["op"] == "CREATE":
        said = next((_short(after[name]) for name in _SAYING if after.get(name)), "")
        return " ".join(part for part in (str(after.get("key") or ""), said) if part)
    changed = ", ".join(
        f"{name}: {_short(before.get(name))} → {_short(after.get(name))}"
        for name in sorted(before.keys() | after.keys())
        if name not in {"version", "updated_at"}
    )
    return f"{source} {changed}".strip()


def _short(value: Any) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= 40 else text[:39] + "…"
