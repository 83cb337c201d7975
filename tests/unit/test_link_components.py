"""Components against networkx, an independent implementation."""

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from churn.link.components import LEAST, LEAST_REPORTED, components

EDGES = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=60)
REPORTED = st.lists(st.integers(0, 60), max_size=5)


def as_sets(left, right, reported):
    arrays = [np.array(values, dtype=np.int64) for values in (left, right, reported)]
    groups: dict[int, set[int]] = {}
    for node, label in zip(*(array.tolist() for array in components(*arrays)), strict=True):
        groups.setdefault(label, set()).add(node)
    return groups


@given(EDGES, REPORTED)
@settings(max_examples=200, deadline=None)
def test_components_equal_networkx(edges, reported):
    groups = as_sets([a for a, _ in edges], [b for _, b in edges], reported)
    whole = nx.connected_components(nx.Graph(edges))
    expected = [c for c in whole if len(c) >= (LEAST_REPORTED if c & set(reported) else LEAST)]
    assert sorted(map(sorted, groups.values())) == sorted(map(sorted, expected))
    assert all(label == min(members) for label, members in groups.items())


@given(EDGES, REPORTED, st.randoms())
@settings(max_examples=50, deadline=None)
def test_order_of_edges_changes_nothing(edges, reported, random):
    shuffled = list(edges)
    random.shuffle(shuffled)
    flipped = [(b, a) for a, b in shuffled]
    assert as_sets([a for a, _ in edges], [b for _, b in edges], reported) == as_sets(
        [a for a, _ in flipped], [b for _, b in flipped], reported
    )
