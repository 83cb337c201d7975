"""The evidence of a lake as peers use it: one row a domain, one column a field.

The same fields as the product's view `evidence`, but for the /24 prefix and the day of arrival, which are too weak to
be used without its bounds. What doesn't belong here: any weighing of values.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

FAMILIES = {
    "email": "owner",
    "phone": "owner",
    "organisation": "owner",
    "servers": "infrastructure",
    "address": "infrastructure",
    "mail": "infrastructure",
    "mailbox": "infrastructure",
    "key": "infrastructure",
    "minute": "registration",
    "template": "name",
    "stem": "name",
    "series": "report",
    "batch": "report",
}
"""Fields and their families; `address` alone may hold several values (a list), the others one."""

_TABLES = ("sighting", "registration", "hosting", "certificate")
_EVIDENCE = """
CREATE VIEW evidence AS
WITH listed AS (
    SELECT
        domain,
        any_value(series_hash) AS series,
        min(feed || ' ' || strftime(seen_at, '%Y-%m-%d %H:%M')) FILTER (kind = 'reported') AS batch,
        split_part(domain, '.', 1) AS label,
        substr(domain, strpos(domain, '.')) AS suffix,
        bool_or(kind = 'reported') AS reported
    FROM sighting WHERE kind IN ('registered', 'reported') GROUP BY domain
),
registered AS (
    SELECT domain, registrar_iana_id, created_at, registrant_email_hash, registrant_phone_hash, registrant_org_hash
    FROM registration
    QUALIFY row_number() OVER (PARTITION BY domain ORDER BY observed_at DESC) = 1
),
hosted AS (
    SELECT domain, ns, a, mx, soa_rname, regexp_replace(ns[1], '^[^.]*', '') AS zone
    FROM hosting
    QUALIFY row_number() OVER (PARTITION BY domain ORDER BY observed_at DESC) = 1
),
certified AS (SELECT domain, max_by(spki_sha256, observed_at) AS key FROM certificate GROUP BY domain)
SELECT
    listed.domain,
    reported,
    registrar_iana_id AS registrar,
    created_at,
    registrant_email_hash AS email,
    registrant_phone_hash AS phone,
    registrant_org_hash AS organisation,
    nullif(array_to_string(ns, ' '), '') AS servers,
    a[1:4] AS address,
    CASE WHEN NOT coalesce(ends_with(mx[1], zone), false) THEN nullif(array_to_string(mx, ' '), '') END AS mail,
    CASE WHEN NOT coalesce(ends_with(soa_rname, zone), false) THEN soa_rname END AS mailbox,
    key,
    CASE WHEN created_at <> date_trunc('day', created_at)
        THEN registrar_iana_id || ' ' || strftime(created_at, '%Y-%m-%d %H:%M') END AS minute,
    CASE WHEN regexp_matches(label, '[0-9-]')
        THEN regexp_replace(regexp_replace(label, '[a-z]+', 'w', 'g'), '[0-9]', '9', 'g') || suffix END AS template,
    CASE WHEN len(rtrim(label, '0123456789-')) >= 4 THEN rtrim(label, '0123456789-') END AS stem,
    series,
    batch
FROM listed
LEFT JOIN registered USING (domain)
LEFT JOIN hosted USING (domain)
LEFT JOIN certified USING (domain)
"""


def evidence(lake: Path) -> duckdb.DuckDBPyConnection:
    """A database with the view `evidence` over the lake: domain, reported, registrar, created_at, and FAMILIES.

    Threads and memory are the product's by default.
    """
    con = duckdb.connect(config={"threads": 2, "memory_limit": "4GB", "temp_directory": str(lake.parent / "tmp")})
    con.execute("SET TimeZone = 'UTC'")
    for table in _TABLES:
        files = sorted(str(path) for path in lake.glob(f"{table}/day=*/*.parquet"))
        rows = con.read_parquet(files, hive_partitioning=False, union_by_name=True) if files else _empty(con, table)
        rows.create_view(table)
    con.execute(_EVIDENCE)
    return con


def _empty(con: duckdb.DuckDBPyConnection, table: str) -> duckdb.DuckDBPyRelation:
    from churn.store.lake import arrow_schema

    return con.from_arrow(arrow_schema(table).empty_table())
