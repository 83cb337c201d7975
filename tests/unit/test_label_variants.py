"""Which labels are variants of which, and how: by examples, and against the definition pair by pair."""

import random
import re

import pyarrow as pa
import pytest

from churn.labels.edits import neighbours
from churn.labels.skeletons import skeletons
from churn.labels.variants import variants


def how(given, label, **more):
    """How one label is a variant of another one; None where it is not."""
    return next(iter(variants(pa.array([given]), pa.array([label]), **more)["how"].to_pylist()), None)


@pytest.mark.parametrize(("given", "label", "expected"), [
    ("quiet-harbor", "quiet-harbor", "same"), ("winter10", "winter10", "same"), ("12345678", "12345678", "same"),
    ("xn--mnchen-3ya", "xn--mnchen-3ya", "same"),
    ("quiet-harbor", "qu1et-h4rbor", "mistaken"), ("quiet-harbor", "quietharbor", "mistaken"),
    ("burning", "buming", "mistaken"), ("xn--mnchen-3ya", "munchen", "mistaken"),
    ("quiet-harbor", "quiet-harbro", "edit"), ("winter10", "winters10", "edit"),
    ("winter10", "winter11", "counter"), ("winter", "winter2", "counter"), ("window", "wind0w", "mistaken"),
    ("winter10", "winter0", "counter"), ("pall1ng", "pal1lng", "counter"), ("w1nter5", "w1nters", "mistaken"),
    ("short", "short", None), ("shorts", "short", None), ("12345678", "1234567a", None),
    ("xn--mnchen-3ya", "xn--mnchen-3yb", None), ("quiet-harbor", "quick-harvest", None),
    ("quiet-harbor", "quietharbors", None),
])  # fmt: skip
def test_how_a_label_is_a_variant(given, label, expected):
    assert how(given, label) == expected


def test_an_edit_may_come_on_top_of_look_alikes():
    assert how("quiet-harbor", "qu1etharbors") is None
    assert how("quiet-harbor", "qu1etharbors", edits_of_skeletons=True) == "edit"
    assert how("burning", "buming", edits_of_skeletons=True) == "mistaken"
    assert how("winter10", "winter12", edits_of_skeletons=True) == "counter"


def said(given, label, skeleton, beside):
    """The definition, of one pair."""
    if min(len(given), len(label)) < 6:
        return None
    if given == label:
        return "same"
    is_near = frozenset((given, label)) in beside
    if skeleton[given] != skeleton[label] and not is_near:
        return None
    if re.sub("[0-9]", "", given) == re.sub("[0-9]", "", label):
        return "counter"
    return "mistaken" if skeleton[given] == skeleton[label] else "edit"


def pairs_near(texts):
    """Pairs of texts one edit apart, of six characters and more with a letter in them."""
    named = pa.array([text for text in texts if len(text) >= 6 and re.search("[a-z]", text)])
    return {frozenset((row["name"], row["seed"])) for row in neighbours(named, named).to_pylist()}


@pytest.mark.parametrize("edits_of_skeletons", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_all_pairs_are_what_the_definition_says_of_each(seed, edits_of_skeletons):
    pick = random.Random(seed)
    labels = sorted({"".join(pick.choices("lil1o0rnm-", k=pick.randrange(4, 8))) for _ in range(150)})
    labels += sorted({f"{stem}{number}" for stem in ("shop", "sh0p", "shops") for number in range(8, 14)})
    folded = skeletons(pa.array(labels)).to_pylist()
    skeleton = {label: fold or label for label, fold in zip(labels, folded, strict=True)}
    beside = pairs_near(labels)
    if edits_of_skeletons:
        near = pairs_near(set(skeleton.values()))
        beside = {frozenset((a, b)) for a in labels for b in labels if frozenset((skeleton[a], skeleton[b])) in near}
    given, new = labels[::2], labels[1:]
    expected = [(a, b, said(a, b, skeleton, beside)) for a in sorted(given) for b in sorted(new)]
    found = variants(
        pa.chunked_array([given, [None, ""], given[:9]], pa.string()),
        pa.chunked_array([new[::-1], new, [None]], pa.string()),
        edits_of_skeletons=edits_of_skeletons,
    )
    assert [tuple(row.values()) for row in found.to_pylist()] == [row for row in expected if row[2]]
    assert set(found["how"].to_pylist()) == {"same", "mistaken", "edit", "counter"}


@pytest.mark.parametrize("edits_of_skeletons", [False, True])
def test_of_no_labels_there_are_no_variants(edits_of_skeletons):
    none, some = pa.chunked_array([], pa.string()), pa.array(["quiet-harbor"])
    for given, new in ((none, some), (some, none), (none, none)):
        assert variants(given, new, edits_of_skeletons=edits_of_skeletons).to_pylist() == []
