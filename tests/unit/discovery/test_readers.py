"""Readers against hostile input: refused with place and remedy, in bounded time and memory."""

import io
import os
import tracemalloc
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitsm_graph.discovery.detect import open_format
from fitsm_graph.discovery.mapping import Given
from fitsm_graph.discovery.readers import READERS
from fitsm_graph.kernel.errors import BadInput, Problem
from fitsm_graph.model.observation import Observation

LAUGHS = b"a: &a [x, x, x, x, x, x, x, x, x, x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 10)) for n in range(9)
)
ENTITIES = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><a>&c;</a>'
OUTSIDE = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
HOSTILE = [
    ("yaml", LAUGHS, "TOO_MANY"),
    ("yaml", b"[" * 200_000, "TOO_DEEP"),
    ("yaml", b"a: &x [*x]", "TOO_DEEP"),
    ("yaml", b"a: 1\nb: 2\na: 3\n", "REPEATED_NAME"),
    ("yaml", b"a: !!python/object/apply:os.system [x]", "NOT_YAML"),
    ("yaml", b"a:\n\tb: 1\n", "NOT_YAML"),
    ("yaml", b"a: \xff\n", "BAD_ENCODING"),
    ("json", b"[" * 200_000, "NOT_JSON"),
    ("json", b"[" * 100 + b"]" * 100, "TOO_DEEP"),
    ("json", b'{"a": ', "NOT_JSON"),
    ("json", b'{"a": "\xff"}', "BAD_ENCODING"),
    ("json", '{"a": 1}'.encode("utf-16"), "BAD_ENCODING"),
    ("xml", ENTITIES, "ENTITIES"),
    ("xml", OUTSIDE, "ENTITIES"),
    ("xml", b"<a>" * 1_000, "TOO_DEEP"),
    ("xml", b"<a><b></a>", "NOT_XML"),
    ("xml", b"", "NOT_XML"),
    ("csv", b"a,b\n1,\xe9\n", "BAD_ENCODING"),
    ("csv", "a,b\n1,2\n".encode("utf-16"), "BAD_ENCODING"),
    ("csv", b"a,b\n1,\0\n", "BAD_ENCODING"),
    ("csv", b"a,b\n" + b"x" * 2_000_000, "LINE_TOO_LONG"),
    ("csv", b"a,a\n1,2\n", "NO_HEADER"),
    ("csv", b"a,,c\n1,2,3\n", "NO_HEADER"),
    ("csv", b"", "NO_HEADER"),
    ("ini", b"[a]\n\0\n", "BAD_ENCODING"),
    ("ini", b"[a]\n" + b"host '" * 100_000, "LINE_TOO_LONG"),
    ("json", b"[" + b"{}," * 5_000_000 + b"{}]", "TOO_MANY"),
    ("xlsx", b"PK\x03\x04 and no more", "NOT_XLSX"),
]


@contextmanager
def memory_below(most: int) -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < most
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("reader", "data", "code"), HOSTILE)
def test_hostile_input_is_refused_within_bounds(reader: str, data: bytes, code: str):
    with memory_below(64 << 20), pytest.raises(BadInput) as refused:
        list(READERS[reader](io.BytesIO(data)))
    assert refused.value.code == code
    problem = refused.value.problem
    assert problem.message
    assert problem.why or problem.remedy


def workbook(rows: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]  # a new workbook has a sheet
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_packed_bomb_is_refused_before_it_is_unpacked():
    out = io.BytesIO(workbook([["name"], ["a"]]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet9.xml", b"<a/>" * (80 << 18))
    with memory_below(64 << 20), pytest.raises(BadInput) as refused:
        list(READERS["xlsx"](io.BytesIO(out.getvalue())))
    assert refused.value.code == "TOO_LARGE"


def test_rows_of_a_workbook_are_documents_by_column():
    rows = [["Serial No.", "RAM (GB)", "Bought"], ["007", 16.0, None], [None, None, None]]
    data = workbook(rows)
    assert list(READERS["xlsx"](io.BytesIO(data))) == [
        ("sheet Sheet row 2", {"serial_no": "007", "ram_gb": 16})
    ]


def test_a_workbook_and_a_table_of_the_same_rows_give_the_same():
    rows = [["type", "key", "name", "serial"], ["Server", "s1", "Alpha", "4711"]]
    table = "\n".join(";".join(row) for row in rows).encode()
    made = [elements(workbook(rows)), elements(table)]
    assert made[0] == made[1]
    assert made[0]["table/default/Server/s1"]["serial_number"] == "4711"


def elements(data: bytes, name: str = "x") -> dict[str, Any]:
    found, content = open_format(io.BytesIO(data), given=Given.of("default", name))
    return {
        each.key: each.attributes for each in found.read(content) if isinstance(each, Observation)
    }


@pytest.mark.parametrize(
    ("data", "separator"),
    [(b"name;sn\na,b;1\n", ";"), (b"name\tsn\na,b\t1\n", "tab"), (b'name,sn\n"a,b",1\n', ",")],
)
def test_the_separator_is_the_one_the_header_has(data: bytes, separator: str):
    assert list(READERS["csv"](io.BytesIO(data))) == [("line 2", {"name": "a,b", "sn": "1"})]
    assert separator


def test_a_row_with_too_many_cells_is_told_and_the_others_go_in():
    found = list(READERS["csv"](io.BytesIO(b"a,b\n1,2,3\n4,5\n6\n\n")))
    assert isinstance(found[0], Problem)
    assert found[0].path == ("line 2",)
    assert found[1:] == [("line 3", {"a": "4", "b": "5"}), ("line 4", {"a": "6"})]


def test_yaml_is_read_as_of_its_present_version():
    text = b"p: 80:80\nyes: on\nd: 2020-01-01\no: 010\nf: 1e3\nm: {<<: {a: 1, b: 2}, a: 3}\n1: x\n"
    assert list(READERS["yaml"](io.BytesIO(text))) == [
        (
            "document 1",
            {
                "p": "80:80",
                "yes": "on",
                "d": "2020-01-01",
                "o": "010",
                "f": 1000.0,
                "m": {"a": 3, "b": 2},
                "1": "x",
            },
        )
    ]


def test_xml_becomes_objects():
    text = b'<r xmlns="urn:x"><a id="1">t</a><a/><b><c>d</c></b></r>'
    assert list(READERS["xml"](io.BytesIO(text))) == [
        (
            "document 1",
            {"r": {"@xmlns": "urn:x", "a": [{"@id": "1", "text": "t"}, None], "b": {"c": "d"}}},
        )
    ]


def test_a_table_of_many_rows_is_not_kept():
    rows = b"type,key,name\n" + b"".join(b"Server,s%05d,a name\n" % n for n in range(4_000))
    open_format(io.BytesIO(rows))  # the mappings are compiled now, and not counted below
    with memory_below(2 << 20):
        found, content = open_format(io.BytesIO(rows))
        assert sum(1 for _ in found.read(content)) == 4_000


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=200), st.sampled_from(sorted(READERS)))
def test_any_bytes_are_read_or_refused(data: bytes, reader: str):
    with suppress(BadInput):
        for each in READERS[reader](io.BytesIO(data)):
            assert isinstance(each, Problem | tuple)


