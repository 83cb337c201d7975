"""Interisle's rule for bulk registrations: ten or more reported domains at one registrar, gaps of at most ten minutes.

Source: Interisle Consulting Group, "Phishing Landscape" and "Cybercrime Supply Chain" reports, section on bulk
registration. What it can't do: see what is not reported yet, or whatever one operator registered hours apart.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from speed.peers.evidence import evidence

RULE = """
WITH dated AS (
    SELECT domain, registrar, created_at FROM evidence WHERE reported AND created_at <> date_trunc('day', created_at)
),
broken AS (
    SELECT *, created_at - lag(created_at) OVER at_registrar <= INTERVAL 10 MINUTE AS goes_on
    FROM dated
    WINDOW at_registrar AS (PARTITION BY registrar ORDER BY created_at, domain)
),
runs AS (
    SELECT
        domain,
        registrar,
        count(*) FILTER (NOT coalesce(goes_on, false)) OVER (PARTITION BY registrar ORDER BY created_at, domain) AS run
    FROM broken
)
SELECT domain, registrar || ' ' || run AS cluster FROM runs QUALIFY count(*) OVER (PARTITION BY registrar, run) >= 10
"""


def clusters(lake: Path) -> pa.Table:
    """Bulk registrations among the reported domains."""
    with evidence(lake) as con:
        return con.sql(RULE).to_arrow_table()
