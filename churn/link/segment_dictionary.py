"""The dictionary by which labels are taken apart: words of several languages and what they cost, as a trie.

What belongs here: which words, and their probability. What doesn't: the search for words in a label (`segmenting`),
and how a column of texts is read as octets (`labels.texts`).
The words are those of the package `wordfreq` (Speer 2022, frequencies up to 2021), spelt without diacritics.
"""

from __future__ import annotations

import hashlib
import unicodedata
import zipfile
from functools import cache
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit
from numpy.typing import NDArray

from churn.labels.texts import Texts, octets_of
from churn.store.files import replacing

LANGUAGES = {"en": 0.65, "de": 0.05, "fr": 0.05, "es": 0.05, "pt": 0.05, "it": 0.05, "nl": 0.05, "id": 0.05}
"""Shares of languages in the mixture. English of names is often rare English, so its long list is taken: of two joined
words 96 % come out right instead of 92 %, and words cover 55 % of a stream's letters instead of 51 %."""
_LONG_LISTS = frozenset({"en"})

LEAST_WORD, LONGEST_WORD = 2, 20
RUN_COST, LETTER_COST = 4.0, 3.0
"""Cost of letters that are no word, in nats: of a run of them, and of each. An even choice of 26 would be 3.26; with
less, invented names stay whole more often, and random ones in 99 of 100."""

FAR = np.float32(1e30)


class Dictionary(NamedTuple):
    """A trie: children of node k are `first[k]`, ... in the order of their letters, which are the bits of `letters[k]`.

    `cost[k]` is that of the word that ends at node k, minus the natural logarithm of its probability; FAR where no word
    ends. Node 0 is the root.
    """

    first: NDArray[np.int32]
    letters: NDArray[np.int32]
    cost: NDArray[np.float32]


@cache
def dictionary() -> Dictionary:
    """The dictionary, made at its first use (a second) and kept: 10 MB."""
    words, costs = word_costs()
    texts = octets_of(words)
    size = len(texts.octets) + 1
    trie = Dictionary(np.zeros(size, np.int32), np.zeros(size, np.int32), np.full(size, FAR, np.float32))
    nodes = _grow(texts, costs, np.zeros(len(words), np.int64), trie)
    return Dictionary(trie.first[:nodes].copy(), trie.letters[:nodes].copy(), trie.cost[:nodes].copy())


def kept_dictionary(folder: Path) -> Dictionary:
    """The dictionary out of a file below `folder`, made where it lacks, is broken or is of other words."""
    made_of = f"{version('wordfreq')} {Path(__file__).read_text(encoding='utf-8')}"
    path = folder / f"{hashlib.sha256(made_of.encode()).hexdigest()[:16]}.npz"
    try:
        with path.open("rb") as file, np.load(file) as arrays:
            return Dictionary(*(arrays[field] for field in Dictionary._fields))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        made = dictionary()
        with replacing(path) as temporary, temporary.open("wb") as kept:
            np.savez(kept, **made._asdict())
        return made


def word_costs() -> tuple[pa.StringArray, NDArray[np.float32]]:
    """Every word, in the letters a to z and in their order, and its cost, which is less than that of mere letters."""
    from wordfreq import get_frequency_list  # noqa: PLC0415 - takes a third of a second to load

    words: list[str] = []
    chances: list[NDArray[np.float64]] = []
    for language, share in LANGUAGES.items():
        by_centibels = get_frequency_list(language, "large" if language in _LONG_LISTS else "small")
        words.extend(chain.from_iterable(by_centibels))
        each = share * 10 ** (-np.arange(len(by_centibels)) / 100)
        chances.append(np.repeat(each, [len(some) for some in by_centibels]))
    spelt = pa.array([word if word.isascii() else _plain(word) for word in words])
    table = pa.table({"word": spelt, "chance": np.concatenate(chances)})
    table = table.filter(pc.match_substring_regex(table["word"], f"^[a-z]{{{LEAST_WORD},{LONGEST_WORD}}}$"))
    # one thread: sums in another order would differ
    table = table.group_by("word", use_threads=False).aggregate([("chance", "sum")])
    cost = pc.negate(pc.ln(table["chance_sum"]))
    limit = pc.add(pc.multiply(pc.binary_length(table["word"]).cast(pa.float64()), LETTER_COST), RUN_COST)
    table = pa.table({"word": table["word"], "cost": cost}).filter(pc.less(cost, limit)).sort_by("word")
    return table["word"].combine_chunks(), table["cost"].to_numpy().astype(np.float32)


def _plain(word: str) -> str:
    spelt = unicodedata.normalize("NFKD", word.replace("ß", "ss"))
    return "".join(character for character in spelt if not unicodedata.combining(character))


@njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
def _grow(words: Texts, costs: NDArray[np.float32], node: NDArray[np.int64], trie: Dictionary) -> int:
    """Fill the trie with sorted words, level by level, so that the children of a node lie side by side; its size.

    `node` is of each word that of its first `depth` letters. Words that begin alike stand together.
    """
    nodes = 1
    for depth in range(LONGEST_WORD):
        parent, letter = -1, 0
        for word in range(len(costs)):
            place = words.starts[word] + depth
            if place >= words.stops[word]:
                continue
            if node[word] != parent or words.octets[place] != letter:
                parent, letter = node[word], int(words.octets[place])
                if trie.letters[parent] == 0:
                    trie.first[parent] = nodes
                trie.letters[parent] |= np.int32(1) << (letter - 97)
                nodes += 1
            node[word] = nodes - 1
            if place + 1 == words.stops[word]:
                trie.cost[nodes - 1] = costs[word]
    return nodes
