"""A real and legitimate network among a lab day's names: 831 domains of local news, imported as anybody would.

It must come out as one or a few clusters of related domains with their ledger, and raise no listing burst: related is
not abusive. The set is read where it is (README of the corpora); nothing of it is looked up, or kept.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import duckdb

from churn import burst, link
from churn.collect.importing import import_files
from churn.settings import Settings
from churn.store.database import lake_database, lake_of

SET = Path("enriched") / "legitimate_network_2020.csv"
PRIVACY = ("domainsbyproxy.com",)
"""Mail domains of privacy services in the set: what they give for a registrant is theirs, not the registrant's."""
TABLES = {
    "sightings": "SELECT domain, domain AS fqdn, 'registered' AS kind, $at::VARCHAR AS seen_at FROM local_news",
    "registrations": """
        SELECT domain, $at::VARCHAR AS observed_at, registrar, created AS created_at, expires AS expires_at,
            registrar_status AS status, ns_hosts AS nameservers, hidden AS redacted, registrant_country,
            CASE WHEN NOT hidden THEN registrant_name END AS registrant_hash,
            CASE WHEN NOT hidden THEN registrant_email END AS registrant_email_hash,
            CASE WHEN NOT hidden THEN registrant_phone END AS registrant_phone_hash,
            CASE WHEN NOT hidden THEN registrant_org END AS registrant_org_hash
        FROM local_news WHERE created IS NOT NULL
    """,
    "hosting": """
        SELECT domain, $at::VARCHAR AS observed_at, 'NOERROR' AS rcode, ns_hosts AS ns, mx_hosts AS mx, a_ips AS a
        FROM local_news WHERE ns_hosts IS NOT NULL
    """,
}
_FOUND = """
WITH today AS (
    SELECT cluster_id, domain FROM cluster_member WHERE day = (SELECT max(day) FROM cluster_day)
),
holding AS (
    SELECT cluster_id, count(local_news.domain) AS inside, count(*) AS size
    FROM today LEFT JOIN local_news USING (domain) GROUP BY cluster_id HAVING count(local_news.domain) > 0
)
SELECT
    (SELECT count(*) FROM local_news) AS domains,
    (SELECT sum(inside) FROM holding) AS in_clusters,
    (SELECT count(*) FROM holding) AS clusters,
    (SELECT max(inside) FROM holding) AS largest,
    (SELECT sum(size - inside) FROM holding) AS foreign_in_them,
    (SELECT count(DISTINCT domain) FROM today INNER JOIN local_news USING (domain)
        WHERE domain IN (SELECT domain FROM link WHERE day = (SELECT max(day) FROM cluster_day))) AS with_ledger,
    (SELECT count(DISTINCT burst_id) FROM burst INNER JOIN burst_member USING (day, burst_id)
        INNER JOIN local_news USING (domain) WHERE burst.kind = 'listing') AS listing_bursts,
    (SELECT count(DISTINCT burst_id) FROM burst INNER JOIN burst_member USING (day, burst_id)
        INNER JOIN local_news USING (domain) WHERE burst.kind <> 'listing') AS other_bursts
"""


def corpora() -> Path | None:
    """The folder of the corpora: CHURN_CORPORA, or ../shared/corpora beside the checkout; None where there is none."""
    folder = Path(os.environ.get("CHURN_CORPORA") or Path(__file__).parents[4] / "shared" / "corpora")
    return folder if folder.is_dir() else None


def hidden_network(settings: Settings, folder: Path) -> dict[str, dict[str, Any]]:
    """Import the network into the last day of the lake, link and test that day again, and see where it is.

    Twice: with the registrant data of privacy services withheld, as the enricher withholds it, and as given.
    """
    return {
        "withheld": _hidden(settings, folder, PRIVACY),
        "as_given": _hidden(settings, folder, ()),
    }


def _hidden(settings: Settings, folder: Path, privacy: tuple[str, ...]) -> dict[str, Any]:
    day = lake_of(settings).days("sighting")[-1]
    work = settings.data / "hidden"
    work.mkdir(exist_ok=True)
    with duckdb.connect(config={"threads": 1}) as con:
        _show(con, folder, privacy)
        for table, rows in TABLES.items():
            file = work / f"{table}.csv"
            con.sql(rows, params={"at": f"{day.isoformat()}T12:00:00Z"}).write_csv(str(file))
            done = import_files(settings, table, [file], feed="hidden" if table == "sightings" else None, day=day)
            assert not done.rejects, f"{table}: {done}"
    link.run(settings, day)
    burst.run(settings, day)
    with lake_database(settings) as con:
        _show(con, folder, privacy)
        (found,) = con.sql(_FOUND).to_arrow_table().to_pylist()
        return {name: int(value or 0) for name, value in found.items()}


def _show(con: duckdb.DuckDBPyConnection, folder: Path, privacy: tuple[str, ...]) -> None:
    rows = con.read_csv(str(folder / SET), all_varchar=True)
    names = ", ".join(f"'{name}'" for name in ("", *privacy))
    rows.project(f"*, coalesce(registrant_email_domain, '') IN ({names}) AS hidden").create("local_news")
