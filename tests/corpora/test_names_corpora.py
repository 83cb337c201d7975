"""Names of real lists: SQL and Python agree on every one of them, and SQL is fast enough for zones."""

from __future__ import annotations

import csv
import gzip
import os
import time

import duckdb
import pyarrow as pa
import pytest

from churn.names import NotANameError, parse
from churn.store.naming import load_names, spell_foreign

pytestmark = pytest.mark.corpora


@pytest.fixture
def con():
    with duckdb.connect(config={"threads": 2}) as connection:
        load_names(connection)
        yield connection


def parsed(text):
    try:
        name = parse(text)
    except NotANameError as error:
        return None, None, str(error)
    return name.fqdn, name.domain, None


def texts_of(corpora):
    for day in ("2025-05-21", "2025-05-22"):
        yield from gzip.decompress((corpora / f"nrd/whoisds/{day}.txt.gz").read_bytes()).decode().split("\n")
    with gzip.open(corpora / "reported/list_additions_2026q1.csv.gz", "rt", encoding="utf-8") as file:
        yield from (row["fqdn"] for row in csv.DictReader(file))
    yield from (corpora / "feeds/feed_sample_2026-08-22.txt").read_text(encoding="utf-8").split("\n")


def test_sql_and_python_agree_on_real_names(con, corpora):
    texts = sorted(set(texts_of(corpora)))
    assert len(texts) > 200_000
    con.register("given", pa.table({"name_text": texts}))
    spell_foreign(con, "given")
    rows = con.execute("SELECT name_text, name_fqdn, name_domain, name_reason FROM named('given')").fetchall()
    assert len(rows) == len(texts)
    assert [row for row in rows if row[1:] != parsed(row[0])] == []
    assert sum(row[1] is None for row in rows) < 50


def test_a_million_names_take_less_than_two_processor_seconds(con, corpora):
    files = [str(corpora / f"nrd/whoisds/2025-05-{day}.txt.gz") for day in range(10, 25)]
    con.read_csv(files, header=False, auto_detect=False, columns={"name_text": "VARCHAR"}).create("given")
    started, used = time.monotonic(), os.times()
    spell_foreign(con, "given")
    ((names, named),) = con.execute("SELECT count(*), count(name_domain) FROM named('given')").fetchall()
    seconds = (os.times().user + os.times().system) - (used.user + used.system)
    assert names > 1_000_000
    assert named > 0.999 * names
    assert seconds / names < 2e-6, f"{time.monotonic() - started:.2f} s of wall time"
