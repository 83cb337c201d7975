"""Components against networkx, an independent implementation."""

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from churn.link.components import components

EDGES = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=60)


def as_sets(left, right, least):
    ids, labels = components(np.array(left, dtype=np.int64), np.array(right, dtype=np.int64), least=least)
    groups: dict[int, set[int]] = {}
    for node, label in zip(ids.tolist(), labels.tolist(), strict=True):
        groups.setdefault(label, set()).add(node)
    return groups


@given(EDGES, st.integers(1, 5))
@settings(max_examples=200, deadline=None)
def test_components_equal_networkx(edges, least):
    left, right = [a for a, _ in edges], [b for _, b in edges]
    expected = [c for c in nx.connected_components(nx.Graph(edges)) if len(c) >= least]
    groups = as_sets(left, right, least)
    assert sorted(map(sorted, groups.values())) == sorted(map(sorted, expected))
    assert all(label == min(members) for label, members in groups.items())


@given(EDGES, st.randoms())
@settings(max_examples=50, deadline=None)
def test_order_of_edges_changes_nothing(edges, random):
    shuffled = list(edges)
    random.shuffle(shuffled)
    flipped = [(b, a) for a, b in shuffled]
    assert as_sets([a for a, _ in edges], [b for _, b in edges], 2) == as_sets(
        [a for a, _ in flipped], [b for _, b in flipped], 2
    )
