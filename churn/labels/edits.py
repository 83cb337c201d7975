"""Labels that are one edit away from others: a character put in, left out, replaced, or swapped with the next.

What belongs here: the search for such pairs between few labels and many, and which labels may have variants at all.
What doesn't: look-alikes, which `skeletons` folds; whether a pair means anything.

Two labels one edit apart have a spelling in common among themselves and what is left of each without one character
(deletion neighbourhoods; Mor and Fraenkel 1982, Bocek et al. 2007). Those of the seeds are hashed and sorted, each of
the other labels looks its own up, and every pair that is found is compared.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit
from numpy.typing import NDArray

from churn.labels.texts import Texts, octets_of

SHORTEST = 6
"""Characters of a label that may have variants: shorter ones are one edit from each other by chance."""

_LABEL = "^[a-z0-9_-]{1,63}$"
_MOST_SPELLINGS = 64
_ROOM = 1 << 13
"""More than the labels of 38 characters' alphabet that are one edit from one of 63 characters: 4,888."""
_PAIRS = 1 << 16

_compiled = njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
_BASE, _MIX, _ONE, _HALF = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93), np.uint64(1), np.uint64(32)


class Neighbourhood(NamedTuple):
    """Spellings of the seeds by hash: keys[k] is one of the seed owners[k].

    Those whose first bits are b, which `shift` leaves of a key, are at begins[b] up to begins[b + 1].
    """

    keys: NDArray[np.uint64]
    owners: NDArray[np.int32]
    begins: NDArray[np.int32]
    shift: np.uint64


class Task(NamedTuple):
    """All that the search works with; `pairs` takes rows of labels and of seeds."""

    labels: Texts
    seeds: Texts
    among: Neighbourhood
    hashes: NDArray[np.uint64]
    pairs: NDArray[np.int32]


def near(seeds: pa.Array | pa.ChunkedArray, names: pa.Array | pa.ChunkedArray) -> pa.Table:
    """Pairs (name, seed) of labels one edit apart, and not by chance; each once, in their order.

    As `neighbours`, but only of labels of six characters and more with a letter in them, and no A-labels of IDNs:
    numbers are a counter's, and an edit of an encoding is not one of what it shows.
    """
    return _pairs(_telling(_read(seeds)), _telling(_read(names)))


def neighbours(seeds: pa.Array | pa.ChunkedArray, names: pa.Array | pa.ChunkedArray) -> pa.Table:
    """Pairs (name, seed) of any labels one edit apart (optimal string alignment distance 1), each once, in their order.

    Only labels of 1 to 63 of a-z, 0-9, `-` and `_` are compared. Seeds (up to some 100,000) take 200 octets of memory
    each.
    """
    return _pairs(_read(seeds), _read(names))


def _read(labels: pa.Array | pa.ChunkedArray) -> pa.StringArray:
    """The labels that are compared."""
    chunks = labels.chunks if isinstance(labels, pa.ChunkedArray) else [labels]
    given = pa.chunked_array([chunk.cast(pa.string()) for chunk in chunks], pa.string())
    return given.filter(pc.match_substring_regex(given, _LABEL)).combine_chunks()


def _telling(labels: pa.StringArray) -> pa.StringArray:
    """Of labels those that may have variants."""
    is_long = pc.greater_equal(pc.binary_length(labels), SHORTEST)
    has_letter = pc.match_substring_regex(labels, "[a-z]")
    return labels.filter(pc.and_not(pc.and_(is_long, has_letter), pc.starts_with(labels, "xn--")))


def _pairs(seed_labels: pa.StringArray, labels: pa.StringArray) -> pa.Table:
    seed_labels = pc.unique(seed_labels)
    seed_texts, texts = octets_of(seed_labels), octets_of(labels)
    pairs = np.empty((2, _PAIRS + _ROOM), np.int32)
    task = Task(texts, seed_texts, _neighbourhood(seed_texts), np.empty((3, _MOST_SPELLINGS), np.uint64), pairs)
    row, found = 0, []
    while row < len(labels):
        row, count = _search(task, row)
        found.append(pairs[:, :count].copy())
    name_rows, seed_rows = np.concatenate([*found, pairs[:, :0]], axis=1)
    # few labels have a pair: to sort these, and leave out those that were given twice, costs less than to sort all
    table = pa.table({"name": labels.take(name_rows), "seed": seed_labels.take(seed_rows)})
    return table.group_by(["name", "seed"]).aggregate([]).sort_by([("name", "ascending"), ("seed", "ascending")])


