"""The engine of one machine: parts of a step run side by side, each with views of its own."""

import re
import threading
from collections import Counter
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn.link import engine as engine_module
from churn.link import traits
from churn.link.engine import MACROS, DuckEngine, Part
from churn.store.database import HASH_OF


@pytest.fixture
def engine(monkeypatch):
    """An engine with the table `counted` and a step that sums what the view `shown` has, all positive."""
    text = """SELECT CAST($field AS INTEGER) AS field, sum(value) AS total,
        max(CASE WHEN value < 0 THEN error('negative') END) AS none FROM shown"""
    monkeypatch.setattr(engine_module, "query", lambda *_: text)
    with duckdb.connect(config={"threads": 2}) as con:
        made = DuckEngine(con)
        made.put("counted", pa.table({f"c{i}": list(range(i, i + 100)) for i in range(30)} | {"bad": [-1] * 100}))
        yield made


def part(number, column):
    return Part(column, {"field": number}, {"shown": ("counted", {"value": column})})


def test_each_part_adds_what_its_own_view_shows(engine):
    told = []
    engine.add_each("summed", "sums", [part(i, f"c{i}") for i in range(12)], told.append)
    engine.add_each("summed", "sums", [part(i, f"c{i}") for i in range(14, 30)], told.append)
    rows = engine.con.table("summed").project("field, total").order("field").fetchall()
    assert rows == [(i, sum(range(i, i + 100))) for i in range(30) if i not in (12, 13)]
    assert told == [f"c{i}" for i in range(30) if i not in (12, 13)]
    with pytest.raises(duckdb.CatalogException, match="shown"):
        engine.con.table("shown")


def test_a_part_that_fails_ends_the_others(engine):
    parts = [part(0, "c20"), part(1, "bad"), *(part(2 + i, "c20") for i in range(500))]
    with pytest.raises(duckdb.Error, match="negative"):
        engine.add_each("summed", "sums", parts, lambda _: None)
    assert engine.con.table("summed").shape[0] < 400
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ThreadPool")]


def test_no_parts_are_no_rows(engine):
    engine.add_each("summed", "sums", [part(0, "c0")], lambda _: None)
    engine.add_each("summed", "sums", [], lambda _: None)
    assert engine.con.table("summed").shape[0] == 1


@given(st.lists(st.lists(st.integers(-2, 2), max_size=30), min_size=1, max_size=5), st.integers(1, 4))
def test_values_are_counted_as_rollup_counts_them(columns, least):
    longest = max(len(column) for column in columns)
    with duckdb.connect(config={"threads": 2}) as con, pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine_module, "query", lambda *_: "SELECT value FROM shown WHERE value IS NOT NULL")
        made = DuckEngine(con)
        rows = {f"c{n}": column + [None] * (longest - len(column)) for n, column in enumerate(columns)}
        made.put("counted", pa.table({name: pa.array(row, pa.int64()) for name, row in rows.items()}))
        told = []
        made.count_each("often", "values", [part(n, f"c{n}") for n in range(len(columns))], least, told.append)
        found = con.table("often").fetchall()
    expected = [(n, None, len(column)) for n, column in enumerate(columns)]
    for n, column in enumerate(columns):
        expected += [(n, value, times) for value, times in sorted(Counter(column).items()) if times >= least]
    assert sorted(found, key=str) == sorted(expected, key=str)
    assert told == list(rows)


def test_connections_beside_each_other_are_in_utc(engine):
    with engine.beside() as other:
        assert other.con.execute("SELECT current_setting('TimeZone')").fetchall() == [("UTC",)]


LETTER = "chr(CAST(97 + i // {} % 26 AS INTEGER))"
FAMILIES = {
    "servers": "'ns1.h' || i || '.example.com ns2.h' || i || '.example.com'",
    "neighbours": "'ns' || i || '.x.test ns' || (i + 1) || '.x.test'",
    "eighths": " || ".join(f"'1234567' || {LETTER.format(26**n)}" for n in range(4)),
    "fourths": " || ".join(f"'123' || {LETTER.format(26**n)}" for n in range(4)),
}
"""Texts that differ in few places, which a hash by eights mixes least."""


@pytest.mark.parametrize("family", FAMILIES)
def test_texts_that_are_nearly_the_same_have_numbers_of_their_own(engine, family):
    text = FAMILIES[family]
    counted = f"count(DISTINCT number_of({text})), count(DISTINCT hash({text}))"
    ((numbers, hashes),) = engine.con.execute(f"SELECT {counted} FROM range({26**4}) AS t(i)").fetchall()
    assert numbers == 26**4 > hashes
    assert engine.con.execute("SELECT number_of(NULL)").fetchall() == [(None,)]


def test_a_number_is_the_hash_of_the_store_in_63_bits(engine):
    asked = "SELECT number_of('ns1.one.test'), hash('ns1.one.test', '----ns1.one.test') >> 1"
    ((number, expected),) = engine.con.execute(asked).fetchall()
    assert number == expected


def test_traits_are_made_anew_where_texts_have_other_hashes(monkeypatch):
    kept = traits.method_digest()
    others = [macro.replace("'----' || text", "text") if macro == HASH_OF else macro for macro in MACROS]
    monkeypatch.setattr(traits, "MACROS", others)
    assert traits.method_digest() != kept


def test_traits_are_made_anew_where_a_module_has_changed_that_makes_forms():
    package = Path(traits.__file__).parents[1]
    makers, waiting = set(), ["link/forms.py"]
    while waiting:
        maker = waiting.pop()
        makers.add(maker)
        asked = re.findall(r"^from churn[.](labels|link)[.](\w+) import", (package / maker).read_text(), re.MULTILINE)
        waiting += [f"{folder}/{module}.py" for folder, module in asked if f"{folder}/{module}.py" not in makers]
    assert makers == set(traits.MAKERS)
