"""`churn import`: what people bring, in three formats; bad rows are put aside with their line, the good ones kept."""

from __future__ import annotations

import datetime as dt
import gzip
import json

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from churn.collect import import_files
from churn.errors import UsageError
from churn.names import NotANameError, parse
from churn.settings import Settings
from churn.store.database import lake_of

DAY = dt.date(2026, 3, 1)
HASH = "ab" * 32


@pytest.fixture
def config(tmp_path):
    return Settings(data=tmp_path / "data", clock="day")


def put(tmp_path, name, content):
    path = tmp_path / name
    if isinstance(content, pa.Table):
        pq.write_table(content, path)
    elif name.endswith(".gz"):
        path.write_bytes(gzip.compress(content.encode()))
    else:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(config, table, columns):
    files = [str(path) for path in lake_of(config).files(table)]
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        return con.execute(f"SELECT {columns} FROM read_parquet(?) ORDER BY ALL", [files]).fetchall() if files else []


def lake(config):
    return {path: path.read_bytes() for path in (config.data / "lake").rglob("*.parquet")}


SIGHTINGS = [
    {"fqdn": "www.a.example", "kind": "reported", "seen_at": "2026-03-01T10:00:00Z", "label": "x, y"},
    {"fqdn": "B.Example.", "kind": "registered", "seen_at": "2026-03-02 10:00:00", "label": None},
]


def as_csv(rows, delimiter=","):
    columns = list(rows[0])
    cells = [[f'"{row[c]}"' if row[c] and delimiter in row[c] else row[c] or "" for c in columns] for row in rows]
    return "\n".join(delimiter.join(line) for line in [columns, *cells]) + "\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("s.csv", as_csv(SIGHTINGS)),
        ("s.csv.gz", as_csv(SIGHTINGS)),
        ("s.CSV", as_csv(SIGHTINGS, ";")),
        ("s.ndjson", "\n".join(map(json.dumps, SIGHTINGS)) + "\n\n"),
        ("s.jsonl.gz", "\n".join(map(json.dumps, SIGHTINGS))),
        ("s.parquet", pa.Table.from_pylist(SIGHTINGS)),
    ],
)
def test_three_formats_bring_the_same_rows(config, tmp_path, name, content):
    result = import_files(config, "sightings", [put(tmp_path, name, content)], feed="mine")
    assert (result.rows_in, result.rows_out, result.rejects) == (2, 2, 0)
    assert result.found == {"table": "sighting", "days": {"2026-03-01": 1, "2026-03-02": 1}}
    assert read(config, "sighting", "domain, fqdn, kind, feed, seen_at::VARCHAR, label, day::VARCHAR") == [
        ("a.example", "www.a.example", "reported", "mine", "2026-03-01 10:00:00+00", "x, y", "2026-03-01"),
        ("b.example", "b.example", "registered", "mine", "2026-03-02 10:00:00+00", None, "2026-03-02"),
    ]


