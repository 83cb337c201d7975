"""Naming notations in words, the layout, the picture of the links and the timeline: properties and odd cases."""

from __future__ import annotations

import datetime as dt
import re

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from churn.link.forms import forms
from churn.report.changes import changes_of
from churn.report.cluster_records import Cluster, Departure, Lineage, Member, Move, SharedValue
from churn.report.layout import places
from churn.report.patterns import coarse_words, scope_words, template_brief, template_words
from churn.report.stories import subject_words, turn_words
from churn.report.structure import picture_of
from churn.report.timeline import timeline_of
from churn.report.values import value_brief, value_told

DAY = dt.date(2026, 3, 8)
LIVE = re.compile(r"\w\.[^\W\d_]|\w://|\w@\w")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("silverpanda42.com", "two dictionary words and two digits, under .com"),
        ("silver-panda.co.uk", "one dictionary word, a hyphen and one dictionary word, under .co[.]uk"),
        ("20260308.net", "eight digits, under .net"),
        ("a1b2c3d4.com", "eight letters and digits mixed, under .com"),
        ("xqzvkkw.com", "seven letters that are no word, under .com"),
    ],
)
def test_templates_of_the_linking_in_words(name, words):
    """The notation is that of the linking, not one of our own."""
    import pyarrow as pa

    assert template_words(forms(pa.array([name]))["template"][0].as_py()) == words


@pytest.mark.parametrize(
    ("pattern", "words"),
    [("w99", "letters and two digits"), ("w", "letters only"), ("w-9", "letters, a hyphen and one digit")],
)
def test_coarse_patterns_in_words(pattern, words):
    assert coarse_words(pattern) == words


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ("wwd2.xyzlab", "names of two dictionary words and two digits, under .xyzlab"),
        (
            "Alpha Names, Ltd, .shop, 2026-03-08 20:08 UTC",
            "names under .shop created at Alpha Names, Ltd at 2026-03-08",
        ),
        ("police list, 2026-03-08 08:00 UTC and others like it", "names that police list added together at 2026-03-08"),
        ("label class A", "names in the habit of reported ones of the class class A"),
        ("series " + "ab" * 32, "names in the habit of reported ones of the series tag abababababab…"),
        ("cluster c-20260301-aa", "names in the habit of reported ones of the cluster c-20260301-aa"),
        ("built w9.com", "names in the habit of reported ones of letters and digits, under .com"),
        ("anything else.com", "anything else[.]com"),
    ],
)
def test_scopes_of_bursts_in_words(scope, words):
    assert scope_words(scope).startswith(words)


@given(st.one_of(st.text(max_size=80), st.from_regex(r"[wrdx0-9.-]{1,30}(\.[a-z]{2,5})?", fullmatch=True)))
def test_no_notation_shows_a_live_name(text):
    for words in (
        template_words(text), template_brief(text), coarse_words(text), scope_words(text), subject_words(text),
        *(tell(field, text) for tell in (value_told, value_brief) for field in ("template", "created_minute", "stem")),
    ):  # fmt: skip
        assert not LIVE.search(words.replace("]://", "")), words


def graph(groups, values):
    edges = [(v, values + g) for g in range(groups) for v in {g % values, (g * 7) % values}]
    radii = np.array([8.0] * values + [3.0 + g % 5 for g in range(groups)])
    return radii, np.array(edges, dtype=np.int64), np.ones(len(edges))


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (2, 1), (90, 7), (2500, 40)])
def test_layout_stays_in_its_frame_and_is_the_same_twice(size):
    groups, values = size
    radii, edges, strength = graph(groups, values) if values else (np.zeros(0), np.zeros((0, 2), np.int64), np.zeros(0))
    at = places(radii, edges, strength, (1100.0, 560.0), 10.0)
    assert at.shape == (groups + values, 2)
    assert np.isfinite(at).all()
    assert ((at >= radii[:, None] + 9.9) & (at <= np.array([1100.0, 560.0]) - radii[:, None] - 9.9)).all()
    assert (places(radii, edges, strength, (1100.0, 560.0), 10.0) == at).all()


def test_layout_brings_together_what_is_linked():
    """Two stars that share nothing come apart: neighbours are nearer than strangers."""
    radii = np.full(42, 3.0)
    edges = np.array([(hub, 2 + hub * 20 + leaf) for hub in (0, 1) for leaf in range(20)], dtype=np.int64)
    at = places(radii, edges, np.ones(len(edges)), (1100.0, 560.0), 10.0)
    own = [np.linalg.norm(at[a] - at[b]) for a, b in edges]
    other = [np.linalg.norm(at[1 - a] - at[b]) for a, b in edges]
    assert max(own) < min(other)


def member(domain, held_by, **more):
    given = {
        "role": "core", "score": 0.9, "sibling_probability": None, "reported": False, "holds_without_strongest": True,
        "new": False, "newly_reported": False, "first_seen": None, "registered_day": None, "reported_day": None,
        "reported_by": [], "labels": [], "registrar": None, "registrar_iana_id": None, "created_at": None,
        "registered_at": None, "dns_at": None, "certificate_at": None, "reported_at": None, "addresses": None,
        "name_servers": None, "networks": None,
    }  # fmt: skip
    return Member(domain=domain, held_by=held_by, **(given | more))


def cluster(members, links=(), **more):
    given = {
        "name": "n", "pattern": "w", "size": len(members), "new_members": 0, "reported_members": 0, "size_before": 1,
        "confidence": 0.9, "first_day": DAY, "last_activity_day": DAY, "holding": 0, "attached": 0, "verdict": None,
        "verdict_by": None, "verdict_day": None, "values_in_all": len(links),
    }  # fmt: skip
    return Cluster(cluster_id="c", members=list(members), links=list(links), **(given | more))


