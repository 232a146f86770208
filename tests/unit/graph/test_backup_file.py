"""The file of a backup: what is not as it was written is found, and its place is told."""

import errno
import fcntl
import random
import stat
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from fitsm_graph.graph import backup_draft
from fitsm_graph.graph.backup_file import Reader, Writer, inspect, pack, raw, unpack
from fitsm_graph.graph.backup_spool import Spool
from fitsm_graph.graph.restore_scratch import PREFIX, remove_left_behind
from fitsm_graph.kernel.errors import BadInput, Broken, FitsmError

ROWS = [
    ["a" * 26, ["Record", "CI"], {"name": f"n{n}\r\n", "weight": 1.0, "n": n}] for n in range(9)
]


def written(path: Path, name: str = "one") -> list[int]:
    """A backup of six chunks; returns where each begins, the trailer and the end last."""
    places = []
    with path.open("w+b") as out:
        writer = Writer(out, {"id": name, "product": "0"})
        for at in range(0, 9, 3):
            places.append(out.tell())
            writer.rows("records", ROWS[at : at + 3])
        for n in range(3):
            places.append(out.tell())
            writer.rows("entries", [[{"seq": n, "created_records": b"\x00\xff"}, []]])
        places.append(out.tell())
        writer.finish({"seq": 3})
        places.append(out.tell())
    return places


def refused(path: Path, content: bytes) -> FitsmError:
    path.write_bytes(content)
    with pytest.raises(BadInput) as caught:
        inspect(path)
    assert caught.value.code in {"BACKUP_DAMAGED", "BACKUP_FORMAT"}
    return caught.value


def test_what_was_written_is_read(tmp_path: Path) -> None:
    file = tmp_path / "b"
    written(file)
    reader = Reader(file)
    read: dict[str, list[Any]] = {}
    for chunk in reader.chunks():
        read.setdefault(chunk.kind, []).extend(reader.rows(chunk))
    assert read["records"] == ROWS
    assert [type(row[2]["weight"]) for row in read["records"]] == [float] * 9
    assert raw(read["entries"][2][0]) == {"seq": 2, "created_records": b"\x00\xff"}
    assert inspect(file).counts["records"] == 9


def test_every_changed_byte_is_found(tmp_path: Path) -> None:
    file = tmp_path / "b"
    written(file)
    good = file.read_bytes()
    pick = random.Random(3)
    for at in range(len(good)):
        bad = bytearray(good)
        bad[at] ^= 1 << pick.randrange(8)
        refused(file, bytes(bad))


def test_every_cut_is_found(tmp_path: Path) -> None:
    file = tmp_path / "b"
    written(file)
    good = file.read_bytes()
    for length in range(len(good)):
        refused(file, good[:length])
    assert "follows the trailer" in str(refused(file, good + b"x"))


def test_chunks_that_are_dropped_doubled_or_swapped_are_found_with_their_place(
    tmp_path: Path,
) -> None:
    file = tmp_path / "b"
    places = written(file)
    good = file.read_bytes()
    parts = [good[: places[0]]] + [good[a:b] for a, b in pairwise(places)]
    dropped = refused(file, b"".join(parts[:2] + parts[3:]))
    assert dropped.problem.path == ("b", "chunk 1", f"byte {places[1]}")
    assert "chunk 3 stands where chunk 2 belongs" in str(dropped)
    refused(file, b"".join([*parts[:3], parts[2], *parts[3:]]))
    refused(file, b"".join([*parts[:2], parts[3], parts[2], *parts[4:]]))
    renumbered = parts[3].replace(b'"chunk":3', b'"chunk":2')
    assert "its digest does not fit" in str(refused(file, b"".join([*parts[:2], renumbered])))


