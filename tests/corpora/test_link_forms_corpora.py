"""Forms of real names: what the names of one campaign share, and unrelated names of a day don't."""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict

import pyarrow as pa
import pytest

from churn.labels.edits import near
from churn.link.forms import forms

pytestmark = pytest.mark.corpora
DAY = "2025-05-06"


@pytest.fixture(scope="module")
def day_forms(corpora):
    names = gzip.decompress((corpora / "nrd" / "whoisds" / f"{DAY}.txt.gz").read_bytes()).decode().split()
    return forms(pa.array(names))


@pytest.fixture(scope="module")
def campaigns(corpora):
    names = defaultdict(set)
    with (corpora / "labels" / "whoisds_labelled.csv").open() as file:
        for row in csv.DictReader(file):
            names[row["campaign"]].add(row["d"])
    return {campaign: forms(pa.array(sorted(names[campaign]))) for campaign in names}


def most_common_share(values):
    return Counter(values).most_common(1)[0][1] / len(values)


def test_a_day_of_real_names_has_forms(day_forms):
    day_forms.validate(full=True)
    rows = [row for row in day_forms.to_pylist() if row["label"]]
    assert all(row["label"] == row["domain"].partition(".")[0] for row in rows)
    plain = [row for row in rows if not row["label"].startswith("xn--")]
    assert len(plain) > 0.97 * day_forms.num_rows
    assert all(row["template"] and row["skeleton"] for row in plain if row["label"].strip("-"))
    in_words = sum(len(word) for row in plain for word in row["words"])
    assert in_words > 0.4 * sum(len(row["label"]) for row in plain)


@pytest.mark.parametrize(("campaign", "form", "least"), [("upx_tds", "shape", 0.9), ("mintsloader", "template", 0.5)])
def test_generated_names_share_a_form(campaigns, day_forms, campaign, form, least):
    value, count = Counter(campaigns[campaign][form].to_pylist()).most_common(1)[0]
    assert count > least * campaigns[campaign].num_rows
    assert day_forms[form].to_pylist().count(value) < 0.002 * day_forms.num_rows


def test_names_of_a_campaign_share_rare_forms_more_often_than_unrelated_ones(campaigns, day_forms):
    """A hundred times as many of the pairs of a campaign's names as of a day's share a rare stem, or a rare shape."""
    for form in ("stem", "shape"):
        of_day = Counter(value for value in day_forms[form].to_pylist() if value)
        common = {value for value, count in of_day.items() if count > 16}
        chance = pairs(count for value, count in of_day.items() if value not in common) / pairs([day_forms.num_rows])
        shares = [
            pairs(Counter(value for value in names[form].to_pylist() if value and value not in common).values())
            / pairs([names.num_rows])
            for names in campaigns.values()
            if names.num_rows >= 20
        ]
        assert sum(shares) / len(shares) > 100 * chance


def pairs(counts):
    return sum(count * (count - 1) for count in counts)


def test_variants_of_a_campaign_among_a_day_are_few(campaigns, day_forms):
    seeds = pa.chunked_array([names["label"].combine_chunks() for names in campaigns.values()])
    labels = day_forms["label"]
    found = near(seeds, labels)
    assert 0 < len(set(found["name"].to_pylist())) < 0.05 * len(labels)