def ledger(held):
    """A cluster from who is held by which values; places as the query numbers them."""
    holds = {value: [at for at, values in enumerate(held) if value in values] for value in range(8)}
    ordered = sorted((value for value in holds if holds[value]), key=lambda value: (-len(holds[value]), value))
    place = {value: at for at, value in enumerate(ordered, 1)}
    links = [
        SharedValue(
            place[value], "name", "stem", f"v{value}", len(holds[value]), 0, 10, 5, 1.0, [], None, None, 5, 1, 1
        )
        for value in ordered
    ]
    return cluster(
        [member(f"d{at}.test", sorted(place[v] for v in values)) for at, values in enumerate(held)], links
    )  # fmt: skip


@examples(max_examples=60, deadline=None)
@given(st.lists(st.sets(st.integers(0, 7), min_size=1, max_size=4), min_size=1, max_size=40), st.integers(2, 30))
def test_picture_is_the_graph_of_the_ledger(held, most):
    """Against networkx: who hangs together by the drawn values in the ledger does in the picture, and no one else."""
    of = ledger(held)
    picture = picture_of(of, most)
    if picture is None:
        assert not any(link.members > 1 for link in of.links) or most < 2
        return
    assert len(picture.groups) <= most + 1
    assert sum(group.size for group in picture.groups) + picture.unheld == len(held)
    drawn = {value.link.place for value in picture.values}
    wanted, got = nx.Graph(), nx.Graph()
    for one in of.members:
        wanted.add_edges_from((one.domain, place) for place in one.held_by if place in drawn)
    groups = picture.group_of
    for value in picture.values:
        assert value.path.count("M") == len(value.groups)
        got.add_edges_from(
            (domain, value.link.place) for domain, number in groups.items() if number in set(value.groups)
        )
    assert set(map(frozenset, wanted.edges)) == set(map(frozenset, got.edges))


def test_thousands_of_nodes_are_drawn_when_asked_for():
    held = [{i % 8, (i // 8) % 8, (i // 64) % 8} for i in range(600)]
    few, many = picture_of(ledger(held), 20), picture_of(ledger(held), 3000)
    assert len(few.groups) <= 21 < len(many.groups)


def instant(hour, minute=0):
    return dt.datetime(2026, 3, 8, hour, minute, tzinfo=dt.UTC)


def test_timeline_by_the_hour_counts_each_once():
    told = [member(f"d{i}.test", [], registered_at=instant(i % 5), reported_at=instant(10)) for i in range(25)]
    timeline = timeline_of(cluster(told), DAY)
    assert timeline.hourly
    lanes = {lane.kind: lane for lane in timeline.lanes}
    assert sum(bar.domains for bar in lanes["registered"].bars) == 25
    assert [bar.when for bar in lanes["reported"].bars] == ["2026-03-08 10:00 UTC"]
    assert lanes["dns"].unknown == 25
    assert timeline.story == "Of 25 reported domains, half were reported within 8 hours of their registration."


def test_timeline_of_old_and_of_impossible_instants():
    """An aged domain does not squeeze the day; one that a registry says was created tomorrow stands at the end."""
    told = [member(f"d{i}.test", [], registered_at=instant(5)) for i in range(300)]
    odd = [
        member("old.test", [], registered_at=dt.datetime(1999, 1, 1, tzinfo=dt.UTC)),
        member("odd.test", [], registered_at=dt.datetime(2099, 1, 1, tzinfo=dt.UTC)),
    ]
    timeline = timeline_of(cluster([*told, *odd]), DAY)
    lane = timeline.lanes[0]
    assert lane.before == 1
    assert sum(bar.domains for bar in lane.bars) == 301
    assert all(bar.x + bar.width <= timeline.width for bar in lane.bars)
    assert timeline_of(cluster([member("a.test", [])]), DAY) is None


def test_changes_in_words():
    of = cluster(
        [member("new.test", [], new=True), member("told.test", [], newly_reported=True)],
        size_before=4,
        departures=[Departure("a.test", False, "c-2", "pale shore"), Departure("b.test", False, None, None)],
        moves=[Move(f"m{i}.test", "a", "dns", "192.0.2.1", "192.0.2.2") for i in range(7)],
    )
    lines = {line.title: (line.domains, line.text) for line in changes_of(of)}
    assert lines["Joined"] == (1, "new[.]test")
    assert lines["Newly reported"] == (1, "told[.]test")
    assert lines["Left"] == (2, "a[.]test (now in pale shore); b[.]test (in no cluster now)")
    assert lines["Changed the address"] == (7, "from 192.0.2.1 to 192.0.2.2: m0[.]test, m1[.]test and 5 more")
    assert changes_of(cluster([member("a.test", [], new=True)], size_before=None)) == []


@pytest.mark.parametrize(
    ("relation", "direction", "words"),
    [
        ("splits", "from", "2026-03-08: split off from “pale shore” (c-1), 3 domains in common"),
        ("merges", "to", "2026-03-08: was taken up by “pale shore” (c-1), 3 domains in common"),
        ("hops", "from", "2026-03-08: hopped from “pale shore” (c-1), 3 names or owners in common"),
        ("new_kind", "from", "2026-03-08: new_kind “pale shore” (c-1), 3 domains in common"),
    ],
)
def test_turns_in_words(relation, direction, words):
    assert turn_words(Lineage(DAY, "c-1", "pale shore", relation, direction, 3)) == words
