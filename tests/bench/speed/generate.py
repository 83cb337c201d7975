"""A lake of facts of any size, with its truth: `python tests/bench/speed/generate.py --domains 300000 FOLDER`.

    numbers of a day (background, groups)  ->  names  ->  texts (facts.sql)  ->  lake/<table>/day=.../generated.parquet

Ninety days ending with LAST_DAY, each written when it has been drawn, so memory does not grow with the days: sighting,
registration and hosting of every domain, a certificate of a fifth. truth.parquet (domain, owner, campaign or null,
kind, registered_day, first_reported_day) is written last: where it is, the lake is whole. The same number of domains
and the same seed give the same rows. Unlike a real day's, every name here has been looked up: linking has the most
evidence, and the most work, that so many names can give it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parents[1]))

from churn.store.lake import Lake
from speed import names
from speed.background import background
from speed.groups import KINDS, owners, planned
from speed.hubs import Hubs, zipf

DAYS = 90
LAST_DAY = dt.date(2026, 3, 31)
HOST = (Path(__file__).parent / "host.sql").read_text()
FACTS = (Path(__file__).parent / "facts.sql").read_text()
NUMBERS = (
    "registrar ns address addresses mx soa owner registrant certificate failing second group habit tld kind".split()
)
KIND_NAMES = ("background", *KINDS)
TRUTH = pa.schema(
    {
        "domain": pa.string(),
        "owner": pa.int64(),
        "campaign": pa.string(),
        "kind": pa.string(),
        "registered_day": pa.date32(),
        "first_reported_day": pa.date32(),
    }
)
CERTIFICATE = """
SELECT domain, observed_at, 'ct' AS source, sha256('leaf ' || certificate || domain) AS sha256,
    sha256('key ' || certificate) AS spki_sha256, 'CN=R1,O=The Lab' AS issuer, md5(domain) AS serial,
    created_at AS not_before, created_at + INTERVAL 90 DAY AS not_after, [domain, 'www.' || domain] AS names, day
FROM fact WHERE certificate >= 0
"""
REPORTED = """
SELECT domain, domain AS fqdn, 'reported' AS kind, 'list' AS feed, report_day + to_minutes(minute) AS seen_at,
    CASE WHEN series >= 0 THEN sha256('series ' || series) END AS series_hash, report_day AS day
FROM reports WHERE report_day = $day
"""


def generate(folder: Path, domains: int, seed: int = 1, days: int = DAYS) -> Path:
    """Write the lake and its truth below the folder, unless they are there; gives the path of the truth."""
    truth = folder / "truth.parquet"
    if truth.is_file():
        return truth
    rng, hubs, lake = np.random.default_rng([seed, domains]), Hubs(domains), Lake(folder / "lake")
    groups, first_owner = _groups_by_day(rng, hubs, days)
    singles = (domains - sum(len(group["day"]) for group in groups)) // days
    seen, reports = np.empty(0, np.uint64), []
    folder.mkdir(parents=True, exist_ok=True)
    partial = truth.with_suffix(".partial")
    with _database() as con, pq.ParquetWriter(partial, TRUTH) as writer:
        for number, group in enumerate(groups):
            day = LAST_DAY - dt.timedelta(days=days - 1 - number)
            single = background(rng, hubs, singles, first_owner)
            first_owner += singles
            drawn, seen = _unseen(con, _drawn(rng, number, single, group), seen)
            reports.append(_reported(rng, day, drawn))
            _write(con, lake, day, drawn)
            writer.write_table(_truth(day, drawn, reports[-1]))
        _write_reports(con, lake, pa.concat_tables(reports))
    partial.rename(truth)
    return truth


def _database() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(config={"threads": 2, "memory_limit": "2GB"})
    con.execute("SET TimeZone = 'UTC'")
    con.execute(HOST)
    return con


def _groups_by_day(rng: np.random.Generator, hubs: Hubs, days: int) -> tuple[list[dict[str, np.ndarray]], int]:
    """The domains of all groups for each day, and the first number of an owner that is left."""
    first_owner, parts = 0, []
    for number, kind in enumerate(KINDS, start=1):
        group = planned(rng, hubs, kind, days, first_owner)
        group["kind"] = np.full(len(group["day"]), number)
        first_owner += owners(group)
        parts.append(group)
    columns = {name: np.concatenate([part[name] for part in parts]) for name in [*NUMBERS, "day"]}
    order = np.argsort(columns["day"], kind="stable")
    ends = np.searchsorted(columns["day"][order], np.arange(days + 1))
    return [{name: values[order[a:b]] for name, values in columns.items()} for a, b in pairwise(ends)], first_owner


def _drawn(rng: np.random.Generator, day: int, single: dict[str, np.ndarray], group: dict[str, np.ndarray]) -> pa.Table:
    """One day's registrations, numbered and named."""
    n = len(single["owner"])
    nobody = np.zeros(n, np.int64)
    tld = rng.choice(len(names.TLDS), n, p=zipf(len(names.TLDS), 1.3))
    single = single | {"group": nobody - 1, "habit": nobody, "kind": nobody, "tld": tld}
    columns: dict[str, Any] = {name: np.concatenate([single[name], group[name]]) for name in NUMBERS}
    label = pa.concat_arrays([names.mixed(rng, n), names.habitual(rng, group["owner"], group["habit"])])
    tlds = pa.array(names.TLDS).take(pa.array(columns.pop("tld")))
    columns["domain"] = names.join(label, ".", tlds)
    columns["rid"] = np.arange(len(label)) + (day << 32)
    return pa.table(columns)


