"""Time to action, where some of it is not over yet: the median of a Kaplan-Meier estimate and its interval.

What is still active when it was last checked is censored: left out, it would make the slow look fast. When somebody
acted is known as an interval between two checks, so the median is that of the middles, and its interval the widest of
those of beginnings, middles and ends. Where all is over it holds wherever in the intervals the truth lies; what is not
over yet may leave earlier ends with a wider interval than later ones.

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
    middle = (first + last) / 2
    days, _, _ = limits(middle, ended)
    _, lows, highs = zip(*(limits(times, ended) for times in (first, middle, last)), strict=True)
    known = [high for high in highs if high is not None]
    low = min((low for low in lows if low is not None), default=None)
    return Median(days, low, max(known) if len(known) == len(highs) else None)


def limits(times: NDArray[np.float64], over: NDArray[np.bool_]) -> tuple[float | None, float | None, float | None]:
    """Median, lower and upper limit of times of which those that are not over are censored (right).

    Times that are equal are told one after the other: the curve is the same behind them, and it is known between.
    """
    order = np.lexsort((~over, times))
    place, ended = np.arange(times.size, dtype=float), over[order]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # where nobody or everybody is left there is no variance
        survival = ecdf(CensoredData(uncensored=place[ended], right=place[~ended])).sf
        # its types say numbers: they are curves
        around: Any = survival.confidence_interval(CONFIDENCE, method="log-log")
    at = times[order][np.asarray(survival.quantiles, dtype=np.intp)]
    median, low, high = (
        _first_at_half(at, np.asarray(one.probabilities)) for one in (survival, around.low, around.high)
    )
    return median, low, high


def _first_at_half(at: NDArray[np.float64], curve: NDArray[np.float64]) -> float | None:
    """The first time at which a curve is at a half or below; one that has no value there is passed over."""
    below = np.flatnonzero(curve <= 0.5)
    return float(at[below[0]]) if len(below) else None
