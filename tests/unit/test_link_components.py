"""Components against networkx, an independent implementation."""

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from churn.link.components import LEAST, LEAST_REPORTED
from tests.unit.link_ties import found_among

TIES = st.lists(st.tuples(st.integers(-15, 15), st.integers(0, 40)), max_size=60)
"""Pairs of a knot and a domain that hangs on it."""
REPORTED = st.lists(st.integers(0, 60), max_size=5)


def as_sets(ties, reported):
    groups: dict[int, set[int]] = {}
    for row in found_among(ties, reported).to_pylist():
        assert row["reported"] == (row["id"] in reported)
        groups.setdefault(row["component"], set()).add(row["id"])
    return groups


@given(TIES, REPORTED)
@settings(max_examples=200, deadline=None)
def test_components_equal_networkx(ties, reported):
    groups = as_sets(ties, reported)
    graph = nx.Graph((f"knot {knot}", domain) for knot, domain in ties)
    whole = [{node for node in part if isinstance(node, int)} for part in nx.connected_components(graph)]
    expected = [c for c in whole if len(c) >= (LEAST_REPORTED if c & set(reported) else LEAST)]
    assert sorted(map(sorted, groups.values())) == sorted(map(sorted, expected))
    assert all(label == min(members) for label, members in groups.items())


@given(TIES, REPORTED, st.randoms())
@settings(max_examples=50, deadline=None)
def test_order_of_ties_changes_nothing(ties, reported, random):
    shuffled = list(ties)
    random.shuffle(shuffled)
    assert as_sets(ties, reported) == as_sets(shuffled, reported)