def test_bad_rows_are_named_by_line_and_the_good_are_kept(config, tmp_path):
    text = (
        "domain,observed_at,registrar_iana_id,status,redacted,registrant_email_hash,registrant_country\n"
        f"a.example,2026-03-01,292,addPeriod|clientHold,true,{HASH},DE\n"
        "b.example,first of March,292,,,,\n"
        "c.example,2026-03-01,292.5,,,,\n"
        "too,few\n"
        "d.example,2026-03-01,99999999999,,,,\n"
        "e.example,2026-03-01,,,perhaps,,\n"
        "=cmd|'/c calc'!A1,2026-03-01,,,,,\n"
        "f.example,2026-03-01,,,,someone@mail.example,\n"
        "g.example,2026-03-01,292.0,[],no,,\n"
        f"h.example,2026-03-01,,,,,{'x' * 70_000}\n"
        ",2026-03-01,,,,,\n"
        "i.example,infinity,,,,,\n"
        "j.example,1850-01-01,,,,,\n"
    )
    result = import_files(config, "registration", [put(tmp_path, "r.csv", text)])
    assert (result.rows_out, result.rejects, result.rows_in) == (2, 11, 13)
    assert read(
        config, "registration", "domain, source, registrar_iana_id, status, redacted, registrant_email_hash"
    ) == [
        ("a.example", "import", 292, ["addPeriod", "clientHold"], True, HASH),
        ("g.example", "import", 292, [], False, None),
    ]
    assert read(config, "reject", "line, feed_or_table, reason, excerpt[:40]") == [
        (3, "registration", "observed_at is no time", "first of March"),
        (4, "registration", "registrar_iana_id is no whole number, or too large", "292.5"),
        (5, "registration", "fewer columns than the header has", "too,few"),
        (6, "registration", "registrar_iana_id is no whole number, or too large", "99999999999"),
        (7, "registration", "redacted is neither true nor false", "perhaps"),
        (8, "registration", "has no dot", "=cmd|'/c calc'!A1"),
        (9, "registration", "registrant_email_hash is no hash in hex", "f.example"),
        (11, "registration", "registrant_country is longer than 64 KiB", "x" * 40),
        (12, "registration", "has no dot", None),
        (13, "registration", "observed_at is no time", "infinity"),
        (14, "registration", "day is out of range", "j.example"),
    ]


def test_personal_data_in_the_clear_is_not_taken_nor_shown(config, tmp_path):
    with pytest.raises(UsageError, match="registrant_email, which registration has not"):
        import_files(
            config, "registration", [put(tmp_path, "r.csv", "domain,registrant_email\na.example,b@c.example\n")]
        )
    import_files(
        config,
        "registration",
        [put(tmp_path, "r.ndjson", '{"domain":"a.example","registrant_org_hash":"Some Person"}')],
    )
    assert read(config, "registration", "domain") == []
    assert "Some Person" not in str(read(config, "reject", "*"))


