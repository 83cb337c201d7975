"""A registrar's portfolio as it comes: whatever is wrong with it, the rest is kept and the loss is told."""

import datetime as dt

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn.associate.portfolio import read_portfolio
from churn.errors import UsageError
from churn.names import NotANameError, parse
from churn.settings import Settings
from churn.store.database import scratch


def read(folder, content, name="book.csv"):
    """The portfolio, and the rows of the book as dictionaries by domain."""
    path = folder / name
    path.write_bytes(content)
    return read_file(folder, path)


def read_file(folder, path):
    work = folder / "work"
    work.mkdir(exist_ok=True)
    with scratch(Settings(data=work, threads=1)) as con:
        found = read_portfolio(con, path, work)
        rows = con.sql("SELECT * FROM book ORDER BY domain").to_arrow_table().to_pylist()
    return found, {row["domain"]: row for row in rows}


def test_bad_rows_are_counted_by_reason_and_the_rest_is_kept(tmp_path):
    lines = [
        b"Domain Name;Account-ID;created;order id;colour",
        b"one.com;a1;2026-01-02T10:00:30Z;o1;red",
        b"bad\xff.com;a1;;;",
        b"too;short",
        b"=cmd.com;a1;;;",
        b'"x' + b"y" * 5_000 + b'.com";a1;;;',
        b"two.com;a1;31/12/2025;o1;",
        b"co.uk;a1;;;",
    ]
    found, rows = read(tmp_path, b"\xef\xbb\xbf" + b"\n".join(lines))
    assert set(rows) == {"one.com", "two.com"}
    assert found.rows == 7
    assert found.rejects == {
        "not UTF-8": 1,
        "fewer columns than the header has": 1,
        "a label is empty, too long, or holds a character that no host name has": 1,
        "a cell longer than 4,096 octets": 1,
        "a public suffix, not a registrable name": 1,
    }
    assert found.faults == {"created_at is no time": 1}
    assert found.not_used == ("colour",)
    assert found.absent == ("payment_hash", "contact_hash", "access_hash", "name_servers", "addresses")
    assert rows["one.com"]["minute"] == "2026-01-02 10:00"
    assert rows["two.com"]["created_at"] is None


def test_an_internationalised_name_in_either_form_is_one_domain_and_the_newer_row_is_kept(tmp_path):
    text = "domain,account,created\nbücher.de,new,2026-02-01\nXN--BCHER-KVA.DE.,old,2025-02-01\nother.de,x,\n"
    found, rows = read(tmp_path, text.encode())
    assert {name: row["account_hash"] for name, row in rows.items()} == {"xn--bcher-kva.de": "new", "other.de": "x"}
    assert found.rejects == {"the same domain again; the row created last is kept": 1}


def test_a_day_alone_is_a_day_and_no_minute(tmp_path):
    _, rows = read(tmp_path, b"domain,created_at\na.com,2026-01-02\nb.com,2026-01-02 00:00:01\n")
    assert (rows["a.com"]["created_day"], rows["a.com"]["minute"]) == ("2026-01-02", None)
    assert (rows["b.com"]["created_day"], rows["b.com"]["minute"]) == (None, "2026-01-02 00:00")


def test_lists_are_sets(tmp_path):
    _, rows = read(tmp_path, b"domain,ns,ip\na.com,NS2.x.net.|ns1.x.net,192.0.2.2|192.0.2.1|192.0.2.2\n")
    assert rows["a.com"]["name_servers"] == "ns1.x.net ns2.x.net"
    assert rows["a.com"]["addresses"] == ["192.0.2.1", "192.0.2.2"]


def test_parquet_with_types_of_its_own(tmp_path):
    path = tmp_path / "book.parquet"
    made = "SELECT 'a.com' AS domain, 17 AS account_id, DATE '2026-01-02' AS created, ['n1.x'] AS ns, {'k': 1} AS other"
    duckdb.sql(f"COPY ({made} UNION ALL SELECT NULL, 1, NULL, NULL, NULL) TO '{path}'")
    found, rows = read_file(tmp_path, path)
    assert rows["a.com"]["account_hash"] == "17"
    assert rows["a.com"]["created_at"].date() == dt.date(2026, 1, 2)
    assert rows["a.com"]["name_servers"] == "n1.x"
    assert (found.rejects, found.not_used) == ({"has no dot": 1}, ("other",))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"host_name,account\na.com,1\n", "has the columns host_name, account; needed are domain and at least one"),
        (b"domain,colour\na.com,1\n", "needed are domain and at least one"),
        (b"domain,account,account_id\na.com,1,2\n", "account and account_id both mean account_hash"),
        (b"domain,account\n", "holds no domain"),
        (b"domain,account\n-,1\n=,2\n", "has no dot: 2"),
        (b"", "can't be read"),
        ("domain,account\na.com,1\n".encode("utf-16"), "UTF-8"),
        (bytes(range(256)) * 20, "UTF-8"),
    ],
)
def test_what_can_be_no_portfolio_is_told_in_one_sentence(tmp_path, content, said):
    with pytest.raises(UsageError) as error:
        read(tmp_path, content)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_no_parquet(tmp_path):
    with pytest.raises(UsageError, match="can't be read"):
        read(tmp_path, b"PAR1 or not", "book.parquet")


@settings(max_examples=3)
@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters='"\r\n\0'), min_size=1, max_size=12),
        min_size=60,
        max_size=200,
    )
)
def test_names_are_those_that_the_one_reader_of_names_reads(tmp_path_factory, labels):
    names = [f"{label}.com" for label in labels] + ["sure.com"]
    content = "domain,account\n" + "".join(f'"{name}",1\n' for name in names)
    _, rows = read(tmp_path_factory.mktemp("book"), content.encode())
    expected = set()
    for name in names:
        try:
            expected.add(parse(name).domain)
        except NotANameError:
            continue
    assert set(rows) == expected
