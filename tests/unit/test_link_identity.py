"""Identity over days."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from churn.link.codename import codename
from churn.link.identity import Overlap, identify, new_id

DAY = dt.date(2026, 3, 8)
BEFORE = dt.date(2026, 3, 7)


def relations(descents):
    return {(d.cluster_id, d.related_id): d.relation for d in descents}


def test_a_cluster_keeps_its_id_and_first_day():
    identities, descents = identify(DAY, {1: "a.test"}, [Overlap(1, "c-old", 9, 10)], {"c-old": BEFORE})
    assert [(i.cluster_id, i.first_day) for i in identities] == [("c-old", BEFORE)]
    assert relations(descents) == {("c-old", "c-old"): "continues"}


def test_a_new_cluster_gets_an_id_of_its_own():
    identities, descents = identify(DAY, {1: "a.test", 2: "b.test"}, [], {})
    assert [i.cluster_id for i in identities] == [new_id(DAY, "a.test"), new_id(DAY, "b.test")]
    assert len({i.cluster_id for i in identities}) == 2
    assert descents == []


def test_a_merger_keeps_the_larger_id_and_names_the_other():
    overlaps = [Overlap(1, "c-big", 50, 50), Overlap(1, "c-small", 20, 20)]
    identities, descents = identify(DAY, {1: "a.test"}, overlaps, {"c-big": BEFORE, "c-small": BEFORE})
    assert [i.cluster_id for i in identities] == ["c-big"]
    assert relations(descents)[("c-big", "c-small")] == "merges"


def test_a_split_leaves_the_id_with_the_larger_part():
    overlaps = [Overlap(1, "c-old", 30, 50), Overlap(2, "c-old", 20, 50)]
    identities, descents = identify(DAY, {1: "a.test", 2: "b.test"}, overlaps, {"c-old": BEFORE})
    assert [i.cluster_id for i in identities] == ["c-old", new_id(DAY, "b.test")]
    assert relations(descents)[(new_id(DAY, "b.test"), "c-old")] == "splits"


def test_a_stray_member_is_no_lineage():
    overlaps = [Overlap(1, "c-old", 50, 60), Overlap(2, "c-old", 2, 60)]
    _, descents = identify(DAY, {1: "a.test", 2: "b.test"}, overlaps, {"c-old": BEFORE})
    assert relations(descents) == {("c-old", "c-old"): "continues"}


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(1, 9)), max_size=20), st.randoms())
def test_every_id_is_given_once_whatever_the_order(rows, random):
    unique = {(component, old): shared for component, old, shared in rows}
    overlaps = [Overlap(component, f"c-{old}", shared, 10) for (component, old), shared in unique.items()]
    smallest = {component: f"{component}.test" for component in range(6)}
    first_days = {f"c-{old}": BEFORE for old in range(6)}
    identities, descents = identify(DAY, smallest, overlaps, first_days)
    assert len({i.cluster_id for i in identities}) == len(smallest)
    random.shuffle(overlaps)
    assert identify(DAY, smallest, overlaps, first_days) == (identities, descents)


def test_a_codename_is_two_words_and_stable():
    assert codename("c-20260308-1f2e3d4c5b") == codename("c-20260308-1f2e3d4c5b")
    assert len(codename("anything").split()) == 2
