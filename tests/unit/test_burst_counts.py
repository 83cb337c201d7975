"""Tails and rates against independent computations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from churn.burst.counts import PRIOR_MEAN, PRIOR_SIZE, adjusted, baseline, upper_tail


@given(st.integers(0, 60), st.floats(0.01, 50), st.floats(0.1, 5))
@settings(max_examples=100, deadline=None)
def test_tail_equals_the_sum_of_a_gamma_mixture(observed, mean, size):
    """Summed from log-gammas by hand: 1 - sum of P(0..observed-1)."""
    from scipy.special import gammaln

    k = np.arange(observed)
    log_pmf = (
        gammaln(k + size) - gammaln(size) - gammaln(k + 1)
        + size * np.log(size / (size + mean)) + k * np.log(mean / (size + mean))
    )  # fmt: skip
    expected = 1.0 if observed == 0 else 1 - np.exp(log_pmf).sum()
    tail = upper_tail(np.array([float(observed)]), np.array([mean]), np.array([size]))[0]
    assert tail == pytest.approx(max(expected, 0), abs=1e-9)


def test_tail_is_monotone_in_what_was_observed():
    observed = np.arange(0.0, 200)
    tail = upper_tail(observed, np.full(200, 3.0), np.full(200, 1.0))
    assert (np.diff(tail) <= 0).all()
    assert tail[0] == 1


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_q_values_are_benjamini_hochberg(p_values):
    """The step-up procedure, written out."""
    p = np.array(p_values)
    order = np.argsort(p)
    stepped = p[order] * p.size / np.arange(1, p.size + 1)
    expected = np.empty_like(p)
    expected[order] = np.minimum(np.minimum.accumulate(stepped[::-1])[::-1], 1)
    assert adjusted(p) == pytest.approx(expected)


def test_no_tests_give_no_q_values():
    assert adjusted(np.array([])).size == 0


def test_without_a_past_the_prior_stands():
    prior = baseline(0, 0, 0)
    assert (prior.mean, prior.size) == pytest.approx((PRIOR_MEAN, PRIOR_SIZE))


def test_a_long_past_outweighs_the_prior():
    counts = stats.nbinom(2, 2 / (2 + 50)).rvs(5000, random_state=1)
    learned = baseline(counts.size, float(counts.sum()), float((counts.astype(float) ** 2).sum()))
    assert learned.mean == pytest.approx(50, rel=0.05)
    assert learned.size == pytest.approx(1, rel=0.05)  # never taken for evener than the prior says
