"""Which names are alike: names as vectors, and parts of names that are put together.

What belongs here: likeness without anybody's word on whose the names are. What doesn't: models of known owners
(`habit_model`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from churn.burst.habit_model import hashed, names_of

Floats = npt.NDArray[np.float32]
Wholes = npt.NDArray[np.int64]

BITS = 10
ALIKE = 0.98
"""Likeness between two parts over that within them (geometric mean), from which they are one. Chosen on January and the
first half of February 2026 of a public list, among 0.95 to 1.1; the rest of the quarter would have liked 0.95."""
LEAST_NAMES = 5
"""Names of a part from which on its likeness to others can be told."""


def vectors(domains: pa.Array, sample: pa.Array | pa.ChunkedArray) -> Floats:
    """Unit vectors of names, one a row: their features, those that many names of `sample` have counting little."""
    common = (hashed(names_of(sample), BITS) > 0).mean(axis=0)
    rows = hashed(names_of(domains), BITS) / np.sqrt(common + 1e-3)
    unit: Floats = (rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)).astype(np.float32)
    return unit


def together(rows: Floats, part: Wholes) -> Wholes:
    """The group of each row: the smallest number of the parts that are put together with its own.

    The two most alike come first, as long as names of two are nearly as alike as names within each (`ALIKE`).
    `rows` are unit vectors; parts are numbered from 0 without gaps.
    """
    sizes = np.bincount(part).astype(np.float64)
    sums = np.zeros((len(sizes), rows.shape[1]))
    np.add.at(sums, part, rows.astype(np.float64))
    likeness = sums @ sums.T
    open_, owner = sizes >= LEAST_NAMES, np.arange(len(sizes))
    while open_.sum() > 1:
        of = np.flatnonzero(open_)
        own, count = likeness[of, of], sizes[of]
        within = np.maximum((own - count) / (count * (count - 1)), 1e-3)
        between = likeness[np.ix_(of, of)] / np.outer(count, count) / np.sqrt(np.outer(within, within))
        np.fill_diagonal(between, 0.0)
        first, second = divmod(int(between.argmax()), len(of))
        if between[first, second] < ALIKE:
            break
        kept, gone = sorted((int(of[first]), int(of[second])))
        likeness[kept] += likeness[gone]
        likeness[:, kept] += likeness[:, gone]
        sizes[kept] += sizes[gone]
        open_[gone] = False
        owner[owner == gone] = kept
    group: Wholes = owner[part].astype(np.int64)
    return group
