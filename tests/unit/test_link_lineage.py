"""Lineage: two weeks of made-up clusters with the lineage that one would write down by hand, and hops on their own."""

import datetime as dt
import hashlib
from dataclasses import asdict

import pyarrow as pa
import pytest

from churn.link.engine import DuckEngine
from churn.link.identity import Descent, Overlap, identify
from churn.link.lineage import hops
from churn.settings import Settings
from churn.store.database import lake_database, lake_of
from churn.store.lake import arrow_rows
from churn.store.queries import relation

START = dt.date(2026, 3, 1)
TABLES = ("registration", "cluster_day", "cluster_member", "lineage")

CLUSTERS = {
    1: {"A": "a1-a10", "B": "b1-b6"},
    2: {"A": "a1-a12", "B": "b1-b6"},
    3: {"A": "a1-a12 b1-b6"},
    4: {"A": "a1-a12", "B": "b1-b6"},
    5: {"A": "a1-a12"},
    6: {"A": "a1-a8", "C": "a9-a12 c1-c2"},
    7: {"A": "a1-a8", "C": "a9-a12 c1-c2", "D": "~a1-a3 d1-d5"},
    8: {"A": "a1-a8", "C": "a9-a12 c1-c2", "D": "~a1-a3 d1-d5"},
    9: {"A": "a1-a8", "C": "a9-a12 c1-c2", "B": "b1-b9"},
    10: {"A": "a1-a8", "D": "~a1-a3 d1-d5", "B": "b1-b9"},
    11: {"A": "a1-a8 a20-a22", "D": "~a1-a3 d1-d5", "B": "b1-b9"},
    12: {"A": "a1-a8 a20-a22", "D": "~a1-a3 d1-d5", "E": "e1-e4", "F": "=a5-a8 f1-f3"},
    13: {"A": "a1-a8 a20-a22", "D": "~a1-a3 d1-d5", "E": "e1-e4", "F": "=a5-a8 f1-f3"},
    15: {"A": "a1-a8 a20-a22", "D": "~a1-a3 d1-d5", "E": "e1-e4 f1-f3", "G": "g1-g5"},
}
"""Day of March -> cluster -> its domains. `~` is one edit off under another suffix, `=` the same label there. A cluster
is called by the name that it should have by its identity; day 14 was not linked."""

OWNERS = {"c1": "p", "c2": "q", "a9": "p", "e1": "p", "e2": "q", "g1": "p"}
"""Registrants, where they are known: those of E are C's, which stands no more; G has one of them only."""

LINEAGE = {
    2: {("A", "continues", "A", 10), ("B", "continues", "B", 6)},
    3: {("A", "continues", "A", 12), ("A", "merges", "B", 6)},
    4: {("A", "continues", "A", 12), ("B", "revives", "B", 6), ("B", "splits", "A", 6)},
    5: {("A", "continues", "A", 12)},
    6: {("A", "continues", "A", 8), ("C", "splits", "A", 4)},
    7: {("A", "continues", "A", 8), ("C", "continues", "C", 6), ("D", "hops", "A", 3)},
    8: {("A", "continues", "A", 8), ("C", "continues", "C", 6), ("D", "continues", "D", 8)},
    9: {("A", "continues", "A", 8), ("C", "continues", "C", 6), ("B", "revives", "B", 6)},
    10: {("A", "continues", "A", 8), ("D", "revives", "D", 8), ("B", "continues", "B", 9)},
    11: {("A", "revives", "A", 8), ("D", "continues", "D", 8), ("B", "continues", "B", 9)},
    12: {("A", "continues", "A", 11), ("D", "continues", "D", 8), ("E", "hops", "C", 2), ("F", "hops", "A", 4)},
    13: {
        ("A", "continues", "A", 11),
        ("D", "continues", "D", 8),
        ("E", "continues", "E", 4),
        ("F", "continues", "F", 7),
    },
    15: {("A", "continues", "A", 11), ("D", "continues", "D", 8), ("E", "continues", "E", 4), ("E", "merges", "F", 3)},
}

