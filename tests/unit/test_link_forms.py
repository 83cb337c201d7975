"""Forms of names: hand-made examples, properties on any text, and independent oracles for words and edits."""

from __future__ import annotations

import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn.lab import words as lab_words
from churn.labels.edits import SHORTEST, near, neighbours
from churn.labels.skeletons import skeletons
from churn.labels.texts import octets_of
from churn.link.forms import LONGEST_NAME, MOST_WORDS, SCHEMA, forms
from churn.link.segment_dictionary import LETTER_COST, LONGEST_WORD, RUN_COST, dictionary, kept_dictionary, word_costs
from churn.link.segmenting import LETTERS, LONGEST_LABEL, WORD, segments
from churn.store.schema import TABLES

LABEL_OCTETS = "abcdefghijklmnopqrstuvwxyz0123456789-_"


def form_of(domain: str) -> dict:
    return forms(pa.array([domain])).to_pylist()[0]


def test_columns_are_those_of_the_lake_without_the_day():
    assert (*SCHEMA.names, "day") == TABLES["name_form"].column_names


@pytest.mark.parametrize(
    ("domain", "template", "shape", "stem", "words"),
    [
        ("silver-panda42.example", "w-wd2.example", "aaaaaa-aaaaa99", "silver-panda", ["silver", "panda"]),
        ("cloudsecurelogin.co.uk", "www.co.uk", None, "cloudsecurelogin", ["cloud", "secure", "login"]),
        ("qkxvjzwpt.top", "r9.top", None, "qkxvjzwpt", []),
        ("up0sxm9x.top", "x8.top", "aa9aaa9a", "up0sxm9x", []),
        ("5555557.xyz", "d7.xyz", "9999999", None, []),
        ("garden7qkxv3.top", "wd1r4d1.top", "aaaaaa9aaaa9", "garden7qkxv", ["garden"]),
        ("abc-1.top", None, "aaa-9", None, []),
        ("a_b.example", "r1_r1.example", "a_a", None, []),
    ],
)
def test_a_name_by_hand(domain, template, shape, stem, words):
    found = form_of(domain)
    assert found["label"] == domain.partition(".")[0]
    assert template is None or found["template"] == template
    assert (found["shape"], found["stem"], found["words"]) == (shape, stem, words)


def test_names_of_one_generator_share_a_template_whatever_chance_put_in():
    """Random letters of one length stay one run though words occur in them by chance."""
    chance = random.Random(1)
    names = ["".join(chance.choices(LABEL_OCTETS[:26], k=12)) + ".top" for _ in range(2000)]
    alike = forms(pa.array(names))["template"].to_pylist().count("r12.top")
    assert alike > 0.97 * len(names)


def test_joined_words_are_found_again():
    rng = np.random.default_rng(1)
    one, two = (lab_words.pick(rng, lab_words.WORDS, 5000) for _ in range(2))
    templates = forms(lab_words.join(one, two, ".example"))["template"].to_pylist()
    assert templates.count("ww.example") > 0.93 * len(templates)


def test_an_encoded_name_has_nothing_but_a_skeleton():
    found = form_of("xn--80ak6aa92e.com")  # in Cyrillic letters that look like these
    assert found.pop("skeleton") == "apple"
    assert (found.pop("domain"), found.pop("label")) == ("xn--80ak6aa92e.com", "xn--80ak6aa92e")
    assert set(found.values()) == {None}


@pytest.mark.parametrize("variant", ["paypa1-login", "paypal-log1n", "pay-pa1l0gin", "p4yp4l-l0g1n", "paypallogin"])
def test_look_alikes_share_a_skeleton(variant):
    assert form_of(f"{variant}.example")["skeleton"] == form_of("paypal-login.example")["skeleton"]


@pytest.mark.parametrize(
    ("label", "skeleton"),
    [
        ("rnicrosoft", "mlcrosoft"),
        ("vvvalue", "wvalue"),
        ("r-n5-0", "mso"),
        ("s3cure", "secure"),
        ("line33", "llne33"),
        ("---", None),
        ("xn--bcher-kva", "bucher"),
        ("xn--caf-dma", "cafe"),
        ("xn--", None),
        ("xn--999999999999", None),
    ],
)
def test_a_skeleton_by_hand(label, skeleton):
    assert skeletons(pa.array([label])).to_pylist() == [skeleton]


@pytest.mark.parametrize(
    "domain", ["", ".", ".com", "Hello.example", "a b.example", "\x00.x", "é.com", "a" * 64 + ".x"]
)
def test_what_is_no_label_has_no_forms(domain):
    found = form_of(domain)
    assert found.pop("domain") == domain
    assert set(found.values()) == {None}


