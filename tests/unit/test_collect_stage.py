"""Collecting a day: from files to sightings, rejects and the feed's day, the same at every run."""

from __future__ import annotations

import datetime as dt
import gzip
import os

import duckdb
import pytest

from churn.collect import collect_feed, feed_names, import_files, run
from churn.errors import GateError, UsageError
from churn.settings import Settings

DAY = dt.date(2026, 3, 1)
HEADER = "id,url,reported_at,class,series\n"


@pytest.fixture
def config(tmp_path):
    (tmp_path / "feeds.toml").write_text(
        """
        [feeds.nrd]
        kind = "registered"
        format = "names"
        path = "lists/{day}.txt"
        [feeds.desk]
        kind = "reported"
        format = "csv"
        inbox = true
        columns = { fqdn = "url", seen_at = "reported_at", reference = "id", label = "class", series = "series" }
        """
    )
    (tmp_path / "lists").mkdir()
    (tmp_path / "inbox" / "desk").mkdir(parents=True)
    return Settings(data=tmp_path, clock="day", hash_key="0123456789abcdef")


def put(config, name, text):
    path = config.data / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read(config, table, columns):
    paths = str(config.data / "lake" / table / "*" / "*.parquet")
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        return con.execute(f"SELECT {columns} FROM read_parquet('{paths}') ORDER BY ALL").fetchall()


def lake(config):
    return {p.relative_to(config.data).as_posix(): p.read_bytes() for p in (config.data / "lake").rglob("*.parquet")}


def test_names_become_sightings_and_the_rest_is_put_aside(config):
    put(
        config,
        "lists/2026-03-01.txt",
        "# a list\n; of names\n\nAlpha.Example\r\nhxxps://b[.]example/path?q=1\nm\u00fcnster.test # new\n"
        "alpha.example\nnot a name \u202e\x1b[31m\n192.0.2.1\nc.example\nd.example",
    )
    result = collect_feed(config, DAY, "nrd")
    assert (result.rows_in, result.rows_out, result.rejects) == (8, 5, 2)
    assert [fqdn for (fqdn,) in read(config, "sighting", "fqdn")] == [
        "alpha.example", "b.example", "c.example", "d.example", "xn--mnster-3ya.test",
    ]  # fmt: skip
    assert read(config, "reject", "line, reason, excerpt") == [
        (8, "not a valid internationalised name (IDNA 2008)", "not a name \ufffd\ufffd[31m"),
        (9, "an IP address, or a numeric top-level domain", "192.0.2.1"),
    ]
    ((kind, feed, seen_at, digest),) = set(read(config, "sighting", "kind, feed, seen_at::VARCHAR, len(raw_sha256)"))
    assert (kind, feed, seen_at, digest) == ("registered", "nrd", "2026-03-01 23:00:00+00", 64)


def test_csv_by_its_map_of_columns(config):
    put(
        config,
        "inbox/desk/2026-03-01.csv",
        HEADER
        + '1,https://a.example/x,2026-03-01T10:00,"fraud, advance",tag-1\n'
        + "2,b.example,2026-03-01T10:00:00+02:00,,TAG-1 \n"
        + "3,c.example,1772359200,,\n"
        + "4,d.example,1999-01-01,,\n"
        + "5,e.example,yesterday,,\n"
        + "6,too,few\n"
        + "7,no name,2026-03-01,,\n"
        + "8,f.example,2026-03-01,,,too many\n",
    )
    result = run(config, DAY) if put(config, "lists/2026-03-01.txt", "z.example") else None
    assert result.found == {"nrd": 1, "desk": 5}
    got = read(config, "sighting", "reference, fqdn, seen_at::VARCHAR, label, series_hash")
    assert [row[:4] for row in got if row[0]] == [
        ("1", "a.example", "2026-03-01 10:00:00+00", "fraud, advance"),
        ("2", "b.example", "2026-03-01 08:00:00+00", None),
        ("3", "c.example", "2026-03-01 10:00:00+00", None),
        ("4", "d.example", "2026-03-01 23:00:00+00", None),
        ("5", "e.example", "2026-03-01 23:00:00+00", None),
    ]
    tags = [row[4] for row in got if row[0]]
    assert tags[0] == tags[1]
    assert len(tags[0]) == 64
    assert tags[2:] == [None] * 3
    assert read(config, "reject", "line, reason") == [
        (7, "fewer columns than the header has"),
        (8, "has no dot"),
        (9, "more columns than the header has"),
    ]


