"""How often numbers occur, against a plain count."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn.link.counting import often

ENDS = np.iinfo(np.int64)
NUMBERS = st.one_of(st.integers(-3, 3), st.sampled_from([int(ENDS.min), int(ENDS.max), 2**32, 2**32 + 1]))


@given(st.lists(NUMBERS, max_size=60), st.integers(1, 5))
def test_what_occurs_often_is_what_a_plain_count_says(values, least):
    found, times = often(np.array(values, np.int64), least)
    counted = {value: n for value, n in Counter(values).items() if n >= least}
    assert dict(zip(found.tolist(), times.tolist(), strict=True)) == counted
    assert found.size == len(counted)


@pytest.mark.parametrize("distinct", [1, 90, 50_000, 1 << 40], ids=["one", "days", "some", "most once"])
def test_what_occurs_often_of_many_is_what_numpy_says(distinct):
    rng = np.random.default_rng(distinct)
    own = rng.integers(0, distinct, 300_000) * 2**21  # low bits alike, as in codes of pairs
    one = np.full(100_000, 7)  # one bucket has much more than the others
    values = rng.permutation(np.concatenate([own, one]))
    known, counted = np.unique(values, return_counts=True)
    found, times = often(values, 3)
    order = np.argsort(found)
    assert np.array_equal(found[order], known[counted >= 3])
    assert np.array_equal(times[order], counted[counted >= 3])


def test_a_bucket_with_many_values_gets_a_larger_table():
    mixed = np.random.default_rng(1).integers(0, 2**58, 400_000, np.uint64)  # hashes that begin alike: of one bucket
    values = (mixed * np.uint64(pow(0x9E3779B97F4A7C15, -1, 2**64))).view(np.int64)
    found, times = often(np.tile(values, 2), 2)
    assert np.array_equal(np.sort(found), np.sort(values))
    assert set(times.tolist()) == {2}
