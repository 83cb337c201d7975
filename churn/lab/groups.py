"""Innocents who register in bulk: resellers, brand owners, domainers. They are related, and nobody alleges anything.

What belongs here: groups that a careless method would call a campaign. What doesn't: campaigns (`campaigns`).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from churn.lab import words
from churn.lab.actors import zipf
from churn.lab.rows import BATCH, BRAND, RESELLER, Draft, moment, quick_succession, rows

BATCH_STYLES = ("two_words", "counters", "randoms", "digits", "words_counter", "word_and_invented", "three_words")


def brands(rng: np.random.Generator, draft: Draft) -> list[pa.Table]:
    """Brand owners, each with one label under most TLDs within a minute, at a corporate registrar."""
    per_day = draft.scale.brands_per_day
    days = [day for day in range(draft.scale.days) for _ in range(int(rng.integers(0, 2 * per_day)))]
    days.append(draft.scale.days - 1)  # the last day always has one, beside the case
    return [_brand(rng, draft, day, len(draft.actors.tld_names) if day == days[-1] else 0) for day in days]


def _brand(rng: np.random.Generator, draft: Draft, day: int, count: int) -> pa.Table:
    actors = draft.actors
    count = count or int(rng.integers(15, len(actors.tld_names) + 1))
    corporate = [registrar for registrar in actors.registrars if registrar.corporate]
    registrar = corporate[int(rng.integers(len(corporate)))]
    label = words.word_and_invented(rng, 1).to_pylist() * count
    network = int(rng.integers(len(actors.networks)))
    owner = draft.owners()
    start = rng.integers(0, 86_000)
    return rows(
        pa.array(label),
        tld=rng.permutation(len(actors.tld_names))[:count],
        day=day,
        created=moment(day, start + np.sort(rng.integers(0, 55, count))),
        registrar=registrar.number,
        ns=registrar.ns,
        a=draft.pools.address_set(draft.dedicated(network, 1)),
        mx=registrar.mx,
        soa=registrar.soa,
        registrant=owner,
        redacted=False,
        cert=owner,
        status=3,
        kind=BRAND,
        owner=owner,
    )


def resellers(rng: np.random.Generator, draft: Draft) -> list[pa.Table]:
    """Mid-size resellers: own name servers, own addresses, customers' names entered in batches of minutes."""
    made = []
    for _ in range(draft.scale.resellers):
        days = np.flatnonzero(rng.random(draft.scale.days) < 0.6)
        sizes = np.maximum(3, (rng.pareto(1.3, len(days)) * 14).astype(int)).clip(max=180)
        made.append(_reseller(rng, draft, dict(zip(days.tolist(), sizes.tolist(), strict=True)), habit=None))
    return [table for table in made if table is not None]


def look_alike(rng: np.random.Generator, draft: Draft, minute: int) -> pa.Table:
    """The reseller who looks like the case: its minutes, its habit of naming, own name servers, one address."""
    table = _reseller(rng, draft, {draft.scale.days - 1: draft.scale.look_alike_size}, habit="words_counter")
    assert table is not None
    start = minute + rng.integers(0, 600, len(table))
    place = table.schema.get_field_index("created")
    created = pa.array(moment(draft.scale.days - 1, np.sort(start)))
    return table.set_column(place, table.schema.field(place), created)


def _reseller(rng: np.random.Generator, draft: Draft, sizes: dict[int, int], habit: str | None) -> pa.Table | None:
    """One reseller's registrations: `sizes` by day. `habit` names a style of naming, else its customers choose."""
    if not sizes:
        return None
    actors = draft.actors
    registrar = int(rng.choice(len(actors.registrars), p=actors.registrar_weights))
    network = int(rng.integers(len(actors.networks)))
    owner = draft.owners()
    slug = words.invented(rng, 1, 3, 4)[0].as_py()
    ns = draft.pools.ns.add((f"ns1.{slug}-host.netlab", f"ns2.{slug}-host.netlab"))
    addresses = draft.dedicated(network, 1 if habit else int(rng.integers(1, 5)))
    days = np.repeat(list(sizes), list(sizes.values()))
    n = len(days)
    seconds = np.concatenate([quick_succession(rng, size, float(rng.uniform(1, 6))) for size in sizes.values()])
    if habit or rng.random() < 0.3:
        label = words.STYLES[habit or str(rng.choice(BATCH_STYLES))](rng, n)
    else:
        label = words.mixed(rng, dict.fromkeys(("two_words", "word_and_invented", "persons", "invented"), 1.0), n)
    tlds = rng.choice(len(actors.tld_names), n, p=zipf(len(actors.tld_names), 1.5))
    customers = draft.owners(n) + rng.integers(0, n, n)
    return rows(
        label,
        tld=tlds,
        day=days,
        created=moment(days, seconds),
        registrar=registrar,
        ns=ns,
        a=rng.choice(addresses, n),
        mx=draft.pools.mx.add((f"mail.{slug}-host.netlab",)),
        soa=draft.pools.soa.add(f"support.{slug}-host.netlab"),
        rcode=np.where(rng.random(n) < 0.02, 3, 0),
        registrant=customers,
        redacted=rng.random(n) < 0.7,
        cert=np.where(rng.random(n) < 0.8, customers, -1),
        kind=RESELLER,
        owner=owner,
        reseller=owner,
        status=1,
    )


def batches(rng: np.random.Generator, draft: Draft) -> list[pa.Table]:
    """Domainers: a list of names pasted into one order, parked on addresses that thousands share."""
    return [
        _batch(rng, draft, day)
        for day in range(draft.scale.days)
        for _ in range(int(rng.integers(1, 2 * draft.scale.batches_per_day)))
    ]


def _batch(rng: np.random.Generator, draft: Draft, day: int) -> pa.Table:
    actors = draft.actors
    n = int(min(10 + rng.pareto(1.2) * 15, 0.005 * draft.scale.per_day + 15))
    registrar = actors.registrars[int(rng.choice(len(actors.registrars), p=actors.registrar_weights))]
    parked_at_hub = rng.random() < 0.5
    style = str(rng.choice(BATCH_STYLES))
    label = words.STYLES[style](rng, n)
    if style == "counters":  # one keyword with a running number or a city of one's own
        label = words.join(words.pick(rng, words.WORDS, 1)[0], words.pick(rng, words.WORDS, n), words.numbers(rng, n))
    owner = draft.owners()
    tld_count = int(rng.integers(1, 4))
    tlds = rng.choice(rng.choice(len(actors.tld_names), tld_count, p=actors.tld_weights), n)
    return rows(
        pc.utf8_slice_codeunits(label, 0, 60),
        tld=tlds,
        day=day,
        created=moment(day, quick_succession(rng, n, float(rng.uniform(0.5, 4)))),
        registrar=registrar.number,
        ns=actors.parking_ns[int(rng.integers(2))] if parked_at_hub else registrar.ns,
        a=int(rng.choice(actors.parking_addresses)) if parked_at_hub else draft.pools.address_set(registrar.parking),
        soa=registrar.soa,
        registrant=owner,
        redacted=bool(rng.random() < 0.75),
        kind=BATCH,
        owner=owner,
        status=1,
    )