def test_one_broken_row_does_not_spoil_the_list(config):
    """Quotation marks, line ends and bytes as hostile as they come: the rows before and after are read."""
    for number, bad in enumerate((b'x,"a"b,,,\n', b"x\ry,z\r\n", b"\xff,,,,\n", b"\x00\n", b"y" * (2 << 20) + b"\n")):
        day = DAY + dt.timedelta(days=number)
        first, last = (f"{number}{name},{name}.example,,,\n".encode() for name in "ab")
        put(config, f"inbox/desk/{day}.csv", HEADER.encode() + first + bad + last)
        assert collect_feed(config, day, "desk").rows_out == 2, bad[:9]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_the_header_tells_the_delimiter(config, delimiter):
    put(
        config,
        "inbox/desk/x-20260301.csv",
        "\ufeff" + HEADER.replace(",", delimiter) + delimiter.join(["1", "a.example", "", "", ""]),
    )
    assert collect_feed(config, DAY, "desk").rows_out == 1


def test_a_csv_without_its_columns_is_no_list(config):
    put(config, "inbox/desk/x-20260301.csv", "id,address\n1,a.example\n")
    result = collect_feed(config, DAY, "desk")
    assert result.found == {"desk": 0, "gates": {"desk": "missing"}}
    ((detail,),) = read(config, "feed_day", "detail")
    assert "lacks the columns class, reported_at, series, url; it has id, address" in detail


def test_an_inbox_file_belongs_to_the_day_of_its_name_else_of_its_change(config):
    put(config, "inbox/desk/report 2026-03-02 v2.csv", HEADER + "1,named.example,,,\n")
    changed = put(config, "inbox/desk/report.csv", HEADER + "2,changed.example,,,\n")
    os.utime(changed, (0, dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC).timestamp()))
    put(config, "inbox/desk/more_20260301.csv", HEADER + "3,more.example,,,\n")
    put(config, "inbox/desk/.hidden-20260301.csv", HEADER + "4,hidden.example,,,\n")
    collect_feed(config, DAY, "desk")
    assert {fqdn for (fqdn,) in read(config, "sighting", "fqdn")} == {"changed.example", "more.example"}


def test_a_rerun_leaves_the_same_bytes(config):
    put(config, "lists/2026-03-01.txt", "".join(f"n{i}.example\n" for i in range(3000)))
    put(config, "inbox/desk/2026-03-01.csv", HEADER + "1,a.example,,,s\nbad\n")
    run(config, DAY)
    before = lake(config)
    put(config, "lists/2026-03-01.txt", "changed.example\n")
    run(config, DAY)
    assert lake(config) == before
    assert len(before) == 5


def test_a_list_at_its_limit_says_so_and_rows_beyond_are_not_read(config):
    config.feeds_file.write_text(
        config.feeds_file.read_text().replace('"lists/{day}.txt"', '"lists/{day}.txt"\nmaximum_rows = 3')
    )
    put(config, "lists/2026-03-01.txt", "# names\n" + "".join(f"n{i}.example\n" for i in range(5)))
    assert collect_feed(config, DAY, "nrd").rows_out == 3
    assert read(config, "feed_day", "gate, detail") == [("ok", "as many rows as it may have: it may be cut off")]


def test_new_rows_and_a_shrunken_day(config):
    for number in range(4):
        day = DAY + dt.timedelta(days=number)
        put(config, f"lists/{day}.txt", "".join(f"n{i}.example\n" for i in range(60 * number, 60 * number + 100)))
        run(config, day)
    assert [row[1:] for row in read(config, "feed_day", "feed, day, rows, new_rows, gate") if row[0] == "nrd"] == [
        (DAY + dt.timedelta(days=n), 100, 100 if n == 0 else 60, "ok") for n in range(4)
    ]
    last = DAY + dt.timedelta(days=4)
    put(config, f"lists/{last}.txt", "a.example\n")
    with pytest.raises(GateError, match=r"nrd is shrunken \(1 rows, less than half of the usual 100\)"):
        run(config, last)
    assert ("a.example",) in read(config, "sighting", "fqdn")


WHOLE = '[feeds.now]\nkind = "reported"\nformat = "names"\npath = "now-{day}.txt"\n'


def serve_whole(config, number, names):
    lines = [f"https://{name}.example/{path}\n" for name in names.split() for path in "xy"]
    put(config, f"now-{DAY + dt.timedelta(days=number)}.txt", "".join(lines))


