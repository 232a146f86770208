"""neomodel classes derived from the declarations, for notebooks, scripts and administration.

They read and they help to explore; the product's own paths use the driver. Saving through them
goes past the ledger, and `fitsm-graph ledger verify --full` will say so: change records with
verbs.
"""

from functools import cache
from typing import Any

import neomodel
from neomodel.contrib.sync_.semi_structured import SemiStructuredNode

from fitsm_graph.model.declare import RECORDS, FieldInfo, record_info

_PROPERTIES: dict[Any, type[Any]] = {
    int: neomodel.IntegerProperty,
    float: neomodel.FloatProperty,
    bool: neomodel.BooleanProperty,
    list[str]: neomodel.ArrayProperty,
}


_RENAMED = {"id": "uid"}
"""neomodel keeps `id` for itself; the property of the node keeps its name."""


@cache
def node_class(kind: str, leaf: str = "") -> type[Any]:
    """The neomodel class of a kind of record; attributes of CIs are read as they are.

    Args:
        kind: Declared kind of record.
        leaf: CI type, for CIs of one type; neomodel knows a node by all of its labels.

    Raises:
        BadInput: No record of this name is declared.
    """
    info = record_info(kind)
    general = _labelled(("Record", *info.labels)[:-1])
    body: dict[str, Any] = {
        "__module__": __name__,
        "__doc__": info.cls.__doc__,
        "__label__": kind,
    }
    body |= {_RENAMED.get(each.name, each.name): _property(each) for each in info.fields}
    made = type(kind, (general,), body)
    return type(leaf, (made,), {"__module__": __name__, "__label__": leaf}) if leaf else made


@cache
def _labelled(labels: tuple[str, ...]) -> type[Any]:
    """A class that stands for shared labels, each on top of the one before."""
    base = _labelled(labels[:-1]) if len(labels) > 1 else SemiStructuredNode
    return type(labels[-1], (base,), {"__module__": __name__, "__label__": labels[-1]})


def all_classes() -> dict[str, type[Any]]:
    """A class for every declared kind of record."""
    return {kind: node_class(kind) for kind in RECORDS}


def _property(each: FieldInfo) -> Any:
    made = _PROPERTIES.get(each.type, neomodel.StringProperty)
    options: dict[str, Any] = {"unique_index": True} if each.unique else {}
    if each.name in _RENAMED:
        options["db_property"] = each.name
    if made is neomodel.ArrayProperty:
        options["base_property"] = neomodel.StringProperty()
    return made(**options)