@pytest.mark.parametrize(
    ("table", "text", "options", "named"),
    [
        ("sighting", "domain,colour,shape\n", {"feed": "f", "day": DAY}, "the columns colour, shape"),
        ("sighting", "kind\n", {"feed": "f", "day": DAY}, "domain"),
        ("sighting", "domain,kind\n", {"day": DAY}, "feed (or give --feed)"),
        ("sighting", "domain,kind\n", {"feed": "f"}, "day (or give --day)"),
        ("sighting", "domain\n", {"feed": "f", "day": DAY}, "kind (or give --feed with"),
        ("certificate", "sha256\n", {}, "domain"),
        ("hosting", "domain\n", {"feed": "f"}, "--feed is for sightings"),
        ("clusters", "domain\n", {}, "called clusters"),
        ("sighting", "domain,domain\n", {}, "two have the same"),
        ("sighting", "", {}, "no header"),
    ],
)
def test_what_can_not_be_imported_is_named(config, tmp_path, table, text, options, named):
    with pytest.raises(UsageError) as refusal:
        import_files(config, table, [put(tmp_path, "x.csv", text)], **options)
    assert named in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "content", "named"),
    [
        ("x.xlsx", "", "none of the suffixes"),
        ("x.parquet", "not parquet", "can't be read"),
        ("x.csv.gz", None, "is no file"),
        ("y.csv.gz", b"\x1f\x8bnot gzip", "can't be read"),
        ("z.ndjson.gz", b"plain", "can't be read"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_named(config, tmp_path, name, content, named):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UsageError) as refusal:
        import_files(config, "sighting", [path], feed="f", day=DAY)
    assert named in str(refusal.value)
    assert [*(config.data / "tmp").glob("*")] == []


def test_the_kind_may_come_from_the_file_of_feeds(config, tmp_path):
    config.data.mkdir()
    config.feeds_file.write_text('[feeds.desk]\nkind = "reported"\nformat = "names"\ninbox = true\n')
    import_files(config, "sighting", [put(tmp_path, "s.csv", "domain\na.example\n")], feed="desk", day=DAY)
    assert read(config, "sighting", "kind, feed, seen_at::VARCHAR") == [("reported", "desk", "2026-03-01 23:00:00+00")]


def test_a_column_day_sends_rows_to_their_days(config, tmp_path):
    text = "domain,kind,day,seen_at\na.example,dropped,2026-02-01,\n"
    text += "b.example,dropped,,2026-02-03\nc.example,dropped,soon,\n"
    import_files(config, "sighting", [put(tmp_path, "s.csv", text)], feed="f", day=DAY)
    assert read(config, "sighting", "day::VARCHAR, domain, seen_at::VARCHAR") == [
        ("2026-02-01", "a.example", "2026-02-01 23:00:00+00"),
        ("2026-03-01", "b.example", "2026-02-03 00:00:00+00"),
    ]
    assert read(config, "reject", "line, reason, day::VARCHAR") == [(4, "day is no date", "2026-03-01")]


def test_importing_twice_changes_nothing_even_on_the_wall_clock(config, tmp_path):
    wall = config.model_copy(update={"clock": "wall"})
    files = [
        put(tmp_path, "h.csv", "domain,ns\na.example,ns2.b.example|NS1.b.example.|ns2.B.example\nnope,\n"),
        put(tmp_path, "g.ndjson", '{"domain":"c.example","a":["192.0.2.2","192.0.2.1","192.0.2.2"]}\n{]\n'),
    ]
    first = import_files(wall, "hosting", files)
    before = lake(wall)
    again = import_files(wall, "hosting", files)
    assert lake(wall) == before
    assert (first.rows_out, first.found) == (again.rows_out, again.found)
    assert first.rejects == again.rejects == 2
    assert read(wall, "hosting", "domain, ns, a") == [
        ("a.example", ["ns1.b.example", "ns2.b.example"], None),
        ("c.example", None, ["192.0.2.1", "192.0.2.2"]),
    ]


def test_ndjson_keeps_lists_and_names_broken_lines(config, tmp_path):
    lines = [
        f'{{"domain":"a.example","sha256":"{HASH}","names":["a.example","b.example"],"ct_index":7}}',
        f'{{"domain":"b.example","sha256":"{HASH}","names":"x|y","not_after":1772359200}}',
        "",
        '["no object"]',
        '{"domain":"c.example"',
        f'{{"domain":{{"x":1}},"sha256":"{HASH}"}}',
        '{"domain":null,"serial":"1f"}',
        f'{{"domain":"e.example","sha256":"{HASH}","ct_index":"many"}}',
    ]
    result = import_files(config, "certificates", [put(tmp_path, "c.ndjson", "\n".join(lines))], day=DAY)
    assert (result.rows_out, result.rejects) == (2, 5)
    assert read(config, "certificate", "domain, names, ct_index, not_after::VARCHAR") == [
        ("a.example", ["a.example", "b.example"], 7, None),
        ("b.example", ["x", "y"], None, "2026-03-01 10:00:00+00"),
    ]
    assert read(config, "reject", "line, reason") == [
        (4, "not a JSON object"),
        (5, "not a JSON object"),
        (6, "has no dot"),
        (7, "has no dot"),
        (8, "ct_index is no whole number, or too large"),
    ]


def test_parquet_passes_with_its_types(config, tmp_path):
    moment = dt.datetime(2026, 3, 1, 10, tzinfo=dt.UTC)
    table = pa.table(
        {
            "domain": ["a.example", "b.example", "\u00fcber.example"],
            "observed_at": pa.array([moment] * 3, pa.timestamp("ns")),
            "asn": pa.array([[1, 2], [], None], pa.list_(pa.int64())),
            "a": pa.array([["192.0.2.2", "192.0.2.1"], None, []], pa.large_list(pa.large_string())),
            "rcode": pa.array([b"NOERROR", None, b"NXDOMAIN"], pa.binary()),
            "day": pa.array([DAY, None, dt.date(2026, 3, 2)], pa.date32()),
        }
    )
    result = import_files(config, "hosting", [put(tmp_path, "h.parquet", table)])
    assert (result.rows_out, result.rejects) == (3, 0)
    assert read(config, "hosting", "domain, observed_at::VARCHAR, asn, a, rcode, day::VARCHAR") == [
        ("a.example", "2026-03-01 10:00:00+00", [1, 2], ["192.0.2.1", "192.0.2.2"], "NOERROR", "2026-03-01"),
        ("b.example", "2026-03-01 10:00:00+00", [], None, None, "2026-03-01"),
        ("xn--ber-goa.example", "2026-03-01 10:00:00+00", None, [], "NXDOMAIN", "2026-03-02"),
    ]


@pytest.mark.parametrize("name", ["s.csv", "s.csv.gz"])
def test_mixed_line_ends_are_read(config, tmp_path, name):
    text = "domain,kind\r\na.example,reported\nb.example,reported\r\nragged\rc.example,reported\n"
    result = import_files(config, "sighting", [put(tmp_path, name, text)], feed="f", day=DAY)
    assert (result.rows_out, result.rejects) == (3, 1)
    assert read(config, "reject", "line") == [(4,)]
    assert [*(config.data / "tmp").glob("*")] == []


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        (["NS2.x.example.", " ns1.x.example", "ns2.X.example"], ["ns1.x.example", "ns2.x.example"]),
        (["20 mail.example", "10 mail.example"], ["10 mail.example", "20 mail.example"]),
        (["b.example", None, "a.example", ""], ["a.example", "b.example"]),
        (["a.example", "a.example"], ["a.example"]),
        (["a.example"], ["a.example"]),
        ([], []),
        (None, None),
    ],
)
def test_sets_of_hosts_have_one_spelling(config, tmp_path, given_, kept):
    columns = {"domain": ["a.example"], "mx": pa.array([given_], pa.list_(pa.string()))}
    import_files(config, "hosting", [put(tmp_path, "h.parquet", pa.table(columns))], day=DAY)
    assert read(config, "hosting", "mx") == [(kept,)]


