"""The file of feeds: what is wrong is named."""

from __future__ import annotations

import pytest

from churn.collect.feeds import example_file, load_feeds
from churn.errors import UsageError
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
