"""What more evidence, another order and other names do to clusters.

More evidence may part a cluster, and must: if it never did, a value could be given to one domain after another until
all have it and are linked by it; but a value that everybody has links nobody (`test_link_stage`). What a value says is
how rare it is. A pair is let go when more domains have one of its values without the other. An own value is no longer
an operator's own when more than a fifth of those who have it are in no pair with it. A domain is attached to the
cluster that holds most of its value. So "adding evidence never splits a component" is true of this much, tested here:

- Of the graph. More kept pairs, more ties of own values, more reported domains never part two members of a core.
- Of the whole method. Evidence whose values are all new to the window never does, be it of new domains or of old ones.
  Of the counts it changes only N, which grows. So E falls, and the pairs that were kept are kept, of the same domains.
  As many have an own value as before, and those of them who are in pairs may only become more. What is usual at a
  registrar becomes rarer by more minutes without it. (New pairs may join cores, and an attached domain may move.)

A third is beside the joint test (`test_link_joint`): a domain more that has both values of a pair keeps the pair.
"""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.link_ties import found_among
from tests.unit.link_worlds import USED, Window, as_tuple, clumps, linked, rows

TIES = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=40)
REPORTED = st.sets(st.integers(0, 30), max_size=4)


def together(labels):
    """The groups of a partition, given as pairs of a domain and a label."""
    groups: dict[int, set[int]] = {}
    for domain, label in labels:
        groups.setdefault(label, set()).add(domain)
    return {frozenset(group) for group in groups.values()}


def cores(con):
    return together(
        (domain, label) for domain, label, role in rows(con, "member", "id, component, role") if role == "core"
    )


def joined(ties, reported):
    return together(zip(*(column.to_pylist() for column in found_among(ties, reported).columns[:2]), strict=True))


@given(TIES, TIES, REPORTED, REPORTED)
def test_more_ties_or_reports_part_nobody(ties, more, reported, more_reported):
    after = joined([*ties, *more], reported | more_reported)
    for group in joined(ties, reported):
        assert any(group <= larger for larger in after)


@pytest.fixture(scope="module")
def window():
    return clumps(5)


@pytest.fixture(scope="module")
def con(window):
    return linked(window)


@pytest.mark.parametrize("seed", [1, 2])
def test_evidence_that_is_new_to_the_window_parts_nobody(window, con, seed):
    """Another window, whose values nobody here has, and whose domains are here by another name or are old ones."""
    pick = random.Random(seed)
    old = sorted(window.first_days())
    further = clumps(100 + seed, groups=40, alone=seed * 100)
    known_as = {
        domain: pick.choice(old) if pick.random() < 0.5 else 100_000 + domain for domain in further.first_days()
    }
    more = Window(list(window.rows), window.reported | set(map(known_as.get, further.reported)))
    for domain, day, shown in further.rows:
        values = {name: tuple(1_000_000 + v for v in as_tuple(value)) for name, value in shown.items()}
        more.rows.append((known_as[domain], day + pick.choice((0, 1)), values))
    before, after = cores(con), cores(linked(more))
    assert len(before) > 30
    assert len(before - after) > 3
    for group in before:
        assert any(group <= larger for larger in after)


def test_more_of_a_value_alone_makes_it_say_less():
    """Six are tied by an address and a minute of birth; two batches by name servers; then others have those."""
    six, one, other = range(6), range(10, 15), range(15, 20)
    shown = {domain: {"address": 1, "created_minute": 1} for domain in six}
    shown |= {
        domain: {"created_minute": domain // 5, "address": domain // 5, "name_servers": 7} for domain in (*one, *other)
    }
    shown |= {domain: dict.fromkeys(USED, domain) for domain in range(100, 600)}
    window = Window([(domain, 0, values) for domain, values in shown.items()])
    assert cores(linked(window)) == {frozenset(six), frozenset((*one, *other))}
    window.rows += [(domain, 0, {"name_servers": 7}) for domain in range(100, 103)]
    window.rows += [(domain, 0, {"address": 1}) for domain in range(200, 300)]
    assert cores(linked(window)) == {frozenset(one), frozenset(other)}


def test_other_names_and_another_order_change_nothing(window, con):
    """Domains get other numbers, and the rows another order; values stay, since a name is evidence, too.

    A domain that two clusters hold equally goes to the one with the least number: there is none in this window.
    """
    pick = random.Random(1)
    domains = sorted(window.first_days())
    renamed = dict(zip(domains, pick.sample(range(2**62), len(domains)), strict=True))
    other = Window([(renamed[domain], day, shown) for domain, day, shown in window.rows])
    other.reported = {renamed[domain] for domain in window.reported}
    pick.shuffle(other.rows)
    again = linked(other)
    members = [together(rows(each, "member", "id, component")) for each in (con, again)]
    assert {frozenset(map(renamed.get, group)) for group in members[0]} == members[1]
    told = [set(rows(each, "member JOIN robustness USING (id)", "id, role, holds")) for each in (con, again)]
    assert {(renamed[domain], *what) for domain, *what in told[0]} == told[1]
    assert {role for _, role, _ in told[0]} == {"core", "attached"}
