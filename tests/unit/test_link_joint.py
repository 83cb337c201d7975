"""The joint test of step 3 against exact computations: naive counts, the hypergeometric tail, all permutations.

What is claimed. Of N domains let c(u) have the one value and c(v) the other, placed without regard to each other. How
many have both, X, is hypergeometric with mean E = c(u) c(v) / N. A pair that is kept, c domains of which have both, has

    P(X >= c) <= exp(-D) <= exp(-tau), where D = c ln(c/E) - (c - E).

Proof. For t > 0, P(X >= c) <= exp(-tc) E[exp(tX)] (Markov). The mean of a convex function of a sum drawn without
replacement is at most that of one drawn with it (Hoeffding 1963, theorem 4): with p = c(v) / N,
E[exp(tX)] <= (1 + p (exp(t) - 1))^c(u) <= exp(E (exp(t) - 1)). For c > E take t = ln(c/E): exp(-c ln(c/E) + c - E).
(This is Chernoff's bound for a Poisson variable; D is half of its deviance.)

Where not all is known. Let v's field be known of fewer domains than u's, of N. The test takes those for the population,
and as c(u) all domains that have u, also those of which v is not known. When the values of v are shuffled among the N,
X is hypergeometric with the u among the N only. They are no more, so X is stochastically smaller: the bound holds.
"""

import itertools
import math
from types import SimpleNamespace

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import xlogy

from churn.link.engine import DuckEngine, Part
from churn.link.method import LEAST_TOGETHER
from tests.unit.link_worlds import FAMILY, NAME, PAIRS_USED, clumps, linked, rows

ROUNDED = 1 + 1e-9


def deviance(c, expected):
    """As in the docstring; below the mean there is no evidence."""
    return np.where(c > expected, xlogy(c, c / expected) - (c - expected), 0.0)


@pytest.fixture(scope="module")
def con():
    """A database for `decided`."""
    with duckdb.connect(config={"threads": 1}) as connection:
        yield connection


def decided(con, margins, tau, rho):
    """Which of some margins (c, c(u), c(v), N) the step `joint` keeps, each of them a pair of values of its own."""
    pairs = np.repeat(np.arange(len(margins)), [margin[0] for margin in margins])
    counts = [(2 * i + side, side, each[1 + side], each[3]) for i, each in enumerate(margins) for side in (0, 1)]
    none = pa.array([], pa.int64())
    tables = {
        "pair_of": {"u": 2 * pairs, "v": 2 * pairs + 1},
        "field_pair": {"part": [0], "u_field": [0], "v_field": [1], "rho": [rho], "most": [1 << 62]},
        "again_shared": {"id": none, "field": none, "code": none},
        "candidate_value": dict(
            zip(("code", "field", "domains", "field_domains"), zip(*counts, strict=True), strict=True)
        ),
    }
    for name, columns in tables.items():
        con.from_arrow(pa.table(columns)).create_view(name, replace=True)
    engine = DuckEngine(con)
    part = Part("pairs", {"u_field": 0, "v_field": 1})
    engine.count_each("occurring_pair", "occurring_pair", [part], LEAST_TOGETHER, lambda _: None)
    kept = engine.rows("joint", tau=tau)
    engine.drop("occurring_pair")
    found = dict(zip(kept["u"].to_pylist(), kept["expected"].to_pylist(), strict=True))
    return [found.get(2 * i) for i in range(len(margins))]


@st.composite
def margin(draw):
    """c, c(u), c(v), N that can be; of all sizes alike."""
    n = round(math.exp(draw(st.floats(math.log(4), math.log(3e6)))))
    u, v = (min(n, round(math.exp(draw(st.floats(0.7, 8))))) for _ in range(2))
    least, most = max(0, u + v - n), min(u, v, 300)
    if least > most:
        u, v, least, most = 2, 2, 0, 2
    return draw(st.integers(least, most)), u, v, n


MARGINS = st.lists(margin(), min_size=1, max_size=40)


@given(MARGINS, st.floats(0.5, 20), st.floats(0.01, 0.9))
@example([(10, 10, 10, 1000), (2, 2, 3, 10**6), (3, 3, 4, 10**6), (4, 30, 30, 300)], 4.0, 0.05)
def test_what_is_kept_is_rarer_by_chance_than_tau_says(con, margins, tau, rho):
    c, u, v, n = np.array(margins, dtype=float).T
    expected = u * v / n
    tail = stats.hypergeom.sf(c - 1, n, u, v)
    assert (tail <= np.exp(-deviance(c, expected)) * ROUNDED).all()
    found = decided(con, margins, tau, rho)
    for kept, one, mean, chance in zip(found, c, expected, tail, strict=True):
        near = one >= 3 and (abs(deviance(one, mean) - tau) < 1e-9 or abs(mean / one - rho) < 1e-9)
        assert near or (kept is not None) == (one >= 3 and deviance(one, mean) >= tau and mean / one <= rho)
        if kept is not None:
            assert kept == pytest.approx(mean)
            assert chance <= math.exp(-tau) * ROUNDED


