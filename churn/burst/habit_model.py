"""A model of names: which of some groups a name looks like, learnt from names of each.

What belongs here: names in, the probability of each group out. What doesn't: whose names the groups are
(`habit_seeds`), and what is made of the answers (`habits`).

Multinomial logistic regression (softmax) over hashed features: runs of one to five characters with the label's ends,
trigrams of character classes, how the label is built, its length, its hyphens and digits, the suffix, and these with
the suffix (feature hashing: Weinberger et al. 2009, doi 10.1145/1553374.1553516; steps by AdaGrad: Duchi et al. 2011).
Generative models of the same characters (n-grams that back off to everybody's) were tried and ranked far worse.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from numba import njit

BITS = 17
"""Features are hashed to so many bits: 0.5 MB a group."""
LONGEST = 63
RATE, PASSES = 0.1, 8
"""Of 67 campaign-days of April and May 28 were told apart with 3 passes, 36 with 6, 37 with 12."""
_MOST_FEATURES = 6 * (LONGEST + 2) + 9
_START, _END = 256, 257
_compiled = njit(cache=True, nogil=True, error_model="numpy")
_fast = njit(cache=True, nogil=True, error_model="numpy", fastmath=True)


@dataclass(frozen=True, slots=True)
class Names:
    """Names as octets: name i is `octets[starts[i]:starts[i + 1]]`."""

    octets: npt.NDArray[np.uint8]
    starts: npt.NDArray[np.int64]


def names_of(domains: pa.Array | pa.ChunkedArray) -> Names:
    """The octets of names, without a copy where they lie in one piece."""
    whole = domains.combine_chunks() if isinstance(domains, pa.ChunkedArray) else domains
    text = whole.cast(pa.large_string())
    _, starts, octets = text.buffers()
    places = np.frombuffer(starts, dtype=np.int64)[text.offset : text.offset + len(text) + 1]
    held = np.frombuffer(octets, dtype=np.uint8) if octets is not None else np.zeros(0, dtype=np.uint8)
    held.flags.writeable = False  # as some of Arrow's memory is: the loops are compiled once
    return Names(held, places if len(places) else np.zeros(1, dtype=np.int64))


def trained(
    names: Names, group: npt.NDArray[np.int64], weight: npt.NDArray[np.float32], groups: int
) -> npt.NDArray[np.float32]:
    """Weights (feature, group) of a model of `groups` groups; `group` is the number of each name's, from 0.

    The same rows in the same order give the same weights: the passes go through them in an order that a fixed seed
    draws.
    """
    weights = np.zeros((1 << BITS, groups), dtype=np.float32)
    order = np.stack([np.random.default_rng(each).permutation(len(group)) for each in range(PASSES)])
    _train(names.octets, names.starts, (group, weight), order, weights)
    return weights


def probabilities(names: Names, weights: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Of each name (row) the probability of each group (column); a row's sum is 1."""
    out = np.zeros((len(names.starts) - 1, weights.shape[1]), dtype=np.float32)
    _score(names.octets, names.starts, weights, out)
    return out


def hashed(names: Names, bits: int = 9) -> npt.NDArray[np.float32]:
    """The features of each name as one row of 2^bits numbers, for comparing names with each other."""
    out = np.zeros((len(names.starts) - 1, 1 << bits), dtype=np.float32)
    _fold(names.octets, names.starts, out)
    return out


