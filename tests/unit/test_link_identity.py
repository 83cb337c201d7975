"""Identity over days: examples, and what must hold of all clusterings."""

import datetime as dt
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from churn.link.codename import codename
from churn.link.identity import Overlap, identify, new_id

DAY = dt.date(2026, 3, 8)
BEFORE = dt.date(2026, 3, 7)


def overlap(component, cluster_id, shared, earlier, present=None, **other):
    """`shared` core members in common of `earlier` and `present` ones (as many as shared, where not said)."""
    fields = {"fresh": shared, "weight": 3 * shared, "standing": True}
    fields |= {"earlier_activity": BEFORE, "present_activity": DAY} | other
    return Overlap(component, cluster_id, shared, earlier_size=earlier, present_size=present or shared, **fields)


def between(earlier, present, standing=None):
    """The overlaps of two clusterings: name of each cluster -> its domains, all core."""
    return [
        overlap(
            component,
            cluster_id,
            len(old & new),
            len(old),
            len(new),
            standing=standing is None or cluster_id in standing,
        )
        for cluster_id, old in earlier.items()
        for component, new in present.items()
        if old & new
    ]


def identified(earlier, present):
    """(id by component, lineage) of clusters given with their domains."""
    smallest = {component: min(domains) for component, domains in present.items()}
    identities, descents = identify(DAY, smallest, between(earlier, present), dict.fromkeys(earlier, BEFORE))
    return {identity.component: identity.cluster_id for identity in identities}, descents


def relations(descents):
    return {(d.cluster_id, d.related_id): d.relation for d in descents}


def test_a_cluster_keeps_its_id_and_first_day():
    identities, descents = identify(DAY, {1: "a.test"}, [overlap(1, "c-old", 9, 10)], {"c-old": BEFORE})
    assert [(i.cluster_id, i.first_day) for i in identities] == [("c-old", BEFORE)]
    assert relations(descents) == {("c-old", "c-old"): "continues"}


def test_a_new_cluster_gets_an_id_of_its_own():
    identities, descents = identify(DAY, {1: "a.test", 2: "b.test"}, [], {})
    assert [i.cluster_id for i in identities] == [new_id(DAY, "a.test"), new_id(DAY, "b.test")]
    assert len({i.cluster_id for i in identities}) == 2
    assert descents == []


def test_a_new_id_that_is_taken_gets_more_digits():
    first = new_id(DAY, "a.test")
    identities, _ = identify(DAY, {1: "a.test", 2: "b.test"}, [overlap(2, first, 9, 9)], {first: DAY})
    assert {i.component: i.cluster_id for i in identities} == {1: new_id(DAY, "a.test", 11), 2: first}


def test_a_merger_keeps_the_larger_id_and_names_the_other():
    overlaps = [overlap(1, "c-big", 50, 50, 70), overlap(1, "c-small", 20, 20, 70)]
    identities, descents = identify(DAY, {1: "a.test"}, overlaps, {"c-big": BEFORE, "c-small": BEFORE})
    assert [i.cluster_id for i in identities] == ["c-big"]
    assert relations(descents)[("c-big", "c-small")] == "merges"


def test_a_split_leaves_the_id_with_the_larger_part():
    overlaps = [overlap(1, "c-old", 30, 50), overlap(2, "c-old", 20, 50)]
    identities, descents = identify(DAY, {1: "a.test", 2: "b.test"}, overlaps, {"c-old": BEFORE})
    assert [i.cluster_id for i in identities] == ["c-old", new_id(DAY, "b.test")]
    assert relations(descents)[(new_id(DAY, "b.test"), "c-old")] == "splits"


def test_a_small_part_of_a_large_cluster_is_a_split_where_it_is_most_of_the_new_one():
    overlaps = [overlap(1, "c-old", 400, 500), overlap(2, "c-old", 12, 500, 15)]
    _, descents = identify(DAY, {1: "a.test", 2: "b.test"}, overlaps, {"c-old": BEFORE})
    assert [(d.relation, d.shared_domains) for d in descents] == [("continues", 400), ("splits", 12)]


def test_core_members_outweigh_attached_ones():
    attached = overlap(1, "c-old", 30, 50, weight=30)
    core = overlap(2, "c-old", 20, 50)
    identities, _ = identify(DAY, {1: "a.test", 2: "b.test"}, [attached, core], {"c-old": BEFORE})
    assert {i.component: i.cluster_id for i in identities}[2] == "c-old"


def test_a_stray_member_takes_no_identity_and_is_no_lineage():
    stray = overlap(2, "c-old", 2, 60, 40)
    _, descents = identify(DAY, {1: "a.test", 2: "b.test"}, [overlap(1, "c-old", 50, 60), stray], {"c-old": BEFORE})
    assert relations(descents) == {("c-old", "c-old"): "continues"}
    identities, descents = identify(DAY, {2: "b.test"}, [stray], {"c-old": BEFORE})
    assert (identities[0].cluster_id, descents) == (new_id(DAY, "b.test"), [])


def test_a_cluster_that_stands_again_takes_its_id_back():
    identities, descents = identify(
        DAY, {1: "a.test"}, [overlap(1, "c-old", 20, 20, 30, standing=False)], {"c-old": BEFORE}
    )
    assert (identities[0].cluster_id, identities[0].first_day) == ("c-old", BEFORE)
    assert relations(descents) == {("c-old", "c-old"): "revives"}


