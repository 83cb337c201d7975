"""Real WHOIS answers: each gets an outcome and none an exception; throttle texts are never taken for absence."""

import time
from collections import Counter

import pytest

from churn.enrich import parse_whois
from churn.outcomes import Outcome
from churn.pseudonyms import Pseudonymiser

pytestmark = pytest.mark.corpora

HASHES = Pseudonymiser(b"k" * 32)
SLOWEST_SECONDS = 0.5


def whois(path):
    started = time.process_time()
    outcome, record, _ = parse_whois(path.read_bytes(), None, HASHES)
    assert time.process_time() - started < SLOWEST_SECONDS, path
    assert (outcome is Outcome.OK) == (record is not None), path
    return outcome


def test_weppos_answers_by_kind(corpora):
    """Shares, not files: the targets per server come with conformance."""
    found = {kind: Counter() for kind in ("available", "throttled", "status_registered")}
    for path in sorted((corpora / "rdds/weppos-whois-parser/spec/fixtures/responses").rglob("*.txt")):
        outcome = whois(path)
        for kind, counts in found.items():
            if kind in path.name and "expected" not in path.name:
                counts[outcome] += 1
    shares = {
        kind: counts[outcome] / counts.total()
        for (kind, counts), outcome in zip(
            found.items(), (Outcome.NOT_FOUND, Outcome.RATE_LIMITED, Outcome.OK), strict=True
        )
    }
    assert shares["available"] > 0.9
    assert shares["throttled"] > 0.85
    assert shares["status_registered"] > 0.9
    assert found["available"][Outcome.OK] <= 2
    assert found["status_registered"][Outcome.NOT_FOUND] == 0  # nothing registered is ever said not to be


def test_likexian_answers_by_kind(corpora):
    folder = corpora / "rdds/likexian-whois-parser/testdata"
    answers = {
        kind: Counter(
            whois(path) for path in sorted((folder / kind).iterdir()) if path.suffix not in {".json", ".md", ".pre"}
        )
        for kind in ("noterror", "notfound")
    }
    assert answers["noterror"][Outcome.OK] / answers["noterror"].total() > 0.95
    assert answers["noterror"][Outcome.NOT_FOUND] == 0
    assert answers["notfound"][Outcome.NOT_FOUND] / answers["notfound"].total() > 0.95
    assert answers["notfound"][Outcome.OK] == 0


def test_structly_answers_and_their_abuse_contacts(corpora):
    folder = corpora / "rdds/bytevader-structly/tests/samples/whois"
    outcomes = Counter(whois(path) for path in sorted(folder.glob("*.txt")))
    assert outcomes[Outcome.OK] / outcomes.total() > 0.9
    assert not outcomes[Outcome.RATE_LIMITED]
    contact = parse_whois((folder / "abc.xyz.txt").read_bytes(), "abc.xyz", HASHES)[1]
    assert contact["abuse_email"].endswith("@markmonitor.com")
    assert contact["abuse_source"] == "whois"