STATES = {"A": "active", "B": "ended", "C": "ended", "D": "dormant", "E": "active", "F": "ended", "G": "active"}
DAYS = {"A": (1, 15), "B": (1, 10 + 1), "C": (6, 9), "D": (7, 15), "E": (12, 15), "F": (12, 13), "G": (15, 15)}


def on(number):
    """The date of a day of the tables above."""
    return START + dt.timedelta(days=number - 1)


def label(key):
    """A label of ten letters, far from all others."""
    return "".join(chr(97 + int(digit, 16)) for digit in hashlib.sha256(key.encode()).hexdigest()[:10])


def domains(spec):
    """`a1-a3 ~b1-b2` -> key and domain of each."""
    for part in spec.split():
        first, last = part.lstrip("~=").split("-")
        for number in range(int(first[1:]), int(last[1:]) + 1):
            key = f"{first[0]}{number}"
            name = {"~": label(key)[:4] + "z" + label(key)[4:] + ".two", "=": label(key) + ".two"}
            yield key, name.get(part[0], label(key) + ".one")


def owners_of(con):
    """The tables of the linking that hops read of, out of the registrants."""
    engine = DuckEngine(con)
    con.execute("CREATE TABLE field AS SELECT 0 AS field, 'registrant_email' AS name")
    con.execute("CREATE TABLE again_shared (id BIGINT, field SMALLINT, code BIGINT)")
    con.execute("""CREATE TABLE candidate_value AS
        SELECT row_number() OVER (ORDER BY value) AS code, value, count(*) AS domains
        FROM (SELECT unnest([registrant_email_hash, registrant_phone_hash]) AS value FROM registration)
        GROUP BY value HAVING count(*) >= 2""")
    con.execute("""CREATE TABLE shared AS
        SELECT number_of(domain) AS id, email.code AS registrant_email, phone.code AS registrant_phone,
            NULL::BIGINT AS registrant_org, NULL::BIGINT AS certificate_key
        FROM registration
        LEFT JOIN candidate_value AS email ON email.value = registrant_email_hash
        LEFT JOIN candidate_value AS phone ON phone.value = registrant_phone_hash""")
    engine.make("owner")


