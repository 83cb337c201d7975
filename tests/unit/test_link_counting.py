"""How often numbers occur, against a plain count."""

from collections import Counter

import numpy as np
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
    assert found.tolist() == sorted(counted)
