"""Readers: a file's bytes become documents, with limits; a mapping then says what they mean.

A document is what JSON could hold: texts, numbers, true, false, null, lists, objects. Each comes
with its place in the file. What cannot be read is a problem with its place, or, where nothing of
the file can be read, an error.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO

from fitsm_graph.discovery.readers.documents import read_json, read_ndjson
from fitsm_graph.discovery.readers.ini import read_ini
from fitsm_graph.discovery.readers.sheets import read_xlsx
from fitsm_graph.discovery.readers.tables import read_csv
from fitsm_graph.discovery.readers.xml import read_xml
from fitsm_graph.discovery.readers.yaml import read_yaml
from fitsm_graph.kernel.errors import Problem

Reader = Callable[[BinaryIO], Iterator[tuple[str, Any] | Problem]]
READERS: Mapping[str, Reader] = {
    "json": read_json,
    "ndjson": read_ndjson,
    "yaml": read_yaml,
    "csv": read_csv,
    "xlsx": read_xlsx,
    "xml": read_xml,
    "ini": read_ini,
}
