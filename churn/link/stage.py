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
from collections.abc import Callable
from dataclasses import asdict

import duckdb
import pyarrow as pa

from churn.link import traits
from churn.link.components import components
from churn.link.engine import PACKAGE, DuckEngine, Engine
from churn.link.fields import FIELDS, NUMBER, PAIRS, Field
from churn.link.identity import Descent, Overlap, identify
from churn.link.lineage import hops
from churn.results import Progress, StageResult, silent
from churn.settings import Settings
from churn.store.database import lake_database, lake_of, narrow
from churn.store.lake import arrow_rows
from churn.store.queries import relation

ARRIVAL_RHO = 0.25
"""The greatest share that chance may explain of names that came on one day: a window has few days."""
BIRTHS_COUNTED = 1_000_000
"""Births beyond which a registrar's habit is counted on a sample of its minutes."""

ALWAYS = FIELDS[0]
"""The field that each step is made with, so that its table is there, when there is no value that could link anybody."""

Told = Callable[[str], None]


def run(settings: Settings, day: dt.date, progress: Progress = silent) -> StageResult:
    """Link the window that ends with `day`; replaces that day of the five tables of linking."""
    since = settings.window_start(day)
    for _, last in traits.ensure(settings, since, day):
        progress((last - since).days, 3 * settings.window_days, f"traits of the days to {last}")
    with lake_database(settings, since=since, until=day) as con:
        engine = DuckEngine(con)
        for file in traits.FILES:
            traits.view(con, settings, file, since, day)
        said = iter(range(1, 1000))

        def tell(what: str) -> None:
            progress(next(said), 100, what)

        link(engine, settings.link_tau, settings.link_rho, tell)
        earlier: dt.date | None
        ((earlier,),) = relation(con, PACKAGE, "earlier_day", day=day).fetchall()
        tell("the ledger in words")
        _worded(con, engine, earlier)
        tell("identity")
        told = _identified(con, day, earlier)
        return _write(con, settings, day, earlier, told)


def link(engine: Engine, tau: float, rho: float, tell: Told) -> None:
    """Steps 1 to 7 over the tables `trait` and `trait_further`; leaves `member`, `tie`, `robustness`, what they need.

    `tau` and `rho` are the thresholds of step 3; `tell` is told what is done next.
    """
    engine.put("field", pa.table(_field_columns()))
    fields = _counted(engine, rho, tell)
    _paired(engine, fields, tau, rho, tell)
    _starred(engine, fields, tell)
    _cored(engine, tell)
    _attached(engine, fields, tell)
    for step in ("member", "tie", "tied_value", "strongest", "robustness", "shared_inside"):
        tell(step)
        engine.make(step)
    for field in fields:
        _column(engine, field, "shared_inside")
        engine.add("inside", "inside", field=NUMBER[field.name])


def _field_columns() -> dict[str, pa.Array]:
    return {
        "field": pa.array(range(len(FIELDS)), pa.int16()),
        "name": pa.array([field.name for field in FIELDS]),
        "family": pa.array([field.family for field in FIELDS]),
        "ties": pa.array([field.ties for field in FIELDS]),
        "source": pa.array([field.source for field in FIELDS]),
        "observed_at": pa.array([field.observed_at for field in FIELDS]),
    }


def _column(engine: Engine, field: Field, table: str = "shared", name: str = "column_of") -> None:
    engine.view(name, table, {"id": "id", "day": "day", "value": field.name})


def _counted(engine: Engine, rho: float, tell: Told) -> list[Field]:
    """Steps 1 and 2: the tables candidate_value, shared and again_shared; the fields with values that could link."""
    tell("domains seen again")
    engine.make("again")
    engine.make("again_trait")
    for field in FIELDS:
        engine.view("column_of", "again_trait", {"id": "id", "value": field.name, "observed_at": field.observed_at})
        engine.add("again_value", "again_value", field=NUMBER[field.name], name=field.name)
    codes, fields = 0, [ALWAYS]
    for field in FIELDS:
        tell(f"values of {field.name}")
        _column(engine, field, "trait")
        _column(engine, field, "again_trait", "again_column_of")
        most = ARRIVAL_RHO if field.family == "arrival" else rho
        engine.add("candidate_value", "candidate_value", field=NUMBER[field.name], most=most, after=codes)
        before, codes = codes, int(engine.rows("candidates")["codes"][0].as_py())
        if codes > before and field is not ALWAYS:
            fields.append(field)
    tell("values that are shared")
    engine.make("shared")
    engine.make("again_shared")
    engine.drop("again_trait")
    return fields


def _paired(engine: Engine, fields: list[Field], tau: float, rho: float, tell: Told) -> None:
    """Step 3: the table joint."""
    pairs = [(u, v) for u, v in PAIRS if u in fields and v in fields]
    for u, v in pairs or PAIRS[:1]:
        tell(f"pairs of {u.name} and {v.name}")
        engine.view("pair_of", "shared", {"u": u.name, "v": v.name})
        most = _most_by_chance(u, v, rho)
        numbers = {"u_field": NUMBER[u.name], "v_field": NUMBER[v.name]}
        few = max(u.most_on_a_day, v.most_on_a_day) if "arrival" in (u.family, v.family) else 1 << 62
        engine.add("joint_candidate", "joint", tau=tau, rho=most, most=few, **numbers)
    tell("habits of registrars")
    minute, sample = NUMBER["created_minute"], _sample(engine)
    engine.make("minute_in_pair", minute=minute)
    engine.make("minute_registrar")
    engine.make("born", sample=sample)
    engine.make("registrar_minute")
    habits = set(engine.rows("habit_field")["habit_field"].to_pylist())
    for number in sorted(habits) or [minute]:
        columns = {"registrar": "registrar", "created_minute": "created_minute", "value": FIELDS[number].name}
        engine.view("born_with", "born", columns)
        engine.add("registrar_habit", "registrar_habit", field=number)
    engine.make("joint", "joint_kept", minute=minute, tau=tau, rho=rho)
    engine.drop("joint_candidate", "minute_in_pair", "minute_registrar", "born", "registrar_minute", "registrar_habit")