def test_a_chunk_of_another_backup_is_found(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    places = written(one)
    assert written(two, "two") == places
    mixed = bytearray(one.read_bytes())
    mixed[places[2] : places[3]] = two.read_bytes()[places[2] : places[3]]
    found = refused(tmp_path / "b", bytes(mixed))
    assert found.problem.path[1] == "chunk 3"


def test_other_files_and_formats_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "b"
    assert refused(file, b"PK\x03\x04").code == "BACKUP_FORMAT"
    assert refused(file, b"").code == "BACKUP_FORMAT"
    written(file)
    newer = file.read_bytes().replace(b'"version":1', b'"version":2', 1)
    assert "format 2" in str(refused(file, newer))
    with pytest.raises(BadInput, match="BACKUP_MISSING"):
        inspect(tmp_path / "none")


def test_rows_that_would_unpack_to_too_much_or_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="cut"):
        unpack(pack(ROWS)[:-3])
    with pytest.raises(ValueError, match="header check"):
        unpack(b"no rows")
    with pytest.raises(Broken, match="BACKUP_VALUE"):
        pack([[object()]])


def test_a_spool_gives_back_what_was_not_touched(tmp_path: Path) -> None:
    pages = [[[f"{n:03d}", n] for n in range(at, at + 10)] for at in range(0, 100, 10)]
    touched = {"007", "010", "019", "055", "999"}
    with (tmp_path / "s").open("w+b") as file:
        spool = Spool(file)
        for page in pages:
            spool.add("records", page, lambda row: row[0])
            spool.add("other", [["x"]], lambda row: row[0])
        found = list(spool.sifted("records", touched, lambda row: row[0]))
        kept = [row for _, data in found for row in unpack(data)]
        assert kept == [row for page in pages for row in page if row[0] not in touched]
        assert [rows for rows, _ in found] == [9, 8, 10, 10, 10, 9, 10, 10, 10, 10]
        everything = [[name, n] for name, n in kept]
        assert not list(spool.sifted("records", [row[0] for row in everything] + [*touched], _name))


def _name(row: list[Any]) -> Any:
    return row[0]


def test_a_new_file_is_private_whole_and_never_over_another(tmp_path: Path) -> None:
    file = tmp_path / "backup"
    with backup_draft.new_file(file) as (out, pages):
        out.write(b"all of it")
        pages.write(b"scratch")
        assert not file.exists()
        assert all(stat.S_IMODE(each.stat().st_mode) == 0o600 for each in tmp_path.iterdir())
    assert file.read_bytes() == b"all of it"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(FitsmError, match="BACKUP_EXISTS"), backup_draft.new_file(file):
        pytest.fail("it was opened")
    assert [each.name for each in tmp_path.iterdir()] == ["backup"]


def test_what_a_killed_backup_left_is_removed_and_what_another_writes_is_not(
    tmp_path: Path,
) -> None:
    left, held = tmp_path / ".backup.1.new", tmp_path / ".backup.2.pages"
    other = tmp_path / ".backup2.1.new"
    for each in (left, held, other):
        each.touch()
    with held.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with backup_draft.new_file(tmp_path / "backup"):
            pass
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        ".backup.2.pages",
        ".backup2.1.new",
        "backup",
    ]


@pytest.mark.parametrize(
    ("number", "code"), [(errno.ENOSPC, "DISK_FULL"), (errno.EIO, "FOLDER_NOT_WRITABLE")]
)
def test_a_full_disk_leaves_nothing_and_says_what_to_do(
    tmp_path: Path, number: int, code: str
) -> None:
    def fill() -> None:
        with backup_draft.new_file(tmp_path / "backup") as (out, _):
            out.write(b"half of it")
            raise OSError(number, "no")

    with pytest.raises(FitsmError) as caught:
        fill()
    assert caught.value.code == code
    assert caught.value.problem.remedy
    assert list(tmp_path.iterdir()) == []
    with (
        pytest.raises(FitsmError, match="FOLDER_NOT_WRITABLE"),
        backup_draft.new_file(tmp_path / "no" / "backup"),
    ):
        pytest.fail("it was opened")


def test_scratch_folders_whose_owner_is_gone_are_removed_and_no_others(tmp_path: Path) -> None:
    left, used, strange = (tmp_path / f"{PREFIX}{n}" for n in ("left", "used", "strange"))
    for each in (left, used, strange, tmp_path / "other"):
        each.mkdir()
    (left / "owned").touch()
    with (used / "owned").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert remove_left_behind(tmp_path) == [left]
    assert {each.name for each in tmp_path.iterdir()} == {used.name, strange.name, "other"}
