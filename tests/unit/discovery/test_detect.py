"""The format is found by content; what is no format is refused with the ones there are."""

import io
import json
from collections.abc import Callable

import openpyxl
import pytest
import yaml

from fitsm_graph.discovery import detect
from fitsm_graph.kernel.errors import BadInput

NDJSON = b'{"type": "Server", "key": "a"}\n{"type": "Server", "key": "b"}\n'
NETBOX = b'[{"model": "dcim.site", "pk": 1, "fields": {"name": "A", "status": "active"}}]'


class Pipe(io.RawIOBase):
    """Bytes that come a few at a time, and only once."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        return self._data.readinto(memoryview(buffer)[:7])  # type: ignore[arg-type]  # bytes


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (NDJSON, "ndjson"),
        (b"\xef\xbb\xbf\n\n" + NDJSON, "ndjson"),
        (NDJSON.rstrip(), "ndjson"),
        (NETBOX, "netbox"),
        (b" [\n  " + NETBOX[1:], "netbox"),
    ],
)
def test_content_decides(data: bytes, name: str):
    found, stream = detect.open_format(io.BytesIO(data))
    assert found.name == name
    assert stream.read() == data


def test_a_stream_that_cannot_go_back_is_read_whole():
    found, stream = detect.open_format(io.BufferedReader(Pipe(NDJSON), 8))
    assert len(list(found.read(stream))) == 2


@pytest.mark.parametrize(
    "data", [b"", b"   \n", b"odd,strange\n1,2\n", b"<xml/>", b'[{"a": 1}]', b"PK\3"]
)
def test_anything_else_is_refused(data: bytes):
    with pytest.raises(BadInput) as refused:
        detect.open_format(io.BytesIO(data))
    assert refused.value.code == "UNKNOWN_FORMAT"
    assert "ndjson" in refused.value.problem.remedy


def test_a_format_can_be_named_and_a_wrong_name_is_refused():
    assert detect.open_format(io.BytesIO(b"x"), "netbox")[0].name == "netbox"
    with pytest.raises(BadInput, match="no format"):
        detect.open_format(io.BytesIO(b"x"), "netbx")


def item(n: int) -> dict[str, object]:
    named = {"name": f"c{n}"}
    return {"apiVersion": "v1", "data": {"x": "y" * 900}, "kind": "ConfigMap", "metadata": named}


@pytest.mark.parametrize("write", [json.dumps, yaml.safe_dump])
def test_what_tells_the_format_may_stand_at_the_end(write: Callable[..., str]):
    """As `kubectl get -o` writes it: keys in order, the kind behind thousands of lines."""
    listed = {"apiVersion": "v1", "items": [item(n) for n in range(100)], "kind": "List"}
    data = write(listed).encode()
    assert len(data) > detect.LOOKED_AT
    found, stream = detect.open_format(io.BytesIO(data))
    assert found.name == "kubernetes"
    assert stream.read() == data


def test_a_large_file_of_nothing_known_is_refused():
    with pytest.raises(BadInput) as refused:
        detect.open_format(io.BytesIO(b"word " * 40_000))
    assert refused.value.code == "UNKNOWN_FORMAT"


def test_columns_of_a_workbook_count_though_their_first_cells_are_empty():
    book = openpyxl.Workbook()
    book.active.append(["type", "key", "name", "odd"])
    book.active.append(["Server", None, None, 1])
    out = io.BytesIO()
    book.save(out)
    assert detect.open_format(io.BytesIO(out.getvalue()))[0].name == "table"


def test_a_format_that_two_describe_is_to_be_named():
    both = b'{"bomFormat": "CycloneDX", "spdxVersion": "SPDX-2.3"}'
    with pytest.raises(BadInput) as refused:
        detect.open_format(io.BytesIO(both))
    assert refused.value.code == "AMBIGUOUS_FORMAT"
    assert "--format cyclonedx" in refused.value.problem.remedy
    assert detect.open_format(io.BytesIO(both), "spdx")[0].name == "spdx"
