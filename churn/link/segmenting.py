"""Labels taken apart: dictionary words, letters that are none, digits, mixtures and hyphens, many labels at once.

What belongs here: the compiled search for the likeliest words. What doesn't: the words (`segment_dictionary`), what
becomes of the segments (`forms`), and how a column of texts is read as octets, for which a compiled loop asks
(`labels.texts`).

A run of letters is divided as costs least (Viterbi 1967), cost being minus the logarithm of probability; letters that
are no word have a cost too. Letters and digits that alternate without a word of four letters are one segment.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from churn.labels.texts import Texts
from churn.link.segment_dictionary import FAR, LETTER_COST, LONGEST_WORD, RUN_COST, Dictionary

WORD, LETTERS, DIGITS, MIXED, SIGN = range(5)
"""Kinds of segments. LETTERS: no word; MIXED: letters and digits that alternate; SIGN: one hyphen or underscore."""

LONGEST_LABEL = 63
SHORT_WORD = 3
"""Words of so few letters are no words beside letters that are none: there they are chance."""

# Nothing here allocates, so numba's reference counts may go. All of the loop is in this one file because numba's cache
# does not notice a change in another.
_compiled = njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
_HYPHEN, _UNDERSCORE, _A = b"-_a"
_RUN_COST, _LETTER_COST = np.float32(RUN_COST), np.float32(LETTER_COST)


class Segments(NamedTuple):
    """Segments in the order of labels, which they cover: those of label r are rows[r] up to rows[r + 1]."""

    rows: NDArray[np.int32]
    kinds: NDArray[np.uint8]
    lengths: NDArray[np.uint8]


class Search(NamedTuple):
    """Of the run of letters at hand, by what its first letters end in (WORD or LETTERS) and how many these are.

    What they cost, divided at best; where the last segment starts; the kind of the segment before that.
    """

    cost: NDArray[np.float32]
    start: NDArray[np.int64]
    before: NDArray[np.int64]


class Task(NamedTuple):
    """All that the loop works with. `total[0]`: segments that were found."""

    texts: Texts
    trie: Dictionary
    search: Search
    found: Segments
    total: NDArray[np.int64]


def segments(labels: Texts, words: Dictionary) -> Segments:
    """The segments of labels by a dictionary, each label of at most 63 of the octets a-z, 0-9, `-` and `_`."""
    size = int((labels.stops - labels.starts).sum())
    found = Segments(np.zeros(len(labels.starts) + 1, np.int32), np.zeros(size, np.uint8), np.zeros(size, np.uint8))
    shape = (2, LONGEST_LABEL + 1)
    search = Search(np.zeros(shape, np.float32), np.zeros(shape, np.int64), np.zeros(shape, np.int64))
    _divide(Task(labels, words, search, found, np.zeros(1, np.int64)))
    return Segments(found.rows, found.kinds[: found.rows[-1]], found.lengths[: found.rows[-1]])


@_compiled
def _divide(task: Task) -> None:
    octets, starts, stops = task.texts
    for row in range(len(starts)):
        at, stop = np.int64(starts[row]), np.int64(stops[row])  # as they are below: all is compiled once
        while at < stop:
            end = at
            while end < stop and octets[end] != _HYPHEN and octets[end] != _UNDERSCORE:
                end += 1
            if end == at:
                _put(task, SIGN, 1)
                at += 1
            else:
                _divide_part(task, at, end)
                at = end
        task.found.rows[row + 1] = task.total[0]


@_compiled
def _divide_part(task: Task, start: int, end: int) -> None:
    """Letters and digits between signs: a single segment where they alternate without a word."""
    octets, at, runs, first = task.texts.octets, start, 0, task.total[0]
    while at < end:
        stop, is_letter = at, octets[at] >= _A
        while stop < end and (octets[stop] >= _A) == is_letter:
            stop += 1
        if is_letter:
            _divide_letters(task, at, stop)
        else:
            _put(task, DIGITS, stop - at)
        at = stop
        runs += 1
    if runs < 3:
        return
    for segment in range(first, task.total[0]):
        if task.found.kinds[segment] == WORD and task.found.lengths[segment] > SHORT_WORD:
            return
    task.total[0] = first
    _put(task, MIXED, end - start)


@_compiled
def _put(task: Task, kind: int, length: int) -> None:
    at = task.total[0]
    task.found.kinds[at], task.found.lengths[at] = kind, length
    task.total[0] = at + 1


@_compiled
def _divide_letters(task: Task, at: int, end: int) -> None:
    cost, start, _ = task.search
    size = end - at
    cost[WORD, 0], cost[LETTERS, 0] = 0.0, FAR
    for place in range(1, size + 1):
        cost[WORD, place] = FAR
    for place in range(size):
        _words_from(task, at, place, size)
        opened = cost[WORD, place] + _RUN_COST
        if cost[LETTERS, place] <= opened:
            cost[LETTERS, place + 1] = cost[LETTERS, place] + _LETTER_COST
            start[LETTERS, place + 1] = start[LETTERS, place]
        else:
            cost[LETTERS, place + 1] = opened + _LETTER_COST
            start[LETTERS, place + 1] = place
    _trace(task, size)


@_compiled
def _words_from(task: Task, at: int, place: int, size: int) -> None:
    """Every word that starts at `place`: whether the letters up to its end become cheaper by it."""
    octets, trie, search = task.texts.octets, task.trie, task.search
    kind = WORD if search.cost[WORD, place] <= search.cost[LETTERS, place] else LETTERS
    base, node = search.cost[kind, place], 0
    for stop in range(place, min(size, place + LONGEST_WORD)):
        letter = np.int64(octets[at + stop]) - _A
        letters = np.int64(trie.letters[node])
        if (letters >> letter) & 1 == 0:
            return
        node = trie.first[node] + _ones(letters & ((1 << letter) - 1))
        cost = base + trie.cost[node]
        if cost < search.cost[WORD, stop + 1]:
            search.cost[WORD, stop + 1] = cost
            search.start[WORD, stop + 1] = place
            search.before[WORD, stop + 1] = kind


@_compiled
def _ones(bits: int) -> int:
    """How many of 32 bits are ones (Warren, Hacker's Delight, 5-1)."""
    bits -= (bits >> 1) & 0x55555555
    bits = (bits & 0x33333333) + ((bits >> 2) & 0x33333333)
    bits = (bits + (bits >> 4)) & 0x0F0F0F0F
    return ((bits * 0x01010101) >> 24) & 0xFF


@_compiled
def _trace(task: Task, size: int) -> None:
    """Write the segments of the cheapest division from the last to the first, and turn them round.

    Short words beside letters that are no word are joined with them: to the right when going there, to the left back.
    """
    search, found = task.search, task.found
    kind = WORD if search.cost[WORD, size] <= search.cost[LETTERS, size] else LETTERS
    first, place = task.total[0], size
    while place > 0:
        start = search.start[kind, place]
        _join(task, first, kind, place - start)
        kind, place = (search.before[WORD, place] if kind == WORD else WORD), start
    last = task.total[0]
    for offset in range((last - first) // 2):
        one, other = first + offset, last - 1 - offset
        found.kinds[one], found.kinds[other] = found.kinds[other], found.kinds[one]
        found.lengths[one], found.lengths[other] = found.lengths[other], found.lengths[one]
    task.total[0] = first
    for segment in range(first, last):
        _join(task, first, found.kinds[segment], found.lengths[segment])


@_compiled
def _join(task: Task, first: int, kind: int, length: int) -> None:
    """Put a segment behind those from `first` on, one with what is before it where one of them takes the other in."""
    found, at = task.found, task.total[0]
    if kind == LETTERS:
        while at > first and (found.kinds[at - 1] == LETTERS or found.lengths[at - 1] <= SHORT_WORD):
            at -= 1
            length += found.lengths[at]
    elif length <= SHORT_WORD and at > first and found.kinds[at - 1] == LETTERS:
        at -= 1
        kind, length = LETTERS, length + found.lengths[at]
    task.total[0] = at
    _put(task, kind, length)
