"""Steps 1 to 7 of the method over an engine; what they say is in `sql`, which of them comes when is here.

What belongs here: the order of the steps, and over which fields each goes. What doesn't: where traits come from
(`traits`), and what becomes of clusters: words, identity, lineage (`stage`), a day's arrivals (`arrivals`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import pyarrow as pa

from churn.link.components import LEAST, components
from churn.link.engine import Engine, Part, Told
from churn.link.fields import CODES, FIELDS, NUMBER, PAIRS, Field
from churn.link.robustness import tied_by_few

ARRIVAL_RHO = 0.25
"""The greatest share that chance may explain of names that came on one day: a window has few days."""
BIRTHS_COUNTED = 1_000_000
"""Births beyond which a registrar's habit is counted on a sample of its minutes."""

DOMAINS_OF_TAU = 300_000
"""Domains of the window for which tau is meant."""

MOST_TOLD = len(PAIRS) + 8 * len(FIELDS)
"""Not fewer than what `link` and who calls it tell where every field has values."""

ALWAYS = FIELDS[0]
"""The field that each step is made with, so that its table is there, when there is no value that could link anybody."""

LEAST_TOGETHER = 3
"""Domains that two values need in common, and each of them has, to be a pair (`candidate_value`, `joint`)."""
STANDING_VALUE = pa.schema(
    [
        ("field", pa.int16()),
        ("value", pa.int64()),
        ("code", pa.int32()),
        ("domains", pa.int64()),
        ("field_domains", pa.int64()),
    ]
)
"""The columns of `standing_value`, which has rows where arrivals are placed only."""


def link(engine: Engine, tau: float, rho: float, tell: Told) -> None:
    """Steps 1 to 7 over the tables `trait` and `trait_further`; leaves `member`, `tie`, `robustness`, what they need.

    `tau` and `rho` are the thresholds of step 3; `tell` is told what is done next.
    """
    fields = clustered(engine, tau, rho, tell)
    for step in ("tie", "tied_value", "strongest"):
        tell(step)
        engine.make(step)
    robust(engine, tell)
    engine.make("shared_inside")
    inside = [_of_column(field, "shared_inside") for field in fields]
    engine.add_each("member_value", "member_value", inside, tell)
    engine.drop("shared_inside")
    engine.make("inside")


def clustered(engine: Engine, tau: float, rho: float, tell: Told) -> list[Field]:
    """Steps 1 to 6: who is with whom (`member`), nothing of why; the fields with values that could link."""
    engine.put("standing_value", STANDING_VALUE.empty_table())
    fields = counted(engine, rho, tell)
    paired(engine, fields, tau, rho, tell)
    starred(engine, tell)
    cored(engine, tell)
    attached(engine, fields, tell)
    tell("member")
    engine.make("member")
    return fields


def _field_columns(rho: float) -> dict[str, pa.Array]:
    return {
        "field": pa.array(range(len(FIELDS)), pa.int16()),
        "name": pa.array([field.name for field in FIELDS]),
        "family": pa.array([field.family for field in FIELDS]),
        "ties": pa.array([field.ties for field in FIELDS]),
        "source": pa.array([field.source for field in FIELDS]),
        "observed_at": pa.array([field.observed_at for field in FIELDS]),
        "most": pa.array([ARRIVAL_RHO if field.family == "arrival" else rho for field in FIELDS]),
    }


def _of_column(field: Field, table: str = "shared") -> Part:
    """A part that asks for one field only."""
    views = {"column_of": (table, {"id": "id", "day": "day", "value": field.name})}
    return Part(f"{field.name} of {table}", {"field": NUMBER[field.name]}, views)


def counted(engine: Engine, rho: float, tell: Told, least: int = LEAST_TOGETHER) -> list[Field]:
    """Steps 1 and 2: field, candidate_value, shared and again_shared; the fields with values that could link.

    `least` is the fewest domains here with a value that may link: less than a pair's where `standing_value` adds some.
    """
    engine.put("field", pa.table(_field_columns(rho)))
    engine.count_each("occurring_domain", "occurring_domain", [Part("domains seen again")], 2, tell)
    engine.make("again")
    engine.make("again_trait")
    engine.add_each("again_value", "again_value", [_again(field) for field in FIELDS], tell)
    # of domains seen again a value counts once, so of what occurs less often no more is left
    engine.count_each(
        "occurring_value", "occurring_value", [_of_column(field, "trait") for field in FIELDS], least, tell
    )
    tell("values that may link")
    engine.make("candidate_value", least=least, codes=CODES)
    tell("values that are shared")
    engine.make("shared")
    engine.make("again_shared")
    engine.drop("occurring_domain", "again_trait", "occurring_value")
    found = engine.rows("candidates")["field"].to_pylist()
    return [field for field in FIELDS if field is ALWAYS or NUMBER[field.name] in found]


def _again(field: Field) -> Part:
    columns = {"id": "id", "value": field.name, "observed_at": field.observed_at}
    return Part(
        f"{field.name} seen again",
        {"field": NUMBER[field.name], "name": field.name},
        {"column_of": ("again_trait", columns)},
    )


