"""Imported first: the process has what the wheel depends on, and none of its extras.

The driver imports pandas and pyarrow where they are installed, as they are for tests: 110 MB that a
server does not have.
"""

import sys

sys.modules["pandas"] = sys.modules["pyarrow"] = None  # type: ignore[assignment]
