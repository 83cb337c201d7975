"""Small windows of evidence for the properties of linking: made of numbers, with no facts, and linked in memory.

What belongs here: making such windows, linking them, reading the tables. What doesn't: what is expected of them (the
tests), and windows that are made of facts (`test_link_stage`).
"""

import datetime as dt
import random
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa
import pytest

from churn.link import method
from churn.link.engine import DuckEngine
from churn.link.fields import FIELDS, PAIRS

DAY = dt.date(2026, 3, 1)
USED = ("registrant_email", "created_minute", "name_servers", "address", "template")
"""Of the fields some of each kind: the steps are the same for each field and each pair of them."""
PAIRS_USED = [(u.name, v.name) for u, v in PAIRS if {u.name, v.name} <= set(USED)]
NAME = [field.name for field in FIELDS]
FAMILY = {field.name: field.family for field in FIELDS}
ATTACHING = {field.name for field in FIELDS if field.attaches}
TYING = {field.name for field in FIELDS if field.ties}


@dataclass
class Window:
    """`rows` has what a domain (a number) shows on a day: field to value, or to several of them."""

    rows: list[tuple[int, int, dict]] = field(default_factory=list)
    reported: set[int] = field(default_factory=set)

    def values(self):
        """The domains of each (field, value)."""
        held: dict[tuple[str, int], set[int]] = {}
        for domain, _, shown in self.rows:
            for name, values in shown.items():
                for value in as_tuple(values):
                    held.setdefault((name, value), set()).add(domain)
        return held

    def first_days(self):
        days: dict[int, int] = {}
        for domain, day, _ in self.rows:
            days[domain] = min(day, days.get(domain, day))
        return days


def as_tuple(values):
    """What a row shows of a field, one value or several, as several."""
    return values if isinstance(values, tuple) else (values,)


def read(con):
    """The window of the tables of traits."""
    window = Window(reported={domain for (domain,) in con.table("trait").filter("reported").project("id").fetchall()})
    for domain, day, *values in rows(con, "trait", f"id, day, {', '.join(NAME)}"):
        shown = {name: value for name, value in zip(NAME, values, strict=True) if value is not None}
        window.rows.append((domain, (day - DAY).days, shown))
    for domain, day, name, value in rows(con, "trait_further", "id, day, field, value"):
        window.rows.append((domain, (day - DAY).days, {name: value}))
    return window


class Keeping(DuckEngine):
    """An engine that frees nothing, so that a test may look at every step."""

    def drop(self, *tables):
        """Nothing."""


def linked(window, tau=3.0, rho=0.05):
    """A database with the tables of steps 1 to 7."""
    con = duckdb.connect(config={"threads": 1})
    own, further = [], []
    for domain, day, shown in window.rows:
        row = dict.fromkeys(NAME) | {"id": domain, "day": DAY + dt.timedelta(days=day), "registrar": 1}
        for name, values in shown.items():
            row[name], *others = sorted(as_tuple(values))
            further += [{"id": domain, "day": row["day"], "field": name, "value": other} for other in others]
        own.append(row | {"registered": True, "reported": domain in window.reported})
    numbers = [(name, pa.int64()) for name in ("id", "registrar", *NAME)]
    times = ("registration_at", "hosting_at", "certificate_at", "registered_at", "reported_at")
    numbers += [(name, pa.timestamp("us")) for name in times]
    schema = pa.schema([*numbers, ("day", pa.date32()), ("registered", pa.bool_()), ("reported", pa.bool_())])
    con.from_arrow(pa.Table.from_pylist(own, schema)).create("trait")
    schema = pa.schema([("id", pa.int64()), ("day", pa.date32()), ("field", pa.string()), ("value", pa.int64())])
    schema = schema.append(pa.field("observed_at", pa.timestamp("us")))
    con.from_arrow(pa.Table.from_pylist(further, schema)).create("trait_further")
    link(con, tau, rho)
    return con


def link(con, tau, rho):
    """Steps 1 to 7 over the tables of traits; only the fields in use are paired, since each pair is a query."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(method, "PAIRS", tuple(pair for pair in PAIRS if {field.name for field in pair} <= set(USED)))
        method.link(Keeping(con), tau, rho, lambda _: None)


def rows(con, table, columns):
    return con.sql(f"SELECT {columns} FROM {table}").fetchall()


def clumps(seed, groups=100, alone=700):
    """Small groups of domains that share values loosely, some with the next group, among others that share none."""
    pick = random.Random(seed)
    window = Window()
    pools = [
        {name: [9 * group + k for k in range(pick.choice((1, 1, 2, 3)))] for name in USED} for group in range(groups)
    ]
    domain = 0
    for group, pool in enumerate(pools):
        for _ in range(pick.randrange(3, 10)):
            domain += 1
            shown = {}
            for name in USED:
                if pick.random() < 0.6:
                    whose = pool if pick.random() < 0.93 else pools[(group + 1) % groups]
                    shown[name] = pick.choice(whose[name])
            if "name_servers" in shown and pick.random() < 0.05:
                shown["name_servers"] = (*pool["name_servers"], 9 * groups + pick.randrange(50))
            window.rows.append((domain, pick.choice((0, 0, 0, 1)), shown))
            if pick.random() < 0.1:
                window.reported.add(domain)
            if pick.random() < 0.05:
                window.rows.append((domain, 1, {"address": pick.choice(pool["address"])}))
    for other in range(alone):
        shown = {name: 10_000 + other for name in USED if pick.random() < 0.8}
        window.rows.append((domain + 1 + other, pick.choice((0, 1)), shown))
    return window