@given(MARGINS, st.floats(3, 20), st.booleans())
@example([(10, 10, 10, 1000), (2, 2, 3, 10**6)], 4.0, True)
def test_a_domain_more_that_has_both_keeps_a_pair(con, margins, tau, already_known):
    """Unless the values become too common: E/c may pass rho, since c(u)/N and c(v)/N grow.

    Proof for D, where x = E/c is at most 0.13. Add the domain little by little: c + s and so on, for s from 0 to 1. The
    slope of D is ln(c/E) - (c - E) (1/c(u) + 1/c(v) - 1/N) >= -ln x - 2 (1 - x), as c(u) and c(v) are at least c. That
    is positive for x < 0.203, and on the way x grows by a factor of (1 + 1/c) <= 1.5 at most.
    """
    rho = 0.13
    more = [(c + 1, u + 1, v + 1, n if already_known and max(u, v) < n else n + 1) for c, u, v, n in margins]
    for (c, u, v, n), before, after in zip(
        more, decided(con, margins, tau, rho), decided(con, more, tau, rho), strict=True
    ):
        if before is not None and u * v / n / c <= rho:
            assert after is not None


@given(st.lists(st.tuples(st.sampled_from([None, 0, 0, 1]), st.sampled_from([None, 0, 1, 1])), min_size=2, max_size=7))
@settings(max_examples=40)
def test_the_tail_is_that_of_all_permutations(domains):
    """The values of v are shuffled over the domains of which v is known; u stays where it is, known or not."""
    known = [(u, v) for u, v in domains if v is not None]
    u, v = [[pair[side] == 0 for pair in known] for side in (0, 1)]
    together = [sum(map(min, u, shuffled)) for shuffled in itertools.permutations(v)]
    for c in range(1, len(known) + 1):
        share = sum(x >= c for x in together) / len(together)
        assert share == pytest.approx(stats.hypergeom.sf(c - 1, len(known), sum(u), sum(v)))


@pytest.fixture(scope="module")
def window():
    """A window of evidence, its database, and the thresholds."""
    made = clumps(3)
    tau, rho = 4.0, 0.04
    return SimpleNamespace(held=made.values(), con=linked(made, tau, rho), tau=tau, rho=rho)


def naive(window):
    """Each pair of values that occur together: (u, v) to the domains of both, of each, of each field."""
    for one, other in PAIRS_USED:
        fields = [{value: d for value, d in window.held.items() if value[0] == name} for name in (one, other)]
        known = [set().union(*field.values()) for field in fields]
        for (u, with_u), (v, with_v) in itertools.product(*(field.items() for field in fields)):
            if len(with_u & with_v) >= 3:
                yield (u, v), with_u, with_v, known


def test_the_counts_and_the_decision_are_those_of_a_naive_count(window):
    """Also for domains of several days and of several values; the bounds of step 2 lose no pair."""
    columns = "field, value, code, domains, field_domains"
    counted = {(NAME[field], value): counts for field, value, *counts in rows(window.con, "candidate_value", columns)}
    expected = {}
    for (u, v), with_u, with_v, known in naive(window):
        c, n = len(with_u & with_v), min(map(len, known))
        mean = len(with_u) * len(with_v) / n
        rho = window.rho / 2 if {FAMILY[u[0]], FAMILY[v[0]]} == {"name", "infrastructure"} else window.rho
        if deviance(c, mean) >= window.tau and mean / c <= rho:
            assert counted[u][1:] == [len(with_u), len(known[0])]
            assert counted[v][1:] == [len(with_v), len(known[1])]
            expected[counted[u][0], counted[v][0]] = (c, pytest.approx(mean))
    found = {(u, v): (c, mean) for u, v, c, mean in rows(window.con, "joint_candidate", "u, v, domains, expected")}
    assert found == expected
    assert len(found) > 100


def test_what_is_kept_is_rare_also_where_not_all_is_known(window):
    """Against the exact tail over the domains of which the rarer field is known, and the values that those have."""
    value_of = {
        code: (NAME[field], value) for code, field, value in rows(window.con, "candidate_value", "code, field, value")
    }
    kept = {(value_of[u], value_of[v]) for u, v in rows(window.con, "joint", "u, v")}
    fewer = 0
    for pair, with_u, with_v, known in naive(window):
        if pair in kept:
            population = min(known, key=len)
            u, v = len(with_u & population), len(with_v & population)
            fewer += (u, v) != (len(with_u), len(with_v))
            tail = stats.hypergeom.sf(len(with_u & with_v) - 1, len(population), u, v)
            assert tail <= math.exp(-window.tau) * ROUNDED
    assert fewer > 20
