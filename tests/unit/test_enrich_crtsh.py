"""What crt.sh's answers mean: whose certificates they are, which are one, and what is no answer at all."""

import datetime as dt
import json

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from churn.enrich.meaning.crtsh import EMPTY, MOST_RECORDS, read_crtsh
from churn.outcomes import Outcome, knowledge
from churn.store.schema import TABLES


def entry(**changes):
    return {
        "issuer_ca_id": 1,
        "issuer_name": "C=US, O=Let's Encrypt, CN=R11",
        "common_name": "shop.example",
        "name_value": "*.shop.example\nshop.example\nWWW.Shop.Example",
        "id": 5,
        "entry_timestamp": "2026-03-01T10:00:00.123",
        "not_before": "2026-03-01T09:00:00",
        "not_after": "2026-05-30T09:00:00",
        "serial_number": "00A1B2",
    } | changes


def read(*entries, domain="shop.example"):
    outcome, records, detail = read_crtsh(json.dumps(entries).encode(), domain)
    assert (outcome is Outcome.OK) == bool(records)
    assert bool(detail) == (outcome is not Outcome.OK)
    return outcome, records


def test_fields_of_an_entry():
    _, [record] = read(entry())
    assert record == {
        "domain": "shop.example",
        "source": "ct",
        "sha256": None,
        "spki_sha256": None,
        "issuer": "CN=R11,O=Let's Encrypt,C=US",
        "serial": "a1b2",
        "not_before": dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC),
        "not_after": dt.datetime(2026, 5, 30, 9, tzinfo=dt.UTC),
        "names": ["*.shop.example", "shop.example", "www.shop.example"],
    }
    assert set(record) <= set(TABLES["certificate"].column_names)


def test_a_precertificate_and_its_certificate_are_one():
    _, records = read(entry(id=1), entry(id=2, serial_number="0a1b2"), entry(id=3, serial_number="A1B3"))
    assert [record["serial"] for record in records] == ["a1b2", "a1b3"]
    other = entry(issuer_name="C=US, O=Another, CN=X")
    assert len(read(entry(), other)[1]) == 2  # serial numbers are an issuer's own


def test_without_serial_numbers_what_else_is_told_keeps_them_apart():
    old = {name: value for name, value in entry().items() if name not in {"serial_number", "common_name"}}
    _, records = read(old, old | {"id": 9}, old | {"not_before": "2026-02-01T00:00:00"})
    assert [record["serial"] for record in records] == [None, None]


@pytest.mark.parametrize(
    ("names", "ours"),
    [
        ("shop.example", True),
        ("*.shop.example", True),
        ("a.b.shop.example\nother.example", True),
        ("SHOP.EXAMPLE", True),
        ("myshop.example", False),
        ("shop.example.net", False),
        ("*.example", False),
        ("someone@shop.example/x", False),
    ],
)
def test_only_certificates_that_name_the_domain_or_a_name_below_it(names, ours):
    outcome, records = read(entry(common_name=None, name_value=names))
    assert bool(records) is ours
    assert outcome is (Outcome.OK if ours else Outcome.WRONG_SUBJECT)


def test_the_common_name_counts():
    assert read(entry(name_value="other.example"))[1][0]["names"] == ["other.example", "shop.example"]


def test_the_newest_are_kept_and_names_are_bounded():
    names = "\n".join(f"n{number:04d}.shop.example" for number in range(2_000))
    entries = [
        entry(serial_number=f"{n:x}", not_before=f"20{10 + n // 12:02d}-{1 + n % 12:02d}-01T00:00:00", name_value=names)
        for n in range(1, 100)
    ]
    _, records = read(*entries)
    assert len(records) == MOST_RECORDS
    assert [record["serial"] for record in records] == [f"{n:x}" for n in range(99, 99 - MOST_RECORDS, -1)]
    assert {len(record["names"]) for record in records} == {100}


@pytest.mark.parametrize(
    ("given_", "spelled"),
    [
        ('C=US, O="Cloudflare, Inc.", CN=X', "CN=X,O=Cloudflare\\, Inc.,C=US"),
        (
            "C=AT, O=ZeroSSL, CN=ZeroSSL RSA Domain Secure Site CA",
            "CN=ZeroSSL RSA Domain Secure Site CA,O=ZeroSSL,C=AT",
        ),
        ("some thing else", "some thing else"),
        ("C=Nowhere, CN=X", "C=Nowhere, CN=X"),
        ("\x1b[31m", "\N{REPLACEMENT CHARACTER}[31m"),
        (5, None),
    ],
)
def test_the_issuer_is_spelled_as_certificates_spell_it(given_, spelled):
    assert read(entry(issuer_name=given_))[1][0]["issuer"] == spelled


def test_the_spelling_is_that_of_the_library_that_reads_certificates():
    name = x509.Name.from_rfc4514_string("CN=A\\, B,O=C D,C=SE")
    assert read(entry(issuer_name='C=SE, O=C D, CN="A, B"'))[1][0]["issuer"] == name.rfc4514_string()


def test_an_empty_answer_is_not_obtained_and_told_apart():
    outcome, records, detail = read_crtsh(b"[]", "shop.example")
    assert (records, detail) == ([], EMPTY)
    assert knowledge(outcome) == "not_obtained"


@pytest.mark.parametrize(
    ("raw", "outcome"),
    [
        (b"<html><head><title>502 Bad Gateway</title>", Outcome.SERVER_FAILURE),
        (b"<html>503 Service Unavailable", Outcome.SERVER_FAILURE),
        (b"<html>429 Too Many Requests", Outcome.RATE_LIMITED),
        (b"<html><title>crt.sh | Certificate Search</title>", Outcome.MALFORMED),
        (b"", Outcome.MALFORMED),
        (b'[{"id": 1', Outcome.MALFORMED),
        (b'{"error": "x"}', Outcome.MALFORMED),
        (b"[" * 100_000, Outcome.MALFORMED),
    ],
)
def test_what_is_no_list(raw, outcome):
    assert read_crtsh(raw, "shop.example")[:2] == (outcome, [])


json_values = st.recursive(
    st.none() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=()), max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(st.dictionaries(st.sampled_from(sorted(entry())), json_values).map(lambda changes: entry(**changes))))
def test_no_value_raises(entries):
    for record in read(*entries)[1]:
        assert any(f".{name}".endswith(".shop.example") for name in record["names"])


@given(st.binary(max_size=200))
def test_no_bytes_raise(raw):
    assert read_crtsh(raw, "shop.example")[1] == []
