"""The method, step by step; the numbers are those of the comments in `sql`.

1. What the window's domains show, as numbers, in fields of independent families.
2. Count every value, field by field; values that can't link anybody fall out.
3. Joint rarity: pairs of values of two families that occur together more than chance and a registrar's habit explain.
4. Stars of the kept pairs.
5. Components of the stars: the clusters' cores.
6. Attach domains that one value ties to a cluster which holds most of that value.
7. The ledger, the score, and whether a membership holds without its strongest link.
8. Identity: today's clusters take yesterday's ids; lineage.

The whole window is linked anew each day: nothing is carried over but ids, and the numbers of step 1, which are a day's
own.
"""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

import duckdb
import pyarrow as pa

from churn.link import arrivals, traits, verdicts
from churn.link.engine import PACKAGE, DuckEngine
from churn.link.forms import forms
from churn.link.identity import Descent, Identity, Overlap, identify, identity_table
from churn.link.ledger import ledger
from churn.link.lineage import hops
from churn.link.method import MOST_TOLD, link
from churn.link.score import MEMBERSHIP
from churn.link.segment_dictionary import Dictionary
from churn.results import Progress, StageResult, silent
from churn.settings import Settings
from churn.store.database import lake_database, lake_of, narrow
from churn.store.lake import arrow_columns, arrow_schema
from churn.store.queries import relation

READ = (
    *(*traits.FACTS, "name_form", *traits.VIEWS),
    *("cluster_day", "cluster_member", "shared_value", "lineage", "verdict", "standing_verdict"),
)


def run(settings: Settings, day: dt.date, progress: Progress = silent) -> StageResult:
    """Link the window that ends with `day`; replaces that day of the five tables of linking."""
    since = settings.window_start(day)
    for _, last in traits.ensure(settings, since, day):
        progress((last - since).days, 3 * settings.window_days, f"traits of the days to {last}")
    with lake_database(settings, since=since, until=day, only=READ) as con:
        engine = DuckEngine(con)
        for file in traits.FILES:
            traits.view(con, settings, file, since, day)
        said = iter(range(1, MOST_TOLD))

        def tell(what: str) -> None:
            progress(next(said, MOST_TOLD), MOST_TOLD, what)

        link(engine, settings.link_tau, settings.link_rho, tell)
        domains = con.table("shared").shape[0] + con.table("again").shape[0]
        engine.make("owner")
        engine.make("cluster_pair")
        engine.drop("shared", "joint", "joint_member", "in_pair", "strongest")
        engine.drop("reach", "tied", "tied_by_few", "held_on_day", "holder")
        earlier: dt.date | None
        ((earlier,),) = relation(con, PACKAGE, "earlier_day", day=day).fetchall()
        tell("the members by name")
        engine.make("window_domain", earlier=earlier)
        tell("the ledger in words, and identity")
        with ThreadPoolExecutor(1) as aside:
            worded = aside.submit(_worded, engine, earlier, traits.words_of(settings))
            descents = _identified(engine, day, earlier)
            descents += hops(con, day, earlier, descents, tau=settings.link_tau, domains=domains)
            engine.put("value_text", worded.result())
        engine.drop("member_value", "owner")
        tell("today's clusters")
        result = _write(engine, settings, day, earlier, descents, domains)
        arrivals.keep(con, settings, day)
        return result


def _worded(engine: DuckEngine, earlier: dt.date | None, words: Dictionary) -> pa.Table:
    """Step 7: newest_registration, seen_tie; the rows of value_text, of words known and of the facts of few domains.

    Reads nothing that identities and verdicts change, so it runs beside those.
    """
    with engine.beside() as own:
        own.make("known_value", earlier=earlier)
        for step in ("newest_registration", "seen_tie", "witness"):
            own.make(step)
        named = forms(own.con.table("witness").to_arrow_table()["domain"], words)  # faster than reading those of all
        made = {"name_form": named.append_column("day", pa.nulls(named.num_rows, pa.date32()))}
        days = own.rows("witness_day")["day"].to_pylist()
        narrow(own.con, "witness", traits.EVIDENCE_COLUMNS, (*traits.VIEWS, "evidence_row"), made, days)
        return own.rows("value_text")


