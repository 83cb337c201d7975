"""A registrar's portfolio made of a world of the lab, with the truth of who holds what.

All registrars of the world are taken for one. The lab has persons and orders in all but name; what it lacks, made here
with a seed: accounts, means of payment, network addresses of customers, and years of past. Innocents' registrations
are spread over ten years, since a portfolio is older than a list of new names.

Operators have one of five habits: `one` account; a `few`; a `fresh` one for each order; the `stolen` account of a
customer, who holds innocent domains in it; or they buy from a `reseller`, whose customers are all in one account.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from churn.lab.rows import BACKGROUND, CAMPAIGN, DAY_SECONDS, NEVER, RESELLER
from churn.lab.world import World

HABITS = ("one", "few", "fresh", "stolen", "reseller")
HABIT_SHARES = (0.3, 0.3, 0.2, 0.1, 0.1)
BIG_RESELLERS = (0.02, 0.005)
"""Shares of the unrelated customers that two resellers have in one account each: 100,000 of five million domains."""
YEARS = 10
_VPN, _NAT = 200, 20_000

_WRITE = """
COPY (
    SELECT
        part.domain,
        md5('account' || account) AS account_hash,
        to_timestamp(created) AS created_at,
        CASE WHEN ordered >= 0 THEN 'o' || ordered END AS order_id,
        md5('payment' || payment) AS payment_hash,
        md5('contact' || contact) AS contact_hash,
        md5('access' || access) AS access_hash,
        ns.value AS name_servers,
        address.value AS addresses
    FROM part
    LEFT JOIN ns ON ns.number = part.ns
    LEFT JOIN address ON address.number = part.a
    ORDER BY hash(part.domain)
) TO '{path}'
"""


@dataclass(slots=True)
class Book:
    """Where the portfolio is, and the truth of it.

    Columns of `truth`: domain, holder, kind, campaign (-1: none), habit, reported, at_reseller (a big one).
    """

    path: Path
    truth: pa.Table


def make_book(world: World, seed: int, path: Path) -> Book:
    """Write the portfolio of a world to `path` (Parquet)."""
    rng = np.random.default_rng([seed, 77])
    columns = {name: world.domains[name].to_numpy().astype(np.int64) for name in _NUMBERS}
    made = _customers(rng, columns)
    habits = _operators(rng, columns, made)
    created = columns["created"] - DAY_SECONDS * _years_back(rng, columns)
    table = pa.table({"domain": world.domains["domain"], **made, "created": created} | {n: columns[n] for n in "a"})
    table = table.append_column("ns", pa.array(columns["ns"]))
    _write(world, table, path)
    truth = pa.table(
        {
            "domain": world.domains["domain"],
            "holder": made["holder"],
            "kind": columns["kind"],
            "campaign": columns["campaign"],
            "habit": pa.array(np.array([*HABITS, ""])[habits]),
            "reported": columns["reported"] != NEVER,
            "at_reseller": np.isin(made["account"], 8 * (columns["owner"].max() + 1) + np.arange(len(BIG_RESELLERS))),
        }
    )
    return Book(path, truth)


_NUMBERS = ("kind", "owner", "registrant", "campaign", "created", "day", "reported", "ns", "a", "registrar")


def _customers(rng: np.random.Generator, columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Accounts and the rest of everybody but operators. Numbers of different kinds of holders don't meet."""
    kind, owner, n = columns["kind"], columns["owner"], len(columns["kind"])
    owners = int(owner.max()) + 1
    # some customers order often: the busiest have some hundred domains
    customer = (rng.random(owners) ** 1.5 * 0.6 * owners).astype(np.int64)
    holder = np.where(kind == BACKGROUND, customer[owner], 2 * owners + owner)
    account, contact, payment = holder.copy(), holder.copy(), holder.copy()
    taken = 0.0
    draw = rng.random(owners)
    for number, share in enumerate(BIG_RESELLERS):
        its = (kind == BACKGROUND) & (draw[owner] >= taken) & (draw[owner] < taken + share)
        account[its] = payment[its] = 8 * owners + number
        holder[its] = contact[its] = 4 * owners + owner[its]
        taken += share
    its = kind == RESELLER
    account[its] = payment[its] = 2 * owners + owner[its]
    holder[its] = contact[its] = 6 * owners + columns["registrant"][its]
    order = np.where(its, owner * 100 + columns["day"], owner)
    at_home = rng.random(n) < 0.7
    access = np.where(at_home, account, 9 * owners + rng.integers(0, _NAT, n))
    access[rng.random(n) < 0.01] = -1 - int(rng.integers(_VPN))
    return {
        "account": account, "contact": contact, "payment": payment,
        "access": access, "ordered": order, "holder": holder,
    }  # fmt: skip


