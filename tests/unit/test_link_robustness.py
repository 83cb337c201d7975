"""`holds_without_strongest` is what deleting the strongest link gives: against deleting it, one member at a time.

The definition. A member loses the one value that is the strongest of its ledger. What the window kept stays as it is:
pairs, own values, what each cluster holds. The stars are made anew, and their components. The member holds when it is
then in a component that is large enough to be a cluster (nothing was added: all of it was of its cluster before), or,
where it is not, when the values that it has left attach it to its cluster.
"""

import math

import duckdb
import networkx as nx
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn.lab.facts import write_facts
from churn.lab.world import build_world
from churn.link import traits
from churn.link.components import LEAST, LEAST_REPORTED
from churn.link.robustness import tied_by_few
from churn.settings import load_settings
from churn.store.database import lake_of
from tests.unit.link_worlds import ATTACHING, NAME, TYING, USED, Window, clumps, link, linked, read, rows


class Oracle:
    """The kept pairs of a linked window, and all that follows from them, by sets and networkx."""

    def __init__(self, window, con):
        self.first_day, self.reported = window.first_days(), window.reported
        values = {
            code: (NAME[field], value)
            for code, field, value in rows(con, "candidate_value", "code, field, value")
            if code is not None
        }
        held = window.values()
        self.known = {name: set().union(*(held[value] for value in held if value[0] == name)) for name in NAME}
        self.holders = {value: held[value] for value in values.values()}
        self.attaches = {}
        for value in self.holders:
            for domain in self.holders[value] if value[0] in ATTACHING else ():
                self.attaches.setdefault(domain, []).append(value)
        self.pairs = {(values[u], values[v]): surprise for u, v, surprise in rows(con, "joint", "u, v, surprise")}
        self.members = {pair: self.holders[pair[0]] & self.holders[pair[1]] for pair in self.pairs}
        self.own = {value for value, domains in in_pair(self.members).items() if self.is_own(value, domains)}
        self.core, self.seen = {}, {}
        for component in nx.connected_components(self.graph(self.members)):
            domains = {node for node in component if isinstance(node, int)}
            if self.is_cluster(domains):
                self.core |= dict.fromkeys(domains, min(domains))
        self.member = dict(self.core)
        for domain in self.first_day.keys() - self.core.keys():
            if attaching := self.attaching(domain):
                self.member[domain] = min(attaching)[2]

    def is_own(self, value, domains):
        """Most who have it are in pairs with it, and those pairs say most of what it could say."""
        if value[0] not in TYING or len(domains) * 5 < len(self.holders[value]) * 4:
            return False
        best = dict.fromkeys(domains, 0.0)
        for pair, surprise in self.pairs.items():
            if value in pair:
                best |= {domain: max(best[domain], surprise) for domain in self.members[pair]}
        could = math.log(max(map(len, self.known.values())) / len(self.holders[value]))
        return sum(best.values()) / len(best) >= min(4, could * 2 / 3)

    def graph(self, members):
        """Who is tied to what: domains and the pairs and own values that they are in."""
        graph = nx.Graph()
        groups = in_pair(members)
        for group, domains in [*members.items(), *((value, groups.get(value, ())) for value in self.own)]:
            graph.add_edges_from((domain, group) for domain in domains)
        return graph

    def is_cluster(self, domains):
        return len(domains) >= (LEAST_REPORTED if domains & self.reported else LEAST)

    def attaching(self, domain, lost=None):
        """What attaches a domain to a core, the strongest first: (-share, -domains inside, component, value)."""
        values = [value for value in self.attaches.get(domain, ()) if value != lost]
        return sorted(hold for value in values for hold in self.holds_of(value, self.first_day[domain]))

    def holds_of(self, value, day):
        """The cores that hold enough of a value, over the window and of the domains that came on a day."""
        if (value, day) not in self.seen:
            holders = self.holders[value]
            today = {holder for holder in holders if self.first_day[holder] == day}
            self.seen[value, day] = found = []
            for component in {self.core[holder] for holder in holders & self.core.keys()}:
                inside = {holder for holder in holders if self.core.get(holder) == component}
                parts = [(len(inside), len(holders)), (len(inside & today), len(today))]
                if all(part >= 4 and part * 3 >= whole * 2 for part, whole in parts):
                    found.append((-len(inside) / len(holders), -len(inside), component, value))
        return self.seen[value, day]

    def strongest(self, domain):
        """The value of most weight; of equal ones that of the first field and of the least number."""
        weight = {}
        if domain in self.core:
            for pair, surprise in self.pairs.items():
                if domain in self.members[pair]:
                    weight |= {value: max(weight.get(value, 0), surprise) for value in pair}
        else:
            for share, _, component, value in self.attaching(domain):
                if component == self.member[domain]:
                    weight[value] = math.log(len(self.known[value[0]]) / len(self.holders[value])) * -share
        return min(weight, key=lambda value: (-weight[value], NAME.index(value[0]), value[1]))

    def component(self, domain, lost):
        """Its component when all is done again but for its having that value."""
        cluster = {other for other, component in self.core.items() if component == self.core[domain]}
        pairs = {pair: domains for pair, domains in self.members.items() if domains & cluster}
        graph = self.graph({pair: domains - {domain} if lost in pair else domains for pair, domains in pairs.items()})
        graph.add_node(domain)
        return {node for node in nx.node_connected_component(graph, domain) if isinstance(node, int)}

    def holds(self, domain):
        lost = self.strongest(domain)
        if domain in self.core and self.is_cluster(self.component(domain, lost)):
            return True
        attaching = self.attaching(domain, lost)
        return bool(attaching) and attaching[0][2] == self.member[domain]


