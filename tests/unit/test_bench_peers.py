"""The benchmark of linking: its peers on tiny lakes made by hand, its scores against a naive count, its generator."""

import datetime as dt
import sys
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn.store.lake import Lake

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))

from quality.score import b_cubed, by_campaign, interval, quantiles, scores
from speed import generate, hubs
from speed.measure import measured
from speed.peers import exact_key, interisle, rare_components, two_families
from speed.peers.evidence import FAMILIES, evidence
from speed.peers.evidence_frame import evidence_frame

DAY = dt.date(2026, 3, 1)
NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def write_lake(root: Path, rows: list[dict]) -> Path:
    """A lake with one row a domain: `ns`, `a`, `email`, `at` (seconds after noon), `registrar`, `reported`."""
    lake = Lake(root / "lake")
    each = [{"domain": row["domain"], "day": DAY, "observed_at": NOON} for row in rows]
    seen = [e | {"fqdn": e["domain"], "kind": "registered", "feed": "new", "seen_at": NOON} for e in each]
    told = [s | {"kind": "reported", "feed": "list"} for s, row in zip(seen, rows, strict=True) if row.get("reported")]
    lake.write_rows("sighting", DAY, "hand", [*seen, *told])
    registered = [
        e
        | {
            "source": "rdap",
            "registrar_iana_id": row.get("registrar", 1),
            "registrant_email_hash": row.get("email"),
            "created_at": NOON + dt.timedelta(seconds=row["at"]) if "at" in row else None,
        }
        for e, row in zip(each, rows, strict=True)
    ]
    lake.write_rows("registration", DAY, "hand", registered)
    hosted = [
        e | {"rcode": "NOERROR", "ns": row.get("ns"), "a": row.get("a")} for e, row in zip(each, rows, strict=True)
    ]
    lake.write_rows("hosting", DAY, "hand", hosted)
    return lake.root


def sets(table) -> set[frozenset[str]]:
    """The clusters of a table as sets of domains."""
    found = defaultdict(set)
    for domain, cluster in zip(table["domain"].to_pylist(), table["cluster"].to_pylist(), strict=True):
        found[cluster].add(domain)
    return {frozenset(cluster) for cluster in found.values()}


def names(*letters: str) -> frozenset[str]:
    return frozenset(f"{letter}.test" for letter in letters)


def test_exact_keys_group_what_has_the_same_value(tmp_path):
    lake = write_lake(
        tmp_path,
        [
            {"domain": "a.test", "ns": ["ns1.x.test", "ns2.x.test"], "a": ["240.0.0.1"], "email": "aa"},
            {"domain": "b.test", "ns": ["ns1.x.test", "ns2.x.test"], "a": ["240.0.0.1"]},
            {"domain": "c.test", "ns": ["ns1.x.test", "ns2.x.test"], "a": ["240.0.0.1", "240.0.0.2"], "email": "aa"},
            {"domain": "d.test", "ns": ["ns1.x.test"], "a": ["240.0.0.1"], "email": "bb"},
            {"domain": "e.test", "email": "bb"},
            {"domain": "f.test", "email": "bb"},
            {"domain": "g.test", "ns": []},
            {"domain": "h.test"},
        ],
    )
    assert sets(exact_key.clusters(lake, "name_servers")) == {names("a", "b", "c")}
    assert sets(exact_key.clusters(lake, "address")) == {names("a", "b", "d")}
    assert sets(exact_key.clusters(lake, "registrant")) == {names("d", "e", "f")}
    assert sets(exact_key.clusters(lake, "any")) == {names("a", "b", "c", "d", "e", "f")}


