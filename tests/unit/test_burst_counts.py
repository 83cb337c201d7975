"""Tails and rates against independent computations, and the calibration of p-values under a null that is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import gammaln

from churn.burst.counts import adjusted, tail_of, upper_tail


@given(st.integers(0, 60), st.floats(0.01, 50), st.floats(0.1, 5))
@settings(max_examples=100, deadline=None)
def test_tail_equals_the_sum_of_a_gamma_mixture(observed, mean, size):
    """Summed from log-gammas by hand: 1 - sum of P(0..observed-1)."""
    k = np.arange(observed)
    log_pmf = (
        gammaln(k + size) - gammaln(size) - gammaln(k + 1)
        + size * np.log(size / (size + mean)) + k * np.log(mean / (size + mean))
    )  # fmt: skip
    expected = 1.0 if observed == 0 else 1 - np.exp(log_pmf).sum()
    tail = upper_tail(np.array([float(observed)]), np.array([mean]), np.array([size]))[0]
    assert tail == pytest.approx(max(expected, 0), abs=1e-9)


def test_without_a_size_the_tail_is_poisson():
    observed = np.arange(0.0, 30)
    tail = upper_tail(observed, np.full(30, 4.0), np.full(30, np.nan))
    assert tail == pytest.approx(stats.poisson(4.0).sf(observed - 1))


def test_tail_is_monotone_in_what_was_observed():
    observed = np.arange(0.0, 200)
    tail = upper_tail(observed, np.full(200, 3.0), np.full(200, 1.0))
    assert (np.diff(tail) <= 0).all()
    assert tail[0] == 1


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_q_values_are_benjamini_hochberg(p_values):
    p = np.array(p_values)
    assert adjusted(p) == pytest.approx(stats.false_discovery_control(p, method="bh"))


def test_questions_without_rows_count_as_large_p_values():
    p = np.array([1e-6, 0.003, 0.2])
    with_silent = stats.false_discovery_control(np.concatenate([p, np.ones(97)]), method="bh")[:3]
    assert adjusted(p, np.full(3, 100.0)) == pytest.approx(with_silent)


def test_no_tests_give_no_q_values():
    assert adjusted(np.array([])).size == 0


def test_one_rate_over_kinds_of_which_one_asks_a_thousand_times_more():
    """Weighted by kind, false discoveries stay below the rate, and the few of the other kind keep their power."""
    rng = np.random.default_rng(7)
    sizes, false, found = (20_000, 20), 0, 0
    for _ in range(50):
        many, few = rng.random(sizes[0]), np.concatenate([rng.random(sizes[1] - 2), [1e-5, 1e-5]])
        q = adjusted(np.concatenate([many, few]), np.repeat([2.0 * sizes[0], 2.0 * sizes[1]], sizes))
        flagged = q < 0.01
        false += int(flagged[:-2].sum())
        found += int(flagged[-2:].sum())
    assert found == 100
    assert false <= 6  # 100 true ones at a rate of 0.01: about one is expected


def test_a_uniform_past_leaves_p_values_as_they_are():
    past = np.random.default_rng(3).random(200_000)
    tail = tail_of(past, past.size)
    assert tail.slope == pytest.approx(1, abs=0.2)
    assert tail.of(np.array([1e-4, 1e-6, 1e-8])) == pytest.approx([1e-4, 1e-6, 1e-8], rel=20)


def test_p_values_that_fall_too_slowly_are_made_honest():
    """Of p-values whose cube root is uniform, as many are below each level afterwards as should be."""
    rng = np.random.default_rng(4)
    past, new = rng.random(300_000) ** 3, rng.random(300_000) ** 3
    worth = tail_of(past, past.size).of(new)
    assert (new < 1e-4).mean() > 0.04  # they need it
    for level in (1e-3, 1e-4):
        seen = int((worth <= level).sum())
        assert stats.binomtest(seen, new.size, level, alternative="greater").pvalue > 1e-4
        assert seen > 0.3 * level * new.size


def test_a_tail_never_makes_p_values_smaller():
    p = np.logspace(-30, 0, 200)
    rng = np.random.default_rng(5)
    for tail in (tail_of(rng.random(1000), 1000), tail_of(rng.random(1000) ** 4, 1000), tail_of(rng.random(1000), 1e7)):
        assert (tail.of(p) >= p).all()
        assert (np.diff(tail.of(p)) >= 0).all()


def test_without_a_past_there_is_no_tail():
    p = np.array([1e-9, 0.5])
    assert tail_of(np.array([]), 0).of(p) == pytest.approx(p)
