"""What a domain name is, in Python and, for whole columns, in SQL: the two must agree on any text."""

from __future__ import annotations

import gc
import warnings

import duckdb
import publicsuffixlist
import pyarrow as pa
import pytest
import tldextract
from hypothesis import example, given, settings
from hypothesis import strategies as st

from churn.names import _DEEPEST, NotANameError, normalise, parse, suffix_list_file, suffix_rules
from churn.store.naming import load_names, spell_foreign


@pytest.fixture(scope="module")
def con():
    with duckdb.connect(config={"threads": 2}) as connection:
        load_names(connection)
        yield connection


def named(con, texts):
    con.register("given", pa.table({"name_text": pa.array(texts, pa.string()), "number": list(range(len(texts)))}))
    spell_foreign(con, "given")
    return con.execute("SELECT name_fqdn, name_domain, name_reason FROM named('given') ORDER BY number").fetchall()


def parsed(text):
    try:
        name = parse(text)
    except NotANameError as error:
        return None, None, str(error)
    return name.fqdn, name.domain, None


@pytest.mark.parametrize(
    ("text", "fqdn", "domain"),
    [
        ("Example.COM.", "example.com", "example.com"),
        ("https://user:pw@WWW.example.co.uk:8443/a?b#c", "www.example.co.uk", "example.co.uk"),
        ("hxxps[://]a[.]example(.)org/x", "a.example.org", "example.org"),
        ("b\N{LATIN SMALL LETTER U WITH DIAERESIS}cher.de", "xn--bcher-kva.de", "xn--bcher-kva.de"),
        ("shop.github.io", "shop.github.io", "shop.github.io"),
        ("a.b.www.ck", "a.b.www.ck", "www.ck"),
        ("a.b.c.ck", "a.b.c.ck", "b.c.ck"),
        ("kawasaki.jp", "kawasaki.jp", "kawasaki.jp"),
        ("a.b.shoplab", "a.b.shoplab", "b.shoplab"),
        ("_dmarc.example.com", "_dmarc.example.com", "example.com"),
        (" \t\x1fexample.com\r\n", "example.com", "example.com"),
    ],
)
def test_a_name_has_one_spelling_and_a_registrable_part(con, text, fqdn, domain):
    assert parsed(text) == (fqdn, domain, None)
    assert named(con, [text]) == [(fqdn, domain, None)]


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "localhost", "com", "co.uk", "github.io", "b.ck", "192.0.2.1", "http://192.0.2.1:80/", "[2001:db8::1]",
        "a..b.com", "-a.com", "a-.com", "a b.com", "a.com..",
        "<b>.com", "=cmd|.com", "a" * 64 + ".com", "x." * 130 + "com",
        "a.com:123456", "a\x00.com", "\u202ea.com", "x" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_name_is_refused_with_a_reason(con, text):
    with pytest.raises(NotANameError) as refusal:
        parse(text)
    assert named(con, [text]) == [(None, None, str(refusal.value))]


PIECES = st.one_of(
    st.sampled_from(
        ["com", "co", "uk", "ck", "www", "jp", "kawasaki", "city", "github", "io", "amazonaws", "compute", "xn--p1ai",
         "xn--", "\u0440\u0444", "test", "a", "A-1", "_x", "1", "22", "a" * 63, "a" * 64, "-",
         "\u00fc", "\u00df", "\u3002", "\uff0e"]
    ),
    st.text(max_size=8),
)  # fmt: skip
GLUE = st.sampled_from(
    [
        ".",
        ".",
        ".",
        ".",
        "",
        "[.]",
        "(.)",
        "://",
        "[:]",
        "[://]",
        "@",
        ":",
        ":80",
        "/",
        "?",
        "#",
        "\\",
        " ",
        "\n",
        "\t",
        "\x1c",
        "\x85",
    ]
)
TEXTS = st.lists(st.tuples(PIECES, GLUE), max_size=9).map(lambda parts: "".join(a + b for a, b in parts))


@settings(max_examples=40)
@given(st.lists(TEXTS | st.text(), min_size=1, max_size=160))
@example(["ex.com:80\n/x", "hxxp://a.com", "\N{KELVIN SIGN}.com", "\u017fs.com", "ex.com:\uff180"])
def test_sql_and_python_agree_on_any_text(con, texts):
    texts = [text for text in texts if text.isascii() or text.encode("utf-8", "ignore").decode() == text]
    if texts:
        assert named(con, texts) == [parsed(text) for text in texts]


def test_sql_and_python_agree_on_every_rule_of_the_suffix_list(con):
    texts = sorted(prefix + suffix for suffix in suffix_rules() for prefix in ("", "a.", "b.a.", "c.b.a."))
    assert len(texts) > 40_000
    wrong = [(text, sql) for text, sql in zip(texts, named(con, texts), strict=True) if sql != parsed(text)]
    assert wrong == []


@given(st.text())
def test_normalising_twice_changes_nothing(text):
    try:
        once = normalise(text)
    except NotANameError:
        return
    assert normalise(once) == once


def test_foreign_texts_are_spelled_once(con):
    con.register("twice", pa.table({"name_text": ["m\u00fcnster.example"] * 5}))
    assert spell_foreign(con, "twice") == 1
    assert spell_foreign(con, "twice") == 0


def test_the_suffix_rules_are_those_that_other_readers_of_the_list_see():
    """Two other implementations as oracles; each has a quirk of its own, so only their agreement counts."""
    url = suffix_list_file().as_uri()
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):  # tldextract leaves the list open
        first = tldextract.TLDExtract(suffix_list_urls=(url,), cache_dir=None, include_psl_private_domains=True)
        first("example.com")
        gc.collect()
    second = publicsuffixlist.PublicSuffixList(accept_unknown=True)
    compared = 0
    for suffix in [*suffix_rules(), "unlistedlab", "a.unlistedlab"]:
        for text in (suffix, f"a.{suffix}", f"b.a.{suffix}", f"c.b.a.{suffix}"):
            extracted, private = first(text), second.privatesuffix(text)
            expected = extracted.top_domain_under_public_suffix or None
            if "." in text and extracted.suffix and expected == private:
                assert parsed(text)[1] == expected, text
                compared += 1
    assert compared > 39_000


def test_no_rule_is_deeper_than_the_joins():
    assert max(suffix.count(".") + 1 for suffix in suffix_rules()) == _DEEPEST
