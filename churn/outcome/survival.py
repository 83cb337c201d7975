"""Time to action, where some of it is not over yet: the median of a Kaplan-Meier estimate and its interval.

What is still active when it was last checked is censored: left out, it would make the slow look fast. When somebody
acted is known as an interval between two checks, so the median is that of the middles, its interval the lower limit of
the beginnings and the upper limit of the ends: it holds wherever in the intervals the truth lies.

Kaplan and Meier 1958; limits by Brookmeyer and Crowley 1982, on the log-log scale, at 95 %; the estimate is scipy's.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import CensoredData, ecdf

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Median:
    """A median in days with its limits; None is "beyond what was watched", for a median and its upper limit."""

    days: float | None = None
    low: float | None = None
    high: float | None = None


def median_time(least: Sequence[float], most: Sequence[float], over: Sequence[bool]) -> Median:
    """The median time to action of matters of which each ended between `least` and `most` days, where it is `over`.

    Of one that is not over, `most` is how long it was watched, and `least` is not read.
    """
    ended = np.asarray(over, dtype=bool)
    last = np.asarray(most, dtype=float)
    first = np.where(ended, np.asarray(least, dtype=float), last)
    if not ended.any():
        return Median()
    days, _, _ = limits((first + last) / 2, ended)
    _, low, _ = limits(first, ended)
    _, _, high = limits(last, ended)
    return Median(days, low, high)


def limits(times: NDArray[np.float64], over: NDArray[np.bool_]) -> tuple[float | None, float | None, float | None]:
    """Median, lower and upper limit of times of which those that are not over are censored (right)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # where nobody or everybody is left there is no variance
        survival = ecdf(CensoredData(uncensored=times[over], right=times[~over])).sf
        around: Any = survival.confidence_interval(
            CONFIDENCE, method="log-log"
        )  # its types say numbers: they are curves
    at = np.asarray(survival.quantiles)
    median, low, high = (
        _first_at_half(at, np.asarray(one.probabilities)) for one in (survival, around.low, around.high)
    )
    return median, low, high


def _first_at_half(at: NDArray[np.float64], curve: NDArray[np.float64]) -> float | None:
    """The first time at which a curve is at a half or below; one that has no value there is passed over."""
    below = np.flatnonzero(curve <= 0.5)
    return float(at[below[0]]) if len(below) else None