def test_interisle_counts_reported_domains_of_one_registrar_in_one_run(tmp_path):
    def run(prefix: str, n: int, gap: int, **more) -> list[dict]:
        return [{"domain": f"{prefix}{i}.test", "at": i * gap, "reported": True} | more for i in range(n)]

    rows = [
        *run("tight", 10, 600),
        *run("broken", 10, 601, registrar=2),
        *run("few", 9, 1, registrar=3),
        *run("unreported", 12, 1, registrar=4, reported=False),
        {"domain": "later.test", "at": 9 * 600 + 601, "reported": True},
        {"domain": "undated.test", "reported": True},
    ]
    lake = write_lake(tmp_path, rows)
    assert sets(interisle.clusters(lake)) == {frozenset(f"tight{i}.test" for i in range(10))}


ODD = [
    {"domain": "shop-12.test", "ns": ["ns1.x.test", "ns2.x.test"], "a": [f"240.0.0.{i}" for i in range(6)], "at": 0},
    {"domain": "shop-77.test", "ns": [], "a": [], "email": "aa", "at": 59, "reported": True},
    {"domain": "77.test", "email": "aa", "at": 60, "registrar": 2, "reported": True},
    {"domain": "a.co.test", "ns": ["ns1"], "email": "bb", "at": 12 * 3600},
    {"domain": "none.test"},
]
"""Lists that are empty or long, labels that are digits alone, a suffix of two labels, a date without a time."""
ALONE = names(*(letter * 5 for letter in "abcdefghijkl"))


@pytest.fixture(scope="module")
def two_operators(tmp_path_factory) -> Path:
    """Two operators of 12 domains on one hub's servers, each with an address and a minute; 600 others on that hub.

    ALONE share one value only.
    """
    rows = [
        {"domain": f"{who}{i}word.test", "ns": ["ns1.hub.test"], "a": [f"240.0.{who}.1"], "at": who * 3600 + i}
        for who in (1, 2)
        for i in range(12)
    ]
    rows += [{"domain": f"other{i}x.test", "ns": ["ns1.hub.test"], "a": [f"240.1.{i % 20}.1"]} for i in range(600)]
    rows += [{"domain": name, "a": ["240.2.0.1"], "at": 9_000 + 60 * i} for i, name in enumerate(sorted(ALONE))]
    return write_lake(tmp_path_factory.mktemp("two"), rows)


@pytest.mark.parametrize("reader", ["duckdb", "pandas"])
def test_two_families_find_operators_and_leave_hubs(two_operators, reader):
    found = sets(two_families.clusters(two_operators, reader))
    assert found == {frozenset(f"{who}{i}word.test" for i in range(12)) for who in (1, 2)}


def test_pandas_makes_the_evidence_that_duckdb_makes(two_operators, tmp_path):
    """Field by field the same domains share a value; what the values are called is the reader's own."""
    lakes = {"hubs": two_operators, "odd": write_lake(tmp_path, ODD)}
    for name, lake in lakes.items():
        with evidence(lake) as con:
            frames = con.sql("FROM evidence").df(), evidence_frame(lake)
        for field in FAMILIES:
            groups = [
                {
                    frozenset(rows["domain"])
                    for _, rows in frame.explode(field).dropna(subset=field).groupby(field, sort=False)
                }
                for frame in frames
            ]
            assert groups[0] == groups[1], (name, field)


def test_rare_components_take_one_value_for_a_link(two_operators):
    found = sets(rare_components.clusters(two_operators))
    assert ALONE in found


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([None, "p", "q"]), st.sampled_from([None, 1, 2, 3]), st.booleans()),
        min_size=1,
        max_size=25,
    )
)
def test_scores_are_those_of_a_naive_count(domains):
    """B-cubed over labelled members of campaigns, pairs over everybody, each by a double loop."""
    if not any(campaign and labelled for campaign, _, labelled in domains):
        return
    rows = [
        {
            "domain": f"d{i}",
            "owner": f"o{i % 4}",
            "campaign": campaign,
            "kind": "campaign" if campaign else "background",
            "labelled": labelled,
            "cluster": cluster,
        }
        for i, (campaign, cluster, labelled) in enumerate(domains)
    ]
    with duckdb.connect(config={"threads": 1}) as con:
        schema = {"campaign": pa.string(), "cluster": pa.int64(), "labelled": pa.bool_()}
        columns = {name: pa.array([row[name] for row in rows], schema.get(name)) for name in rows[0]}
        con.register("given_rows", pa.table(columns))
        con.execute("CREATE VIEW truth AS SELECT * EXCLUDE (cluster) FROM given_rows")
        con.execute("CREATE VIEW member AS SELECT domain, cluster FROM given_rows WHERE cluster IS NOT NULL")
        found = scores(con, least=1)
    expected = _naive(rows)
    for name, value in expected.items():
        assert (found[name] or 0) == pytest.approx(value, abs=1e-4), name