SEEDS = [
    b'[{"targets": ["a:1"], "labels": {}}]',
    b"apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {selector: {a: b}}\n",
    b'<nmaprun><host><status state="up"/><address addr="1.2.3.4"/></host></nmaprun>',
    b'{"bomFormat": "CycloneDX", "components": [{"name": "a", "bom-ref": 1}]}',
    b"type,key,name\nServer,a,b\n",
]


FULL = os.environ.get("FITSM_FULL") == "1"
SAMPLES = Path(__file__).parents[4] / "shared/samples/discovery"
"""Real files are damaged too where they are; the small ones, so that many can be tried."""
REAL = [
    each.read_bytes()
    for each in sorted(SAMPLES.glob("*/*"))
    if each.is_file() and each.stat().st_size < 9_000
]


@settings(deadline=None, max_examples=10_000 if FULL else 250)
@given(
    st.sampled_from([*SEEDS, *REAL]),
    st.floats(0, 1),
    st.integers(0, 60),
    st.binary(max_size=12)
    | st.sampled_from([b"{", b"[", b"]", b"null", b"0", b'"', b"\n- ", b": "]),
)
def test_a_damaged_file_is_taken_in_or_refused_and_never_breaks(
    seed: bytes, at: float, cut: int, new: bytes
):
    start = int(at * len(seed))
    data = seed[:start] + new + seed[start + cut :]
    with suppress(BadInput):
        found, content = open_format(io.BytesIO(data), given=Given("s"))
        for each in found.read(content):
            assert isinstance(each, Observation | Problem)


def test_half_a_character_is_no_json():
    with pytest.raises(BadInput):
        open_format(io.BytesIO(b'[{"targets": ["\\ud800"], "labels": {}}]'))


@pytest.mark.parametrize("name", ["a\x00b", "\u202eevil", "x" * 600, "  ", "a\nb"])
def test_hostile_names_are_refused_with_their_place(name: str):
    data = b'[{"targets": [' + _json(name) + b', "good:1"], "labels": {}}]'
    found, content = open_format(io.BytesIO(data), given=Given("s"))
    made = list(found.read(content))
    keys = {each.key for each in made if isinstance(each, Observation)}
    assert "endpoint/good:1" in keys
    assert all(key.isprintable() and len(key) <= 512 for key in keys)
    assert [each for each in made if isinstance(each, Problem)]


def _json(text: str) -> bytes:
    return ('"' + "".join(f"\\u{ord(each):04x}" for each in text) + '"').encode()


def test_a_format_of_ones_own_is_a_file(tmp_path: Path):
    mapping = tmp_path / "mine.yaml"
    mapping.write_text(
        "format: mine\ndoc: M\nreads: [csv]\ndetect: [a]\n"
        "records: [{type: Server, key: 'mine/{sn}', name: label}]\n"
    )
    found, content = open_format(io.BytesIO(b"sn,label\n7,Seven\n"), str(mapping))
    (made,) = found.read(content)
    assert isinstance(made, Observation)
    assert (made.key, made.attributes["name"]) == ("mine/7", "Seven")


def test_what_sees_a_part_makes_no_snapshot():
    found, _ = open_format(io.BytesIO(b"<nmaprun/>"))
    assert found.run_mode("") == "enrich"
    assert found.run_mode("delta") == "delta"
    with pytest.raises(BadInput) as refused:
        found.run_mode("snapshot")
    assert refused.value.code == "WRONG_MODE"