def paired(engine: Engine, fields: list[Field], tau: float, rho: float, tell: Told) -> None:
    """Step 3: the table joint."""
    tau = _at_size(engine, tau)
    pairs = [(u, v) for u, v in PAIRS if u in fields and v in fields]
    pairs = pairs or list(PAIRS[:1])
    engine.put("field_pair", pa.table(_pair_columns(pairs, rho)))
    engine.count_each("occurring_pair", "occurring_pair", [_together(u, v) for u, v in pairs], LEAST_TOGETHER, tell)
    tell("pairs that chance does not explain")
    engine.make("joint_candidate", "joint", tau=tau)
    engine.drop("occurring_pair")
    tell("habits of registrars")
    minute, sample = NUMBER["created_minute"], _sample(engine)
    engine.make("minute_in_pair", minute=minute)
    engine.make("minute_registrar")
    habits = sorted(set(engine.rows("habit_field")["habit_field"].to_pylist())) or [minute]
    told = ["registrar", "created_minute", *(FIELDS[number].name for number in habits)]
    engine.view("birth", "trait", {column: column for column in told})
    engine.make("born", sample=sample)
    engine.make("registrar_minute")
    engine.add_each("registrar_habit", "registrar_habit", [_habit(number) for number in habits], tell)
    engine.make("joint", "joint_kept", minute=minute, tau=tau)
    engine.drop("joint_candidate", "minute_in_pair", "minute_registrar", "born", "registrar_minute", "registrar_habit")


def _pair_columns(pairs: Sequence[tuple[Field, Field]], rho: float) -> dict[str, pa.Array]:
    return {
        "part": pa.array(range(len(pairs)), pa.int16()),
        "u_field": pa.array([NUMBER[u.name] for u, _ in pairs], pa.int16()),
        "v_field": pa.array([NUMBER[v.name] for _, v in pairs], pa.int16()),
        "rho": pa.array([_most_by_chance(u, v, rho) for u, v in pairs]),
        "most": pa.array([_most_with(u, v) for u, v in pairs], pa.int64()),
    }


def _together(u: Field, v: Field) -> Part:
    """What is counted of a pair of fields."""
    numbers = {"u_field": NUMBER[u.name], "v_field": NUMBER[v.name]}
    return Part(f"pairs of {u.name} and {v.name}", numbers, {"pair_of": ("shared", {"u": u.name, "v": v.name})})


def _most_with(u: Field, v: Field) -> int:
    """The most domains that the rarer value of a pair may have."""
    return max(u.most_on_a_day, v.most_on_a_day) if "arrival" in (u.family, v.family) else 1 << 62


def _habit(number: int) -> Part:
    name = FIELDS[number].name
    columns = {"registrar": "registrar", "created_minute": "created_minute", "value": name}
    return Part(f"habits with {name}", {"field": number}, {"born_with": ("born", columns)})


def _most_by_chance(u: Field, v: Field, rho: float) -> float:
    """The greatest share of a pair's domains that chance may explain: so many of them are strangers.

    Names are a hub's customers' too, who name alike more than others do: half of the share that others may have.
    """
    families = {u.family, v.family}
    if "arrival" in families:
        return ARRIVAL_RHO
    return rho / 2 if "name" in families and "infrastructure" in families else rho


def _at_size(engine: Engine, tau: float) -> float:
    """The threshold for the window's size: pairs that chance makes grow as the domains do, so they ask for more.

    On generated lakes of 3 million, pairwise precision falls from 0.96 to 0.72 without it and without the least
    surprise of own values, to 0.82 with both, at the same B-cubed F1.
    """
    return tau + max(0.0, math.log(_window(engine) / DOMAINS_OF_TAU))


def _window(engine: Engine) -> int:
    """Domains of the window, at least 1."""
    return max(1, int(engine.rows("domains")["domains"][0].as_py()))


def _sample(engine: Engine) -> int:
    """One of how many minutes is counted for the habits of registrars."""
    births = int(engine.rows("births")["births"][0].as_py())
    return max(1, round(births / BIRTHS_COUNTED))


def starred(engine: Engine, tell: Told) -> None:
    """Step 4: the tables joint_member, in_pair and own_value."""
    tell("who is in the pairs")
    others: dict[Field, set[Field]] = {}
    for row in engine.rows("joint_fields").to_pylist():
        others.setdefault(FIELDS[row["driver_field"]], set()).add(FIELDS[row["other_field"]])
    drivers = [field for field in FIELDS if field in others] or [ALWAYS]
    parts = [_driven(driver, others.get(driver, set())) for driver in drivers]
    engine.make("joint_member", "joint_member_again")
    engine.pair_members(parts, tell)
    engine.make("own_value", window=_window(engine))


def _driven(driver: Field, asked: set[Field]) -> Part:
    """Who has the pairs that one field drives: of the other fields it reads those that are asked for."""
    columns = {field.name: (field if field in asked else driver).name for field in FIELDS}  # few: all are read
    views = {"driven_by": ("shared", {"id": "id", "driver": driver.name} | columns)}
    return Part(f"pairs of {driver.name}", {"field": NUMBER[driver.name]}, views)


def cored(engine: Engine, tell: Told) -> None:
    """Step 5: the table core_member."""
    tell("clusters")
    engine.make("node")
    nodes = engine.rows("node_by_place")
    core = components(nodes["id"].to_numpy(), nodes["reported"].to_numpy(), engine.rows("star"))
    engine.put("core_member", core)
    engine.drop("node")


def attached(engine: Engine, fields: list[Field], tell: Told, held: tuple[str, ...] = ("held_value",)) -> None:
    """Step 6: the table attached; `held` are the steps that give the values which clusters hold."""
    tell("attach")
    attaching = [_of_column(field) for field in fields if field.attaches]
    engine.add_each("core_holding", "core_holding", attaching, tell)
    for step in held:
        engine.add("held_value", step)
    engine.add_each("holder", "holder", attaching, tell)
    engine.make("held_on_day")
    engine.make("attached")
    engine.drop("core_holding")


def robust(engine: Engine, tell: Told) -> None:
    """Step 7c: the table robustness."""
    tell("robustness")
    engine.make("reach", least=LEAST)
    engine.make("tied")
    few = tied_by_few(engine.rows("few_together", least=LEAST))
    engine.put("tied_by_few", pa.table({"id": few}))
    engine.make("robustness", least=LEAST)