def _unseen(con: duckdb.DuckDBPyConnection, drawn: pa.Table, seen: np.ndarray) -> tuple[pa.Table, np.ndarray]:
    """The rows whose names are new, by their hashes; and all hashes so far, ascending."""
    con.register("drawn", drawn)
    hashes = con.sql("SELECT hash(domain) AS hash FROM drawn").to_arrow_table()["hash"].to_numpy()
    unique, first = np.unique(hashes, return_index=True)
    place = np.minimum(np.searchsorted(seen, unique), max(0, len(seen) - 1))
    new = seen[place] != unique if len(seen) else np.ones(len(unique), bool)
    kept = drawn.take(pa.array(np.sort(first[new])))
    return kept, np.sort(np.concatenate([seen, unique[new]]), kind="stable")


def _reported(rng: np.random.Generator, day: dt.date, drawn: pa.Table) -> pa.Table:
    """Who of a day's registrations is put on the reported list by LAST_DAY, on which day and in which minute."""
    kind, group = drawn["kind"].to_numpy(), drawn["group"].to_numpy()
    campaign = kind == KIND_NAMES.index("campaign")
    share = np.where(campaign, 0.05 + 0.5 * (group * 37 % 100) / 100, np.where(kind == 0, 0.001, 0.0))
    delay = np.where(campaign, rng.integers(0, 8, len(kind)) + group % 5, rng.integers(0, 20, len(kind)))
    minute = np.where(
        campaign, 480 + (group * 131 + day.toordinal() * 7 + delay) % 700, rng.integers(0, 1_440, len(kind))
    )
    chosen = (rng.random(len(kind)) < share) & (delay <= (LAST_DAY - day).days)
    table = pa.table(
        {
            "domain": drawn["domain"],
            "report_day": _date(day, delay),
            "minute": minute,
            "series": np.where(campaign & (group % 5 == 0), group, -1),
        }
    )
    return table.filter(pa.array(chosen))


def _date(day: dt.date, later: np.ndarray) -> pa.Array:
    """The dates so many days after the day."""
    return pa.array(((day - dt.date(1970, 1, 1)).days + later).astype(np.int32)).cast(pa.date32())


def _write(con: duckdb.DuckDBPyConnection, lake: Lake, day: dt.date, drawn: pa.Table) -> None:
    """The facts of one day."""
    con.register("drawn", drawn)
    con.execute(FACTS, {"day": day})
    fact = con.table("fact")
    seen = "domain, fqdn, 'registered' AS kind, 'new' AS feed, observed_at AS seen_at, day"
    lake.write("sighting", day, "generated", fact.project(seen), in_order=True)
    lake.write("registration", day, "generated", fact.project("*, 'rdap' AS source, ns AS nameservers"), in_order=True)
    lake.write("hosting", day, "generated", fact, in_order=True)
    lake.write("certificate", day, "generated", con.sql(CERTIFICATE), in_order=True)


def _truth(day: dt.date, drawn: pa.Table, reported: pa.Table) -> pa.Table:
    kind = drawn["kind"].to_numpy()
    campaign = pa.array(kind == KIND_NAMES.index("campaign"))
    return pa.table(
        [
            drawn["domain"],
            drawn["owner"],
            pc.if_else(campaign, names.join("c", pc.cast(drawn["group"], pa.string())), None),
            pa.array(KIND_NAMES).take(pa.array(kind)),
            _date(day, np.zeros(len(kind), np.int64)),
            reported["report_day"].take(pc.index_in(drawn["domain"], reported["domain"])),
        ],
        schema=TRUTH,
    )


def _write_reports(con: duckdb.DuckDBPyConnection, lake: Lake, reports: pa.Table) -> None:
    """The reported list of each day."""
    con.register("reports", reports)
    for day in pc.unique(reports["report_day"]).sort().to_pylist():
        lake.write("sighting", day, "reported", con.sql(REPORTED, params={"day": day}))


def main() -> None:
    """Write a lake."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--domains", type=int, default=300_000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    print(generate(args.folder, args.domains, args.seed))


if __name__ == "__main__":
    main()
