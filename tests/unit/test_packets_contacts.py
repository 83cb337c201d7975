"""Contacts: precedence, order, confidence, corrections, and what is refused."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn.errors import UsageError
from churn.packets.contacts import PRECEDENCE, Contact, Correction, Observation, read_corrections, resolve

NOW = dt.datetime(2026, 3, 4, tzinfo=dt.UTC)


def seen(source: str | None, domains: int = 1, **values: Any) -> Observation:
    given = {"email": None, "phone": None, "url": None, "observed_at": NOW} | values
    return Observation("rdap", source, domains=domains, **given)


def test_each_way_comes_from_the_best_source_that_names_one() -> None:
    contact = resolve(
        [
            seen("whois", 90, email="abuse@whois.example", phone="+49 30 1234567"),
            seen("registry_rdap", 5, email="abuse@registry.example"),
            seen("registrar_rdap", 2, url="https://registrar.example/abuse?form=1"),
        ]
    )
    assert contact.email == ("abuse@registry.example",)
    assert (contact.phone, contact.url) == (("+49 30 1234567",), "https://registrar.example/abuse?form=1")
    assert (contact.source, contact.confidence) == ("registry_rdap", 5 / 95)


def test_several_are_kept_the_most_frequent_first() -> None:
    contact = resolve(
        [
            seen("whois", 2, email="B@r.example"),
            seen("whois", 5, email="a@r.example"),
            seen("whois", 4, email="b@R.example"),
        ]
    )
    assert contact.email == ("b@r.example", "a@r.example")
    assert contact.confidence == 6 / 11


def test_a_registrar_with_only_a_form_keeps_it() -> None:
    contact = resolve([seen("registrar_rdap", url="https://form.example/")])
    assert (contact.email, contact.url, contact.source, contact.found) == (
        (),
        "https://form.example/",
        "registrar_rdap",
        True,
    )


def test_none_found_is_said_with_what_was_tried() -> None:
    contact = resolve([seen(None, 3)])
    assert (contact.found, contact.source, contact.confidence) == (False, "none", None)
    assert contact.tried == "3 records by rdap; hand-made corrections"
    assert resolve([]) == Contact(tried="no registration record of this registrar in the window")


@pytest.mark.parametrize(
    "value",
    [
        "abuse@r.example\r\nBcc: all@world.example", "a b@r.example", "abuse", "@r.example", "abuse@localhost", "",
        "x" * 400 + "@r.example", "REDACTED FOR PRIVACY", "=cmd|'/c calc'!A0@r.example", "<abuse@r.example>",
        "a@r.example,b@r.example", "abuse@r.exam\x1bple",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_left_out(value: str) -> None:
    assert resolve([seen("registrar_rdap", email=value)]).email == ()


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://r.example/", "https://r.example/ x", "https://r.example/a\nb", "//r"]
)
def test_what_is_no_web_address_is_left_out(url: str) -> None:
    assert resolve([seen("registrar_rdap", url=url)]).url is None


def test_a_correction_comes_last_and_says_so() -> None:
    correction = Correction(
        iana_id=7, email=("desk@r.example",), date=dt.date(2026, 3, 1), reason="the old one bounces"
    )
    contact = resolve([seen("registrar_rdap", email="dead@r.example", url="https://dead.example/")], correction)
    assert (contact.email, contact.url, contact.source) == (("desk@r.example",), None, "curated")
    assert "the old one bounces" in contact.tried


def test_corrections_are_read_as_of_the_day(tmp_path: Path) -> None:
    path = tmp_path / "contact_corrections.toml"
    assert read_corrections(path, NOW.date()) == {}
    entry = '[[correction]]\niana_id = 7\nemail = ["{}@r.example"]\ndate = {}\nreason = "r"\n'
    path.write_text(
        entry.format("late", "2026-03-05") + entry.format("new", "2026-03-02") + entry.format("old", "2026-03-01")
    )
    assert read_corrections(path, NOW.date())["registrar", 7].email == ("new@r.example",)


@pytest.mark.parametrize("text", ["[[correction]]\niana_id = 7", "correction = 1", "[[", "[[correction]]\nmail = 1"])
def test_a_broken_corrections_file_is_a_usage_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "contact_corrections.toml"
    path.write_text(text)
    with pytest.raises(UsageError, match="corrections"):
        read_corrections(path, NOW.date())


def test_the_shipped_corrections_file_is_an_empty_example() -> None:
    shipped = Path(__file__).parents[2] / "data" / "reference" / "contact_corrections.toml"
    assert shipped.is_file()
    assert read_corrections(shipped, NOW.date()) == {}


texts = st.one_of(st.none(), st.sampled_from(["a@r.example", "b@r.example", "c@s.example"]), st.text(max_size=20))
observations = st.lists(
    st.builds(
        Observation,
        source=st.sampled_from(["rdap", "whois"]),
        abuse_source=st.sampled_from([*PRECEDENCE, None, "registrant"]),
        email=texts,
        phone=st.one_of(st.none(), st.just("+1.5551234"), st.text(max_size=20)),
        url=st.one_of(st.none(), st.just("https://f.example/a"), st.text(max_size=20)),
        domains=st.integers(1, 9),
        observed_at=st.datetimes(timezones=st.just(dt.UTC)),
    ),
    max_size=8,
)


@given(observations, st.randoms(use_true_random=False))
def test_the_contact_depends_on_what_was_observed_and_on_nothing_else(
    given: list[Observation], rng: random.Random
) -> None:
    contact = resolve(given)
    shuffled = rng.sample(given, len(given))
    assert resolve(shuffled) == contact
    assert set(contact.email) <= {(o.email or "").strip().removeprefix("mailto:").lower() for o in given}
    assert contact.confidence is None or 0 < contact.confidence <= 1
    assert contact.found == (contact.source != "none")