HOSTILE = st.one_of(
    st.none(),
    st.text(),
    st.text(LABEL_OCTETS + ".", max_size=80),
    st.text(LABEL_OCTETS, max_size=64).map(lambda label: f"xn--{label}.example"),
    st.text("rnv-015il3478m", max_size=70).map(lambda label: f"{label}.example"),
    st.sampled_from(["silver-panda42.example", "a" * 63 + "." + "b" * 63 + ".c", "x." + "y" * 300]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(HOSTILE, max_size=12), st.randoms(use_true_random=False))
def test_any_text_has_bounded_forms_row_by_row(domains, chance):
    found = forms(pa.array(domains, pa.string()))
    found.validate(full=True)
    rows = found.to_pylist()
    assert [row["domain"] for row in rows] == domains
    for row in rows:
        check_bounds(row)
    order = chance.sample(range(len(domains)), len(domains))
    assert forms(pa.array([domains[at] for at in order], pa.string())).to_pylist() == [rows[at] for at in order]
    cut = chance.randint(0, len(domains))
    array = pa.array(domains, pa.string())
    assert forms(pa.chunked_array([array[:cut], array[cut:]], pa.string())).to_pylist() == rows
    assert forms(array[cut:].cast(pa.large_string())).to_pylist() == rows[cut:]


def check_bounds(row):
    if row["label"] is None:
        assert {value for key, value in row.items() if key != "domain"} == {None}
        return
    assert 1 <= len(row["label"]) <= LONGEST_LABEL
    assert len(row["domain"]) <= LONGEST_NAME
    assert len(row["skeleton"] or "") <= LONGEST_LABEL
    if row["template"] is None:
        assert row["label"].startswith("xn--")
        return
    assert len(row["template"]) <= 2 * len(row["domain"])
    assert row["shape"] is None or len(row["shape"]) == len(row["label"])
    assert row["stem"] is None or (len(row["stem"]) >= 4 and row["label"].startswith(row["stem"]))
    assert len(row["words"]) <= MOST_WORDS
    at = 0
    for word in row["words"]:
        assert 4 <= len(word) <= LONGEST_WORD
        at = row["label"].index(word, at) + len(word)


def test_more_names_than_go_through_at_once_are_the_same_names():
    few = [f"{word}{number}.example" for word in lab_words.WORDS[:70] for number in range(10)]
    many = pa.chunked_array([pa.array(few * 100), pa.array([], pa.string()), pa.array(few[:3])])
    found = forms(many)
    assert found.num_rows == 70_003
    assert found.slice(69_300, 700).to_pylist() == forms(pa.array(few)).to_pylist()


def test_labels_are_divided_as_a_plain_search_divides_them():
    words, costs = word_costs()
    cost_of = dict(zip(words.to_pylist(), costs.tolist(), strict=True))
    chance = random.Random(2)
    parts = [*lab_words.WORDS, *lab_words.SYLLABLES, "the", "of", "zzv", "qx"]
    labels = ["".join(chance.choices(parts, k=chance.randint(1, 5)))[:LONGEST_LABEL] for _ in range(1500)]
    found = segments(octets_of(pa.array(labels)), dictionary())
    for row, label in enumerate(labels):
        here = slice(found.rows[row], found.rows[row + 1])
        mine = list(zip(found.kinds[here].tolist(), found.lengths[here].tolist(), strict=True))
        assert mine == joined(cheapest(label, cost_of)), label


def cheapest(letters, cost_of):
    """(kind, length) of the cheapest division into words and runs of other letters, tried from the left."""
    best = [(0.0, [])]
    for stop in range(1, len(letters) + 1):
        ways = []
        for start in range(stop):
            cost, before = best[start]
            if letters[start:stop] in cost_of:
                ways.append((cost + cost_of[letters[start:stop]], [*before, (WORD, stop - start)]))
            if not before or before[-1][0] == WORD:
                ways.append((cost + RUN_COST + LETTER_COST * (stop - start), [*before, (LETTERS, stop - start)]))
        best.append(min(ways))
    return best[-1][1]


def joined(division):
    """Words of up to three letters beside other letters become such, until there are none."""
    for at in range(len(division) - 1):
        pair = division[at : at + 2]
        if any(kind == LETTERS for kind, _ in pair) and all(kind == LETTERS or length <= 3 for kind, length in pair):
            return joined([*division[:at], (LETTERS, pair[0][1] + pair[1][1]), *division[at + 2 :]])
    return division


def test_the_dictionary_is_kept_and_made_again_where_its_file_is_broken(tmp_path):
    made = kept_dictionary(tmp_path / "state")
    (file,) = (tmp_path / "state").iterdir()
    again = kept_dictionary(tmp_path / "state")
    assert all(np.array_equal(one, other) for one, other in zip(made, again, strict=True))
    assert all(np.array_equal(one, other) for one, other in zip(made, dictionary(), strict=True))
    names = pa.array(["silver-pandaqk42.example", "bestshoes.example"])
    assert forms(names, again).equals(forms(names))
    whole = file.read_bytes()
    file.write_bytes(whole[:1000])
    assert np.array_equal(kept_dictionary(tmp_path / "state").cost, made.cost)
    assert len(file.read_bytes()) == len(whole)


def test_every_word_is_in_the_dictionary_at_its_cost():
    words, costs = word_costs()
    trie = dictionary()
    for row in range(0, len(words), 997):
        node = 0
        for letter in words[row].as_py():
            bits = int(trie.letters[node])
            place = ord(letter) - ord("a")
            assert bits >> place & 1
            node = int(trie.first[node]) + (bits & ((1 << place) - 1)).bit_count()
        assert trie.cost[node] == costs[row]


def distance(one, two):
    """Optimal string alignment distance, by the textbook's table (Damerau 1964, without moves of pieces)."""
    table = [[max(i, j) if not (i and j) else 0 for j in range(len(two) + 1)] for i in range(len(one) + 1)]
    for i in range(1, len(one) + 1):
        for j in range(1, len(two) + 1):
            changed = table[i - 1][j - 1] + (one[i - 1] != two[j - 1])
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, changed)
            if i > 1 and j > 1 and one[i - 1] == two[j - 2] and one[i - 2] == two[j - 1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


FEW_LETTERS = st.lists(st.text("ab1-", min_size=4, max_size=9), max_size=12)


@settings(max_examples=150, deadline=None)
@given(FEW_LETTERS, FEW_LETTERS)
def test_variants_are_those_at_distance_one(seeds, names):
    def fits(label):
        return len(label) >= SHORTEST and not set(label) <= set("1-")

    expected = [
        {"name": name, "seed": seed}
        for name in sorted(set(filter(fits, names)))
        for seed in sorted(set(filter(fits, seeds)))
        if distance(name, seed) == 1
    ]
    assert near(pa.array(seeds, pa.string()), pa.array(names, pa.string())).to_pylist() == expected


def test_variants_of_all_kinds_among_many_labels():
    rng, chance = np.random.default_rng(3), random.Random(3)
    seeds = sorted({label for label in lab_words.two_words(rng, 400).to_pylist() if len(label) >= 8})
    edits = [
        lambda label, at: label[:at] + label[at + 1 :],
        lambda label, at: label[:at] + "q" + label[at:],
        lambda label, at: label[:at] + "9" + label[at + 1 :],
        lambda label, at: label[:at] + label[at + 1] + label[at] + label[at + 2 :],
    ]
    variants = {(edit(seed, chance.randint(1, 5)), seed) for seed in seeds for edit in edits}
    variants = {(name, seed) for name, seed in variants if name != seed}
    others = lab_words.three_words(rng, 5000).to_pylist()
    found = near(pa.array(seeds), pa.chunked_array([others, [name for name, _ in variants], [None, "", "é" * 9]]))
    pairs = set(zip(found["name"].to_pylist(), found["seed"].to_pylist(), strict=True))
    assert variants <= pairs
    assert all(distance(name, seed) == 1 for name, seed in pairs)


def test_more_pairs_than_there_is_room_for_at_once():
    """1,444 labels that differ in their last characters only: each is beside the others of its row and its column."""
    labels = [f"panda{one}{two}" for one in LABEL_OCTETS for two in LABEL_OCTETS]
    found = near(pa.array(labels), pa.array(labels))
    swapped = 2 * (38 * 37 // 2)  # xy and yx
    assert found.num_rows == len(labels) * 2 * 37 + swapped
    assert found.to_pylist() == sorted(found.to_pylist(), key=lambda row: (row["name"], row["seed"]))


def test_short_labels_numbers_and_encodings_have_no_variants():
    labels = ["panda", "pandb", "1234567", "1234568", "xn--pandaa", "xn--pandab", "x" * 64, "Panda77", "panda77"]
    assert near(pa.array(labels), pa.array(labels)).num_rows == 0


@settings(max_examples=150, deadline=None)
@given(FEW_LETTERS, FEW_LETTERS)
def test_neighbours_are_all_at_distance_one(seeds, names):
    expected = [
        {"name": name, "seed": seed}
        for name in sorted(set(filter(None, names)))
        for seed in sorted(set(filter(None, seeds)))
        if distance(name, seed) == 1
    ]
    assert neighbours(pa.array(seeds, pa.string()), pa.array(names, pa.string())).to_pylist() == expected
