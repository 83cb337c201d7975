"""Who has the kept pairs: the compiled pass against the steps in SQL, and against plain sets."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn.link import engine as engine_module
from churn.link import method
from churn.link.engine import Engine
from churn.link.fields import CODES, FIELDS
from churn.link.pair_members import by_driver, members
from tests.unit.link_worlds import Keeping, clumps, linked, rows

VALUES = st.tuples(st.integers(0, len(FIELDS) - 1), st.integers(1, 3))
"""A field and the place of a value among its values."""


@pytest.mark.parametrize("seed", [1, 2])
def test_the_steps_in_sql_say_the_same(seed, monkeypatch):
    monkeypatch.setattr(engine_module, "ROWS", 100)
    with linked(clumps(seed)) as con:
        found = {table: sorted(rows(con, table, "*")) for table in ("joint_member", "in_pair")}
        engine = Keeping(con)
        engine.pair_members = lambda parts, tell: Engine.pair_members(engine, parts, tell)
        for table in ("joint_member", "in_pair", "own_value"):
            con.execute(f"DROP TABLE {table}")
        method.starred(engine, lambda _: None)
        for table, there in found.items():
            assert sorted(rows(con, table, "*")) == there
        seen_again = {domain for (domain,) in rows(con, "again_shared", "id")}
    domains = {domain for _, domain in found["joint_member"]}
    assert domains & seen_again
    assert len(domains - seen_again) > 100


@given(
    st.lists(st.dictionaries(st.integers(0, len(FIELDS) - 1), st.integers(1, 4), max_size=6), max_size=12),
    st.dictionaries(st.tuples(VALUES, VALUES), st.integers(1, 9), max_size=30),
)
def test_rows_have_the_pairs_whose_two_values_they_have(shown, kept):
    kept = {(u, v): surprise for (u, v), surprise in kept.items() if u[0] != v[0]}
    joint = pa.table(
        {
            "joint_id": pa.array(range(len(kept)), pa.int64()),
            "driver": pa.array([field * CODES + place for (field, place), _ in kept], pa.int32()),
            "other": pa.array([field * CODES + place for _, (field, place) in kept], pa.int32()),
            "driver_field": pa.array([field for (field, _), _ in kept], pa.int16()),
            "other_field": pa.array([field for _, (field, _) in kept], pa.int16()),
            "surprise": pa.array(kept.values(), pa.float64()),
        }
    )
    codes = np.zeros((len(FIELDS), len(shown)), np.int32)
    for row, values in enumerate(shown):
        for field, place in values.items():
            codes[field, row] = field * CODES + place
    columns = {field.name: codes[number] for number, field in enumerate(FIELDS)}
    joint_member, in_pair = members(pa.table({"id": np.arange(len(shown)) - 5} | columns), by_driver(joint))

    has = {
        (n, row - 5): pair
        for n, pair in enumerate(kept)
        for row, values in enumerate(shown)
        if set(pair) <= values.items()
    }
    assert sorted(zip(*joint_member.to_pydict().values(), strict=True)) == sorted(has)
    held = {}
    for (_, domain), pair in has.items():
        for field, place in pair:
            key = domain, field * CODES + place
            held[key] = max(held.get(key, 0), kept[pair])
    assert {
        (domain, code): surprise for domain, code, surprise in zip(*in_pair.to_pydict().values(), strict=True)
    } == held
    assert in_pair.num_rows == len(held)
