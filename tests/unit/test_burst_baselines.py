"""What baselines learn, from counts whose parameters are known."""

import numpy as np
import pytest
from scipy import stats

from churn.burst.baselines import Prior, bands, exposures, moments, shrunk
from churn.burst.counts import upper_tail

PRIOR = Prior(mean=2.0)


def _counts(rng, mean, size):
    return rng.negative_binomial(size, size / (size + np.asarray(mean))).astype(float)


@pytest.mark.parametrize(("ratio", "size"), [(1.0, 0.5), (0.3, 2.0), (2.5, 5.0)])
def test_bands_recover_ratio_and_dispersion(ratio, size):
    rng = np.random.default_rng(11)
    predicted = rng.uniform(5, 40, 20_000)
    counted = _counts(rng, ratio * predicted, size)
    band = rng.integers(0, 2, 20_000)
    learned = bands(moments(predicted, counted, band, 2), np.arange(2), 2, PRIOR)
    assert learned.ratio == pytest.approx(ratio, rel=0.05)
    assert learned.dispersion == pytest.approx(1 / size, rel=0.15)


def test_bands_differ_where_they_should():
    rng = np.random.default_rng(12)
    band = np.repeat([0, 1], 10_000)
    predicted = np.full(20_000, 10.0)
    counted = np.concatenate([_counts(rng, predicted[:10_000], 0.5), _counts(rng, 3 * predicted[10_000:], 20.0)])
    learned = bands(moments(predicted, counted, band, 2), np.arange(2), 2, PRIOR)
    assert learned.ratio == pytest.approx([1, 3], rel=0.1)
    assert learned.dispersion == pytest.approx([2, 0.05], rel=0.2)


def test_without_a_past_the_prior_stands():
    nothing = np.array([])
    learned = bands(moments(nothing, nothing, np.array([], dtype=int), 1), np.zeros(1, dtype=int), 1, PRIOR)
    assert learned.ratio == pytest.approx([PRIOR.ratio])
    assert learned.dispersion == pytest.approx([PRIOR.dispersion])


def test_where_most_counts_are_none_a_rare_large_one_stays_possible():
    """A thousand days of nothing make ten domains surprising, not impossible."""
    zeros, ones = np.zeros(1000), np.ones(1000)
    figures = bands(moments(ones, zeros, np.zeros(1000, dtype=int), 1), np.zeros(1, dtype=int), 1, PRIOR)
    new = moments(np.array([]), np.array([]), np.array([], dtype=int), 1)
    mean, size = shrunk(np.ones(1), new, np.zeros(1, dtype=int), figures)
    assert 1e-6 < upper_tail(np.array([10.0]), mean, size)[0] < 0.05


def test_a_key_with_a_long_past_of_its_own_goes_by_that():
    rng = np.random.default_rng(13)
    figures = bands(moments(np.ones(5000), _counts(rng, np.ones(5000), 1), np.zeros(5000, dtype=int), 1),
                    np.zeros(1, dtype=int), 1, PRIOR)  # fmt: skip
    own = moments(np.ones(2000), _counts(rng, np.full(2000, 30.0), 10.0), np.zeros(2000, dtype=int), 1)
    mean, size = shrunk(np.ones(1), own, np.zeros(1, dtype=int), figures)
    assert mean[0] == pytest.approx(30, rel=0.05)
    assert 1 / size[0] == pytest.approx(0.1, rel=0.3)


def test_p_values_of_an_over_dispersed_background_are_uniform():
    """Keys of very different rates and a weekly rhythm; p-values randomised between P(more) and P(as many and more)."""
    rng = np.random.default_rng(14)
    rates = rng.pareto(1.5, 4000) + 0.5
    weekday = np.arange(29) % 7
    rhythm = np.array([1.2, 1.2, 1.1, 1.0, 1.0, 0.7, 0.8])[weekday]
    counted = _counts(rng, rates[:, None] * rhythm[None, :], 2.0)
    day = exposures(np.full(29, 4000.0), counted.sum(axis=0), weekday, np.arange(29) < 28)
    early = counted[:, :20].sum(axis=1) / day[:20].sum()
    known = early > 0
    predicted = early[known, None] * day[None, 20:28]
    band = np.log2(np.maximum(early[known] * 20, 1)).astype(int)
    key = np.repeat(np.arange(known.sum()), 8)
    own = moments(predicted.ravel(), counted[known, 20:28].ravel(), key, int(known.sum()))
    figures = bands(own, band, int(band.max()) + 1, PRIOR)
    mean, size = shrunk(early[known] * day[28], own, band, figures)
    today = counted[known, 28]
    p, above = upper_tail(today, mean, size), upper_tail(today + 1, mean, size)
    uniform = above + rng.random(p.size) * (p - above)
    assert stats.kstest(uniform, "uniform").statistic < 0.04
    for level in (0.01, 0.001):
        assert stats.binomtest(int((p <= level).sum()), p.size, level, alternative="greater").pvalue > 1e-3


def test_weekdays_are_told_from_one_burst():
    """Four Tuesdays twice as high make a factor, shrunk by a third; one Tuesday ten times as high makes none."""
    weekday = np.arange(29) % 7
    past = np.arange(29) < 28
    names = np.full(29, 1000.0)
    weekly = np.where(weekday == 1, 200.0, 100.0)
    factor = exposures(names, weekly, weekday, past)
    assert factor[1] / factor[0] == pytest.approx((4 * 2 + 8 / 7) / (4 + 8 / 7), rel=0.01)
    once = np.where(np.arange(29) == 8, 1000.0, 100.0)
    level = exposures(names, once, weekday, past)
    assert level[1] == pytest.approx(level[0])


def test_a_day_with_half_the_names_has_half_the_exposure():
    names = np.array([1000.0] * 28 + [500.0])
    exposure = exposures(names, names / 10, np.arange(29) % 7, np.arange(29) < 28)
    assert exposure[28] == pytest.approx(exposure[0] / 2)


def test_a_first_day_has_the_exposure_of_any():
    assert exposures(np.array([70_000.0]), np.array([3.0]), np.array([2]), np.array([False])) == pytest.approx([1.0])
