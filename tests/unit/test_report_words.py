"""Words of the report: what is shown can't be taken for a live name; numbers say what they are."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn.report import words

LIVE = re.compile(r"\w\.[^\W\d_]|\w://|\w@\w")


@given(st.text(max_size=300))
def test_no_outside_text_shows_a_live_name_or_a_control(text):
    seen = words.shown(text)
    assert not LIVE.search(seen.replace("]://", ""))
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in seen)


@given(
    st.from_regex(r"([a-z0-9]{1,6}[.-]){0,3}[a-z0-9]{1,6}\.[a-z]{2,6}", fullmatch=True),
    st.sampled_from(["", "http://", "a@"]),
)
def test_a_name_in_a_sentence_is_defanged(name, before):
    seen = words.shown(f"see {before}{name} now")
    assert not LIVE.search(seen)
    assert "[.]" in seen


def test_decimals_and_addresses_stay_readable():
    assert words.shown("0.3 expected at 192.0.2.1") == "0.3 expected at 192.0.2.1"


@pytest.mark.parametrize(
    ("value", "text"), [(1701, "1,701"), (0.3125, "0.31"), (2.0, "2"), (1234.5, "1,234"), (None, words.UNKNOWN)]
)
def test_numbers(value, text):
    assert words.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "under 10⁻³⁰⁰"), (2.1e-12, "2.1 \u00d7 10⁻¹²"), (0.004, "0.004"), (float("nan"), words.UNKNOWN)],
)
def test_probabilities(value, text):
    assert words.small(value) == text


def test_shares_never_round_to_none_or_all():
    assert words.share(1, 100_000) == "under 0.1 %"
    assert words.share(99_999, 100_000) == "over 99.9 %"
    assert words.share(1, 4) == "25 %"
    assert words.share(0, 0) == words.UNKNOWN


def test_unknown_traits_outcomes_and_kinds_still_read():
    assert words.trait_words("moon_phase") == "the same moon phase"
    assert words.outcome_words("eaten_by_dog") == "eaten_by_dog"
    assert words.outcome_knowledge("eaten_by_dog") == "not_obtained"
    assert words.value_shown("ab" * 32) == "abababababab…"


def test_idn_has_its_unicode_form_beside_it():
    assert words.unicode_shown("xn--bcher-kva.example") == "bücher[.]example"
    assert words.unicode_shown("plain.example") is None
    assert words.unicode_shown("xn--zzzzzz99999.example") is None  # what does not decode is shown once
