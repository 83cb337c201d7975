"""Names for the generated lakes: words, persons, counters, random letters, as new names are spelt.

What belongs here: spelling, vectorised, a numpy generator in and Arrow text out. What doesn't: whose names they are.
No list of words is kept here: they are the more frequent English words of wordfreq.
"""

from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from wordfreq import top_n_list

Labels = Any
"""An Arrow array of text."""

TLDS = tuple(
    """comlab netlab orglab xyzlab toplab shoplab onlinelab sitelab storelab infolab clublab livelab iculab viplab
    applab devlab bizlab funlab spacelab websitelab""".split()
)
"""No top-level domain of the Internet ends so: the names of these lakes exist nowhere."""

MIXED = {
    "two_words": 0.34,
    "three_words": 0.16,
    "word_and_number": 0.16,
    "persons": 0.16,
    "letters": 0.12,
    "digits": 0.06,
}
"""Styles of unrelated people's names, by share."""

_ALPHABET = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz", dtype=np.uint8)
_SYLLABLES = tuple(
    "ba be bi bo bra bri ca cho cla co cre da de di dra el en fa fi flo ga gle go gra ha hi ho in ja jo ka ke ki la "
    "le li lo lu ma me mi mo na ne ni no nu o pa pe pi pla po pra ra re ri ro ru sa se shi so sta su ta te ti".split()
)


@cache
def words() -> pa.Array:
    """The words, most frequent first."""
    frequent = top_n_list("en", 40_000)
    return pa.array([word for word in frequent if word.isascii() and word.isalpha() and 3 <= len(word) <= 10])


def join(*parts: Any) -> Labels:
    """Parts (arrays or plain text) joined element by element."""
    return pc.binary_join_element_wise(*parts, "")


def picked(rng: np.random.Generator, n: int) -> Labels:
    """Words, the frequent ones more often."""
    place = (len(words()) * rng.random(n) ** 1.5).astype(np.int64)
    return words().take(pa.array(place))


def number(values: np.ndarray) -> Labels:
    """Numbers as text."""
    return pc.cast(pa.array(values), pa.string())


def two_words(rng: np.random.Generator, n: int) -> Labels:
    """Two words, one in eight with a hyphen."""
    return join(picked(rng, n), pc.if_else(pa.array(rng.random(n) < 0.125), "-", ""), picked(rng, n))


def three_words(rng: np.random.Generator, n: int) -> Labels:
    """Three words."""
    return join(picked(rng, n), picked(rng, n), picked(rng, n))


def word_and_number(rng: np.random.Generator, n: int) -> Labels:
    """Two words and a number of up to four digits."""
    return join(picked(rng, n), picked(rng, n), number((10 ** (rng.random(n) * 4)).astype(np.int64)))


def persons(rng: np.random.Generator, n: int) -> Labels:
    """What sounds like a first name and a surname."""
    syllables = [pa.array(_SYLLABLES).take(pa.array(rng.integers(0, len(_SYLLABLES), n))) for _ in range(5)]
    return join(*syllables[:2], pc.if_else(pa.array(rng.random(n) < 0.2), "-", ""), *syllables[2:])


def letters(rng: np.random.Generator, n: int, least: int | np.ndarray = 7, most: int = 13) -> Labels:
    """Letters that mean nothing; `least` may differ from name to name, which then has just that length."""
    raw = _ALPHABET[rng.integers(0, 26, (n, most))]
    length = rng.integers(least, most + 1, n) if isinstance(least, int) else least
    raw[np.arange(most) >= length[:, None]] = 0  # numpy cuts final zeros off
    return pa.array(raw.view(f"S{most}").ravel().astype(str), pa.string())


def digits(rng: np.random.Generator, n: int) -> Labels:
    """Only digits."""
    return number(rng.integers(100_000, 10**10, n))


STYLES = {
    "two_words": two_words,
    "three_words": three_words,
    "word_and_number": word_and_number,
    "persons": persons,
    "letters": letters,
    "digits": digits,
}


def mixed(rng: np.random.Generator, n: int) -> Labels:
    """Names of unrelated people."""
    style = rng.choice(len(MIXED), n, p=list(MIXED.values()))
    made = [STYLES[name](rng, int(count)) for name, count in zip(MIXED, np.bincount(style, minlength=6), strict=True)]
    back = np.empty(n, dtype=np.int64)
    back[np.argsort(style, kind="stable")] = np.arange(n)
    return pa.concat_arrays([pa.array(part, pa.string()) for part in made]).take(pa.array(back))


def habitual(rng: np.random.Generator, group: np.ndarray, habit: np.ndarray) -> Labels:
    """Names by the habit of each name's group.

    1: own words and a counter; 2: one stem, a word and a number; 3: letters of one length; 4: one label, for every
    top-level domain; 0: like anybody's.
    """
    n = len(group)
    own = [_own_word(group, rng.integers(0, 12, n)), _own_word(group, rng.integers(12, 24, n)), _own_word(group, 24)]
    counted = join(own[0], own[1], number(rng.integers(1, 100, n)))
    running = join(own[2], own[0], number(rng.integers(1, 10_000, n)))
    meaningless = letters(rng, n, 8 + group % 5)
    label = join(own[2], _own_word(group, 25))
    return pc.choose(pa.array(habit.astype(np.int64)), mixed(rng, n), counted, running, meaningless, label)


def _own_word(group: np.ndarray, place: np.ndarray | int) -> Labels:
    """A word of the small vocabulary of a group: Knuth's multiplicative hash picks it."""
    number_of = ((group.astype(np.int64) * 64 + place) * 2_654_435_761 >> 7) % len(words())
    return words().take(pa.array(number_of))
