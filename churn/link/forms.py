"""Forms of names: what the name of a domain looks like, many names at once; the rows of the lake table `name_form`.

What belongs here: labels in, columns of forms out. What doesn't: which forms link whom (the view `evidence`); reading
and writing tables; what other stages ask of labels too (`labels`: skeletons, edits, texts as octets). Linking reads
forms as evidence of the family `name`.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from churn.labels.skeletons import skeletons
from churn.labels.texts import Octets, Places, Texts, array_of, octets_of, pieces, sealed
from churn.link.segment_dictionary import Dictionary, dictionary
from churn.link.segmenting import DIGITS, LETTERS, LONGEST_LABEL, MIXED, SHORT_WORD, SIGN, WORD, Segments, segments

SCHEMA = pa.schema(
    [
        ("domain", pa.string()),
        ("label", pa.string()),
        ("template", pa.string()),
        ("shape", pa.string()),
        ("stem", pa.string()),
        ("skeleton", pa.string()),
        ("words", pa.list_(pa.string())),
    ]
)
"""The columns of `name_form` but `day`."""

LONGEST_NAME = 253
SHORTEST_STEM = 4
MOST_WORDS = 6
_ROWS = 1 << 16
"""Names at once: 20 MB of work."""

NO_LABEL, PLAIN, ENCODED = range(3)
"""What a name is: nothing that has forms; a label of letters, digits and hyphens; the A-label of an IDN."""

_LABEL_OCTET = np.isin(np.arange(256), list(b"abcdefghijklmnopqrstuvwxyz0123456789-_"))
_MARKS = np.zeros(4, np.uint8)
_MARKS[[WORD, LETTERS, DIGITS, MIXED]] = list(b"wrdx")
_ZERO, _NINE, _A, _HYPHEN, _DOT, _X, _N = b"09a-.xn"

_compiled = njit(cache=True, nogil=True, error_model="numpy", _nrt=False)


def forms(domains: pa.Array | pa.ChunkedArray, words: Dictionary | None = None) -> pa.Table:
    """Forms of registrable names (lower-case A-labels), row by row: the columns of SCHEMA. Raises nothing on any text.

    All are of the registrable label, the first of the name:
    - template: each word a w; other letters, digits, and mixtures of both as r, d, x with their length; hyphens as they
      are; then the public suffix: `silver-pandaqk42.example` is `w-wr2d2.example`;
    - shape: each letter an a, each digit a 9, where there is any other than a letter;
    - stem: without digits and hyphens at the end, where four characters and more are left;
    - skeleton: see `labels.skeletons`;
    - words: at most six of four letters and more, in their order; an empty list where there are none.

    The A-label of an internationalised name is an encoding: it has a skeleton only. What is no label of at most 63
    letters, digits, hyphens and underscores in a name of at most 253 octets has no forms at all.

    The result takes some 100 octets a name: for tens of millions call it piece by piece, as each row is by itself.
    `words` saves the second that the dictionary takes to make.
    """
    words = words or dictionary()
    chunks = domains.chunks if isinstance(domains, pa.ChunkedArray) else [domains]
    batches = [
        _batch(chunk.slice(start, _ROWS).cast(pa.string()), words)
        for chunk in chunks
        for start in range(0, len(chunk), _ROWS)
    ]
    return pa.Table.from_batches(batches, SCHEMA)


def _batch(domains: pa.StringArray, words: Dictionary) -> pa.RecordBatch:
    names = octets_of(domains)
    kinds, dots = np.zeros(len(domains), np.uint8), np.zeros(len(domains), np.int32)
    _read(names, kinds, dots)
    is_label, is_plain = kinds != NO_LABEL, kinds == PLAIN
    label = pieces(names._replace(stops=sealed(np.where(is_label, dots, names.starts))), is_label)
    plain = names._replace(stops=sealed(np.where(is_plain, dots, names.starts)))
    found = segments(plain, words)
    stems = np.empty(len(domains), np.int32)
    _stems(plain, stems)
    columns = [
        domains,
        label,
        _templates(plain, names.stops, found, is_plain),
        _shapes(plain),
        pieces(plain._replace(stops=stems), stems > plain.starts),
        skeletons(label),
        _words(plain, found, is_plain),
    ]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def _templates(labels: Texts, ends: Places, found: Segments, is_given: NDArray[np.bool_]) -> pa.StringArray:
    # a segment of n octets takes at most n + 1: a letter and its length
    size = int((np.where(is_given, ends, labels.stops) - labels.starts).sum()) + len(found.kinds)
    octets, offsets = np.empty(size, np.uint8), np.zeros(len(ends) + 1, np.int32)
    _write_templates(labels, np.where(is_given, ends, labels.stops), found, offsets, octets)
    return array_of(octets, offsets, is_given)


def _shapes(labels: Texts) -> pa.StringArray:
    octets = np.empty(int((labels.stops - labels.starts).sum()), np.uint8)
    offsets = np.zeros(len(labels.starts) + 1, np.int32)
    _write_shapes(labels, offsets, octets)
    return array_of(octets, offsets, np.diff(offsets) > 0)


def _words(labels: Texts, found: Segments, is_given: NDArray[np.bool_]) -> pa.ListArray:
    places = np.empty((2, len(found.kinds)), np.int32)
    offsets = np.zeros(len(labels.starts) + 1, np.int32)
    _find_words(labels, found, offsets, places)
    starts, stops = places[:, : offsets[-1]]
    words = pieces(Texts(labels.octets, starts, stops))
    return pa.ListArray.from_arrays(pa.array(offsets), words, mask=pa.array(~is_given))


@_compiled
def _read(names: Texts, kinds: NDArray[np.uint8], dots: Places) -> None:
    """What each name is, and where its first label stops."""
    octets, starts, stops = names
    for row in range(len(starts)):
        start, stop = starts[row], stops[row]
        dot = start
        while dot < min(stop, start + LONGEST_LABEL + 1) and _LABEL_OCTET[octets[dot]]:
            dot += 1
        dots[row] = dot
        is_label = start < dot <= start + LONGEST_LABEL and stop <= start + LONGEST_NAME
        if is_label and (dot == stop or octets[dot] == _DOT):
            is_encoded = dot - start >= 4 and octets[start] == _X and octets[start + 1] == _N
            is_encoded = is_encoded and octets[start + 2] == _HYPHEN and octets[start + 3] == _HYPHEN
            kinds[row] = ENCODED if is_encoded else PLAIN


@_compiled
def _write_templates(labels: Texts, ends: Places, found: Segments, offsets: Places, out: Octets) -> None:
    at = 0
    for row in range(len(ends)):
        place = labels.starts[row]
        for segment in range(found.rows[row], found.rows[row + 1]):
            kind, length = found.kinds[segment], found.lengths[segment]
            out[at] = labels.octets[place] if kind == SIGN else _MARKS[kind]
            at += 1
            if kind not in (SIGN, WORD):
                if length > 9:
                    out[at] = _ZERO + length // 10
                    at += 1
                out[at] = _ZERO + length % 10
                at += 1
            place += length
        for rest in range(place, ends[row]):
            out[at] = labels.octets[rest]
            at += 1
        offsets[row + 1] = at


@_compiled
def _write_shapes(labels: Texts, offsets: Places, out: Octets) -> None:
    at = 0
    for row in range(len(labels.starts)):
        first, is_one_run = at, True
        for place in range(labels.starts[row], labels.stops[row]):
            octet = labels.octets[place]
            is_letter, is_digit = octet >= _A, _ZERO <= octet <= _NINE
            is_one_run = is_one_run and is_letter
            out[at] = _A if is_letter else _NINE if is_digit else octet
            at += 1
        at = first if is_one_run else at
        offsets[row + 1] = at


@_compiled
def _stems(labels: Texts, stops: Places) -> None:
    for row in range(len(labels.starts)):
        start, stop = labels.starts[row], labels.stops[row]
        while stop > start and labels.octets[stop - 1] <= _NINE:  # hyphens come before digits
            stop -= 1
        stops[row] = stop if stop - start >= SHORTEST_STEM else start


@_compiled
def _find_words(labels: Texts, found: Segments, offsets: Places, places: NDArray[np.int32]) -> None:
    at = 0
    for row in range(len(labels.starts)):
        place, first = labels.starts[row], at
        for segment in range(found.rows[row], found.rows[row + 1]):
            length = found.lengths[segment]
            if found.kinds[segment] == WORD and length > SHORT_WORD and at < first + MOST_WORDS:
                places[0, at], places[1, at] = place, place + length
                at += 1
            place += length
        offsets[row + 1] = at
