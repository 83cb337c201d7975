"""Campaigns: many domains of one operator, each campaign with habits of its own; and the case.

What belongs here: which traits an operator reuses, rotates and hides. What doesn't: innocents (`background`, `groups`)
and the reported list's other entries (`reported`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from churn.lab import words
from churn.lab.actors import TLDS
from churn.lab.rows import CAMPAIGN, NEVER, Draft, moment, quick_succession, rows
from churn.lab.scale import REST_DAYS

CASE = "case"


@dataclass(frozen=True, slots=True)
class Habit:
    """How an operator works. Shares are of its domains; `sizes` counts registrations by number of day."""

    name: str
    operator: int
    sizes: dict[int, int]
    naming: str
    tlds: tuple[int, ...]
    registrars: tuple[int, ...]
    addresses: tuple[int, ...]
    window: int
    """How many of the addresses one batch uses; the next batch moves on by half of them."""
    ns: tuple[int, ...]
    batch: tuple[int, int]
    reported: float
    delay: tuple[int, ...]
    """Days from registration to the reported list, chosen evenly."""
    redacted: float = 0.75
    open_registrar: int = -1
    """The registrar that shows its registrants."""
    registrants: tuple[int, ...] = ()
    keys: tuple[int, ...] = ()
    mx: int = 0
    soa: int = 0
    series: int = -1
    failing: float = 0.03
    own_words: tuple[str, ...] = field(default=words.WORDS)
    deviation: float = 0.05
    slack: float = 0.12
    """Share that got a name-server set or an address out of turn."""
    hopping: bool = False
    """From its second day on it registers labels of the first again, under TLDs that it did not use then."""


def _labels(rng: np.random.Generator, habit: Habit, n: int) -> pa.Array:
    if habit.naming == "variants":
        return words.variants(rng, "".join(habit.own_words[:2]) + habit.own_words[2], n)
    if habit.naming == "running":
        return words.join(habit.own_words[0], words.pick(rng, habit.own_words, n), words.numbers(rng, n, 1, 9_999))
    if habit.naming in {"two_words", "words_counter", "hop"}:
        two = words.join(words.pick(rng, habit.own_words, n), words.pick(rng, habit.own_words, n))
        usual = words.join(two, words.numbers(rng, n, 1, 99)) if habit.naming == "words_counter" else two
        odd = pa.array(rng.random(n) < habit.deviation)
        return pc.if_else(odd, words.join(words.word_and_invented(rng, n)), usual)
    return words.STYLES[habit.naming](rng, n)


def _batch_sizes(rng: np.random.Generator, habit: Habit, total: int) -> list[int]:
    sizes: list[int] = []
    while (left := total - sum(sizes)) > 0:
        sizes.append(min(left, int(rng.integers(habit.batch[0], habit.batch[1] + 1))))
    return sizes


def register(rng: np.random.Generator, draft: Draft, habit: Habit) -> pa.Table:
    """The registrations of one campaign, batch by batch."""
    number = len(draft.campaigns)
    draft.campaigns.append(habit.name)
    parts: list[pa.Table] = []
    turn = 0
    for day, total in habit.sizes.items():
        day_labels, hop = _labels(rng, habit, total), None
        if habit.hopping and parts:
            day_labels, hop = _hopped(parts[0], habit, turn, total)
        elif habit.naming == "hop":  # every stem under every TLD, stem by stem
            stems = -(-total // len(habit.tlds))
            day_labels = pa.array((words.two_words(rng, stems).to_pylist() * len(habit.tlds))[:total])
            hop = np.repeat(habit.tlds, stems)[:total]
        done = 0
        for size in _batch_sizes(rng, habit, total):
            labels = day_labels.slice(done, size)
            tlds = rng.choice(habit.tlds, size) if hop is None else hop[done : done + size]
            parts.append(_batch(rng, habit, labels, tlds, (number, day, turn)))
            done, turn = done + size, turn + 1
    return _reported(rng, draft, habit, pa.concat_tables(parts))


def _hopped(first: pa.Table, habit: Habit, turn: int, total: int) -> tuple[pa.Array, np.ndarray]:
    """`total` labels of the first batch again, and the TLDs that they hop to: others at every turn."""
    places = np.arange(total)
    labels = first["label"].combine_chunks().take(pa.array(places % len(first)))
    fresh = [tld for tld in range(len(TLDS)) if tld not in habit.tlds]
    return labels, np.array(fresh)[(turn * 7 + places // len(first)) % len(fresh)]


def _batch(
    rng: np.random.Generator, habit: Habit, labels: pa.Array, tlds: np.ndarray, place: tuple[int, int, int]
) -> pa.Table:
    number, day, turn = place
    n = len(labels)
    registrar = habit.registrars[turn % len(habit.registrars)]
    step = max(1, habit.window // 2)
    window = [habit.addresses[(turn * step + i) % len(habit.addresses)] for i in range(habit.window)]
    ns = np.where(rng.random(n) < habit.slack, rng.choice(habit.ns, n), habit.ns[(turn // 2) % len(habit.ns)])
    a = np.where(rng.random(n) < habit.slack, rng.choice(habit.addresses, n), rng.choice(window, n))
    keys = rng.choice(habit.keys, n) if habit.keys else np.full(n, -1)
    return rows(
        labels,
        tld=tlds,
        day=day,
        created=moment(day, quick_succession(rng, n, float(rng.uniform(0.4, 2.5)))),
        registrar=registrar,
        ns=ns,
        a=a,
        mx=habit.mx,
        soa=habit.soa,
        rcode=np.where(rng.random(n) < habit.failing, 3, 0),
        registrant=rng.choice(habit.registrants, n) if habit.registrants else habit.operator,
        redacted=(rng.random(n) < habit.redacted) & (registrar != habit.open_registrar),
        cert=np.where(rng.random(n) < 0.85, keys, -1),
        kind=CAMPAIGN,
        campaign=number,
        owner=habit.operator,
        status=rng.integers(0, 2, n),
    )


def _reported(rng: np.random.Generator, draft: Draft, habit: Habit, table: pa.Table) -> pa.Table:
    """Put a share on the list, each some days after its registration, never after the last day."""
    n = len(table)
    days = table["day"].to_numpy() + rng.choice(habit.delay, n)
    listed = np.zeros(n, dtype=bool)
    listed[rng.permutation(n)[: round(habit.reported * n)]] = True
    reported = np.where(listed & (days < draft.scale.days), days, NEVER)
    series = np.where(reported != NEVER, habit.series, -1)
    for name, value in (("reported", reported), ("series", series)):
        place = table.schema.get_field_index(name)
        table = table.set_column(place, table.schema.field(place), pa.array(value).cast(table.schema.field(place).type))
    return table


def _networks(rng: np.random.Generator, draft: Draft, addresses: int, networks: int) -> tuple[int, ...]:
    """Addresses of one's own in some networks of the tail."""
    count = len(draft.actors.networks)
    chosen = rng.choice(np.arange(min(8, count // 3), count), networks, replace=False)
    return tuple(
        address
        for place, network in enumerate(chosen)
        for address in draft.dedicated(int(network), len(range(place, addresses, networks)))
    )


def _name_servers(rng: np.random.Generator, draft: Draft, n: int) -> tuple[int, ...]:
    slugs = words.invented(rng, n, 3, 4).to_pylist()
    return tuple(draft.pools.ns.add((f"ns1.{slug}.comlab", f"ns2.{slug}.comlab")) for slug in slugs)


def case_habit(rng: np.random.Generator, draft: Draft) -> Habit:
    """The case: one operator's domains on the last day, a fifth of them on that day's reported list."""
    retail = [item.number for item in draft.actors.registrars[6:30] if not item.corporate]
    registrars = tuple(int(i) for i in rng.choice(retail, 4, replace=False))
    operator = draft.owners()
    slug = words.invented(rng, 1, 3, 4)[0].as_py()
    size = draft.scale.case_size
    return Habit(
        name=CASE,
        operator=operator,
        sizes={draft.scale.days - 1: size},
        naming="words_counter",
        own_words=tuple(words.WORDS[i] for i in rng.choice(len(words.WORDS), 48, replace=False)),
        tlds=tuple(
            draft.actors.tld_names.index(f"{name}lab") for name in ("com", "shop", "top", "site", "xyz", "online")
        ),
        registrars=registrars,
        open_registrar=registrars[1],
        addresses=_networks(rng, draft, draft.scale.case_addresses, 3),
        window=4,
        ns=(*_name_servers(rng, draft, draft.scale.case_name_servers), int(rng.choice(draft.actors.dns_hub_sets))),
        batch=(20, 260) if size > 1_000 else (8, 22),
        reported=0.2,
        delay=(0,),
        redacted=1.0,
        registrants=tuple(draft.owners(3) + i for i in range(3)),
        keys=tuple(draft.owners(5) + i for i in range(5)),
        mx=draft.pools.mx.add((f"mail.{slug}.comlab",)),
        soa=draft.pools.soa.add(f"admin.{slug}.comlab"),
        series=operator,
        failing=0.003,
        deviation=0.06,
    )


def habits(rng: np.random.Generator, draft: Draft) -> list[Habit]:
    """The world's other campaigns. Some operators run two of them."""
    made: list[Habit] = []
    for number in range(draft.scale.campaigns):
        previous = made[-1] if made and number % 5 == 4 else None
        made.append(_habit(rng, draft, number, previous))
    return made


def _sizes(rng: np.random.Generator, draft: Draft) -> dict[int, int]:
    total = int(min(5 + rng.pareto(0.8) * 12, draft.scale.largest_campaign))
    count = int(rng.integers(1, min(draft.scale.days, max(1, total // 5)) + 1))
    days = np.sort(rng.choice(draft.scale.days, count, replace=False))
    if draft.scale.returning and rng.random() < draft.scale.returning:
        days = _with_rest(rng, draft.scale.days, max(2, count // 3))
        count = len(days)
        total = max(total, 5 * count)
    shares = rng.multinomial(total - count, rng.dirichlet(np.full(count, 1.5))) + 1
    return dict(zip(days.tolist(), shares.tolist(), strict=True))


def _with_rest(rng: np.random.Generator, days: int, count: int) -> np.ndarray:
    """Days of a campaign that is active early, rests, and is active late: at most `count` of them in each part."""
    part = (days - REST_DAYS) // 2
    early, late = (np.sort(rng.choice(part, min(count, part), replace=False)) for _ in range(2))
    return np.concatenate([early, days - part + late])


def _habit(rng: np.random.Generator, draft: Draft, number: int, previous: Habit | None) -> Habit:
    """One campaign. `previous` is an earlier campaign of the same operator, who keeps the registrants and the keys."""
    actors = draft.actors
    operator = previous.operator if previous else draft.owners()
    own = rng.random() < 0.65
    hub = (int(rng.choice(actors.dns_hub_sets)),)
    names = ("two_words", "words_counter", "randoms", "running", "variants", "hop", "word_and_invented")
    slug = words.invented(rng, 1, 3, 4)[0].as_py()
    address_count = int(rng.integers(1, 9))
    return Habit(
        name=f"c{number + 1:03d}",
        operator=operator,
        sizes=_sizes(rng, draft),
        naming=str(rng.choice(names)),
        own_words=tuple(words.WORDS[i] for i in rng.choice(len(words.WORDS), int(rng.integers(6, 60)), replace=False)),
        tlds=tuple(int(i) for i in rng.choice(len(actors.tld_names), int(rng.integers(1, 8)), replace=False)),
        registrars=tuple(int(i) for i in rng.choice(len(actors.registrars), int(rng.integers(1, 4)), replace=False)),
        addresses=_networks(rng, draft, address_count, min(address_count, int(rng.integers(1, 4)))),
        window=int(rng.integers(1, 4)),
        ns=_name_servers(rng, draft, int(rng.integers(1, 4))) if own else hub,
        batch=(5, int(rng.integers(8, 80))),
        reported=float(rng.beta(1.2, 2.5)),
        delay=tuple(range(int(rng.integers(1, 5)))),
        redacted=float(rng.choice([0.0, 0.6, 0.95, 1.0])),
        registrants=previous.registrants if previous else tuple(draft.owners(3) + i for i in range(3)),
        keys=previous.keys if previous else tuple(draft.owners(2) + i for i in range(2)) * int(rng.random() < 0.7),
        mx=draft.pools.mx.add((f"mx.{slug}.comlab",)) if rng.random() < 0.4 else 0,
        soa=draft.pools.soa.add(f"root.{slug}.comlab") if rng.random() < 0.4 else 0,
        series=operator if rng.random() < 0.3 else -1,
        hopping=draft.scale.hopping > 0 and bool(rng.random() < draft.scale.hopping),
    )
