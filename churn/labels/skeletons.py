"""Skeletons of labels: characters that are mistaken for each other folded into one, many labels at once.

What belongs here: which characters are alike, and the folding. What doesn't: edits (`edits`).
"""

from __future__ import annotations

import unicodedata

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from churn.labels.texts import Octets, Places, Texts, array_of, octets_of

LONGEST_SKELETON = 63

_LOOK_ALIKES = {
    "a": "ɑαа", "b": "ɓƃƀҍѣв", "c": "сȼҫᴄ", "d": "ԁɗɖƌđ", "e": "еҽɇҿ",  # noqa: RUF001 - what this is about
    "f": "քƒẝꞙ", "g": "ƍɡցɠǥᶃ", "h": "һհɦħћн", "i": "ıɩɪιіӏɨᵻ",
    "j": "јϳɉ", "k": "ƙкκĸ", "l": "łɭƚɫǀ", "m": "мɱ", "n": "ոռɳƞη",
    "o": "οσоօ๐໐ჿᴏøɵꝋөѳθ", "p": "ρрƥᵽ", "q": "ԛգզʠ", "r": "гᴦɽɼɍғ",
    "s": "ƽѕꜱʂ", "t": "тƭŧᴛ", "u": "ʋυսᴜᵾ", "v": "νѵᴠ", "w": "ɯѡԝաᴡѽ",  # noqa: RUF001 - what this is about
    "x": "х", "y": "ɣʏγуүყƴɏұ", "z": "ᴢʐƶȥ", "ae": "æӕ", "oe": "œ",  # noqa: RUF001 - what this is about
    "6": "б", "8": "ȣ",  # noqa: RUF001 - what this is about
}  # fmt: skip
"""Letters of the Latin, Greek, Cyrillic and Armenian scripts (and some round ones) that look like Latin ones: of the
confusables of UTS 39 (as in confusable-homoglyphs 3.3.1, January 2024), those that a domain name may hold (IDNA 2008)
and that are not decomposed into a letter and its marks. Small capitals, and the Cyrillic and Greek letters that UTS 39
has as such, stand for their letter."""
_ALIKE = str.maketrans({alike: letter for letter, all_alike in _LOOK_ALIKES.items() for alike in all_alike})

_FOLDED = np.arange(256, dtype=np.uint8)
_FOLDED[np.frombuffer(b"01i5", np.uint8)] = np.frombuffer(b"olls", np.uint8)
_BETWEEN_LETTERS = np.arange(256, dtype=np.uint8)
_BETWEEN_LETTERS[np.frombuffer(b"3478", np.uint8)] = np.frombuffer(b"eatb", np.uint8)
_HYPHEN, _UNDERSCORE, _R, _N, _M, _V, _W, _NINE = b"-_rnmvw9"


def skeletons(labels: pa.StringArray) -> pa.StringArray:
    """Labels (lower-case A-labels) without hyphens and with look-alikes folded into one.

    0 becomes o, 1 and i become l, 5 s, rn m, vv w; and 3, 4, 7 and 8 become e, a, t and b where one stands between two
    letters. The A-label of an internationalised name is decoded before (RFC 3492); its letters of other scripts that
    look like Latin ones become those, the others stay. Null where a label is null or can't be decoded; at most 63
    characters.
    """
    is_encoded = pc.fill_null(pc.starts_with(labels, "xn--"), False)
    if pc.any(is_encoded).as_py():
        decoded = [_decoded(label) for label in labels.filter(is_encoded).to_pylist()]
        labels = pc.replace_with_mask(labels, is_encoded, pa.array(decoded, pa.string()))
    texts = octets_of(labels)
    offsets = np.zeros(len(labels) + 1, np.int32)
    octets = np.zeros(int((texts.stops - texts.starts).sum()), np.uint8)
    _fold(texts, offsets, octets)
    return array_of(octets, offsets, np.diff(offsets) > 0)


def _decoded(label: str) -> str | None:
    """What an A-label shows, as far as it looks like Latin letters in these; null where it can't be decoded."""
    try:
        shown = label[4 : 4 + LONGEST_SKELETON].encode("ascii").decode("punycode")
        shown.encode("utf-8")  # raises for half a surrogate pair, which punycode can spell
    except UnicodeError:
        return None
    spelt = unicodedata.normalize("NFKD", shown.casefold())
    plain = "".join(character for character in spelt if not unicodedata.combining(character))
    return plain.translate(_ALIKE)[:LONGEST_SKELETON]


@njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
def _fold(labels: Texts, offsets: Places, folded: Octets) -> None:
    at = 0
    for row in range(len(labels.starts)):
        first, start, stop = at, labels.starts[row], labels.stops[row]
        for place in range(start, stop):
            octet = labels.octets[place]
            if octet in (_HYPHEN, _UNDERSCORE):
                continue
            last = folded[at - 1] if at > first else 0
            is_between = start < place < stop - 1 and labels.octets[place - 1] > _NINE < labels.octets[place + 1]
            letter = _BETWEEN_LETTERS[octet] if is_between else _FOLDED[octet]
            letter = _FOLDED[letter]
            if letter == _N and last == _R:
                folded[at - 1] = _M
            elif letter == _V and last == _V:
                folded[at - 1] = _W
            else:
                folded[at] = letter
                at += 1
        offsets[row + 1] = at