def in_pair(members):
    """The domains that each value holds by a pair."""
    found: dict[tuple[str, int], set[int]] = {}
    for pair, domains in members.items():
        for value in pair:
            found.setdefault(value, set()).update(domains)
    return found


@pytest.mark.parametrize("seed", [1, 7])
def test_it_is_what_deleting_the_strongest_link_gives(seed):
    window = clumps(seed)
    con = linked(window)
    oracle = Oracle(window, con)
    assert dict(rows(con, "member", "id, component")) == oracle.member
    found = dict(rows(con, "robustness", "id, holds"))
    assert found == {domain: oracle.holds(domain) for domain in oracle.member}
    asked = rows(con, "tied", f"id, without_strongest BETWEEN 1 AND {LEAST - 1}")
    assert {found[domain] for domain, few in asked if few} == {True, False}


def test_so_it_is_in_a_world_of_the_lab(tmp_path):
    """One evening of the small world; of the members of a large cluster, who are alike, some."""
    run = load_settings(data=tmp_path, clock="day")
    world = build_world("small", 1)
    day = world.days[-1]
    write_facts(world, lake_of(run), registrations_per_day=700, days=(day,))
    for _ in traits.ensure(run, day, day):
        pass
    with duckdb.connect(config={"threads": 1}) as con:
        for file in traits.FILES:
            traits.view(con, run, file, day, day)
        link(con, run.link_tau, run.link_rho)
        oracle = Oracle(read(con), con)
        found = dict(rows(con, "robustness", "id, holds"))
        assert dict(rows(con, "member", "id, component")) == oracle.member
    asked = sorted(oracle.member)[::4]
    assert {domain: found[domain] for domain in asked} == {domain: oracle.holds(domain) for domain in asked}
    assert len(asked) > 20


def test_what_it_means_by_hand():
    """Three orders, and who is beside them; of equal weights the first field's is the strongest."""
    six, five, others = range(10, 16), range(20, 25), range(30, 36)
    bridge, beyond, mover, lone = 1, (2, 4), 3, 100
    shown = {
        **{domain: {"created_minute": 1, "template": 1, "name_servers": 1} for domain in six},
        **{domain: {"created_minute": 2, "registrant_email": 2} for domain in five},
        **{domain: {"created_minute": 3, "address": 3} for domain in others},
        bridge: {"created_minute": 1, "template": (1, 7), "registrant_email": 7},
        **{domain: {"template": 7, "registrant_email": 7} for domain in beyond},
        mover: {"name_servers": 1, "address": 1, "registrant_email": 2},
        **{domain: dict.fromkeys(USED, domain) for domain in range(100, 600)},
    }
    for domain in (*six[:4], lone):
        shown[domain] |= {"address": 1}
    for domain in range(100, 120):
        shown[domain] |= {"template": 7}
    con = linked(Window([(domain, 0, values) for domain, values in shown.items()]))
    cluster = {
        **dict.fromkeys([*six, bridge, *beyond, mover, lone], 1),
        **dict.fromkeys(five, 20),
        **dict.fromkeys(others, 30),
    }
    assert dict(rows(con, "member", "id, component")) == cluster
    assert dict(rows(con, "robustness", "id, holds")) == {
        **dict.fromkeys(six, True),  # name servers and template go together without the minute
        **dict.fromkeys(five, False),  # without the owner there is no pair, and a minute attaches nobody
        **dict.fromkeys(others, True),  # without the minute there is no pair, but the address attaches
        bridge: False,  # it has a pair that does without the minute, with two who are not tied to anybody else
        **dict.fromkeys(beyond, False),
        lone: False,  # nothing but the address attaches it
        mover: False,  # without the name servers the owner attaches it to the five
    }


@st.composite
def bonds_of_few(draw):
    """Rows of `few_together`: at random who is in which bond, who stays, whose own pairs suffice."""
    ids = range(draw(st.integers(2, 10)))
    some = st.sets(st.sampled_from(ids), max_size=3)
    bonds = draw(st.lists(st.sets(st.sampled_from(ids), min_size=1, max_size=LEAST - 1), max_size=9))
    gone = draw(st.sets(st.tuples(st.integers(0, 8), st.sampled_from(ids)), max_size=15))
    suffices, reported, unasked = draw(some), draw(some), draw(some)
    found = [
        (bond, domain, (bond, domain) not in gone) for bond, domains in enumerate(bonds) for domain in sorted(domains)
    ]
    asked = {domain for _, domain, stays in found if stays} - unasked
    return [(*row, row[1] in asked, row[1] in suffices, row[1] in reported) for row in found]


@given(bonds_of_few())
@settings(max_examples=100)
def test_whom_a_few_hold_is_found_as_by_networkx(few):
    """Whose own pairs suffice has, for networkx, LEAST more domains about it; it loses them with its strongest link."""
    columns = zip(*few, strict=True) if few else [()] * 6
    names = ["bond", "id", "stays", "asked", "suffices", "reported"]
    types = [pa.int64(), pa.int64(), *[pa.bool_()] * 4]
    table = pa.table({n: pa.array(c, t) for n, c, t in zip(names, columns, types, strict=True)})
    expected = []
    for lost in sorted({row[1] for row in few if row[3]}):
        graph = nx.Graph()
        for bond, domain, stays, _, suffices, _ in few:
            if domain != lost or stays:
                graph.add_edge(domain, f"bond {bond}")
            if suffices and domain != lost:
                graph.add_edges_from((domain, (domain, more)) for more in range(LEAST))
        found = {node for node in nx.node_connected_component(graph, lost) if not isinstance(node, str)}
        reported = found & {row[1] for row in few if row[5]}
        if len(found) >= (LEAST_REPORTED if reported else LEAST):
            expected.append(lost)
    assert tied_by_few(table).tolist() == expected
