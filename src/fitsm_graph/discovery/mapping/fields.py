"""The fields that each section of a mapping file may have; the reference page lists them too."""

from collections.abc import Mapping

READERS = ("json", "ndjson", "yaml", "csv", "xlsx", "xml", "ini")
MODES = ("snapshot", "delta", "enrich")
DIRECTIONS = ("out", "in")
STRENGTHS = ("hard", "soft", "info")

FIELDS: Mapping[str, tuple[str, ...]] = {
    "format": (
        "format",
        "doc",
        "reads",
        "detect",
        "mode",
        "modes",
        "scope_needed",
        "stream",
        "fallback",
        "complete",
        "notes",
        "tables",
        "blocks",
        "let",
        "indexes",
        "refuse",
        "left_out",
        "records",
    ),
    "index": ("name", "each", "when", "let", "by", "value"),
    "refusal": ("each", "when", "message", "why", "remedy"),
    "left-out": ("each", "let", "when", "name", "why"),
    "record": (
        "each",
        "when",
        "let",
        "type",
        "key",
        "name",
        "description",
        "set",
        "set_for",
        "identifiers",
        "relations",
        "confidence",
        "observed_at",
        "weak",
        "records",
    ),
    "type": ("of", "table", "else"),
    "relation": (
        "type",
        "to",
        "each",
        "when",
        "direction",
        "known",
        "both_ends",
        "instead",
        "group",
        "with",
    ),
    "group": ("word", "need", "strength", "grounded", "always"),
}
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "format": ("format", "doc", "reads", "detect", "records"),
    "index": ("name", "by"),
    "refusal": ("when", "message", "remedy"),
    "left-out": ("name", "why"),
    "type": ("of",),
    "relation": ("type", "to"),
}
