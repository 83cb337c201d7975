"""The journal: what was added is there after a crash, and goes to the lake once."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn.enrich.journal import fold, journal_of, typed, written
from churn.errors import TransientError
from churn.settings import Settings

DAY = dt.date(2026, 3, 1)
AT = dt.datetime(2026, 3, 1, 12, 30, 1, 250_000, tzinfo=dt.UTC)


def look_up(domain, attempt=1, outcome="ok"):
    about = {"kind": "rdap", "endpoint": "https://rdap.example/", "attempted_at": AT, "attempt": attempt, "day": DAY}
    return about | {"domain": domain, "outcome": outcome}


@pytest.fixture
def config(tmp_path):
    return Settings(data=tmp_path)


def path_of(config):
    return config.data / "state" / "journal" / f"day={DAY}" / "rdds.ndjson"


def test_what_was_added_is_read_with_its_instants(config):
    with journal_of(config, DAY, "rdds") as journal:
        journal.add({"row": look_up("a.example")})
    with journal_of(config, DAY, "rdds") as journal:
        (entry,) = journal.entries()
        assert typed("lookup", entry["row"]) == look_up("a.example")


@pytest.mark.parametrize("torn", [b'{"row": {"dom', b"{", b'"', b"\xff\xfe{"])
def test_a_line_that_a_crash_cut_short_costs_itself_alone(config, torn):
    with journal_of(config, DAY, "rdds") as journal:
        journal.add({"number": 1})
    with path_of(config).open("ab") as file:
        file.write(torn)
    with journal_of(config, DAY, "rdds") as journal:
        journal.add({"number": 2})
        assert [entry["number"] for entry in journal.entries()] == [1, 2]


def test_two_at_once_are_refused(config):
    refused = pytest.raises(TransientError, match=r"Another process does these look-ups of 2026-03-01 \(rdds\)")
    with journal_of(config, DAY, "rdds"), journal_of(config, DAY, "dns-00"), refused, journal_of(config, DAY, "rdds"):
        pass
    with journal_of(config, DAY, "rdds"):
        pass


def test_rows_go_to_the_lake_once_and_the_last_of_a_key_counts(config):
    rows = {"lookup": [look_up("a.example"), look_up("b.example", outcome="skipped_paused")]}
    fold(config, DAY, "rdds", rows)
    fold(config, DAY, "rdds", rows)  # the run was killed before it could remove the journal
    fold(config, DAY, "rdds", {"lookup": [look_up("b.example"), look_up("b.example", attempt=2)]})
    found = [(row["domain"], row["attempt"], row["outcome"]) for row in written(config, DAY, "rdds", "lookup")]
    assert found == [("a.example", 1, "ok"), ("b.example", 1, "ok"), ("b.example", 2, "ok")]


def test_nothing_new_touches_no_file(config):
    fold(config, DAY, "rdds", {"lookup": [look_up("a.example")]})
    (path,) = (config.data / "lake").rglob("*.parquet")
    before = path.stat().st_mtime_ns
    fold(config, DAY, "rdds", {"registration": [], "lookup": []})
    assert path.stat().st_mtime_ns == before


values = st.recursive(st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(), st.lists, max_leaves=5)


@given(st.lists(st.dictionaries(st.text(), values), max_size=5))
def test_any_plain_entry_comes_back(tmp_path_factory, entries):
    config = Settings(data=tmp_path_factory.mktemp("journal"))
    with journal_of(config, DAY, "any") as journal:
        for entry in entries:
            journal.add(entry)
        assert list(journal.entries()) == json.loads(json.dumps(entries))
