"""`holds_without_strongest` is what deleting the strongest link gives: against deleting it, one member at a time.

The definition. A member loses the one value that is the strongest of its ledger. What the window kept stays as it is:
pairs, own values, what each cluster holds. The stars are made anew, and their components. The member holds when it is then
in a component that is large enough to be a cluster (all of it was of its cluster before: nothing was added), or, where
it is not, when the values that it has left attach it to its cluster.
"""

import math

import networkx as nx
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn.link.components import LEAST, LEAST_REPORTED
from churn.link.robustness import tied_by_few
from tests.unit.link_worlds import ATTACHING, NAME, TYING, clumps, few_pairs, linked, rows

pytestmark = pytest.mark.usefixtures(few_pairs.__name__)


class Oracle:
    """The kept pairs of a linked window, and all that follows from them, by sets and networkx."""

    def __init__(self, window, con):
        self.first_day, self.reported = window.first_days(), window.reported
        values = {code: (NAME[field], value) for code, field, value in rows(con, "candidate_value", "code, field, value")}
        self.holders = {value: domains for value, domains in window.values().items() if value in values.values()}
        self.pairs = {(values[u], values[v]): surprise for u, v, surprise in rows(con, "joint", "u, v, surprise")}
        self.members = {pair: self.holders[pair[0]] & self.holders[pair[1]] for pair in self.pairs}
        self.own = {
            value
            for value, domains in in_pair(self.members).items()
            if value[0] in TYING and len(domains) * 5 >= len(self.holders[value]) * 4
        }
        self.known = {name: set().union(*(d for v, d in window.values().items() if v[0] == name)) for name in NAME}
        self.core = {}
        for component in nx.connected_components(self.graph(self.members)):
            domains = {node for node in component if isinstance(node, int)}
            if self.is_cluster(domains):
                self.core |= dict.fromkeys(domains, min(domains))
        self.member = dict(self.core)
        for domain in self.first_day.keys() - self.core.keys():
            if attaching := self.attaching(domain):
                self.member[domain] = min(attaching)[2]

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
        found = []
        for value, holders in self.holders.items():
            if value[0] not in ATTACHING or domain not in holders or value == lost:
                continue
            today = {holder for holder in holders if self.first_day[holder] == self.first_day[domain]}
            for component in {self.core[holder] for holder in holders & self.core.keys()}:
                inside = {holder for holder in holders if self.core.get(holder) == component}
                parts = [(len(inside), len(holders)), (len(inside & today), len(today))]
                if all(part >= 4 and part * 3 >= whole * 2 for part, whole in parts):
                    found.append((-len(inside) / len(holders), -len(inside), component, value))
        return sorted(found)

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

    def is_tied_without(self, domain, lost):
        """Whether it is in a component that is a cluster when all is done again but for its having that value."""
        mine = {pair: domains for pair, domains in self.members.items() if self.near(domain) & domains}
        graph = self.graph({p: domains - {domain} if lost in p else domains for p, domains in mine.items()})
        if domain not in graph:
            return False
        return self.is_cluster({n for n in nx.node_connected_component(graph, domain) if isinstance(n, int)})

    def near(self, domain):
        return {other for other, component in self.core.items() if component == self.core.get(domain)}

    def holds(self, domain):
        lost = self.strongest(domain)
        if self.is_tied_without(domain, lost):
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


@pytest.mark.parametrize("seed", [1, 2])
def test_it_is_what_deleting_the_strongest_link_gives(seed):
    window = clumps(seed)
    con = linked(window, tau=3.0, rho=0.05)
    oracle = Oracle(window, con)
    assert dict(rows(con, "member", "id, component")) == oracle.member
    assert dict(rows(con, "robustness", "id, holds")) == {domain: oracle.holds(domain) for domain in oracle.member}