def _neighbourhood(seeds: Texts) -> Neighbourhood:
    size = int((seeds.stops - seeds.starts).sum()) + len(seeds.starts)
    keys, owners = np.empty(size, np.uint64), np.empty(size, np.int32)
    count = _spell_all(seeds, np.empty((3, _MOST_SPELLINGS), np.uint64), keys, owners)
    order = np.argsort(keys[:count], kind="stable")
    keys, owners = keys[order], owners[order]
    bits = max(8, int(count).bit_length())
    shift = np.uint64(64 - bits)
    begins = np.searchsorted(keys >> shift, np.arange((1 << bits) + 1, dtype=np.uint64)).astype(np.int32)
    return Neighbourhood(keys, owners, begins, shift)


@_compiled
def _spell_all(seeds: Texts, hashes: NDArray[np.uint64], keys: NDArray[np.uint64], owners: NDArray[np.int32]) -> int:
    count = 0
    for row in range(len(seeds.starts)):
        for spelling in range(_spell(seeds, row, hashes)):
            keys[count], owners[count] = hashes[0, spelling], row
            count += 1
    return count


@_compiled
def _spell(texts: Texts, row: int, hashes: NDArray[np.uint64]) -> int:
    """Put to hashes[0] the hashes of a label and of what is left of it without one character; how many these are.

    A hash is a polynomial of the characters, from those before and those behind the one left out, mixed.
    """
    octets, start = texts.octets, texts.starts[row]
    size = texts.stops[row] - start
    behind, power = np.uint64(0), _ONE
    for place in range(size - 1, -1, -1):
        hashes[1, place], hashes[2, place] = behind, power
        behind += np.uint64(octets[start + place]) * power
        power *= _BASE
    hashes[0, 0] = _mixed(behind)
    count, before = 1, np.uint64(0)
    for place in range(size):
        if place == 0 or octets[start + place] != octets[start + place - 1]:
            hashes[0, count] = _mixed(before * hashes[2, place] + hashes[1, place])
            count += 1
        before = before * _BASE + np.uint64(octets[start + place])
    return count


@_compiled
def _mixed(number: np.uint64) -> np.uint64:
    number = (number ^ (number >> _HALF)) * _MIX
    return number ^ (number >> _HALF)


@_compiled
def _search(task: Task, row: int) -> tuple[int, int]:
    """Search for the seeds beside each label from `row` on, until `pairs` is full; the next row, and pairs found."""
    among, count = task.among, 0
    while row < len(task.labels.starts) and count + _ROOM <= task.pairs.shape[1]:
        first = count
        for spelling in range(_spell(task.labels, row, task.hashes)):
            key = task.hashes[0, spelling]
            bucket = np.int64(key >> among.shift)
            for entry in range(among.begins[bucket], among.begins[bucket + 1]):
                if among.keys[entry] == key and _is_one_edit(task.labels, row, task.seeds, among.owners[entry]):
                    count = _add(task.pairs, row, among.owners[entry], first, count)
        row += 1
    return row, count


@_compiled
def _add(pairs: NDArray[np.int32], row: int, seed: int, first: int, count: int) -> int:
    """Put a pair in its place among those of the row, which are from `first` on, unless it is there."""
    at = count
    while at > first and pairs[1, at - 1] > seed:
        at -= 1
    if at > first and pairs[1, at - 1] == seed:
        return count
    for place in range(count, at, -1):
        pairs[1, place] = pairs[1, place - 1]
    pairs[0, count], pairs[1, at] = row, seed
    return count + 1


@_compiled
def _is_one_edit(texts: Texts, row: int, others: Texts, other: int) -> bool:
    one, size = texts.starts[row], texts.stops[row] - texts.starts[row]
    two, width = others.starts[other], others.stops[other] - others.starts[other]
    place = 0
    while place < min(size, width) and texts.octets[one + place] == others.octets[two + place]:
        place += 1
    if size != width:
        skip, skipped = (1, 0) if size > width else (0, 1)
        return abs(size - width) == 1 and _ends_alike(texts, row, others, other, place + skip, place + skipped)
    if place == size:
        return False
    if _ends_alike(texts, row, others, other, place + 1, place + 1):
        return True
    return (
        place + 1 < size
        and texts.octets[one + place] == others.octets[two + place + 1]
        and texts.octets[one + place + 1] == others.octets[two + place]
        and _ends_alike(texts, row, others, other, place + 2, place + 2)
    )


@_compiled
def _ends_alike(texts: Texts, row: int, others: Texts, other: int, start: int, begin: int) -> bool:
    one, two = texts.starts[row] + start, others.starts[other] + begin
    for offset in range(texts.stops[row] - one):  # noqa: SIM110 - numba compiles no generators
        if texts.octets[one + offset] != others.octets[two + offset]:
            return False
    return True
