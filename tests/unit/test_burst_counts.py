"""Tails and rates against independent computations, and the calibration of p-values under a null that is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import gammaln

from churn.burst.counts import adjusted, upper_tail


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
    """Weighted by kind, false discoveries stay below the rate, and the few questions of the other kind keep their power."""
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
