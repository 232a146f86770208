"""The published form of one observation, `schema/sync.schema.json`, and its limits.

The limits and the names are stated here once: the schema is printed from them, and the reader in
`records.py` checks by them. A test fails when the file and this module differ.
"""

from typing import Any

from fitsm_graph.model.observation import Operation

LONGEST_LINE = 1 << 20
"""Bytes of one line, without its end."""
MOST_ATTRIBUTES = 200
MOST_RELATIONS = 1_000
MOST_IDENTIFIERS = 50
DEEPEST = 6
"""Levels of objects and lists, the record itself being the first."""
LONGEST_KEY = 512
LONGEST_NAME = 500

RECORD_FIELDS = (
    "op",
    "type",
    "key",
    "identifiers",
    "attributes",
    "observed_at",
    "confidence",
    "relations",
    "members",
)
RELATION_FIELDS = ("type", "to", "direction", "properties")
RELATION_PROPERTIES = ("weight", "strength", "grounded", "confidence", "verified_at")
DIRECTIONS = ("out", "in")
GROUP_FIELDS = ("need", "need_share", "strength", "grounded", "reserve")
STRENGTHS = ("hard", "soft", "info")


def json_schema() -> dict[str, Any]:
    """The JSON Schema of one NDJSON line (draft 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Observation",
        "description": (
            "One element as a source saw it; one line of an NDJSON file. A line has at most "
            f"{LONGEST_LINE} bytes and {DEEPEST} levels. Names must not be repeated in an object. "
            "Attributes that hold secrets are dropped."
        ),
        "type": "object",
        "required": ["type", "key"],
        "additionalProperties": False,
        "properties": _record_properties(),
        "$defs": {"key": _KEY, "relation": _relation(), "member": _member()},
    }


_KEY: dict[str, Any] = {
    "description": "The source's own key of an element; permanent. No space at either end.",
    "type": "string",
    "minLength": 1,
    "maxLength": LONGEST_KEY,
    "pattern": r"^\S(.*\S)?$",
}
_SHARE: dict[str, Any] = {"type": "number", "minimum": 0, "maximum": 1}


def _record_properties() -> dict[str, Any]:
    return {
        "op": {
            "description": (
                "upsert: this is how it is. touch: it is still there. delete: the source says it "
                "is gone; its retirement is proposed."
            ),
            "enum": [each.value for each in Operation],
            "default": Operation.UPSERT.value,
        },
        "type": {
            "description": "A CI type, or Service, ServiceComponent, RedundancyGroup.",
            "type": "string",
            "minLength": 1,
        },
        "key": {"$ref": "#/$defs/key"},
        "identifiers": {
            "description": "What names the element elsewhere: serial numbers, cloud ids.",
            "type": "array",
            "maxItems": MOST_IDENTIFIERS,
            "items": {
                "type": "object",
                "required": ["kind", "value"],
                "additionalProperties": False,
                "properties": {
                    "kind": {"type": "string", "minLength": 1, "maxLength": 100},
                    "value": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
                },
            },
        },
        "attributes": _attributes(),
        "observed_at": {"type": "string", "format": "date-time"},
        "confidence": {"description": "How sure the source is of it and its relations.", **_SHARE},
        "relations": {
            "type": "array",
            "maxItems": MOST_RELATIONS,
            "items": {"$ref": "#/$defs/relation"},
        },
        "members": {
            "description": "Members of a RedundancyGroup; the same as HAS_MEMBER relations.",
            "type": "array",
            "maxItems": MOST_RELATIONS,
            "items": {"$ref": "#/$defs/member"},
        },
    }


def _attributes() -> dict[str, Any]:
    return {
        "description": (
            "name, description, lifecycle, is_source, the typed attributes of the CI type; for a "
            f"RedundancyGroup {', '.join(GROUP_FIELDS)}; for a Service criticality. Null clears."
        ),
        "type": "object",
        "maxProperties": MOST_ATTRIBUTES,
        "additionalProperties": {
            "type": ["string", "number", "boolean", "null", "array"],
            "items": {"type": ["string", "number", "boolean"]},
        },
    }


def _relation() -> dict[str, Any]:
    return {
        "description": "A relation seen from the element; the other end may come later in the run.",
        "type": "object",
        "required": ["type", "to"],
        "additionalProperties": False,
        "properties": {
            "type": {
                "description": "A relationship type, HAS_MEMBER or OWNED_BY.",
                "type": "string",
            },
            "to": {
                "type": "object",
                "required": ["key"],
                "additionalProperties": False,
                "properties": {"key": {"$ref": "#/$defs/key"}},
            },
            "direction": {
                "description": "in: the other end is the source of the relation.",
                "enum": list(DIRECTIONS),
                "default": "out",
            },
            "properties": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "weight": {
                        "description": "Of a group's member.",
                        "type": "integer",
                        "minimum": 1,
                    },
                    "strength": {"enum": list(STRENGTHS)},
                    "grounded": {"type": "boolean"},
                    "confidence": _SHARE,
                    "verified_at": {"type": "string", "format": "date-time"},
                },
            },
        },
    }


def _member() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["key"],
        "additionalProperties": False,
        "properties": {
            "key": {"$ref": "#/$defs/key"},
            "weight": {"type": "integer", "minimum": 1, "default": 1},
        },
    }
