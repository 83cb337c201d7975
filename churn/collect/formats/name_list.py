"""Lists of one name or URL a line. From the list's own bytes to rows of the table `entry`; no Python object a line."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from churn.collect.entries import Landed
from churn.store.queries import run


def read_names(landed: Landed) -> None:
    """Add the lines of a list to `entry`; bytes that are no UTF-8 become U+FFFD, which no name holds."""
    text = pa.array([landed.content().decode("utf-8-sig", "replace")], pa.large_string())
    lines = pc.split_pattern(text, "\n").flatten()
    landed.con.register("text_line", pa.table({"line": pa.array(np.arange(1, len(lines) + 1)), "text": lines}))
    run(landed.con, "churn.collect", "entry_add_names", **landed.bindings())
    landed.con.unregister("text_line")