def _naive(rows: list[dict]) -> dict[str, float]:
    scored = [row for row in rows if row["labelled"] and row["campaign"]]
    counted = [row for row in rows if row["labelled"] or not row["campaign"]]
    precision, recall = [], []
    for row in scored:
        mates = [r for r in counted if row["cluster"] is not None and r["cluster"] == row["cluster"]]
        same = [r for r in mates if r["campaign"] == row["campaign"] and r["labelled"]]
        if mates:
            precision.append(len(same) / len(mates))
        recall.append(len(same) / sum(r["campaign"] == row["campaign"] for r in scored))
    pairs = [(a, b) for a, b in combinations(rows, 2) if a["cluster"] is not None and a["cluster"] == b["cluster"]]

    def share_of_pairs(who):
        return float(np.mean([who(a) == who(b) for a, b in pairs])) if pairs else 0.0

    background = [row for row in rows if row["kind"] == "background"]
    return {
        "b_cubed_precision": float(np.mean(precision)) if precision else 0.0,
        "b_cubed_recall": float(np.mean(recall)),
        "pairwise_precision": share_of_pairs(lambda row: row["campaign"] or row["owner"]),
        "pairwise_precision_by_owner": share_of_pairs(lambda row: row["owner"]),
        "background_in_any_cluster": sum(r["cluster"] is not None for r in background) / max(1, len(background)),
    }


def test_small_campaigns_are_not_scored():
    with duckdb.connect(config={"threads": 1}) as con:
        con.execute(
            "CREATE TABLE truth AS SELECT 'd' || i AS domain, 'o' AS owner, 'campaign' AS kind, true AS labelled, "
            "CASE WHEN i < 10 THEN 'ten' ELSE 'nine' END AS campaign FROM range(19) AS t(i)"
        )
        con.execute("CREATE TABLE member AS SELECT domain, campaign AS cluster FROM truth")
        assert by_campaign(con)["campaign"].to_list() == ["ten"]


def test_intervals_hold_the_figure_and_are_the_same_each_time():
    campaigns = pd.DataFrame(
        {"domains": [10, 50, 12, 30], "clustered": [10, 40, 6, 30], "precision_sum": [10.0, 39, 5, 30]}
    ).assign(recall_sum=[9.0, 30, 4, 29])
    low, high = interval(campaigns, lambda rows: b_cubed(rows)["b_cubed_f1"], resamples=60)
    assert low < b_cubed(campaigns)["b_cubed_f1"] < high
    assert (low, high) == interval(campaigns, lambda rows: b_cubed(rows)["b_cubed_f1"], resamples=60)
    assert quantiles([1.0, 2.0, 9.0])["median"] == 2.0
    assert quantiles([])["n"] == 0


