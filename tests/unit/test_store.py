"""Lake, ledger and published database."""

import datetime as dt
import os
import resource
import subprocess
import sys
import textwrap
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from churn.errors import TerminalError, TransientError, UsageError
from churn.settings import Settings, load_settings
from churn.store import ledger, warehouse
from churn.store.database import lake_database, lake_of, published, published_path, scratch
from churn.store.dictionary import data_dictionary
from churn.store.schema import TABLES, Kind, tables

DAY = dt.date(2026, 3, 1)
NEXT = dt.date(2026, 3, 2)


@pytest.fixture
def settings(tmp_path):
    return Settings(data=tmp_path, clock="day")


def sighting(domain, day=DAY, **changes):
    at = dt.datetime.combine(day, dt.time(12), dt.UTC)
    return {"domain": domain, "fqdn": domain, "kind": "registered", "feed": "f", "seen_at": at, "day": day} | changes


def test_the_same_rows_in_any_order_are_the_same_bytes(settings):
    lake = lake_of(settings)
    rows = [sighting(f"{i}.test") for i in range(100)]
    lake.write_rows("sighting", DAY, "f", rows)
    before = lake.path("sighting", DAY, "f").read_bytes()
    lake.write_rows("sighting", DAY, "f", reversed(rows))
    assert lake.path("sighting", DAY, "f").read_bytes() == before


def test_a_relation_lacks_columns_and_gets_nulls(settings):
    with scratch(settings) as con:
        names = "'a.test' AS domain, 'a.test' AS fqdn, 'reported' AS kind, 'f' AS feed"
        rows = con.sql(f"SELECT {names}, DATE '2026-03-01' AS day")
        assert lake_of(settings).write("sighting", DAY, "f", rows) == 1
    with lake_database(settings) as con:
        assert con.sql("SELECT label, seen_at FROM sighting").fetchall() == [(None, None)]


def test_a_failed_write_leaves_what_was_there(settings):
    lake = lake_of(settings)
    lake.write_rows("sighting", DAY, "f", [sighting("a.test")])
    with pytest.raises((pa.ArrowInvalid, pa.ArrowTypeError)):
        lake.write_rows("sighting", DAY, "f", [sighting("b.test", seen_at="no time")])
    with lake_database(settings) as con:
        assert con.sql("SELECT domain FROM sighting").fetchall() == [("a.test",)]
    assert [path.name for path in (settings.data / "lake").rglob("*.parquet")] == ["f.parquet"]


def test_a_day_shows_nothing_that_landed_later(settings):
    lake = lake_of(settings)
    lake.write_rows("sighting", DAY, "f", [sighting("a.test")])
    lake.write_rows("sighting", NEXT, "f", [sighting("b.test", NEXT)])
    with lake_database(settings, until=DAY) as con:
        assert con.sql("SELECT domain FROM domain").fetchall() == [("a.test",)]


def test_every_table_of_the_schema_is_published_with_its_comments(settings):
    warehouse.publish(settings)
    with published(settings) as con:
        for table in TABLES.values():
            described = con.execute(
                "SELECT column_name, data_type, comment FROM duckdb_columns() "
                "WHERE table_name = ? ORDER BY column_index",
                [table.name],
            ).fetchall()
            types = {"TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE"}
            expected = [(c.name, types.get(c.type, c.type), c.comment) for c in table.columns]
            assert [row[::2] for row in described] == [row[::2] for row in expected]
            if table.kind is not Kind.VIEW:
                assert described == expected


def test_a_text_has_one_number_in_every_database(settings):
    """Whoever opens the published copy by himself too finds a key there."""
    warehouse.publish(settings)
    asked = "SELECT {}('ns1.one.test'), {}(NULL), {}(''), hash('ns1.one.test', '----ns1.one.test'), hash('', '----')"
    with scratch(settings) as con:
        number, of_null, of_nothing, expected, nothing = con.execute(asked.replace("{}", "hash_of")).fetchone()
        assert (number, of_null, of_nothing) == (expected, None, nothing)
    with duckdb.connect(str(published_path(settings)), read_only=True) as con:
        key, of_null, of_nothing, *_ = con.execute(asked.replace("{}", "key_of")).fetchone()
        assert (key, of_null, of_nothing) == (expected, None, None)


def test_publishing_again_replaces_only_what_changed(settings):
    lake = lake_of(settings)
    lake.write_rows("sighting", DAY, "f", [sighting("a.test")])
    lake.write_rows("sighting", NEXT, "f", [sighting("b.test", NEXT)])
    warehouse.publish(settings)
    lake.write_rows("sighting", NEXT, "f", [sighting("c.test", NEXT), sighting("d.test", NEXT)])
    warehouse.publish(settings)
    lake.remove("sighting", DAY, "f")
    warehouse.publish(settings)
    with published(settings) as con:
        assert con.sql("SELECT domain FROM sighting ORDER BY 1").fetchall() == [("c.test",), ("d.test",)]


def test_a_reader_keeps_its_copy_while_another_is_published(settings):
    lake_of(settings).write_rows("sighting", DAY, "f", [sighting("a.test")])
    warehouse.publish(settings)
    with published(settings) as reader:
        lake_of(settings).write_rows("sighting", DAY, "f", [sighting("b.test")])
        warehouse.publish(settings)
        assert reader.sql("SELECT domain FROM sighting").fetchall() == [("a.test",)]
    with published(settings) as reader:
        assert reader.sql("SELECT domain FROM sighting").fetchall() == [("b.test",)]


def test_the_published_copy_is_read_only(settings):
    warehouse.publish(settings)
    with published(settings) as con, pytest.raises(duckdb.InvalidInputException):
        con.execute("DELETE FROM sighting")


