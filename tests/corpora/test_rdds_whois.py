"""WHOIS conformance over three corpora of real answers: the targets of each field, and what must never happen."""

import importlib.util
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from churn.enrich.meaning.whois import parse_whois, read_whois, referral_of
from churn.outcomes import Outcome
from churn.pseudonyms import Pseudonymiser

pytestmark = pytest.mark.corpora

HASHES = Pseudonymiser(b"k" * 32)
SLOWEST_SECONDS = 0.5
LEAST = {
    "registered_or_not": 0.99,
    "throttled": 1.0,
    "reserved": 1.0,
    "refused": 1.0,
    "broken": 1.0,
    "registrar": 0.97,
    "iana_id": 1.0,
    "created": 0.98,
    "updated": 0.98,
    "expires": 0.98,
    "status": 0.98,
    "name_servers": 0.98,
    "abuse_email": 0.99,
    "abuse_phone": 0.99,
}


@pytest.fixture(scope="module")
def bench():
    """The benchmark, which reads the corpora's expectations; it is a script, so it is loaded from its file."""
    folder = Path(__file__).parents[1] / "bench"
    sys.path.append(str(folder))
    spec = importlib.util.spec_from_file_location("bench_rdds", folder / "bench_rdds.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.path.remove(str(folder))


@pytest.fixture(scope="module")
def said(bench, corpora):
    """Every case with what we say of it."""
    return [(case, bench.ours(case)) for case in bench.all_cases(corpora / "rdds")]


@pytest.mark.parametrize("field", LEAST)
def test_each_field_reaches_its_target_in_each_corpus(bench, said, field):
    counts = Counter()
    for case, answer in said:
        rows = bench.rows_of(case, answer)
        if field in rows:
            counts[case.corpus, rows[field]] += 1
    assert counts
    for corpus in {corpus for corpus, _ in counts}:
        share = counts[corpus, True] / (counts[corpus, True] + counts[corpus, False])
        assert share >= LEAST[field], (corpus, field, share)


def test_a_throttle_text_is_never_a_record_and_nothing_registered_is_said_not_to_be(said):
    for case, answer in said:
        if case.kind == "throttled":
            assert answer["kind"] == "throttled", case.path
        if case.kind == "registered":
            assert answer["kind"] not in {"available", "reserved", "throttled"}, case.path
        if case.kind == "available":
            assert answer["kind"] not in {"registered", "throttled"}, case.path


def test_abuse_contacts_that_no_corpus_states_come_from_an_abuse_label(said):
    """Where the corpus says that there is no abuse contact, we have none; structly is the one that says so."""
    invented = [
        case.path.name
        for case, answer in said
        if case.corpus == "structly" and answer["abuse_email"] and "abuse_email" not in case.expected
    ]
    assert invented == ["google.com.ua.txt"]  # its registrar's `abuse-email:` is not read by that corpus's parser


def test_dates_are_right_to_the_second_but_for_zones_that_the_corpora_drop(said):
    counts = Counter(
        abs((answer[field] - case.expected[field]).total_seconds()) < 1
        for case, answer in said
        for field in ("created", "updated", "expires")
        if answer[field] and field in case.expected
    )
    assert counts[True] / counts.total() > 0.98


def test_every_answer_is_read_quickly_and_has_an_outcome(corpora):
    outcomes = Counter()
    for path in sorted((corpora / "rdds").rglob("*")):
        if path.suffix in {".json", ".md"} or not path.is_file():
            continue
        started = time.process_time()
        outcome, record, _ = parse_whois(path.read_bytes(), None, HASHES)
        assert time.process_time() - started < SLOWEST_SECONDS, path
        assert (outcome is Outcome.OK) == (record is not None), path
        outcomes[outcome] += 1
    assert outcomes[Outcome.OK] > outcomes[Outcome.NOT_FOUND] > outcomes[Outcome.RATE_LIMITED]


def test_referrals(corpora):
    folder = corpora / "rdds/weppos-whois-parser/spec/fixtures/referrals"
    assert referral_of((folder / "crsnic.com_referral.txt").read_bytes()) == "whois.godaddy.com"
    assert referral_of((folder / "crsnic.com_referral_missing.txt").read_bytes()) is None
    servers_first = read_whois((folder / "crsnic.com_referral_multiple.txt").read_bytes(), None, HASHES)
    assert (servers_first.refer, servers_first.record["registrar"]) == ("whois.markmonitor.com", "MARKMONITOR INC.")