def test_new_members_after_a_silence_are_a_revival_and_old_ones_or_a_short_silence_are_not():
    def relation(days, present):
        quiet = DAY - dt.timedelta(days=days)
        _, (descent,) = identify(DAY, {1: "a"}, [overlap(1, "c-old", 20, 20, present, earlier_activity=quiet)], {})
        return descent.relation

    assert [relation(8, 21), relation(7, 21), relation(8, 20)] == ["revives", "continues", "continues"]


def test_of_two_that_merged_before_and_part_now_both_take_their_ids_back_and_the_parting_is_told():
    smallest = {1: "a.test", 2: "b.test"}
    overlaps = [
        overlap(1, "c-a", 50, 80),
        overlap(2, "c-a", 30, 80),
        overlap(2, "c-b", 30, 30, standing=False, fresh=0),
    ]
    identities, descents = identify(DAY, smallest, overlaps, {"c-a": BEFORE, "c-b": BEFORE})
    assert {i.component: i.cluster_id for i in identities} == {1: "c-a", 2: "c-b"}
    assert relations(descents) == {("c-a", "c-a"): "continues", ("c-b", "c-b"): "revives", ("c-b", "c-a"): "splits"}


def test_what_merged_on_an_earlier_day_is_not_told_again():
    overlaps = [overlap(1, "c-a", 80, 80), overlap(1, "c-b", 30, 30, 80, standing=False, fresh=0)]
    _, descents = identify(DAY, {1: "a.test"}, overlaps, {"c-a": BEFORE, "c-b": BEFORE})
    assert relations(descents) == {("c-a", "c-a"): "continues"}


DOMAINS = [f"d{number:02}.test" for number in range(24)]
clusterings = st.lists(st.integers(-1, 5), min_size=len(DOMAINS), max_size=len(DOMAINS)).map(
    lambda labels: {
        label: {domain for domain, own in zip(DOMAINS, labels, strict=True) if own == label}
        for label in set(labels) - {-1}
    }
)


def named(clustering):
    return {f"c-{label}": domains for label, domains in clustering.items()}


@given(clusterings, clusterings)
def test_every_component_has_one_id_and_no_id_is_given_twice(earlier, present):
    ids, descents = identified(named(earlier), present)
    assert set(ids) == set(present)
    assert len(set(ids.values())) == len(ids)
    kept = {(d.cluster_id, d.related_id) for d in descents if d.relation in {"continues", "revives"}}
    assert kept == {(i, i) for i in ids.values() if i in named(earlier)}


@given(clusterings)
def test_an_unchanged_clustering_keeps_all_ids(clustering):
    ids, descents = identified(named(clustering), clustering)
    assert ids == {label: f"c-{label}" for label in clustering}
    assert {d.relation for d in descents} <= {"continues"}


@given(clusterings, clusterings, st.permutations(range(6)), st.randoms(use_true_random=False))
def test_names_of_components_and_order_change_nothing(earlier, present, renamed, random):
    ids, descents = identified(named(earlier), present)
    other = {renamed[component]: domains for component, domains in present.items()}
    overlaps = between(named(earlier), other)
    random.shuffle(overlaps)
    smallest = dict(random.sample([(component, min(domains)) for component, domains in other.items()], len(other)))
    identities, again = identify(DAY, smallest, overlaps, dict.fromkeys(named(earlier), BEFORE))
    assert {i.component: i.cluster_id for i in identities} == {renamed[c]: i for c, i in ids.items()}
    assert again == descents


@given(clusterings, clusterings)
def test_whose_members_stay_together_keeps_its_id_or_is_told_to_have_merged(earlier, present):
    ids, descents = identified(named(earlier), present)
    told = relations(descents)
    for cluster_id, old in named(earlier).items():
        for component, new in present.items():
            if old <= new:
                relation = told[(ids[component], cluster_id)]
                assert relation == ("continues" if ids[component] == cluster_id else "merges")
                from_one = all(old == other or not other & new for other in named(earlier).values())
                assert relation == "continues" or not from_one


@given(clusterings, clusterings)
def test_no_two_would_rather_have_been_matched_with_each_other(earlier, present):
    """The matching is stable (Gale, Shapley 1962): an independent statement of "most in common first"."""
    ids, _ = identified(named(earlier), present)
    kept = {cluster_id: component for component, cluster_id in ids.items()}
    for cluster_id, old in named(earlier).items():
        for component, new in present.items():
            common = len(old & new)
            if 3 * common <= min(len(old), len(new)):
                continue
            own = len(named(earlier).get(ids[component], set()) & new)
            its = len(old & present[kept[cluster_id]]) if cluster_id in kept else 0
            assert max(own, its) >= common


@given(clusterings, clusterings)
def test_no_domain_is_told_twice(earlier, present):
    ids, descents = identified(named(earlier), present)
    came, went = Counter(), Counter()
    for descent in descents:
        came[descent.cluster_id] += descent.shared_domains
        went[descent.related_id] += descent.shared_domains
    assert all(came[ids[component]] <= len(new) for component, new in present.items())
    assert all(went[cluster_id] <= len(old) for cluster_id, old in named(earlier).items())


def test_a_codename_is_two_words_and_stable():
    assert codename("c-20260308-1f2e3d4c5b") == codename("c-20260308-1f2e3d4c5b")
    assert len(codename("anything").split()) == 2