def test_lines_stay_right_over_many_rows_and_ragged_lines(config, tmp_path):
    lines = ["domain,kind"]
    bad = []
    for number in range(2, 300_000):
        if number % 37_001 == 0:
            lines.append("ragged")
            bad.append(number)
        elif number % 49_999 == 0:
            lines.append(f"nodot{number},reported")
            bad.append(number)
        else:
            lines.append(f"n{number}.example,reported")
    result = import_files(config, "sighting", [put(tmp_path, "s.csv", "\n".join(lines))], feed="f", day=DAY)
    assert [line for (line,) in read(config, "reject", "line")] == bad
    assert result.rows_out == 300_000 - 2 - len(bad)


CELLS = st.one_of(
    st.none(), st.text(max_size=12), st.sampled_from(["a.example", "co.uk", "2026-03-01", "1", "true", "[]", "a|b"])
)


@hypothesis_settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.fixed_dictionaries(dict.fromkeys(("domain", "observed_at", "asn", "a", "rcode", "soa_mname"), CELLS)),
        min_size=1,
        max_size=30,
    )
)
def test_every_row_is_either_kept_or_put_aside(config, tmp_path, rows):
    """Parquet with whatever text in its columns: none is lost, none is kept with a name that is none."""
    table = pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.string()) for name in rows[0]]))
    result = import_files(config, "hosting", [put(tmp_path, "h.parquet", table)], day=DAY)
    assert result.rows_in == len(rows) == result.rows_out + result.rejects
    assert result.rows_out <= sum(_is_name(row["domain"]) for row in rows)


def _is_name(text):
    try:
        parse(text or "")
    except NotANameError:
        return False
    return True
