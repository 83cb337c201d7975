"""Lists of one name or URL a line. From the list's own bytes to rows of the table `entry`; no Python object a line."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from churn.collect.entries import Landed
from churn.store.queries import run

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NEWLINE = ord("\n")


def read_names(landed: Landed) -> None:
    """Add the lines of a list to `entry`; bytes that are no UTF-8 become U+FFFD, which no name holds."""
    lines = _lines(landed.content().removeprefix(_BYTE_ORDER_MARK))
    numbers = pa.array(np.arange(1, len(lines) + 1))
    bound = landed.bindings()
    del bound["maximum_rows"]
    landed.con.register("text_line", pa.table({"line": numbers, "text": lines}))
    run(landed.con, "churn.collect", "entry_add_names", **bound)
    landed.con.unregister("text_line")
    maximum = landed.visit.feed.maximum_rows
    if maximum and len(lines) > maximum:
        run(landed.con, "churn.collect", "entry_keep_first", digest=bound["digest"], maximum_rows=maximum)


def _lines(content: bytes) -> pa.LargeStringArray:
    """The lines of a text, without their breaks, as an Arrow array."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        content = content.decode("utf-8", "replace").encode()
    octets = np.frombuffer(content, np.uint8)
    is_break = octets == _NEWLINE
    breaks = np.flatnonzero(is_break)
    ends = breaks - np.arange(len(breaks))  # once the breaks are gone
    offsets = np.concatenate(([0], ends, [len(content) - len(breaks)])).astype(np.int64)
    return pa.LargeStringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(octets[~is_break]))
