"""How often numbers occur, of many millions of which most occur once.

They are spread over buckets by their hash, and each bucket is counted in a table that stays in the processor's cache: 8
ns a number, whatever the processor. DuckDB's grouping takes twenty times as long; so does numpy's sort where the
processor's vector instructions are slow at it (Zen 4), and only where they are not it is as fast. What doesn't belong
here: what the numbers are.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Numbers = NDArray[np.int64]

BUCKET = 1 << 15
"""Numbers of a bucket: the table of so many fits into the second cache."""
MOST_BUCKETS = 1 << 11
"""More would be more places in memory to write to by turns than the processor keeps at hand."""

_compiled = njit(cache=True, nogil=True, error_model="numpy")


def often(values: Numbers, least: int) -> tuple[Numbers, Numbers]:
    """The values that occur `least` times (1 or more) or more, in no order, and how often each does."""
    buckets = min(max(2, values.size // BUCKET), MOST_BUCKETS)
    spread = np.empty_like(values)
    ends = np.zeros(1 << (buckets - 1).bit_length(), np.int64)
    _spread(values, spread, ends)
    found = np.empty((2, values.size // least), np.int64)
    count = _count(spread, ends, least, found)
    return found[0, :count].copy(), found[1, :count].copy()


@_compiled
def _hash(value: int) -> np.uint64:  # pragma: no cover - compiled
    """Multiplicative hashing (Knuth, TAOCP 6.4): each bit of the value reaches the highest bits, which are the best."""
    return np.uint64(value) * np.uint64(0x9E3779B97F4A7C15)


@_compiled
def _bits(size: int) -> int:  # pragma: no cover - compiled
    """The binary logarithm of `size`, rounded up."""
    bits = 0
    while 1 << bits < size:
        bits += 1
    return bits


@_compiled
def _spread(values: Numbers, spread: Numbers, ends: Numbers) -> None:  # pragma: no cover - compiled
    """Put the values to `spread`, bucket after bucket, and to `ends`, of zeros, where each ends."""
    shift = np.uint64(64 - _bits(ends.size))
    for value in values:
        ends[_hash(value) >> shift] += 1
    start = 0
    for bucket in range(ends.size):
        start, ends[bucket] = start + ends[bucket], start
    for value in values:
        bucket = _hash(value) >> shift
        spread[ends[bucket]] = value
        ends[bucket] += 1


@_compiled
def _count(spread: Numbers, ends: Numbers, least: int, found: Numbers) -> int:  # pragma: no cover - compiled
    """Put to `found` the values that occur `least` times or more, and how often; how many these are."""
    keys, times = np.empty(0, np.int64), np.empty(0, np.int64)
    count, start = 0, 0
    for end in ends:
        slots = 1 << _bits(2 * min(end - start, 2 * BUCKET) + 1)
        while True:
            if slots > keys.size:
                keys, times = np.empty(slots, np.int64), np.empty(slots, np.int64)
            if _fill(keys[:slots], times[:slots], spread[start:end], _bits(ends.size)):
                break
            slots *= 2
        for slot in range(slots):
            if times[slot] >= least:
                found[0, count], found[1, count] = keys[slot], times[slot]
                count += 1
        start = end
    return count


@_compiled
def _fill(keys: Numbers, times: Numbers, values: Numbers, used: int) -> bool:  # pragma: no cover - compiled
    """Count the values of a bucket in a table with open addressing; false where they want a larger one.

    All have the same highest `used` bits of their hash; the next ones say where each begins to look for its slot.
    """
    times[:] = 0
    shift, mask = np.uint64(64 - used - _bits(times.size)), np.uint64(times.size - 1)
    free = times.size // 2
    for value in values:
        slot = (_hash(value) >> shift) & mask
        while times[slot] and keys[slot] != value:
            slot = (slot + np.uint64(1)) & mask
        if not times[slot]:
            if not free:
                return False
            free -= 1
            keys[slot] = value
        times[slot] += 1
    return True
