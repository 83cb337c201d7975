"""The two streams of the corpora as tables: a day's new names with labels, and a reported list with families.

Here is what the files say and what their README says of labels; no method and no judgement.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd

LOOSE = ("interlock", "interlock-1", "fakeapp", "android_fakeapp", "apt_muddywater", "magentocore")
"""Labels that hold more than one operator, by the README of the corpora: figures are told with and without them."""

ALIASES = {
    "2025-05-20-IOCs-for-TDS-leading-to-UP-X-gambling-platform": "upx_tds",
    "vextrio_unveiled_20250806": "ek_vextrio",
    "2025/LummaC2-Domains-Continued": "lummac2",
}
"""One campaign under the names of several vendors, by the README of the corpora."""


def folder() -> Path:
    """Where the corpora are: CHURN_CORPORA, else ../shared/corpora beside the checkout."""
    return Path(os.environ.get("CHURN_CORPORA") or Path(__file__).resolve().parents[4] / "shared" / "corpora")


def arrivals(corpora: Path, days: Sequence[str] = ("*",)) -> pd.DataFrame:
    """New names of `days` (ISO; else all): `day`, `domain`; a name that the feed has twice counts on its first day."""
    rows = duckdb.execute(
        """
        SELECT domain, min(day) AS day FROM (
            SELECT lower(trim(name)) AS domain, regexp_extract(filename, '(\\d{4}-\\d\\d-\\d\\d)') AS day
            FROM read_csv($files, columns = {'name': 'VARCHAR'}, header = false, filename = true)
        ) GROUP BY domain ORDER BY day, domain
        """,
        {"files": [str(corpora / "nrd" / "whoisds" / f"{day}.txt.gz") for day in days]},
    ).df()
    return rows[["day", "domain"]]


def labels(corpora: Path) -> pd.DataFrame:
    """What vendors later said of new names: `day`, `domain`, `campaign` (aliases folded)."""
    rows = pd.read_csv(corpora / "labels" / "whoisds_labelled.csv", dtype=str)
    rows = rows.rename(columns={"seen": "day", "d": "domain"})
    rows["campaign"] = rows["campaign"].replace(ALIASES)
    return rows[["day", "domain", "campaign"]].drop_duplicates()


def reported_list(corpora: Path) -> pd.DataFrame:
    """The reported list as it grew: `day`, `added_at` (text, to the minute), `domain` (as listed), `campaign`."""
    rows = pd.read_csv(corpora / "reported" / "list_additions_2026q1.csv.gz", dtype=str)
    rows = rows.rename(columns={"fqdn": "domain", "family": "campaign"})
    rows["day"] = rows["added_at"].str[:10]
    return rows[["day", "added_at", "domain", "registered_domain", "campaign"]].drop_duplicates()