def test_a_whole_list_gives_each_name_on_its_first_day(config):
    config.feeds_file.write_text(WHOLE)
    for number, names in enumerate(["a b", "a b c", "c d", "a d"]):
        serve_whole(config, number, names)
        run(config, DAY + dt.timedelta(days=number))
    assert read(config, "sighting", "day::VARCHAR, fqdn") == [
        ("2026-03-01", "a.example"),
        ("2026-03-01", "b.example"),
        ("2026-03-02", "c.example"),
        ("2026-03-03", "d.example"),
    ]
    assert read(config, "feed_day", "day::VARCHAR, rows, new_rows, gate, backlog") == [
        ("2026-03-01", 2, 2, "ok", True),
        ("2026-03-02", 3, 1, "ok", False),
        ("2026-03-03", 2, 1, "ok", False),
        ("2026-03-04", 2, 0, "ok", False),
    ]


def test_a_name_is_reported_again_by_another_reference_only(config):
    lists = [
        "1,a.example,,,\n1,a.example,,x,\n2,a.example,,,\n",
        "2,a.example,,,\n3,a.example,,,\n,b.example,,,\n",
        ",b.example,,,\n",
    ]
    for number, text in enumerate(lists):
        put(config, f"inbox/desk/{DAY + dt.timedelta(days=number)}.csv", HEADER + text)
        collect_feed(config, DAY + dt.timedelta(days=number), "desk")
    assert read(config, "sighting", "day::VARCHAR, fqdn, reference") == [
        ("2026-03-01", "a.example", "1"),
        ("2026-03-01", "a.example", "2"),
        ("2026-03-02", "a.example", "3"),
        ("2026-03-02", "b.example", None),
    ]


def test_a_whole_list_that_stands_still_is_stale(config):
    config.feeds_file.write_text(WHOLE)
    for number, names in enumerate(["a", "a b", "a", "a", "a", "a"]):
        serve_whole(config, number, names)
    for number in range(5):
        run(config, DAY + dt.timedelta(days=number))
    with pytest.raises(GateError, match=r"now is stale \(it is unchanged since then: 73 hours old\)"):
        run(config, DAY + dt.timedelta(days=5))


def test_one_feed_that_stops_the_day_does_not_keep_the_others_from_being_collected(config):
    put(config, "inbox/desk/2026-03-01.csv", HEADER + "1,a.example,,,\n")
    with pytest.raises(GateError, match="nrd is missing"):
        run(config, DAY)
    assert read(config, "sighting", "fqdn") == [("a.example",)]


def test_a_rolling_list_is_not_fetched_for_a_day_long_past(config):
    config.feeds_file.write_text(config.feeds_file.read_text().replace("lists/{day}.txt", "lists/now.txt"))
    put(config, "lists/now.txt", "a.example\n")
    today = config.model_copy(update={"clock": "wall"})
    with pytest.raises(GateError, match="nothing landed"):
        run(today, DAY)


def test_a_feed_of_zone_size_lines_is_bounded(config):
    put(config, "lists/2026-03-01.txt", "a.example\nb.example\n" + "x" * 1_000_000)
    collect_feed(config, DAY, "nrd")
    ((excerpt, reason),) = read(config, "reject", "excerpt, reason")
    assert (len(excerpt), reason) == (200, "longer than any name")


def test_gzip_on_the_disk_and_bytes_that_are_no_text(config):
    put(config, "lists/2026-03-01.txt", gzip.compress(b"a.example\nb\xff.example\nc.example\n\x00\n"))
    assert collect_feed(config, DAY, "nrd").rows_out == 2


def test_without_feeds_imported_sightings_will_do(tmp_path):
    config = Settings(data=tmp_path, clock="day")
    with pytest.raises(UsageError, match="There is no file of feeds"):
        run(config, DAY)
    path = put(config, "mine.csv", "domain,kind\na.example,registered\nb.example,registered\n")
    import_files(config, "sightings", [path], feed="mine", day=DAY)
    result = run(config, DAY)
    assert (result.rows_in, result.found) == (0, {"imported": 2})
    with pytest.raises(UsageError):
        run(config, DAY + dt.timedelta(days=1))


def test_a_feed_that_is_not_declared_is_named(config):
    assert feed_names(config) == ["nrd", "desk"]
    with pytest.raises(UsageError, match="No enabled feed is called other"):
        collect_feed(config, DAY, "other")
