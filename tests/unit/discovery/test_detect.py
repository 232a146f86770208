"""The format is found by content; what is no format is refused with the ones there are."""

import io

import pytest

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
