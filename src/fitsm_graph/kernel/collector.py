"""How often Python looks for cycles of objects that nobody refers to any more."""

import gc


def collect_seldom() -> None:
    """Have the collector of cycles look seldom: for the command line, and for what it serves.

    A large answer, or a chunk of rows, is a hundred thousand new objects and no cycle; at Python's
    own thresholds the collector walks through all of them several times. That doubles the time of
    such an answer, and takes a fifth of that of a first load, and of starting.
    """
    gc.set_threshold(100_000, 50, 100)