class Replay:
    """Identity and lineage of clusterings that are given, day after day, as the stage has them."""

    def __init__(self, folder):
        self.settings = Settings(data=folder, clock="day", threads=1)
        self.born = {}
        self.owned = set()

    def day(self, day, clusters, owners=None):
        """Link a day; gives the id of each cluster."""
        self._facts(day, clusters, owners or {})
        components = dict(enumerate(sorted(clusters)))
        with lake_database(self.settings, until=day, only=TABLES) as con:
            con.from_arrow(self._window()).create("window_domain")
            owners_of(con)
            con.execute("CREATE TABLE member (domain TEXT, component BIGINT, role TEXT, id BIGINT)")
            for component, name in components.items():
                rows = [(domain, component) for _, domain in domains(clusters[name])]
                con.executemany(
                    "INSERT INTO member SELECT $1, $2, 'core', id FROM window_domain WHERE domain = $1", rows
                )
            ((earlier,),) = relation(con, "churn.link", "earlier_day", day=day).fetchall()
            overlaps = [
                Overlap(*row) for row in relation(con, "churn.link", "cluster_identity", earlier=earlier).fetchall()
            ]
            first_days = dict(relation(con, "churn.link", "earlier_cluster", earlier=earlier).fetchall())
            smallest = dict(relation(con, "churn.link", "component").fetchall())
            identities, told = identify(day, smallest, overlaps, first_days)
            self._tables(con, identities)
            told += hops(con, day, earlier, told, tau=12.0, domains=5000)
        self._write(day, clusters, {components[i.component]: i for i in identities}, told)
        return {components[i.component]: i.cluster_id for i in identities}

    def _facts(self, day, clusters, owners):
        rows = []
        for spec in clusters.values():
            for key, domain in domains(spec):
                self.born.setdefault(domain, day)
                if key in owners and domain not in self.owned:
                    self.owned.add(domain)
                    row = {"domain": domain, "observed_at": self.settings.now(day), "source": "rdap", "day": day}
                    rows.append(
                        row | {"registrant_email_hash": owners[key], "registrant_phone_hash": f"+{owners[key]}"}
                    )
        lake_of(self.settings).write_rows("registration", day, "test", rows)

    def _window(self):
        """The window: the domains so far and two thousand others."""
        born = self.born | {f"{label(f'other {number}')}.one": START for number in range(2000)}
        days = pa.array(born.values(), pa.date32())
        return pa.table(
            {
                "id": pa.array(range(len(born)), pa.int64()),
                "domain": list(born),
                "first_day": days,
                "registered_day": days,
                "reported_day": pa.nulls(len(born), pa.date32()),
            }
        )

    @staticmethod
    def _tables(con, identities):
        schema = {"component": pa.int64(), "cluster_id": pa.string(), "name": pa.string(), "first_day": pa.date32()}
        rows = [asdict(identity) for identity in identities]
        con.from_arrow(pa.Table.from_pylist(rows, schema=pa.schema(list(schema.items())))).create("identity")
        con.execute(
            "CREATE TABLE today_member AS SELECT cluster_id, domain FROM member INNER JOIN identity USING (component)"
        )

    def _write(self, day, clusters, identities, told):
        members, days = [], []
        for name, identity in identities.items():
            own = [domain for _, domain in domains(clusters[name])]
            row = {"day": day, "cluster_id": identity.cluster_id}
            members += [row | {"domain": domain, "role": "core"} for domain in own]
            activity = max(self.born[domain] for domain in own)
            row |= {"first_day": identity.first_day, "last_activity_day": activity, "name": identity.name}
            days.append(row | {"size": len(own)})
        lake = lake_of(self.settings)
        lake.write_rows("cluster_member", day, "test", members)
        lake.write_rows("cluster_day", day, "test", days)
        lake.write_arrow("lineage", day, "test", arrow_rows("lineage", [asdict(row) | {"day": day} for row in told]))

    def lineage(self, day):
        """The rows of a day."""
        with lake_database(self.settings, since=day, until=day, only=["lineage"]) as con:
            return con.sql("SELECT cluster_id, relation, related_id, shared_domains FROM lineage").fetchall()

    def clusters(self):
        """The view `cluster`."""
        with lake_database(self.settings, only=["cluster_day", "cluster"]) as con:
            return con.sql("SELECT cluster_id, first_day, last_day, state FROM cluster").fetchall()


@pytest.fixture(scope="module")
def replayed(tmp_path_factory):
    """The replay, and the ids by the names that the table gives them."""
    replay = Replay(tmp_path_factory.mktemp("lake"))
    names = {}
    for number, clusters in CLUSTERS.items():
        for name, cluster_id in replay.day(on(number), clusters, OWNERS).items():
            assert names.setdefault(cluster_id, name) == name, f"{cluster_id} is another one on day {number}"
    return replay, names


def test_the_replay_has_the_lineage_that_one_would_write_down(replayed):
    replay, names = replayed
    assert sorted(names.values()) == sorted(STATES)
    for number in CLUSTERS:
        told = {(names[row[0]], row[1], names[row[2]], row[3]) for row in replay.lineage(on(number))}
        assert told == LINEAGE.get(number, set()), f"day {number}"


def test_states_and_days_of_the_clusters_of_the_replay(replayed):
    replay, names = replayed
    found = {names[row[0]]: row[1:] for row in replay.clusters()}
    assert {name: row[2] for name, row in found.items()} == STATES
    assert {name: row[:2] for name, row in found.items()} == {n: (on(a), on(b)) for n, (a, b) in DAYS.items()}


def test_a_day_run_again_tells_the_same(replayed):
    replay, _ = replayed
    before = sorted(replay.lineage(on(15)))
    replay.day(on(15), CLUSTERS[15], OWNERS)
    assert sorted(replay.lineage(on(15))) == before


def hopped(tmp_path, first, then, owners=None):
    """Relation and names or domains that correspond, of two clusters that came on two days."""
    replay = Replay(tmp_path)
    replay.day(on(1), {"A": first}, owners)
    replay.day(on(2), {"A": first, "B": then}, owners)
    return [(row[1], row[3]) for row in replay.lineage(on(2)) if row[1] != "continues"]


