"""Joint rarity over two families in pandas and networkx: the product's core as a pandas programmer would write it.

The evidence comes from DuckDB, or from pandas too (`two_families:pandas`), as for whom has nothing but pandas.

For each pair of fields of different families: group by both values; with c(u) and c(v) domains each, c together and N
in all, keep the group when c ln(c/E) - (c - E) >= TAU and E/c <= RHO with E = c(u) c(v) / N; connect its members;
connected components of at least three. No cut of large components, no attaching, no ledger.
"""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pyarrow as pa

from speed.peers.evidence import FAMILIES, evidence
from speed.peers.evidence_frame import evidence_frame

TAU, RHO = 12.0, 0.1


def clusters(lake: Path, key: str = "duckdb") -> pa.Table:
    """Components of the kept groups; `key` names what reads the lake: `duckdb` or `pandas`."""
    if key == "pandas":
        frame = evidence_frame(lake)
    else:
        with evidence(lake) as con:
            frame = con.sql("FROM evidence").df()
    fields = {field: _held(frame, field) for field in FAMILIES}
    graph: nx.Graph = nx.Graph()
    for u, v in combinations(FAMILIES, 2):
        if FAMILIES[u] != FAMILIES[v]:
            _connect(graph, fields[u], fields[v], len(frame))
    found = [part for part in nx.connected_components(graph) if len(part) >= 3]
    number = np.repeat(np.arange(len(found)), [len(part) for part in found])
    rows = [row for part in found for row in part]
    return pa.table({"domain": frame["domain"].to_numpy()[rows], "cluster": number})


def _held(frame: pd.DataFrame, field: str) -> pd.DataFrame:
    """Who holds a value that some share and not most: row, value (a number), how many hold it."""
    values = frame[field].explode() if field == "address" else frame[field]
    values = values.dropna().rename("value").rename_axis("row").reset_index()
    values["value"] = pd.factorize(values["value"])[0]
    values["holders"] = values.groupby("value")["row"].transform("size")
    return values[values["holders"].between(2, RHO * len(frame))]


def _connect(graph: nx.Graph, u: pd.DataFrame, v: pd.DataFrame, total: int) -> None:
    """Add a star for each pair of values that occur together more than chance explains."""
    both = u.merge(v, on="row", suffixes=("_u", "_v"))
    group = both.groupby(["value_u", "value_v"])["row"]
    both["together"] = group.transform("size")
    both = both[both["together"] >= 2]
    expected = both["holders_u"] * both["holders_v"] / total
    surprise = both["together"] * np.log(both["together"] / expected) - (both["together"] - expected)
    kept = both[(surprise >= TAU) & (expected / both["together"] <= RHO)]
    hub = kept.groupby(["value_u", "value_v"])["row"].transform("min")
    graph.add_edges_from(zip(hub, kept["row"], strict=True))
