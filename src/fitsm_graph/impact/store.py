"""A mapped topology in one file, so that a restart does not read the whole graph again.

The file is a line of JSON that says what follows, then the arrays as they are. The digest is
over both; a file that is cut, altered, of another format or another registry is refused, and
the caller loads from the database instead. It is written beside its place and moved there, so
that a crash leaves the old one.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fitsm_graph.impact.base import Base, Elements
from fitsm_graph.impact.columns import RELATION_COLUMNS, Relations, TextColumn
from fitsm_graph.impact.mapped import Mapped
from fitsm_graph.impact.network import ARRAYS, Network, Strength, frozen
from fitsm_graph.impact.records import GroupNeed, RelationSemantics
from fitsm_graph.impact.topology import Topology
from fitsm_graph.kernel.errors import Broken

FORMAT: Final = "fitsm-graph topology 2"
_ELEMENT_COLUMNS: Final = tuple(f.name for f in fields(Elements))
_GROUP_COLUMNS: Final = ("number", "need", "share", "strength", "grounded", "reserve")
_NONE: Final = -1


def save(mapped: Mapped, path: Path, *, entry: str = "") -> None:
    """Write a mapped topology, compacted first if it has an overlay.

    Args:
        mapped: What to keep.
        path: File; its folder exists.
        entry: Hash of the ledger entry it stands at; see `entry_of`.

    Raises:
        OSError: The file cannot be written.
    """
    if mapped.topology.added or mapped.topology.texts or mapped.topology.links or mapped.blank:
        mapped = mapped.compacted()
    arrays = _arrays(mapped)
    header = _header(mapped, arrays, entry)
    state = hashlib.blake2b(header, digest_size=32)
    for array in arrays.values():
        state.update(_bytes(array))
    beside = path.with_name(path.name + ".new")
    with beside.open("wb") as file:
        file.write(state.hexdigest().encode() + b"\n" + header + b"\n")
        for array in arrays.values():
            file.write(_bytes(array))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def restore(path: Path, *, registry: str) -> Mapped:
    """Read a mapped topology.

    Args:
        path: File written by `save`.
        registry: Version of the registry in force; another one means other semantics.

    Raises:
        Broken: SNAPSHOT_UNREADABLE, if there is no such file or it is damaged or does not fit.
    """
    try:
        with path.open("rb") as file:
            digest, header = file.readline(), file.readline()
            body = np.fromfile(file, np.uint8)
    except OSError as error:
        raise _unreadable(path, f"it cannot be read ({error.strerror})") from error
    state = hashlib.blake2b(header.rstrip(b"\n"), digest_size=32)
    state.update(_bytes(body))
    if state.hexdigest().encode() != digest.rstrip(b"\n"):
        raise _unreadable(path, "its digest does not match its contents")
    told = json.loads(header)
    if told["format"] != FORMAT:
        raise _unreadable(path, f"its format is {told['format']!r}, not {FORMAT!r}")
    if told["registry"] != registry:
        raise _unreadable(path, f"its registry is {told['registry']!r}, not {registry!r}")
    return _mapped(told, _cut(told["arrays"], body))


def entry_of(path: Path) -> str:
    """Hash of the ledger entry that a file `restore` has read stands at.

    Numbers of entries begin anew in another database; the hash says that it is the same ledger.
    """
    with path.open("rb") as file:
        file.readline()
        return str(json.loads(file.readline())["entry"])


def _unreadable(path: Path, what: str) -> Broken:
    return Broken(
        f"the saved topology {path.name} is not used: {what}",
        code="SNAPSHOT_UNREADABLE",
        why="an answer may rest only on a topology that is whole",
        remedy="load the topology from the database; the next save replaces the file",
    )


def _bytes(array: NDArray[Any]) -> memoryview:
    view: memoryview = np.ascontiguousarray(array).view(np.uint8).reshape(-1).data
    return view


def _header(mapped: Mapped, arrays: Mapping[str, NDArray[Any]], entry: str) -> bytes:
    topology = mapped.topology
    told = {
        "format": FORMAT,
        "version": topology.version,
        "entry": entry,
        "registry": topology.registry,
        "elements": topology.size,
        "semantics": [
            [m.name, m.dependency, int(m.strength), m.grounded, m.neighbours, m.symmetric,
             m.membership, sorted(m.needed_by)]
            for m in topology.semantics
        ],
        "types": topology.types,
        "relations": mapped.network.relation_count,
        "unit": mapped.network.unit_weights,
        "arrays": [[name, array.dtype.str, array.size] for name, array in arrays.items()],
    }  # fmt: skip
    return json.dumps(told, sort_keys=True).encode()


def _arrays(mapped: Mapped) -> dict[str, NDArray[Any]]:
    topology, base = mapped.topology, mapped.topology.base
    arrays: dict[str, NDArray[Any]] = {"ids": base.ids, "what": mapped.what}
    for name, text in (("keys", base.keys), ("names", base.names)):
        arrays |= {f"{name}.blob": text.blob, f"{name}.starts": text.starts}
    for name in ("by_source", "by_target", "to_target"):
        arrays[f"base.{name}"] = getattr(base, name)
    arrays |= {f"element.{name}": getattr(topology.elements, name) for name in _ELEMENT_COLUMNS}
    arrays |= {f"relation.{name}": getattr(base.relations, name) for name in RELATION_COLUMNS}
    arrays |= {f"group.{name}": column for name, column in _group_columns(base.groups).items()}
    for name in ARRAYS:
        array = getattr(mapped.network, name)
        arrays[f"network.{name}"] = array[:1] if array.strides == (0,) else array
    # The wide ones first, so that every array begins where its type may begin.
    return dict(sorted(arrays.items(), key=lambda item: -item[1].dtype.alignment))


def _group_columns(groups: Mapping[int, GroupNeed]) -> dict[str, NDArray[Any]]:
    rows = [
        (
            number,
            _NONE if ask.need is None else ask.need,
            np.nan if ask.share is None else ask.share,
            int(ask.strength),
            ask.grounded,
            _NONE if ask.reserve is None else ask.reserve,
        )
        for number, ask in groups.items()
    ]
    columns = list(zip(*rows, strict=True)) or [()] * len(_GROUP_COLUMNS)
    kinds: list[Any] = [np.int64, np.int64, np.float64, np.int64, np.int64, np.int64]
    return {
        name: np.asarray(column, kind)
        for name, column, kind in zip(_GROUP_COLUMNS, columns, kinds, strict=True)
    }


def _cut(told: list[list[Any]], body: NDArray[np.uint8]) -> dict[str, NDArray[Any]]:
    """Cut the body into its arrays; copies only where the place is not aligned."""
    arrays, at = {}, 0
    for name, kind, size in told:
        end = at + size * np.dtype(kind).itemsize
        part = body[at:end]
        aligned = part if at % np.dtype(kind).alignment == 0 else part.copy()
        arrays[name] = aligned.view(kind)
        at = end
    return arrays


def _mapped(told: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Mapped:
    elements = Elements(*(_part(arrays, "element", name) for name in _ELEMENT_COLUMNS))
    base = Base(
        ids=_part(arrays, "", "ids"),
        keys=TextColumn(arrays["keys.blob"], arrays["keys.starts"]),
        names=TextColumn(arrays["names.blob"], arrays["names.starts"]),
        groups=_groups({name: arrays[f"group.{name}"].tolist() for name in _GROUP_COLUMNS}),
        relations=Relations(*(_part(arrays, "relation", name) for name in RELATION_COLUMNS)),
        by_source=_part(arrays, "base", "by_source"),
        by_target=_part(arrays, "base", "by_target"),
        to_target=_part(arrays, "base", "to_target"),
    )
    topology = Topology(
        told["version"],
        told["registry"],
        tuple(
            RelationSemantics(
                row[0],
                row[1],
                Strength(row[2]),
                grounded=row[3],
                neighbours=row[4],
                symmetric=row[5],
                membership=row[6],
                needed_by=frozenset(row[7]),
            )
            for row in told["semantics"]
        ),
        tuple(told["types"]),
        elements,
        base,
    )
    columns: dict[str, Any] = {name: _part(arrays, "network", name) for name in ARRAYS}
    if told["unit"]:
        for name in ("weight", "used_weight"):
            one = np.ones((), columns["need"].dtype)
            columns[name] = np.broadcast_to(one, (told["relations"],))
    columns = {name: frozen(column) for name, column in columns.items()}
    network = Network(told["elements"], **columns)
    return Mapped(topology, network, arrays["what"])


def _part(arrays: Mapping[str, NDArray[Any]], group: str, name: str) -> Any:
    return arrays[f"{group}.{name}" if group else name]


def _groups(columns: Mapping[str, list[Any]]) -> dict[int, GroupNeed]:
    needs: dict[Any, GroupNeed] = {}
    groups = {}
    rows = zip(*(columns[name] for name in _GROUP_COLUMNS), strict=True)
    for number, need, share, strength, grounded, reserve in rows:
        key = (need, share, strength, grounded, reserve)
        ask = needs.get(key) or GroupNeed(
            None if need == _NONE else need,
            share if need == _NONE else None,
            Strength(strength),
            bool(grounded),
            None if reserve == _NONE else reserve,
        )
        groups[number] = needs.setdefault(key, ask)
    return groups