def _most_by_chance(u: Field, v: Field, rho: float) -> float:
    """The greatest share of a pair's domains that chance may explain: so many of them are strangers.

    Names are a hub's customers' too, who name alike more than others do: half of the share that others may have.
    """
    families = {u.family, v.family}
    if "arrival" in families:
        return ARRIVAL_RHO
    return rho / 2 if "name" in families and "infrastructure" in families else rho


def _sample(engine: Engine) -> int:
    """One of how many minutes is counted for the habits of registrars."""
    births = int(engine.rows("births")["births"][0].as_py())
    return max(1, round(births / BIRTHS_COUNTED))


def _starred(engine: Engine, fields: list[Field], tell: Told) -> None:
    """Step 4: the tables joint_member and in_pair."""
    tell("who is in the pairs")
    everything = {"id": "id", "day": "day"} | {field.name: field.name for field in FIELDS}
    for field in fields:
        engine.view("driven_by", "shared", everything | {"driver": field.name})
        engine.add("joint_member", "joint_member", field=NUMBER[field.name])
    engine.make("in_pair")


def _cored(engine: Engine, tell: Told) -> None:
    """Step 5: the table core_member."""
    tell("clusters")
    star = engine.rows("star")
    reported = engine.rows("reported")["id"].to_numpy()
    ids, labels = components(star["hub"].to_numpy(), star["id"].to_numpy(), reported)
    engine.put("core_member", pa.table({"id": ids, "component": labels}))


def _attached(engine: Engine, fields: list[Field], tell: Told) -> None:
    """Step 6: the table attached."""
    tell("attach")
    attaching = [field for field in fields if field.attaches]
    for field in attaching:
        _column(engine, field)
        engine.add("core_holding", "core_holding", field=NUMBER[field.name])
    engine.make("held_value")
    for field in attaching:
        _column(engine, field)
        engine.add("holder", "holder", field=NUMBER[field.name])
    engine.make("attached")
    engine.drop("core_holding", "held_value", "holder")


def _worded(con: duckdb.DuckDBPyConnection, engine: DuckEngine, earlier: dt.date | None) -> None:
    """Step 7: window_domain, newest_registration, seen_tie, and out of the facts of few domains value_text."""
    engine.drop("joint", "joint_member", "in_pair", "strongest", "shared_inside")
    engine.make("window_domain", earlier=earlier)
    for step in ("newest_registration", "seen_tie", "witness"):
        engine.make(step)
    narrow(con, "witness", traits.EVIDENCE_COLUMNS, (*traits.VIEWS, "evidence_row"))
    engine.make("value_text")


def _identified(con: duckdb.DuckDBPyConnection, day: dt.date, earlier: dt.date | None) -> list[Descent]:
    """Step 8: the table identity (component, cluster_id, name, first_day); the lineage by common domains."""
    overlaps = [Overlap(*row) for row in relation(con, PACKAGE, "cluster_identity", earlier=earlier).fetchall()]
    smallest = dict(relation(con, PACKAGE, "component").fetchall())
    first_days = dict(relation(con, PACKAGE, "earlier_cluster", earlier=earlier).fetchall())
    identities, descents = identify(day, smallest, overlaps, first_days)
    schema = pa.schema(
        [("component", pa.int64()), ("cluster_id", pa.string()), ("name", pa.string()), ("first_day", pa.date32())]
    )
    rows = pa.Table.from_pylist([asdict(identity) for identity in identities], schema=schema)
    con.from_arrow(rows).create("identity")
    return descents


def _write(
    con: duckdb.DuckDBPyConnection, settings: Settings, day: dt.date, earlier: dt.date | None, told: list[Descent]
) -> StageResult:
    """Write the day's rows; the fewest first, so that a killed run shows nothing that is not explained."""
    lake = lake_of(settings)
    domains = con.table("shared").shape[0] + con.table("again").shape[0]
    rows: dict[str, int] = {}
    for table in ("shared_value", "link"):
        rows[table] = lake.write(table, day, "link", relation(con, PACKAGE, table, day=day))
    relation(con, PACKAGE, "cluster_member", day=day).create("today_member")
    told += hops(con, earlier, told, tau=settings.link_tau, domains=domains)
    lineage = arrow_rows("lineage", [asdict(descent) | {"day": day} for descent in told])
    lake.write_arrow("lineage", day, "link", lineage)
    rows["cluster_member"] = lake.write("cluster_member", day, "link", con.table("today_member"))
    rows["cluster_day"] = lake.write(
        "cluster_day", day, "link", relation(con, PACKAGE, "cluster_day", day=day, earlier=earlier)
    )
    found = {"clusters": rows["cluster_day"], "members": rows["cluster_member"], "links": rows["link"]}
    return StageResult("link", day, rows_in=domains, rows_out=rows["cluster_member"], found=found)
