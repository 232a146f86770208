"""A secret in a file is whole, private and the same for all who make it at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from fitsm_graph.kernel.errors import Broken
from fitsm_graph.kernel.secret import LENGTH, secret_in


def test_it_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "new" / "pepper"
    first = secret_in(path)
    assert len(first) == LENGTH
    assert secret_in(path) == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["pepper"]


def test_many_who_make_it_at_once_get_the_same(tmp_path: Path) -> None:
    for n in range(20):
        path = tmp_path / f"pepper-{n}"
        with ThreadPoolExecutor(8) as pool:
            found = set(pool.map(secret_in, [path] * 8))
        assert len(found) == 1


@pytest.mark.parametrize("content", [b"", b"x", b"x" * (LENGTH + 1)], ids=["empty", "half", "more"])
def test_a_file_that_is_no_secret_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "pepper"
    path.write_bytes(content)
    with pytest.raises(Broken) as caught:
        secret_in(path)
    assert caught.value.code == "BAD_SECRET"
    assert path.read_bytes() == content


def test_a_secret_that_others_can_read_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "pepper"
    secret_in(path)
    path.chmod(0o644)
    secret_in(path)
    assert path.stat().st_mode & 0o077 == 0
