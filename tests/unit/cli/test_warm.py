"""The engine compiled ahead of the first answer."""

import os
from pathlib import Path

import pytest

from fitsm_graph.cli import warm
from fitsm_graph.impact.engine import compiled


def test_it_answers_a_question_and_leaves_machine_code() -> None:
    warm.compile_engine()
    if not compiled.available():
        pytest.skip("numba is not installed: there is nothing to compile")
    assert compiled.is_kept()


def test_machine_code_older_than_its_sources_does_not_count() -> None:
    warm.compile_engine()
    source = Path(compiled.__file__)
    before = source.stat()
    os.utime(source, (before.st_atime, before.st_mtime + 10_000_000))
    try:
        assert not compiled.is_kept()
    finally:
        os.utime(source, (before.st_atime, before.st_mtime))
