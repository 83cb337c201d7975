"""What a count would be by chance and its own past: expectation and dispersion, learnt from the counts of days before.

What belongs here: statistics of the past, on plain arrays. What doesn't: which counts they are (`clusters`, `keys`);
the test itself (`counts`).

1. A day's exposure is how much it could have counted: names on the feeds, times a factor of its weekday.
2. A key's prediction is its rate times the exposure. Keys of about the same size are a band: how far its counts exceed
   the predictions, and how unevenly, is learnt from days that the rates were not taken from, so that a key is not
   judged by what made us look at it.
3. A key's own days correct its band's figures, the more the more there are, by weighted averages of own and common
   moments (for the dispersion see Robinson, Smyth 2007, doi 10.1093/bioinformatics/btm453).
4. Where there is little past, a prior stands that expects much and great unevenness.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from churn.burst.counts import Reals

Wholes = npt.NDArray[np.int64]

WEEKDAY_DAYS = 1.0
"""Weight of "all weekdays are alike", in days: with four weeks of past a weekday's factor is four fifths its own."""
OWN_MEAN, OWN_DISPERSION = 14.0, 56.0
"""Weight of a band's mean and dispersion against a key's own, in days. Two weeks tell little of how uneven a key is,
and one that looks even by luck would raise alarms."""


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed before there is a past, with the weight of `cells` counts.

    `mean` is that of the counts, `ratio` by what factor they exceed predictions, `dispersion` 1 / size of the negative
    binomial.
    """

    mean: float
    ratio: float = 1.0
    dispersion: float = 3.0
    cells: float = 20.0


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums over counts, of each key.

    How many, their predictions and the squares of these, the counts and the squares of these, the products of both.
    """

    cells: Reals
    predicted: Reals
    predicted_squares: Reals
    counted: Reals
    counted_squares: Reals
    products: Reals

    def of(self, key: Wholes) -> Moments:
        """The sums of the given keys, in their order."""
        return Moments(*(getattr(self, field.name)[key] for field in fields(self)))

    def excess(self, ratio: Reals) -> Reals:
        """Squared deviations from ratio times prediction, less what Poisson counts would have."""
        squares = self.counted_squares - 2 * ratio * self.products + ratio**2 * self.predicted_squares
        return squares - ratio * self.predicted


def moments(predicted: Reals, counted: Reals, key: Wholes, keys: int) -> Moments:
    """The sums of single counts by key, numbered 0 to keys - 1."""

    def total(values: Reals) -> Reals:
        return np.bincount(key, weights=values, minlength=keys).astype(np.float64)

    return Moments(
        total(np.ones_like(counted)),
        total(predicted),
        total(predicted**2),
        total(counted),
        total(counted**2),
        total(predicted * counted),
    )


@dataclass(frozen=True, slots=True)
class Bands:
    """By band: the factor by which counts exceed predictions, and the dispersion (1 / size) about that."""

    ratio: Reals
    dispersion: Reals


def bands(past: Moments, band: Wholes, count: int, prior: Prior) -> Bands:
    """Figures of `count` bands from the past of their keys; each is shrunk to all bands', and these to the prior."""
    one = _bands(past, np.zeros_like(band), 1, prior)
    cells = max(float(past.cells.sum()), 1.0)
    mean = (float(past.counted.sum()) + prior.cells * prior.mean) / (cells + prior.cells)
    return _bands(past, band, count, Prior(mean, float(one.ratio[0]), float(one.dispersion[0]), prior.cells))


def _bands(past: Moments, band: Wholes, count: int, prior: Prior) -> Bands:
    def total(values: Reals) -> Reals:
        return np.bincount(band, weights=values, minlength=count).astype(np.float64)

    believed = prior.cells * prior.mean
    ratio = (total(past.counted) + believed) / (total(past.predicted) + believed / prior.ratio)
    excess = total(past.excess(ratio[band]))
    squares = ratio**2 * total(past.predicted_squares)
    cells = np.maximum(total(past.cells), 1e-9)
    typical = np.where(squares > 0, squares / cells, prior.mean**2)
    # Where counts are mostly none, the prior's few large ones weigh as large ones: else rare ones would be impossible.
    believed_excess = np.maximum(typical, prior.mean**2) * prior.dispersion
    dispersion = (excess + prior.cells * believed_excess) / (squares + prior.cells * typical)
    return Bands(ratio, np.maximum(dispersion, 1e-3))


def shrunk(predicted: Reals, own: Moments, band: Wholes, figures: Bands, *, a_day: int = 1) -> tuple[Reals, Reals]:
    """Mean and size of today's counts: of each key its prediction for today, its own past and its band.

    `a_day` is how many counts of a key a day has.
    """
    ratio, dispersion = figures.ratio[band], figures.dispersion[band]
    cells = np.maximum(own.cells, 1e-9)
    usual = ratio * np.where(own.predicted > 0, own.predicted / cells, 1.0)
    corrected = ratio * (own.counted + a_day * OWN_MEAN * usual) / (ratio * own.predicted + a_day * OWN_MEAN * usual)
    squares = corrected**2 * own.predicted_squares
    common = a_day * OWN_DISPERSION * squares / cells
    with np.errstate(invalid="ignore", divide="ignore"):
        mixed = (own.excess(corrected) + common * dispersion) / (squares + common)
    mixed = np.where(squares > 0, mixed, dispersion)
    return corrected * predicted, 1 / np.maximum(mixed, 1e-3)


def exposures(names: Reals, counted: Reals, weekday: Wholes, is_past: npt.NDArray[np.bool_]) -> Reals:
    """How much each day could have counted, about 1 on a usual day of the past.

    `names` is how many there were, `counted` how many of them had a key. The share of these by weekday is a median, so
    that one burst does not make a Tuesday, and is shrunk towards all days'.
    """
    if not is_past.any():
        return np.ones_like(names)
    share = np.where(is_past, counted / np.maximum(names, 1), np.nan)
    share = share / max(np.nanmean(share), 1e-12)
    factor = np.ones(7)
    for each in range(7):
        own = share[is_past & (weekday == each)]
        if own.size:
            factor[each] = (own.size * np.median(own) + WEEKDAY_DAYS) / (own.size + WEEKDAY_DAYS)
    return np.asarray(names / max(names[is_past].mean(), 1e-12) * factor[weekday])
