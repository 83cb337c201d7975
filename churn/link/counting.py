"""How often numbers occur, of many millions of which most occur once: sorted, equal ones stand together.

numpy sorts 27 million numbers with vector instructions in a fifth of a second, where grouping them by hashes takes a
processor five. What doesn't belong here: what the numbers are.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Numbers = NDArray[np.int64]

_compiled = njit(cache=True, nogil=True, error_model="numpy")


def often(values: Numbers, least: int) -> tuple[Numbers, Numbers]:
    """The values that occur `least` times (1 or more) or more, ascending, and how often each does. Sorts `values`."""
    values.sort()
    found = np.empty((2, values.size // least), np.int64)
    count = _runs(values, least, found)
    return found[0, :count].copy(), found[1, :count].copy()


@_compiled
def _runs(values: Numbers, least: int, found: Numbers) -> int:  # pragma: no cover - compiled
    """Put to `found` the values and lengths of runs of `least` equal values and more; how many these are."""
    count, start = 0, 0
    for place in range(1, values.size + 1):
        if place == values.size or values[place] != values[start]:
            if place - start >= least:
                found[0, count], found[1, count] = values[start], place - start
                count += 1
            start = place
    return count
