"""The operator's network table."""

import ipaddress

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn.enrich.networks import read_network_table, with_networks
from churn.errors import UsageError
from churn.store.lake import arrow_rows

TABLE = """prefix,asn,name,country,abuse_email
192.0.2.0/24,64500,BROAD,XA,a@b.example
192.0.2.128/25,64501,NARROW,xb,
2001:db8::/32,64502,SIX,,
"""


@pytest.fixture
def table(tmp_path):
    file = tmp_path / "networks.csv"
    file.write_text(TABLE)
    return read_network_table(file)


@pytest.mark.parametrize(
    ("address", "asn"), [("192.0.2.1", 64500), ("192.0.2.200", 64501), ("2001:db8::9", 64502), ("198.51.100.1", None)]
)
def test_the_most_specific_network_counts(table, address, asn):
    found = table.find(address)
    assert (found.asn if found else None) == asn


prefixes = st.tuples(st.integers(0, 2**32 - 1), st.integers(8, 32)).map(
    lambda pair: ipaddress.ip_network((pair[0] >> (32 - pair[1]) << (32 - pair[1]), pair[1]))
)


@given(st.lists(prefixes, min_size=1, max_size=20, unique=True), st.integers(0, 2**32 - 1), st.randoms())
def test_it_agrees_with_a_search_of_the_whole_table(tmp_path_factory, networks, number, random):
    file = tmp_path_factory.mktemp("table") / "networks.csv"
    rows = [f"{network},{asn},N,XA" for asn, network in enumerate(networks, start=1)]
    file.write_text("\n".join(["prefix,asn,name,country", *rows]))
    inside = random.choice(networks)
    address = random.choice([ipaddress.ip_address(number), inside.network_address, inside.broadcast_address])
    holding = [network for network in networks if address in network]
    expected = str(max(holding, key=lambda network: network.prefixlen)) if holding else None
    found = read_network_table(file).find(str(address))
    assert (found.prefix if found else None) == expected


def test_rows_are_filled_in_and_what_was_not_asked_stays_unknown(table):
    rows = arrow_rows(
        "hosting",
        [
            {"domain": "a.test", "a": ["192.0.2.1", "192.0.2.200"], "aaaa": ["2001:db8::1"]},
            {"domain": "b.test", "a": [], "aaaa": None},
            {"domain": "c.test", "a": None, "aaaa": None},
        ],
    )
    filled = with_networks(rows, table).to_pylist()
    assert [row["asn"] for row in filled] == [[64500, 64501, 64502], [], None]
    assert filled[0]["prefix"] == ["192.0.2.0/24", "192.0.2.128/25", "2001:db8::/32"]
    assert filled[0]["country"] == ["XA", "XB"]
    assert isinstance(with_networks(rows, None), pa.Table)
    assert with_networks(rows, None).equals(rows)


@pytest.mark.parametrize("row", ["not a prefix,1,N,XA", "192.0.2.0/24,many,N,XA", "192.0.2.1/24,1,N,XA"])
def test_a_wrong_row_is_named_by_its_line(tmp_path, row):
    file = tmp_path / "networks.csv"
    file.write_text(f"prefix,asn,name,country\n198.51.100.0/24,1,N,XA\n{row}\n")
    with pytest.raises(UsageError, match="line 3"):
        read_network_table(file)


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(UsageError, match="network_table"):
        read_network_table(tmp_path / "none.csv")
