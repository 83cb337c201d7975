"""The method, step by step; the numbers are those of the comments in `sql`.

1. The domains of the window and their traits, in independent families.
2. Count every value; values that can't link anybody fall out.
3. Joint rarity: pairs of values of two families that occur together more than chance explains.
4. Stars of the kept pairs.
5. Components of the stars: the clusters' cores.
6. Attach domains that one value ties to a cluster which holds most of that value.
7. The ledger, the score, and whether a membership holds without its strongest link.
8. Identity: today's clusters take yesterday's ids; lineage.

The whole window is linked anew each day: nothing is carried over but ids.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

import duckdb
import pyarrow as pa

from churn.link.components import components
from churn.link.identity import Overlap, identify
from churn.results import Progress, StageResult, silent
from churn.settings import Settings
from churn.store.database import lake_database, lake_of
from churn.store.lake import Lake, arrow_rows
from churn.store.queries import relation
from churn.store.queries import run as run_query

STEPS = (
    "window_domain",
    "trait",
    "candidate_value",
    "holding",
    "joint",
    "joint_member",
)
LEDGER_STEPS = ("attached", "member", "newest_registration", "tie", "strongest", "robustness")
LEAST_CORE = 3
"""Domains that make a cluster: two that share two traits are a coincidence worth no analyst's minute."""


def run(settings: Settings, day: dt.date, progress: Progress = silent) -> StageResult:
    """Link the window that ends with `day`; replaces that day of the five tables of linking."""
    since = settings.window_start(day)
    with lake_database(settings, since=since, until=day) as con:
        steps = len(STEPS) + len(LEDGER_STEPS) + 2
        for number, step in enumerate(STEPS):
            progress(number, steps, step.replace("_", " "))
            run_query(con, "churn.link", step, tau=settings.link_tau, rho=settings.link_rho)
        _cores(con)
        for number, step in enumerate(LEDGER_STEPS, start=len(STEPS) + 1):
            progress(number, steps, step)
            run_query(con, "churn.link", step)
        progress(steps - 1, steps, "identity")
        earlier = _identify(con, lake_of(settings), day)
        return _write(con, lake_of(settings), day, earlier)


def _cores(con: duckdb.DuckDBPyConnection) -> None:
    """Step 5: the table core_member (id, component)."""
    star = relation(con, "churn.link", "star").to_arrow_table()
    ids, labels = components(star["hub"].to_numpy(), star["id"].to_numpy(), least=LEAST_CORE)
    con.from_arrow(pa.table({"id": ids, "component": labels})).create("core_member")


def _identify(con: duckdb.DuckDBPyConnection, lake: Lake, day: dt.date) -> dt.date | None:
    """Step 8: the table identity (component, cluster_id, name, first_day); writes lineage. Returns the earlier day."""
    earlier: dt.date | None
    ((earlier,),) = relation(con, "churn.link", "earlier_day", day=day).fetchall()
    overlaps = [Overlap(*row) for row in relation(con, "churn.link", "cluster_identity", earlier=earlier).fetchall()]
    smallest = dict(relation(con, "churn.link", "component").fetchall())
    first_days = dict(relation(con, "churn.link", "earlier_cluster", earlier=earlier).fetchall())
    identities, descents = identify(day, smallest, overlaps, first_days)
    schema = pa.schema(
        [("component", pa.int64()), ("cluster_id", pa.string()), ("name", pa.string()), ("first_day", pa.date32())]
    )
    con.from_arrow(pa.Table.from_pylist([asdict(identity) for identity in identities], schema=schema)).create(
        "identity"
    )
    lake.write_arrow("lineage", day, "link", arrow_rows("lineage", [asdict(d) | {"day": day} for d in descents]))
    return earlier


def _write(con: duckdb.DuckDBPyConnection, lake: Lake, day: dt.date, earlier: dt.date | None) -> StageResult:
    """Write the day's rows; the fewest first, so that a killed run shows nothing that is not explained."""
    rows: dict[str, int] = {}
    for table in ("shared_value", "link", "cluster_member", "cluster_day"):
        result = relation(con, "churn.link", table, day=day, earlier=earlier).to_arrow_table()
        if table == "cluster_member":
            con.from_arrow(result).create("today_member")
        rows[table] = lake.write_arrow(table, day, "link", result)
    window = con.table("window_domain").shape[0]
    found = {"clusters": rows["cluster_day"], "members": rows["cluster_member"], "links": rows["link"]}
    return StageResult("link", day, rows_in=window, rows_out=rows["cluster_member"], found=found)
