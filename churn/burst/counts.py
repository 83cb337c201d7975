"""Tests of counts that are over-dispersed: negative binomial upper tails and one false-discovery rate.

What belongs here: from counts and expectations to p- and q-values. What doesn't: where expectations come from
(`baselines`).

Sources: negative binomial as a gamma mixture of Poisson counts, variance mean + mean^2 / size; Benjamini, Hochberg
(1995), doi 10.1111/j.2517-6161.1995.tb02031.x; with weights Genovese, Roeder, Wasserman (2006), doi
10.1093/biomet/93.3.509; the tail of p-values by Hill (1975), doi 10.1214/aos/1176343247.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import nbinom, poisson

Reals = npt.NDArray[np.float64]


def upper_tail(observed: Reals, mean: Reals, size: Reals) -> Reals:
    """P(X >= observed) for X negative binomial with that mean and size; 1 where nothing was observed.

    A size that is no number stands for the Poisson distribution.
    """
    is_poisson = np.isnan(size)
    gamma = np.where(is_poisson, 1.0, size)
    tail = np.where(is_poisson, poisson.sf(observed - 1, mean), nbinom.sf(observed - 1, gamma, gamma / (gamma + mean)))
    return np.clip(np.where(observed <= 0, 1.0, np.asarray(tail, dtype=np.float64)), 0.0, 1.0)


def adjusted(p_values: Reals, questions: Reals | None = None) -> Reals:
    """Benjamini-Hochberg q-values, in the order given; empty for none.

    `questions[i]` is how many questions there were (more than `p_values` where not all have one here) times how small
    a part of the error is the question's kind's: what a p-value is multiplied with before its rank divides it.
    """
    if p_values.size == 0:
        return p_values
    scaled = p_values * (p_values.size if questions is None else questions)
    order = np.argsort(scaled, kind="stable")
    stepped = scaled[order] / np.arange(1, p_values.size + 1)
    q = np.empty_like(p_values)
    q[order] = np.minimum.accumulate(stepped[::-1])[::-1]
    return np.clip(q, p_values, 1.0)


TAIL_BEGINS, TAIL_LENGTH, TAIL_BELIEVED = 0.05, 300, 5.0
"""Of the past, p-values below the first figure count; a power law is fitted to the smallest, as many as the second; and
it is believed with the weight of the third that they fall as uniform ones do."""


@dataclass(frozen=True, slots=True)
class Tail:
    """How small p-values really were in the past: `small` are those below TAIL_BEGINS, rising, of all `questions`."""

    small: Reals
    questions: float

    @property
    def slope(self) -> float:
        """How many times slower than uniform ones the smallest fall off; 1: as they should."""
        end = self.small[:TAIL_LENGTH]
        logs = np.log(end[-1] / np.maximum(end[:-1], 1e-300))
        return max(1.0, (float(logs.sum()) + TAIL_BELIEVED) / (end.size - 1 + TAIL_BELIEVED))

    def of(self, p_values: Reals) -> Reals:
        """What p-values are worth: the share of the past's that were as small; where few were, by the power law."""
        if self.small.size == 0 or self.questions <= 0:
            return p_values
        end = self.small[:TAIL_LENGTH]
        ranked = (np.searchsorted(self.small, p_values, side="right") + 1) / self.questions
        beyond = end.size / self.questions * (np.maximum(p_values, 1e-300) / end[-1]) ** (1 / self.slope)
        worth = np.where(p_values < end[-1], beyond, ranked)
        return np.minimum(np.maximum(p_values, worth), 1.0)


def tail_of(p_values: Reals, questions: float) -> Tail:
    """The tail of the past, from its small p-values (all that there were) and how many questions were asked then."""
    return Tail(np.sort(p_values[p_values < TAIL_BEGINS]), questions)
