"""The day's arrivals so far, against the standing window: which cluster each belongs to, without linking all anew.

1. A day's linking keeps what it counted (`keep`): the values with their domains, the pairs that hold clusters, the
   values that clusters hold.
2. The arrivals' values are counted with the standing counts, so that what is common stays common.
3. to 6. The method over the arrivals alone, with the standing pairs among theirs; who holds one is of its cluster.
7. What hangs together and with no standing cluster is a new one, with the id that it would get.

What belongs here: keeping and using the standing window. What doesn't: the steps (`method`). An estimate of the hours
until the next linking: what ties arrivals to domains that are in no pair yet is found by that one.
"""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from churn.errors import UsageError
from churn.link import method, traits
from churn.link.engine import PACKAGE, DuckEngine, Told
from churn.link.identity import identify, identity_table
from churn.results import Progress, StageResult, silent
from churn.settings import Settings
from churn.store.database import lake_database, lake_of
from churn.store.files import replacing
from churn.store.queries import relation

STANDING = ("standing_value", "standing_pair", "standing_held", "standing_cluster")


def keep(con: duckdb.DuckDBPyConnection, settings: Settings, day: dt.date) -> None:
    """Keep of the window that ends with `day` what its linking has in `con`; only the newest window is kept."""
    folder = _folder(settings, day)
    if any(other.name > folder.name for other in folder.parent.glob("day=*")):
        return  # a past day was linked again
    folder.mkdir(parents=True, exist_ok=True)
    for step in STANDING:
        with replacing(folder / f"{step}.parquet") as temporary:
            relation(con, PACKAGE, step).write_parquet(str(temporary), compression="lz4")
    (folder / "made_of").write_text(traits.method_digest())
    for other in folder.parent.glob("day=*"):
        if other != folder:
            shutil.rmtree(other)


def _folder(settings: Settings, day: dt.date) -> Path:
    return settings.data / "state" / "standing" / f"day={day.isoformat()}"


def standing_day(settings: Settings) -> dt.date:
    """The last day of the window that is kept. Raises UsageError where there is none, or one of another version."""
    kept = sorted((settings.data / "state" / "standing").glob("day=*/made_of"))
    if not kept or kept[-1].read_text() != traits.method_digest():
        stands = "The window that stands was kept by another version" if kept else "No window stands yet"
        raise UsageError(f"{stands}: run `churn link --day D` for the day before first.")
    return dt.date.fromisoformat(kept[-1].parent.name.removeprefix("day="))


def run(settings: Settings, day: dt.date, progress: Progress = silent) -> StageResult:
    """Place the arrivals of `day` (UTC), as far as they are in the lake; replaces that day of `arrival`.

    Raises UsageError where no window stands, or one that has the day already.
    """
    until = standing_day(settings)
    if until >= day:
        raise UsageError(f"The standing window ends with {until}, so {day} is linked already.")
    for _ in traits.ensure(settings, day, day):
        progress(1, 4, "traits of the arrivals")
    with lake_database(settings, since=day, until=day, only=("sighting", "cluster_member")) as con:
        engine = DuckEngine(con)
        for file in traits.FILES:
            traits.view(con, settings, file, day, day)
        for step in STANDING:
            con.read_parquet(str(_folder(settings, until) / f"{step}.parquet")).create_view(step)
        _place(engine, settings, lambda what: progress(2, 4, what))
        progress(3, 4, "arrivals by name")
        engine.make("window_domain", earlier=None)
        identities, _ = identify(day, dict(relation(con, PACKAGE, "component").fetchall()), [], {})
        engine.put("identity", identity_table(identities))
        rows = relation(con, PACKAGE, "arrival", day=day).to_arrow_table()
    lake_of(settings).write_arrow("arrival", day, "link", rows)
    return StageResult("arrivals", day, rows_out=rows.num_rows, found=_found(rows, until))


def _place(engine: DuckEngine, settings: Settings, tell: Told) -> None:
    """Steps 2 to 6: the table member, whose components are those of the standing window where it has them."""
    tau, rho = settings.link_tau, settings.link_rho
    fields = method.counted(engine, rho, tell, least=1)
    method.paired(engine, fields, tau, rho, tell)
    engine.make("standing_joint")
    engine.add("joint", "standing_as_joint")
    method.starred(engine, tell)
    method.cored(engine, tell)
    engine.make("placed")
    core = engine.rows("arrival_core")
    engine.drop("core_member")
    engine.put("core_member", core)
    method.attached(engine, fields, tell, held=("held_value", "standing_held_value"))
    engine.make("member")


def _found(rows: pa.Table, until: dt.date) -> dict[str, object]:
    standing = rows.filter(rows["standing"])
    new = rows.filter(pc.invert(rows["standing"]))
    return {
        "standing_window_until": until.isoformat(),
        "arrivals_in_standing_clusters": standing.num_rows,
        "standing_clusters": len(standing["cluster_id"].unique()),
        "arrivals_in_new_clusters": new.num_rows,
        "new_clusters": len(new["cluster_id"].unique()),
    }
