"""Lists of one name or URL a line. From the list's own bytes to rows of the table `entry`; no Python object a line."""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from churn.collect.feeds import Feed
from churn.store.landing import Manifest
from churn.store.queries import run

UNBOUNDED = 1 << 62


def read_names(con: duckdb.DuckDBPyConnection, content: bytes, feed: Feed, manifest: Manifest) -> None:
    """Add the lines of a list to `entry`; bytes that are no UTF-8 become U+FFFD, which no name holds."""
    text = pa.array([content.decode("utf-8-sig", "replace")], pa.large_string())
    lines = pc.split_pattern(text, "\n").flatten()
    con.register("text_line", pa.table({"line": pa.array(np.arange(1, len(lines) + 1)), "text": lines}))
    run(
        con,
        "churn.collect",
        "entry_add_names",
        digest=manifest.sha256,
        fetched_at=manifest.fetched_at,
        maximum_rows=feed.maximum_rows or UNBOUNDED,
    )
    con.unregister("text_line")