def _operators(rng: np.random.Generator, columns: dict[str, np.ndarray], made: dict[str, np.ndarray]) -> np.ndarray:
    """The habits of operators; returns the habit of each domain, by number (the last: nobody's)."""
    kind, owner = columns["kind"], columns["owner"]
    habits = np.full(len(kind), len(HABITS))
    fresh = 20 * (int(owner.max()) + 1)
    innocent = np.flatnonzero(kind == BACKGROUND)
    for operator in np.unique(owner[kind == CAMPAIGN]):
        rows = np.flatnonzero((kind == CAMPAIGN) & (owner == operator))
        rows = rows[np.argsort(columns["created"][rows], kind="stable")]
        gaps = np.diff(columns["created"][rows], prepend=columns["created"][rows[0]]) > 300
        batch = np.cumsum(gaps)
        habit = int(rng.choice(len(HABITS), p=HABIT_SHARES))
        habits[rows] = habit
        turns = [np.zeros_like(batch), batch % int(rng.integers(2, 7)), batch][min(habit, 2) if habit < 3 else 0]
        account = fresh + turns
        if HABITS[habit] == "stolen":
            account = np.full(len(rows), made["account"][rng.choice(innocent)])
        elif HABITS[habit] == "reseller":
            account = np.full(len(rows), 8 * (int(owner.max()) + 1))
        by_order = fresh + batch if HABITS[habit] in {"fresh", "reseller"} else account
        made["account"][rows] = account
        made["payment"][rows] = fresh if rng.random() < 0.5 else account
        made["contact"][rows] = columns["registrant"][rows] + 30 * fresh if rng.random() < 0.5 else by_order
        by_vpn = rng.random(len(rows)) < 0.5
        made["access"][rows] = np.where(by_vpn, -1 - rng.integers(0, _VPN, len(rows)), by_order)
        made["ordered"][rows] = -1 if rng.random() < 0.1 else fresh + batch
        fresh += int(batch.max()) + 1
    return habits


def _years_back(rng: np.random.Generator, columns: dict[str, np.ndarray]) -> np.ndarray:
    """Days by which a registration is moved back, an order as a whole; an operator's days are drawn apart at most."""
    kind, owner = columns["kind"], columns["owner"]
    back = rng.integers(0, YEARS * 365, int(owner.max()) + 1)[owner]
    days = columns["day"] - columns["day"].min()
    its = kind == RESELLER
    back[its] = rng.integers(0, YEARS * 365, 1 << 16)[(owner[its] * 31 + days[its]) % (1 << 16)]
    apart = rng.integers(0, 12, int(owner.max()) + 1)[owner]
    return np.where(kind == CAMPAIGN, (columns["day"].max() - columns["day"]) * apart, back)


def _write(world: World, table: pa.Table, path: Path) -> None:
    numbers = np.unique(table["a"].to_numpy())
    addresses = [sorted(world.pools.address_texts(int(number))) for number in numbers]
    servers = [list(value) for value in world.pools.ns.values]
    with duckdb.connect(config={"threads": 2, "memory_limit": "2GB", "temp_directory": str(path.parent)}) as con:
        con.execute("SET TimeZone = 'UTC'")
        con.register("part", table)
        con.register("ns", pa.table({"number": np.arange(len(servers)), "value": pa.array(servers)}))
        con.register("address", pa.table({"number": numbers, "value": pa.array(addresses)}))
        con.execute(_WRITE.format(path=path))