def test_a_second_publisher_is_told_to_wait(settings):
    script = (
        "import fcntl, sys, time; file = open(sys.argv[1], 'w'); fcntl.flock(file, fcntl.LOCK_EX); "
        "print('held', flush=True); time.sleep(60)"
    )
    folder = published_path(settings).parent
    folder.mkdir(parents=True)
    holder = subprocess.Popen([sys.executable, "-c", script, str(folder / ".publish.lock")], stdout=subprocess.PIPE)
    try:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(TransientError, match="try again"):
            warehouse.publish(settings)
    finally:
        holder.kill()
        holder.communicate()


def test_without_a_published_copy_one_is_told_what_to_do(settings):
    with pytest.raises(UsageError, match="churn demo"):
        published(settings)


def test_the_closed_lists_hold_in_the_published_copy(settings):
    lake_of(settings).write_rows("sighting", DAY, "f", [sighting("a.test", kind="invented")])
    with pytest.raises(duckdb.ConstraintException):
        warehouse.publish(settings)
    assert not published_path(settings).exists()


def test_the_ledger_is_never_overwritten(settings):
    row = {"subject": "c-1", "verdict": "benign", "given_by": "a", "given_at": dt.datetime.now(dt.UTC), "day": DAY}
    assert ledger.append(settings, "verdict", DAY, "one", [row])
    assert not ledger.append(settings, "verdict", DAY, "one", [row | {"verdict": "confirmed"}])
    with lake_database(settings) as con:
        assert con.sql("SELECT verdict FROM verdict").fetchall() == [("benign",)]


def test_a_full_disk_is_one_sentence(tmp_path):
    """A real limit of the operating system on the size of files stands in for the disk."""
    script = textwrap.dedent("""
        import datetime as dt, sys, signal
        from churn.errors import TransientError
        from churn.settings import Settings
        from churn.store.database import lake_of, scratch
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        settings = Settings(data=sys.argv[1])
        day = dt.date(2026, 3, 1)
        with scratch(settings) as con:
            rows = con.sql("SELECT md5(i::VARCHAR) || '.test' AS domain, domain AS fqdn, 'registered' AS kind, "
                           "'f' AS feed, DATE '2026-03-01' AS day FROM range(200000) t(i)")
            for write in (lambda: lake_of(settings).write("sighting", day, "f", rows),
                          lambda: lake_of(settings).write_arrow("sighting", day, "f", rows.to_arrow_table())):
                try:
                    write()
                except TransientError as error:
                    print(error)
    """)
    limit = 1 << 20
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        check=False,
    )
    lines = done.stdout.splitlines()
    assert len(lines) == 2, done.stderr
    assert all(line.startswith("No space left while writing") for line in lines)
    assert list(tmp_path.rglob("*.parquet")) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_not_ours_is_one_sentence(tmp_path):
    (tmp_path / "lake").mkdir(mode=0o500)
    with pytest.raises(TerminalError, match="Check that the folder"):
        lake_of(Settings(data=tmp_path)).write_rows("sighting", DAY, "f", [sighting("a.test")])


def test_a_file_in_the_place_of_a_folder_is_one_sentence(tmp_path):
    (tmp_path / "lake").write_text("in the way")
    with pytest.raises(TerminalError, match="Check that the folder"):
        lake_of(Settings(data=tmp_path)).write_rows("sighting", DAY, "f", [sighting("a.test")])


def test_the_data_dictionary_is_of_this_schema():
    page = Path(__file__).parents[2] / "docs" / "data-dictionary.md"
    assert page.read_text() == data_dictionary() + "\n", (
        "run: python -m churn.store.dictionary > docs/data-dictionary.md"
    )


def test_keys_are_columns_and_every_partitioned_table_has_a_day():
    for table in TABLES.values():
        assert set(table.key) <= set(table.column_names)
    for table in tables(Kind.FACT, Kind.DERIVED, Kind.LEDGER):
        assert "day" in table.column_names


class TestSettings:
    def test_a_wrong_setting_is_named(self, monkeypatch):
        monkeypatch.setenv("CHURN_WINDOW_DAYS", "0")
        with pytest.raises(UsageError, match="window_days"):
            load_settings()

    def test_an_unknown_setting_in_the_file_is_named(self, tmp_path, monkeypatch):
        file = tmp_path / "churn.toml"
        file.write_text("windowdays = 3\n")
        monkeypatch.setenv("CHURN_SETTINGS", str(file))
        with pytest.raises(UsageError, match="windowdays"):
            load_settings()

    def test_a_missing_file_is_named(self, monkeypatch):
        monkeypatch.setenv("CHURN_SETTINGS", "/nowhere/churn.toml")
        with pytest.raises(UsageError, match="/nowhere/"):
            load_settings()

    def test_a_file_that_is_no_toml_is_named(self, tmp_path, monkeypatch):
        file = tmp_path / "churn.toml"
        file.write_text("= nonsense")
        monkeypatch.setenv("CHURN_SETTINGS", str(file))
        with pytest.raises(UsageError, match=r"churn\.toml"):
            load_settings()

    def test_the_environment_is_stronger_than_the_file(self, tmp_path, monkeypatch):
        file = tmp_path / "churn.toml"
        file.write_text("window_days = 30\nthreads = 1\n")
        monkeypatch.setenv("CHURN_SETTINGS", str(file))
        monkeypatch.setenv("CHURN_WINDOW_DAYS", "60")
        settings = load_settings()
        assert (settings.window_days, settings.threads) == (60, 1)
