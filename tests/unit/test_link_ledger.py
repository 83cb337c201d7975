"""The order of the ledger, against a plain sort, and what a reader finds in the file."""

import datetime as dt

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn.link import ledger as ledger_module
from churn.link.engine import DuckEngine
from churn.link.ledger import in_order, ledger
from churn.store.lake import Lake, arrow_schema

DAY = dt.date(2026, 3, 4)
NONE = np.empty(0, np.int32)
PLACES = st.one_of(st.integers(0, 3), st.integers(0, 2000))


@given(st.lists(st.tuples(PLACES, PLACES), max_size=60))
def test_rows_are_in_the_order_of_a_plain_sort(rows):
    first, second = (np.array(column, np.int32) for column in zip(*rows, strict=True)) if rows else (NONE, NONE)
    assert in_order(first, second).tolist() == sorted(range(len(rows)), key=rows.__getitem__)


@pytest.mark.parametrize("members", [1, 70_000], ids=["all of one member", "a few of each"])
def test_many_rows_are_in_the_order_that_numpy_says(members):
    rng = np.random.default_rng(members)
    first, second = rng.integers(0, members, 300_000, np.int32), rng.integers(0, 20_000, 300_000, np.int32)
    assert np.array_equal(in_order(first, second), np.lexsort((second, first)))


def tables(rng, members, values):
    """The tables that the ledger is made of; each member has about three of the values."""
    cluster = np.sort(rng.integers(0, 1 + members // 5, members))
    held = np.unique(rng.integers(0, members * values, 3 * members)) if values else np.empty(0, np.int64)
    held = rng.permutation(held)
    id_, code = 7 * (held // max(values, 1)), held % max(values, 1)
    seen = pd.Timestamp("2026-03-01") + pd.to_timedelta(rng.integers(0, 10**6, held.size), "s")
    inside = pd.DataFrame({"component": cluster[held // max(values, 1)], "code": code}).value_counts()
    return {
        "today_member": {
            "id": 7 * np.arange(members),
            "component": cluster,
            "cluster_id": pa.array([f"c-{number:05}" for number in cluster], pa.string()),
            "domain": pa.array([f"d{number:06}.test" for number in range(members)], pa.string()),
            "place": np.arange(members, dtype=np.int32),
        },
        "value_text": {
            "code": np.arange(values),
            "family": pa.array(["owner" if number % 2 else "name" for number in range(values)], pa.string()),
            "field": pa.array([f"f{10 * number // values}" for number in range(values)], pa.string()),
            "value": pa.array([f"w{number:05}" for number in range(values)], pa.string()),
            "source": pa.array(["registration" if number % 2 else "name" for number in range(values)], pa.string()),
            "domains": np.arange(values) + 5,
            "place": np.arange(values, dtype=np.int32),
        },
        "seen_tie": {
            "id": id_,
            "code": code,
            "weight": rng.random(held.size),
            "observed_at": pa.array(seen, pa.timestamp("us"), mask=rng.random(held.size) < 0.1),
        },
        "inside": {
            "component": inside.index.get_level_values("component"),
            "code": inside.index.get_level_values("code"),
            "domains": inside.to_numpy(),
        },
    }


PLAIN = """
    SELECT
        DATE '2026-03-04' AS day, cluster_id, domain, family, field, value,
        value_text.domains AS domains_with_value, inside.domains AS in_cluster, round(weight, 4) AS weight, source,
        CAST(observed_at AS TIMESTAMPTZ) AS observed_at
    FROM seen_tie
    INNER JOIN today_member USING (id)
    INNER JOIN value_text USING (code)
    INNER JOIN inside USING (component, code)
    ORDER BY cluster_id, domain, field, value
"""


@pytest.mark.parametrize(("members", "values"), [(400, 60), (3, 1), (0, 0)], ids=["many", "few", "none"])
def test_a_reader_finds_the_rows_of_a_plain_join_and_sort(members, values, tmp_path, monkeypatch):
    monkeypatch.setattr(ledger_module, "ROWS", 100)
    lake = Lake(tmp_path)
    with duckdb.connect(config={"threads": 1}) as con:
        con.execute("SET TimeZone = 'UTC'")
        for name, columns in tables(np.random.default_rng(members), members, values).items():
            con.from_arrow(pa.table(columns)).create(name)
        expected = con.sql(PLAIN).to_arrow_table()
        assert lake.write_in_order("link", DAY, "link", ledger(DuckEngine(con), DAY)) == expected.num_rows
        path = lake.path("link", DAY, "link")
        found = con.read_parquet(str(path), hive_partitioning=False)
        if members:
            assert found.to_arrow_table().to_pylist() == expected.to_pylist()
            assert found.types == con.sql(PLAIN).types
    file = pq.ParquetFile(path)
    assert file.schema_arrow == arrow_schema("link")  # texts, although they came as places in a dictionary
    assert file.read().to_pylist() == expected.to_pylist()
    assert file.metadata.num_row_groups == -(-expected.num_rows // 100)


def test_what_is_not_of_the_table_is_not_written(tmp_path):
    few = pa.RecordBatchReader.from_batches(pa.schema([("day", pa.date32())]), [])
    with pytest.raises(ValueError, match="not the columns of link"):
        Lake(tmp_path).write_in_order("link", DAY, "link", few)
    assert not list(tmp_path.rglob("*.parquet"))
