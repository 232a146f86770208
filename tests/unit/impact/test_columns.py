"""Where rows begin: the short way for few rows gives what counting gives."""

import numpy as np
import pytest

from fitsm_graph.impact.columns import row_starts


@pytest.mark.parametrize("count", [1, 5, 64, 1000])
@pytest.mark.parametrize("rows", [0, 1, 3, 40])
def test_row_starts_say_how_many_keys_are_smaller(count, rows):
    keys = np.random.default_rng(rows).integers(0, count, rows).astype(np.int32)
    starts = row_starts(keys, count)
    assert starts.dtype == np.int32
    assert starts.tolist() == [int((keys < key).sum()) for key in range(count + 1)]
