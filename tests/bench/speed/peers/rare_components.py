"""Values that few domains share, closed to components by networkx: what connected components do without joint rarity.

What it can't do: link a campaign on more than RARE domains of a server, or keep two apart that one value touches.
"""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import pyarrow as pa

from speed.peers.evidence import FAMILIES, evidence

RARE = 50


def clusters(lake: Path) -> pa.Table:
    """Components over values of 2 to RARE domains, of at least three."""
    graph: nx.Graph = nx.Graph()
    with evidence(lake) as con:
        for field in FAMILIES:
            value = "unnest(address)" if field == "address" else field
            rows = con.sql(
                f"WITH held AS (SELECT domain, {value} AS value FROM evidence) "
                "SELECT min(domain) OVER (PARTITION BY value) AS hub, domain FROM held WHERE value IS NOT NULL "
                f"QUALIFY count(*) OVER (PARTITION BY value) BETWEEN 2 AND {RARE}"
            ).to_arrow_table()
            graph.add_edges_from(zip(rows["hub"].to_pylist(), rows["domain"].to_pylist(), strict=True))
    found = [part for part in nx.connected_components(graph) if len(part) >= 3]
    members = sorted((domain, number) for number, part in enumerate(found) for domain in part)
    return pa.table({"domain": [m[0] for m in members], "cluster": [m[1] for m in members]})
