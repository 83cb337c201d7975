"""The dictionary by which labels are taken apart: words of several languages and what they cost, as a trie.

What belongs here: which words, and their probability. What doesn't: the search for words in a label (`segmenting`).
The words are those of the package `wordfreq` (Speer 2022, frequencies up to 2021), spelt without diacritics.
"""

from __future__ import annotations

import math
import unicodedata
from functools import cache
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

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
    words, costs = zip(*sorted(word_costs().items()), strict=True)
    starts = np.zeros(len(words) + 1, np.int64)
    np.cumsum([len(word) for word in words], out=starts[1:])
    size = int(starts[-1]) + 1
    trie = Dictionary(np.zeros(size, np.int32), np.zeros(size, np.int32), np.full(size, FAR, np.float32))
    octets = np.frombuffer("".join(words).encode(), np.uint8)
    nodes = _grow(octets, starts, np.array(costs, np.float32), np.zeros(len(words), np.int64), trie)
    return Dictionary(*(part[:nodes].copy() for part in trie))


def word_costs() -> dict[str, float]:
    """Every word, in the letters a to z, and its cost; none that costs more than letters that are no word."""
    from wordfreq import get_frequency_list  # noqa: PLC0415 - takes a third of a second to load

    chances: dict[str, float] = {}
    for language, share in LANGUAGES.items():
        list_name = "large" if language in _LONG_LISTS else "small"
        for centibels, words in enumerate(get_frequency_list(language, list_name)):
            chance = share * 10 ** (-centibels / 100)
            for word in words:
                spelt = word if word.isascii() else _plain(word)
                if LEAST_WORD <= len(spelt) <= LONGEST_WORD and spelt.isascii() and spelt.isalpha():
                    chances[spelt] = chances.get(spelt, 0.0) + chance
    costs = {word: -math.log(chance) for word, chance in chances.items()}
    return {word: cost for word, cost in costs.items() if cost < RUN_COST + LETTER_COST * len(word)}


def _plain(word: str) -> str:
    spelt = unicodedata.normalize("NFKD", word.replace("ß", "ss"))
    return "".join(character for character in spelt if not unicodedata.combining(character))


@njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
def _grow(
    octets: NDArray[np.uint8],
    starts: NDArray[np.int64],
    costs: NDArray[np.float32],
    node: NDArray[np.int64],
    trie: Dictionary,
) -> int:
    """Fill the trie with sorted words, level by level, so that the children of a node lie side by side; its size.

    `node` is of each word that of its first `depth` letters. Words that begin alike stand together.
    """
    nodes = 1
    for depth in range(LONGEST_WORD):
        parent, letter = -1, 0
        for word in range(len(costs)):
            place = starts[word] + depth
            if place >= starts[word + 1]:
                continue
            if node[word] != parent or octets[place] != letter:
                parent, letter = node[word], np.int64(octets[place])
                if trie.letters[parent] == 0:
                    trie.first[parent] = nodes
                trie.letters[parent] |= np.int32(1) << (letter - 97)
                nodes += 1
            node[word] = nodes - 1
            if place + 1 == starts[word + 1]:
                trie.cost[nodes - 1] = costs[word]
    return nodes
