"""Real names by the million: SQL and Python agree on what they are, and other readers of the suffix list on whose."""

from __future__ import annotations

import csv
import gc
import gzip
import warnings
from collections.abc import Iterator

import duckdb
import idna
import pyarrow as pa
import pytest
import tldextract

from churn.names import NotANameError, parse, suffix_list_file
from churn.store.naming import load_names, spell_foreign

pytestmark = pytest.mark.corpora
WHOISDS = [f"2025-05-{day:02}" for day in range(17, 23)]


@pytest.fixture
def con():
    with duckdb.connect(config={"threads": 2}) as connection:
        load_names(connection)
        yield connection


@pytest.fixture
def oracle():
    """The registrable part of a name by another implementation, and whether its suffix is of the private section.

    It leaves out the list's default rule: for a top-level domain that the list lacks, the suffix is that label.
    """
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):  # tldextract leaves the list open
        extract = tldextract.TLDExtract(
            suffix_list_urls=(suffix_list_file().as_uri(),), cache_dir=None, include_psl_private_domains=True
        )
        extract("example.com")
        gc.collect()

    def registrable(text):
        found = extract(text)
        if not found.suffix and "." in text:
            return ".".join(text.split(".")[-2:]), False
        return found.top_domain_under_public_suffix or None, found.is_private

    return registrable


def named(con, texts):
    con.register("given", pa.table({"name_text": texts}))
    spell_foreign(con, "given")
    return con.execute("SELECT name_text, name_fqdn, name_domain, name_reason FROM named('given')").fetchall()


def parsed(text):
    try:
        name = parse(text)
    except NotANameError as error:
        return None, None, str(error)
    return name.fqdn, name.domain, None


def rows_of(path):
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def lines_of(path):
    return gzip.decompress(path.read_bytes()).decode().split("\n")


def texts_of(corpora):
    for day in WHOISDS[:2]:
        yield from lines_of(corpora / f"nrd/whoisds/{day}.txt.gz")
    yield from (row["fqdn"] for row in rows_of(corpora / "reported/list_additions_2026q1.csv.gz"))
    yield from (corpora / "feeds/feed_sample_2026-08-22.txt").read_text(encoding="utf-8").split("\n")


def test_sql_and_python_agree_on_real_names(con, corpora):
    texts = sorted(set(texts_of(corpora)))
    assert len(texts) > 200_000
    rows = named(con, texts)
    assert len(rows) == len(texts)
    assert [row for row in rows if row[1:] != parsed(row[0])] == []
    assert sum(row[1] is None for row in rows) < 50


def names_of(corpora) -> Iterator[str]:
    """Names alone, no addresses on a site: the oracle takes those apart in another way."""
    for day in WHOISDS:
        yield from lines_of(corpora / f"nrd/whoisds/{day}.txt.gz")
    yield from (row["fqdn"] for row in rows_of(corpora / "reported/list_additions_2026q1.csv.gz"))
    yield from (row["domain"] for row in rows_of(corpora / "nrd/zone_diff/2025-04-10.csv.gz"))
    for line in (corpora / "feeds/feed_sample_2026-08-22.txt").read_text(encoding="utf-8").split("\n"):
        yield line.partition("://")[2].partition("/")[0].partition(":")[0]


def names_of_rules() -> Iterator[str]:
    """Below every rule of the list: a name, and one below that; for an exception, what it excepts."""
    for line in suffix_list_file().read_text(encoding="utf-8").split("\n"):
        rule = line.split(maxsplit=1)[0] if line.strip() else "//"
        if rule.startswith("//"):
            continue
        suffix = rule.removeprefix("!").replace("*.", "anything.")
        yield from (suffix, f"some-name.{suffix}", f"www.some-name.{suffix}")


def in_letters(name: str) -> str | None:
    """An internationalised name as people see it, where it is one by IDNA 2008."""
    try:
        return idna.decode(name)
    except UnicodeError:  # idna's errors are of it
        return None


def spelled(name: str) -> str:
    return name if name.isascii() else idna.encode(name, uts46=True).decode()


def test_a_million_names_have_the_registrable_part_that_another_implementation_sees(con, corpora, oracle):
    plain = {*filter(None, names_of(corpora)), *names_of_rules()}
    letters = {in_letters(name) for name in plain if name.isascii() and "xn--" in name} - {None}
    texts = sorted(plain | letters)
    rows = named(con, texts)
    wrong, private = [], 0
    for text, _, domain, reason in rows:
        expected, is_private = oracle(text)
        private += is_private
        if domain != (expected and spelled(expected)):
            wrong.append((text, domain, expected, reason))
    assert wrong == []
    assert sum(fqdn is not None for _, fqdn, _, _ in rows) > 1_000_000
    assert min(private, sum("xn--" in text for text in texts), sum(not text.isascii() for text in texts)) > 2_000
