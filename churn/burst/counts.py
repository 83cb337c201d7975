"""Tests of counts that are over-dispersed: negative binomial upper tails and one false-discovery rate.

Sources: negative binomial as a gamma mixture of Poisson counts, variance mean + mean^2 / size; Benjamini, Hochberg
(1995), doi 10.1111/j.2517-6161.1995.tb02031.x, in scipy's implementation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import false_discovery_control, nbinom

Reals = npt.NDArray[np.float64]

PRIOR_CELLS, PRIOR_MEAN, PRIOR_SIZE = 20.0, 10.0, 1.0
"""What is believed of counts before there is a past: 20 cluster-days of 10 domains, as uneven as geometric."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """How large a cluster's count is on a day on which it has one: `mean`, and `size` (small: very uneven)."""

    mean: float = PRIOR_MEAN
    size: float = PRIOR_SIZE


def baseline(cells: float, total: float, squares: float) -> Baseline:
    """Moments of the past counts, shrunk towards the prior. `squares` is the sum of their squares."""
    prior_square = PRIOR_MEAN + PRIOR_MEAN**2 / PRIOR_SIZE + PRIOR_MEAN**2
    weight = PRIOR_CELLS + cells
    mean = (PRIOR_CELLS * PRIOR_MEAN + total) / weight
    variance = (PRIOR_CELLS * prior_square + squares) / weight - mean**2
    excess = max(variance - mean, mean * 0.01)
    return Baseline(mean, min(PRIOR_SIZE, mean**2 / excess))


def upper_tail(observed: Reals, mean: Reals, size: Reals) -> Reals:
    """P(X >= observed) for X negative binomial with that mean and size; 1 where nothing was observed."""
    p = size / (size + mean)
    tail: Reals = np.asarray(nbinom.sf(observed - 1, size, p), dtype=np.float64)
    return np.clip(np.where(observed <= 0, 1.0, tail), 0.0, 1.0)


def adjusted(p_values: Reals) -> Reals:
    """Benjamini-Hochberg q-values, in the order given; empty for none."""
    if p_values.size == 0:
        return p_values
    return np.asarray(false_discovery_control(p_values, method="bh"), dtype=np.float64)
