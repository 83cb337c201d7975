"""Arrow texts as octets for compiled loops, and back: no Python object is made of a text.

What belongs here: offsets and octets. What doesn't: what the texts mean.
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

Octets = NDArray[np.uint8]
Places = NDArray[np.int32]
Numbers = TypeVar("Numbers", Octets, Places)


class Texts(NamedTuple):
    """Text r is octets[starts[r]:stops[r]], in UTF-8."""

    octets: Octets
    starts: Places
    stops: Places


def octets_of(array: pa.StringArray) -> Texts:
    """The octets of an Arrow array, which are not copied; a null is an empty text.

    None of it may be written to, as some of Arrow's memory may not: a loop is compiled anew for what may be.
    """
    _, places, data = array.buffers()
    if len(array) == 0 or data is None:
        none = sealed(np.zeros(len(array), np.int32))
        return Texts(sealed(np.zeros(0, np.uint8)), none, none)
    offsets = sealed(np.frombuffer(places, np.int32, len(array) + 1, array.offset * 4))
    stops = offsets[1:]
    if array.null_count:
        stops = sealed(np.where(array.is_null(), offsets[:-1], stops))
    return Texts(sealed(np.frombuffer(data, np.uint8)), offsets[:-1], stops)


def sealed(array: Numbers) -> Numbers:
    """The array itself, which may be written to no more."""
    array.flags.writeable = False
    return array


def array_of(octets: Octets, offsets: Places, is_given: NDArray[np.bool_] | None = None) -> pa.StringArray:
    """An Arrow array of the texts octets[offsets[r]:offsets[r + 1]] of valid UTF-8; null where not `is_given`."""
    bits = None if is_given is None else pa.py_buffer(np.packbits(is_given, bitorder="little"))
    used = octets[: offsets[-1]]
    return pa.StringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(used), bits)


def pieces(texts: Texts, is_given: NDArray[np.bool_] | None = None) -> pa.StringArray:
    """The texts as an Arrow array of their own; null where not `is_given`."""
    offsets = np.zeros(len(texts.starts) + 1, np.int32)
    np.cumsum(texts.stops - texts.starts, out=offsets[1:])
    octets = np.empty(offsets[-1], np.uint8)
    _copy(texts, octets)
    return array_of(octets, offsets, is_given)


@njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
def _copy(texts: Texts, octets: Octets) -> None:
    at = 0
    for row in range(len(texts.starts)):
        for place in range(texts.starts[row], texts.stops[row]):
            octets[at] = texts.octets[place]
            at += 1
