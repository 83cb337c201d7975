"""For the tests of what is shared: clusters as records, and copies of the report's small world."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest
from hypothesis import strategies as st
from report_data import build, settings_for

from churn.settings import Settings
from churn.share.records import Certificate, Cluster, Hosting, Member, Network, Registration, Use

DAY = dt.date(2026, 3, 8)
NOON = dt.datetime(2026, 3, 8, 12, tzinfo=dt.UTC)
HOSTILE = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "\u202egnp.exe\u2066 bidi",
    "\x1b[31mred\x1b]0;title\x07",
    '=HYPERLINK("http://evil.test","x")',
    "+1|`*_[x](http://evil.test/)",
    "@SUM(1)\t\r\n-1",
    "p\u0430ypal \u2028\u0000\ud800",  # a Cyrillic letter, a line separator, a null, half a surrogate pair
    "a" * 5000,
    "\u200b \u00ad",  # nothing that one sees
    "',\"]} \\u0022 \\",
)
hostile_text = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=60))


def member(domain: str, text: str = "Alpha Names", *, reported: bool = True, number: int = 1) -> Member:
    """A member of which everything is known; `text` stands wherever outside text may."""
    return Member(
        domain=domain,
        role="core",
        score=0.9,
        reported=reported,
        joined_day=DAY - dt.timedelta(days=1),
        reported_day=DAY if reported else None,
        first_seen=NOON,
        last_seen=NOON,
        last_reported_day=DAY if reported else None,
        reported_by=(text,) if reported else (),
        labels=(text,) if reported else (),
        registration=Registration(text, 9001, NOON, NOON, NOON, (text,), (f"ns1.{domain}",), NOON),
        hosting=Hosting(
            text, (f"192.0.2.{number % 250 + 1}", "2001:db8::1"), (f"ns1.{domain}",), (f"mx.{domain}",), "ns.test", NOON
        ),
        certificates=(
            Certificate("ab" * 32, text, f"{number:x}", NOON, NOON),
            Certificate(None, None, f"no {text}", None, None),
        ),
    )


def cluster(*members: Member, text: str = "red arch", verdict: str | None = None) -> Cluster:
    """A cluster of these members. All have one IPv6 address, which 1,000 others have too."""
    addresses = {address for each in members if each.hosting for address in each.hosting.addresses}
    uses = {("address", address): Use(1, 1) for address in addresses}
    return Cluster(
        day=DAY,
        cluster_id="c-20260307-0123456789",
        name=text,
        pattern=text,
        first_day=DAY - dt.timedelta(days=1),
        last_activity_day=DAY,
        confidence=0.9,
        verdict=verdict,
        members=members,
        uses=uses | {("address", "2001:db8::1"): Use(1000 + len(members), len(members))},
        networks={address: Network(64500, text) for address in addresses},
    )


def pair(text: str = "Alpha Names", verdict: str | None = None) -> Cluster:
    """A cluster of a reported and a related domain, one of them internationalised."""
    return cluster(
        member("shop-1.test", text),
        member("xn--bcher-kva.test", text, reported=False, number=2),
        text=text,
        verdict=verdict,
    )


def small_world(temporary: pytest.TempPathFactory) -> Settings:
    """The report's small world with a case of 60 domains, to be changed: a copy of one that is built once a worker."""
    first = temporary.getbasetemp() / "share-first"
    if not first.exists():
        build(first, case=60)
    return copied(first, temporary.mktemp("share"))


def copied(world: Path, folder: Path) -> Settings:
    """A copy of a world in a folder of its own."""
    shutil.copytree(world / "data", folder / "data")
    return settings_for(folder)