def test_two_labels_are_no_hop_and_three_are(tmp_path):
    assert hopped(tmp_path / "2", "a1-a30", "=a1-a2 b1-b9") == []
    assert hopped(tmp_path / "3", "a1-a30", "=a1-a3 b1-b9") == [("hops", 3)]


def test_a_common_word_list_makes_no_hop(tmp_path):
    """Fifteen clusters of one word list: three labels in common are what any two of them have."""
    replay = Replay(tmp_path)
    clusters = {f"C{n:02}": f"a{n * 3 + 1}-a{n * 3 + 6} {chr(98 + n)}1-{chr(98 + n)}9" for n in range(0, 16, 2)}
    clusters |= {f"C{n:02}": f"=a{n * 3 + 1}-a{n * 3 + 6} {chr(98 + n)}1-{chr(98 + n)}9" for n in range(1, 16, 2)}
    replay.day(on(1), clusters)
    assert replay.lineage(on(1)) == []


def test_counters_are_no_variants(tmp_path):
    settings = Settings(data=tmp_path, threads=1)
    with lake_database(settings, only=TABLES) as con:
        con.execute("CREATE TABLE window_domain AS SELECT range AS id, range::TEXT AS domain FROM range(5000)")
        owners_of(con)
        con.execute("""CREATE TABLE identity AS
            SELECT 'c-' || unnest([1, 2]) AS cluster_id, DATE '2026-03-01' + unnest([0, 1]) AS first_day""")
        con.execute("""CREATE TABLE today_member AS
            SELECT 'c-1' AS cluster_id, 'winter' || range || '.one' AS domain FROM range(10, 30)
            UNION ALL SELECT 'c-2', 'winter' || range || '.two' FROM range(30, 50)""")
        assert hops(con, on(2), START, [], tau=12.0, domains=5000) == []


def test_one_owner_value_is_no_hop_and_a_pair_of_single_domains_is_none(tmp_path):
    assert hopped(tmp_path / "1", "a1-a9", "b1-b9", {"a1": "p", "b1": "p"}) == []
    assert hopped(tmp_path / "2", "a1-a9", "b1-b9", {"a1": "p", "b1": "p", "a2": "q", "b2": "q"}) == [("hops", 2)]


def test_an_owner_of_many_others_makes_no_hop(tmp_path):
    crowd = {f"z{number}": "p" for number in range(1, 10)} | {"a1": "p", "a2": "p", "b1": "p", "b2": "p"}
    replay = Replay(tmp_path)
    replay.day(on(1), {"A": "a1-a9", "Z": "z1-z9"}, crowd)
    replay.day(on(2), {"A": "a1-a9", "B": "b1-b9", "Z": "z1-z9"}, crowd)
    related = {row[:3:2] for row in replay.lineage(on(2)) if row[1] == "hops"}
    assert len(related) == 1  # of B and Z, which has most of the owner's domains; not of A and B


def test_what_is_told_today_otherwise_is_no_hop_too(tmp_path):
    replay = Replay(tmp_path)
    replay.day(on(1), {"A": "a1-a9"})
    with lake_database(replay.settings, until=on(1), only=TABLES) as con:
        con.execute("CREATE TABLE window_domain AS SELECT range AS id, range::TEXT AS domain FROM range(5000)")
        owners_of(con)
        con.execute("CREATE TABLE identity AS SELECT 'c-new' AS cluster_id, DATE '2026-03-02' AS first_day")
        names = [domain for _, domain in domains("=a1-a9")]
        con.execute(
            "CREATE TABLE today_member AS SELECT 'c-new' AS cluster_id, unnest($names) AS domain", {"names": names}
        )
        (hop,) = hops(con, on(2), on(1), [], tau=12.0, domains=5000)
        for table in ("hop_member", "hop_variant", "hop_told", "hop_name", "hop_owner"):
            con.execute(f"DROP TABLE {table}")
        told = Descent(hop.cluster_id, hop.related_id, "splits", 4)
        assert hops(con, on(2), on(1), [told], tau=12.0, domains=5000) == []
