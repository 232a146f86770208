"""Which element an alert is about, and how hard it is hit, from the alert's labels (PR9.1).

    elements: [element, instance, node, host]
    severity: severity
    effects: {critical: down, warning: degraded}
    otherwise: degraded

The values of these labels, in this order, are taken for keys of elements: as they are, without a
port, and as the first part of a name in the network.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fitsm_graph.flow.reading import Path, Reader
from fitsm_graph.model.disturbance import Effect

ALERTS = "alert-mapping"
LABEL_LENGTH = 200


@dataclass(frozen=True, slots=True)
class AlertMapping:
    """How alerts are read.

    Attributes:
        elements: Labels that name the element, the surest first.
        severity: Label that says how grave it is.
        effects: Effect on the element by the value of that label.
        otherwise: Where it has another value, or none.
    """

    elements: tuple[str, ...]
    severity: str
    effects: Mapping[str, Effect]
    otherwise: Effect

    def refs(self, labels: Mapping[str, Any]) -> list[str]:
        """Keys that the element may have, the likeliest first."""
        found: list[str] = []
        for name in self.elements:
            value = str(labels.get(name) or "").strip()[:LABEL_LENGTH]
            host = value.rpartition(":")[0] if value.rpartition(":")[2].isdecimal() else value
            found += [each for each in (value, host, host.partition(".")[0]) if each]
        return list(dict.fromkeys(found))

    def effect(self, labels: Mapping[str, Any]) -> Effect:
        """How hard the element is hit."""
        return self.effects.get(str(labels.get(self.severity, "")), self.otherwise)


def parse_alerts(_name: str, document: Any, read: Reader) -> AlertMapping | None:
    """Read how alerts are read."""
    fields = ("elements", "severity", "effects", "otherwise")
    given = read.fields(document, (), fields, fields)
    names = [
        read.text(each, ("elements", place))
        for place, each in enumerate(read.items(given.get("elements"), ("elements",), "labels"))
    ]
    read.once(names, ("elements",))
    effects = {}
    for word, said in read.mapping(given.get("effects"), ("effects",), "effects").items():
        path: Path = ("effects", word)
        effect = read.one_of(said, path, list(Effect))
        effects[word] = Effect(effect) if effect else Effect.DEGRADED
    otherwise = read.one_of(given.get("otherwise"), ("otherwise",), list(Effect))
    severity = read.text(given.get("severity"), ("severity",))
    last = Effect(otherwise) if otherwise else Effect.DEGRADED
    return AlertMapping(tuple(filter(None, names)), severity, effects, last)
