"""Exact keys: domains with the same name servers, the same addresses, or the same registrant are one cluster.

What it can't do: tell a hub from an operator. With `any`, whatever is connected by any of the three is one cluster.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from speed.peers.evidence import evidence

KEYS = {"name_servers": "servers", "address": "array_to_string(address, ' ')", "registrant": "email"}


def clusters(lake: Path, key: str) -> pa.Table:
    """Clusters by one of KEYS, or `any`."""
    return _any(lake) if key == "any" else _one(lake, KEYS[key])


def _one(lake: Path, key: str) -> pa.Table:
    with evidence(lake) as con:
        return con.sql(
            f"SELECT domain, {key} AS cluster FROM evidence WHERE cluster <> '' "
            "QUALIFY count(*) OVER (PARTITION BY cluster) >= 3"
        ).to_arrow_table()


def _any(lake: Path) -> pa.Table:
    columns = ", ".join(
        f"dense_rank() OVER (ORDER BY {key}) AS {name}, {key} <> '' AS has_{name}" for name, key in KEYS.items()
    )
    with evidence(lake) as con:
        table = con.sql(f"SELECT domain, {columns} FROM evidence").to_arrow_table()
    n, left, right, first = table.num_rows, [], [], table.num_rows
    for name in KEYS:
        value = table[name].to_numpy()
        has = np.flatnonzero(table[f"has_{name}"].fill_null(False))
        left.append(has)
        right.append(first + value[has])
        first += int(value.max(initial=0)) + 1
    ends = (np.concatenate(left), np.concatenate(right))
    _, label = connected_components(
        coo_array((np.ones(len(ends[0]), np.int8), ends), shape=(first, first)), directed=False
    )
    label = label[:n]
    return pa.table({"domain": table["domain"], "cluster": label}).filter(pa.array(np.bincount(label)[label] >= 3))