@_compiled
def _mixed(key: np.uint64) -> np.uint64:
    """Finaliser of a 64-bit hash (David Stafford's variant 13 of MurmurHash3's)."""
    key = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    key = (key ^ (key >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return key ^ (key >> np.uint64(31))


@_compiled
def _kind(octet: int) -> int:
    """Class of a character: vowel, other letter, digit, hyphen, anything else."""
    if octet in (97, 101, 105, 111, 117, 121):
        return 1
    if 97 <= octet <= 122:
        return 2
    if 48 <= octet <= 57:
        return 3
    return 4 if octet == 45 else 5


@_compiled
def _runs(label: npt.NDArray[np.int64], length: int, out: npt.NDArray[np.uint64], count: int) -> int:
    """Keys of the runs of characters and of classes; returns how many there are now."""
    for size in range(1, 6):
        for at in range(length + 3 - size):
            key = np.uint64(size)
            for place in range(at, at + size):
                key = key * np.uint64(263) + np.uint64(label[place])
            out[count] = key
            count += 1
    for at in range(length):
        key = np.uint64(7)
        for place in range(at, at + 3):
            octet = label[place]
            key = key * np.uint64(263) + np.uint64(octet if octet > 255 else _kind(octet))
        out[count] = key
        count += 1
    return count


@_compiled
def _build(label: npt.NDArray[np.int64], length: int, suffix: np.uint64, out: npt.NDArray[np.uint64]) -> None:
    """Nine keys of how the name is built: its suffix; length, shape, runs, hyphens with digits, alone and with it."""
    shape, runs, last, hyphens, digits = np.uint64(11), np.uint64(12), 0, 0, 0
    for at in range(1, length + 1):
        kind = max(2, _kind(label[at]))
        hyphens += kind == 4
        digits += kind == 3
        shape = shape * np.uint64(11) + np.uint64(kind)
        if kind != last:
            runs = runs * np.uint64(11) + np.uint64(kind)
        last = kind
    out[0] = suffix
    out[1] = np.uint64(13 * 64 + length)
    out[2] = _mixed(shape)
    out[3] = _mixed(runs)
    out[4] = np.uint64((14 * 64 + hyphens) * 64 + digits)
    for each in range(1, 5):
        out[4 + each] = _mixed(out[each] + np.uint64(17)) ^ suffix


@_compiled
def _features(
    octets: npt.NDArray[np.uint8],
    start: int,
    stop: int,
    index: npt.NDArray[np.int64],
    value: npt.NDArray[np.float32],
) -> int:
    """Features of the name in octets[start:stop], of length 1 together; returns how many there are."""
    label = np.zeros(LONGEST + 2, dtype=np.int64)
    keys = np.zeros(_MOST_FEATURES, dtype=np.uint64)
    length = 0
    while start + length < stop and length < LONGEST and octets[start + length] != 46:
        label[length + 1] = octets[start + length]
        length += 1
    label[0], label[length + 1] = _START, _END
    suffix = np.uint64(15)
    for at in range(start + length, stop):
        suffix = suffix * np.uint64(257) + np.uint64(octets[at])
    _build(label, length, _mixed(suffix), keys)
    count = _runs(label, length, keys, 9)
    total = np.float32(0)
    for each in range(count):
        index[each] = _mixed(keys[each]) & np.uint64((1 << BITS) - 1)
        value[each] = 2.0 if each < 9 else 1.0
        total += value[each] * value[each]
    value[:count] /= np.sqrt(total)
    return count


@_fast
def _train(
    octets: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.int64],
    rows: tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]],
    order: npt.NDArray[np.int64],
    weights: npt.NDArray[np.float32],
) -> None:
    group, importance = rows
    classes = weights.shape[1]
    squares = np.full(weights.shape, np.float32(1e-3))
    index, value = np.zeros(_MOST_FEATURES, dtype=np.int64), np.zeros(_MOST_FEATURES, dtype=np.float32)
    odds = np.zeros(classes, dtype=np.float32)
    for row in order.ravel():
        count = _features(octets, starts[row], starts[row + 1], index, value)
        _sum(index, value, count, weights, odds)
        odds[:] = np.exp(odds - odds.max())
        odds *= importance[row] / odds.sum()
        odds[group[row]] -= importance[row]
        for each in range(count):
            feature, held = index[each], value[each]
            for one in range(classes):
                slope = odds[one] * held
                if abs(slope) > np.float32(1e-4):
                    squares[feature, one] += slope * slope
                    weights[feature, one] -= np.float32(RATE) * slope / np.sqrt(squares[feature, one])


@_fast
def _sum(
    index: npt.NDArray[np.int64],
    value: npt.NDArray[np.float32],
    count: int,
    weights: npt.NDArray[np.float32],
    out: npt.NDArray[np.float32],
) -> None:
    out[:] = 0
    for each in range(count):
        feature, held = index[each], value[each]
        for one in range(weights.shape[1]):
            out[one] += held * weights[feature, one]


@_fast
def _score(
    octets: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.int64],
    weights: npt.NDArray[np.float32],
    out: npt.NDArray[np.float32],
) -> None:
    index, value = np.zeros(_MOST_FEATURES, dtype=np.int64), np.zeros(_MOST_FEATURES, dtype=np.float32)
    for row in range(len(starts) - 1):
        odds = out[row]
        count = _features(octets, starts[row], starts[row + 1], index, value)
        _sum(index, value, count, weights, odds)
        odds[:] = np.exp(odds - odds.max())
        odds /= odds.sum()


@_compiled
def _fold(octets: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64], out: npt.NDArray[np.float32]) -> None:
    index, value = np.zeros(_MOST_FEATURES, dtype=np.int64), np.zeros(_MOST_FEATURES, dtype=np.float32)
    for row in range(len(starts) - 1):
        for each in range(_features(octets, starts[row], starts[row + 1], index, value)):
            out[row, index[each] % out.shape[1]] += value[each]