@pytest.fixture(scope="module")
def generated(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("generated")
    generate.generate(folder, 12_000, seed=3, days=12)
    return folder


def test_the_generator_writes_what_the_schema_says_and_a_whole_truth(generated):
    lake = Lake(generated / "lake")
    truth = pq.read_table(generated / "truth.parquet").to_pandas()
    assert truth["domain"].is_unique
    assert 11_000 < len(truth) <= 12_000
    assert set(truth["kind"]) == {"background", "campaign", "batch", "reseller", "brand"}
    with duckdb.connect(config={"threads": 1}) as con:
        for table in ("sighting", "registration", "hosting", "certificate"):
            assert len(lake.days(table)) == 12
            con.read_parquet([str(p) for p in lake.files(table)], hive_partitioning=False).create_view(table)
        looked_up = con.sql("SELECT domain FROM registration INTERSECT SELECT domain FROM hosting").df()
        reported = con.sql("SELECT domain, min(day) FROM sighting WHERE kind = 'reported' GROUP BY ALL").fetchall()
        ((share,),) = con.sql("SELECT avg((NOT redacted)::INT) FROM registration").fetchall()
        servers = Counter(tuple(ns) for (ns,) in con.sql("SELECT ns FROM hosting WHERE ns IS NOT NULL").fetchall())
        addresses = con.sql("SELECT max(len(a)), min(len(a)) FROM hosting").fetchall()
    assert set(looked_up["domain"]) == set(truth["domain"])
    expected = truth.dropna(subset="first_reported_day").set_index("domain")["first_reported_day"].to_dict()
    assert dict(reported) == expected
    assert 0.25 < share < 0.35
    assert servers.most_common(1)[0][1] > 0.03 * len(truth), "the largest set of name servers is a hub"
    assert addresses == [(4, 1)]


def test_campaigns_keep_habits_and_rotate(generated):
    """Campaigns come in batches of a few name servers, addresses or minutes, and not all of them have one of each."""
    lake, truth = Lake(generated / "lake"), str(generated / "truth.parquet")
    with duckdb.connect(config={"threads": 1}) as con:
        for table in ("registration", "hosting"):
            con.read_parquet([str(p) for p in lake.files(table)], hive_partitioning=False).create_view(table)
        held = con.sql(
            "SELECT campaign, count(*) AS n, count(DISTINCT ns) AS ns, count(DISTINCT a) AS a, "
            "count(DISTINCT date_trunc('minute', created_at)) AS minutes "
            f"FROM '{truth}' JOIN registration USING (domain) JOIN hosting USING (domain) "
            "WHERE campaign IS NOT NULL GROUP BY campaign HAVING n >= 30"
        ).df()
    assert len(held) >= 1
    assert (held[["ns", "a", "minutes"]].min(axis=1) < held["n"] / 3).all()
    assert (held[["ns", "a"]].max(axis=1) > 1).any()


def test_the_generator_is_deterministic(generated, tmp_path):
    generate.generate(tmp_path, 12_000, seed=3, days=12)
    for table in ("sighting", "registration", "hosting", "certificate"):
        for path, again in zip(*(Lake(f / "lake").files(table) for f in (generated, tmp_path)), strict=True):
            assert pq.read_table(path).equals(pq.read_table(again))
    assert pq.read_table(generated / "truth.parquet").equals(pq.read_table(tmp_path / "truth.parquet"))


def test_hubs_grow_slower_than_the_lake():
    small, large = hubs.Hubs(300_000), hubs.Hubs(3_000_000)
    assert small.hosters < large.hosters < 10 * small.hosters
    rng = np.random.default_rng(1)
    counts = np.bincount(small.registrar(rng, 100_000), minlength=hubs.REGISTRARS)
    assert counts[0] > 2 * counts[2] > 4 * counts[20]


def test_a_contender_is_measured_as_a_process(two_operators, tmp_path):
    cost = measured("interisle", two_operators.parent, tmp_path / "found.parquet")
    assert cost is not None
    assert cost.wall_seconds >= cost.inside_seconds > 0
    assert 0.02 < cost.peak_gb < 2
    assert pq.read_table(tmp_path / "found.parquet").num_rows == 0
    assert measured("no_such_peer", two_operators.parent, tmp_path / "none.parquet") is None
