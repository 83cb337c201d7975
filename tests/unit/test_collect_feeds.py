"""The file of feeds: what is wrong is named."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from churn.collect import collect_feed, feed_names, obtain
from churn.collect.feeds import Feed, catalogue, example_file, load_feeds, on_day
from churn.errors import TerminalError, UsageError
from churn.settings import Settings

GOOD = 'kind = "reported"\nformat = "names"\nurl = "https://lists.example/{day}.txt"\n'


def load(tmp_path, text):
    path = tmp_path / "feeds.toml"
    path.write_text(text)
    return load_feeds(Settings(data=tmp_path))


def test_the_example_holds_and_nothing_in_it_is_fetched(tmp_path):
    text = example_file().read_text()
    assert load(tmp_path, text) == {}
    feeds = load(tmp_path, text.replace("enabled = false", "enabled = true"))
    assert [*feeds] == ["daily_registrations", "phishing_urls", "authority_list"]
    assert [feed.gates_the_day for feed in feeds.values()] == [True, False, False]


def test_no_file_says_how_to_make_one(tmp_path):
    with pytest.raises(UsageError, match="churn lab"):
        load_feeds(Settings(data=tmp_path))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (f"[feeds.a]\n{GOOD}colour = 1\n", "feed a: colour"),
        (f"[feeds.a]\n{GOOD}inbox = true\n", "exactly one of url, path and inbox"),
        ('[feeds.a]\nkind = "reported"\nformat = "names"\n', "exactly one of url, path and inbox"),
        (f"[feeds.A]\n{GOOD}", "lower-case"),
        ('[feeds."../x"]\n' + GOOD, "lower-case"),
        (f"[feeds.a]\n{GOOD.replace('https', 'ftp')}", "http:// or https://"),
        (f"[feeds.a]\n{GOOD.replace('names', 'csv')}", "needs at least columns"),
        (f"[feeds.a]\n{GOOD.replace('reported', 'bad')}", "feed a: kind"),
        (f"[feeds.a]\n{GOOD}columns = {{ fqdn = 'x', colour = 'y' }}\n", "colour"),
        (f"[feeds.a]\n{GOOD}maximum_rows = 0\n", "maximum_rows"),
        ("[feed.a]\n", "unknown keys feed"),
        ("feeds = 1\n", "must be tables"),
        ("[feeds]\na = 1\n", "a must be a table"),
        ("[feeds\n", "can't be read as TOML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, named):
    with pytest.raises(UsageError) as refusal:
        load(tmp_path, text)
    assert named in str(refusal.value)


def test_every_entry_of_the_catalogue_holds_and_says_on_what_terms():
    feeds = catalogue()
    assert len(feeds) > 20
    for feed in feeds.values():
        assert feed.licence, feed.name
        assert re.search(r"https://|docs/feeds.md", feed.about), feed.name
        assert feed.enabled == (feed.credential is None), feed.name
        assert not feed.allow_private, feed.name
        assert feed.url is None or feed.url.startswith(("https://", "axfr://")), feed.name
        assert feed.kind == "registered" or not feed.gates_the_day, feed.name
    assert {feed.format for feed in feeds.values()} == {"names", "csv", "czds", "axfr", "static-ct", "misp", "taxii"}


def test_the_page_of_feeds_tells_how_to_get_each_of_them():
    page = (Path(__file__).parents[2] / "docs" / "feeds.md").read_text()
    assert [name for name in catalogue() if f"`{name}`" not in page] == []
    credentials = {feed.credential for feed in catalogue().values() if feed.credential}
    assert [name for name in credentials if f"CHURN_CREDENTIAL_{name.upper()}" not in page] == []


def test_the_page_of_feeds_explains_every_key():
    page = (Path(__file__).parents[2] / "docs" / "feeds.md").read_text()
    assert [key for key in Feed.model_fields if key != "name" and f"`{key}`" not in page] == []


def test_a_file_uses_the_catalogue_and_changes_single_keys(tmp_path):
    feeds = load(tmp_path, 'use = ["openphish", "urlhaus"]\n[feeds.openphish]\nrequired = true\n[feeds.a]\n' + GOOD)
    assert [*feeds] == ["openphish", "urlhaus", "a"]
    assert feeds["openphish"] == catalogue()["openphish"].model_copy(update={"required": True})
    assert feeds["urlhaus"].enabled
    with pytest.raises(UsageError, match="uses nothing, which the catalogue lacks"):
        load(tmp_path, 'use = ["nothing"]\n')


def test_feeds_are_asked_for_by_their_cadence(tmp_path):
    load(tmp_path, 'use = ["openphish"]\n[feeds.a]\n' + GOOD)
    settings = Settings(data=tmp_path)
    assert feed_names(settings) == ["openphish", "a"]
    assert feed_names(settings, "hourly") == ["openphish"]
    assert feed_names(settings, "daily") == ["a"]


def test_days_stand_in_a_place(tmp_path):
    day = dt.date(2026, 3, 1)
    assert on_day("a/{day}/{key}", day) == "a/2026-03-01/{key}"
    assert on_day("{day64}", day) == "MjAyNi0wMy0wMS56aXA="
    (feed,) = load(tmp_path, "[feeds.a]\n" + GOOD).values()
    assert feed.changes_daily
    assert not catalogue()["openphish"].changes_daily


def test_a_later_visit_of_the_day_that_fails_takes_nothing_away(tmp_path, monkeypatch):
    """The wall clock, and no time between two visits: each is due."""
    monkeypatch.setitem(obtain._CADENCE, "hourly", dt.timedelta(0))
    load(
        tmp_path,
        '[feeds.a]\nkind = "reported"\nformat = "names"\npath = "list.txt"\ncadence = "hourly"\nrequired = true\n'
        "maximum_bytes = 30\n",
    )
    settings, day, found = Settings(data=tmp_path), dt.datetime.now(dt.UTC).date(), []
    for content in ("a.example\n", "b.example\nc.example\n", "much.too.long.a.name.for.this.feed.example\n"):
        (tmp_path / "list.txt").write_text(content)
        found.append(collect_feed(settings, day, "a").found)
    assert found == [{"a": 1}, {"a": 3}, {"a": 3}]
    (tmp_path / "list.txt").write_text("much.too.long.a.name.for.this.feed.example\n")
    with pytest.raises(TerminalError, match="more than 30 bytes"):
        collect_feed(settings, day - dt.timedelta(days=1), "a")