def _identified(engine: DuckEngine, day: dt.date, earlier: dt.date | None) -> list[Descent]:
    """Step 8: identity (component, cluster_id, name, first_day) and today_member; the lineage by common domains."""
    con, given = engine.con, verdicts.read(engine)
    parted, merged = verdicts.part(engine, given), verdicts.groups(given)
    overlaps = _overlaps(con, earlier)
    settled = verdicts.undone(given, overlaps) | parted
    identities, descents = _matched(con, day, earlier, overlaps, settled)
    if merged:
        ids = {identity.component: identity.cluster_id for identity in identities}
        settled |= verdicts.merge(engine, merged, ids, overlaps, parted)
        identities, descents = _matched(con, day, earlier, _overlaps(con, earlier), settled)
    if merged or parted:
        verdicts.recount(engine)
    engine.put("identity", identity_table(identities))
    engine.make("today_member")
    return verdicts.told(descents, merged, settled.values())


def _overlaps(con: duckdb.DuckDBPyConnection, earlier: dt.date | None) -> list[Overlap]:
    return [Overlap(*row) for row in relation(con, PACKAGE, "cluster_identity", earlier=earlier).fetchall()]


def _matched(
    con: duckdb.DuckDBPyConnection,
    day: dt.date,
    earlier: dt.date | None,
    overlaps: list[Overlap],
    given: dict[int, str],
) -> tuple[list[Identity], list[Descent]]:
    smallest = dict(relation(con, PACKAGE, "component").fetchall())
    first_days = dict(relation(con, PACKAGE, "earlier_cluster", earlier=earlier).fetchall())
    here = {component: cluster_id for component, cluster_id in given.items() if component in smallest}
    return identify(day, smallest, overlaps, first_days, here)


def _write(
    engine: DuckEngine,
    settings: Settings,
    day: dt.date,
    earlier: dt.date | None,
    told: list[Descent],
    domains: int,
) -> StageResult:
    """Write the day's rows; the fewest first, so that a killed run shows nothing that is not explained."""
    con, lake = engine.con, lake_of(settings)
    rows: dict[str, int] = {}
    with ThreadPoolExecutor(1) as aside:
        scored = aside.submit(_scored, engine, day, earlier)
        shared = relation(con, PACKAGE, "shared_value", day=day)
        rows["shared_value"] = lake.write("shared_value", day, "link", shared, in_order=True)
        rows["link"] = lake.write_in_order("link", day, "link", ledger(engine, day))
        lineage = arrow_columns(told, arrow_schema("lineage").remove(0))
        lake.write_arrow("lineage", day, "link", lineage.append_column("day", pa.repeat(day, lineage.num_rows)))
        scored.result()
    rows["cluster_member"] = lake.write("cluster_member", day, "link", con.table("scored_member"), in_order=True)
    rows["cluster_day"] = lake.write("cluster_day", day, "link", con.table("described_cluster"))
    found = {"clusters": rows["cluster_day"], "members": rows["cluster_member"], "links": rows["link"]}
    return StageResult("link", day, rows_in=domains, rows_out=rows["cluster_member"], found=found)


def _scored(engine: DuckEngine, day: dt.date, earlier: dt.date | None) -> None:
    """The rows of cluster_member (scored_member) and of cluster_day (described_cluster).

    Reads nothing that is written of the day, so it runs beside the writing of the ledger, which is one thread's.
    """
    with engine.beside() as own:
        own.make("scored_member", "cluster_member", day=day, **asdict(MEMBERSHIP))
        own.make("described_cluster", "cluster_day", day=day, earlier=earlier)
