"""Talking DNS: many names at once, each asked for a few record types. Bytes and outcomes only; no table, no plan.

Runs in worker processes, so its functions take and return plain values. Measured: one process asks about 20,000
questions a second of a server on the loopback; the window is kept below what a resolver's socket buffer holds, since
every question that overflows it costs a time-out.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import aiodns
import pyarrow as pa

from churn.outcomes import Outcome

WINDOW = 120
LONGEST_LIST = 100


class Question(NamedTuple):
    """What is asked of whom: record types in their order, resolvers as address or address:port (none: the system's)."""

    types: tuple[str, ...]
    resolvers: tuple[str, ...]
    timeout_seconds: float


TEXT, TEXTS = pa.string(), pa.list_(pa.string())
OBSERVATION = pa.schema(
    [
        ("domain", TEXT),
        ("outcome", TEXT),
        ("detail", TEXT),
        ("elapsed_ms", pa.float64()),
        ("rcode", TEXT),
        *((column, TEXTS) for column in ("a", "aaaa", "ns", "mx")),
        ("soa_mname", TEXT),
        ("soa_rname", TEXT),
    ]
)
"""Columns of what `observe` returns. A list that is null was not asked for or not obtained; an empty one is absent."""

_LISTS = {"A": "addr", "AAAA": "addr", "NS": "nsdname", "MX": "exchange"}
_TYPE_NUMBERS = {"A": 1, "NS": 2, "SOA": 6, "MX": 15, "AAAA": 28}
_NO_DATA, _NO_NAME = aiodns.error.ARES_ENODATA, aiodns.error.ARES_ENOTFOUND
_FAULTS = {
    aiodns.error.ARES_ESERVFAIL: (Outcome.SERVER_FAILURE, "SERVFAIL"),
    aiodns.error.ARES_ENOTIMP: (Outcome.SERVER_FAILURE, "NOTIMP"),
    aiodns.error.ARES_EREFUSED: (Outcome.REFUSED, "REFUSED"),
    aiodns.error.ARES_EFORMERR: (Outcome.MALFORMED, "FORMERR"),
    aiodns.error.ARES_EBADRESP: (Outcome.MALFORMED, None),
    aiodns.error.ARES_ETIMEOUT: (Outcome.TIMEOUT, None),
    aiodns.error.ARES_ECONNREFUSED: (Outcome.UNREACHABLE, None),
}


def observe(names: Sequence[str], question: Question) -> pa.Table:
    """Ask for every name; one row a name, in no particular order, with the columns of OBSERVATION."""
    return asyncio.run(observe_async(names, question))


async def observe_async(names: Sequence[str], question: Question) -> pa.Table:
    """`observe` within a running loop."""
    resolver = make_resolver(question.resolvers, question.timeout_seconds)
    rows: list[tuple[Any, ...]] = []
    waiting = iter(names)
    try:
        await asyncio.gather(*(_work(resolver, question.types, waiting, rows) for _ in range(min(WINDOW, len(names)))))
    finally:
        await resolver.close()
    columns = zip(*rows, strict=True) if rows else ((),) * len(OBSERVATION)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, OBSERVATION, strict=True)], schema=OBSERVATION)


def make_resolver(resolvers: tuple[str, ...], timeout_seconds: float) -> aiodns.DNSResolver:
    """A resolver for the running loop. Three tries, each waiting twice as long, end within the deadline."""
    return aiodns.DNSResolver(list(resolvers) or None, timeout=timeout_seconds / 7, tries=3)


async def _work(
    resolver: aiodns.DNSResolver, types: tuple[str, ...], waiting: Iterator[str], rows: list[tuple[Any, ...]]
) -> None:
    for name in waiting:
        row = await _ask(resolver, name, types)
        rows.append(row)


async def _ask(resolver: aiodns.DNSResolver, name: str, types: tuple[str, ...]) -> tuple[Any, ...]:
    started = time.perf_counter()
    outcome, detail, rcode = Outcome.OK, None, "NOERROR"
    values: dict[str, Any] = {}
    for record_type in types:
        try:
            answer = await resolver.query_dns(name, record_type)
        except aiodns.error.DNSError as error:
            code = error.args[0]
            if code == _NO_NAME and record_type == types[0]:  # the name has no records of any type
                outcome, rcode, values = Outcome.NOT_FOUND, "NXDOMAIN", {kind: [] for kind in _LISTS}
                break
            if code in (_NO_DATA, _NO_NAME):
                values[record_type] = []
                continue
            fault, fault_rcode = _FAULTS.get(code, (Outcome.MALFORMED, None))
            if outcome is Outcome.OK:
                outcome, rcode, detail = fault, fault_rcode or "", f"{record_type}: {error.args[1]}"[:200]
            if fault is Outcome.TIMEOUT:  # the other types would wait as long
                break
        else:
            values[record_type] = _values(answer.answer, record_type)
    return _row(name, values, (outcome.value, detail, (time.perf_counter() - started) * 1000, rcode or None))


def _values(records: Sequence[Any], record_type: str) -> list[str] | tuple[str, str] | None:
    number = _TYPE_NUMBERS[record_type]
    mine = [record.data for record in records if record.type == number]  # a CNAME may stand before them
    if record_type == "SOA":
        return (_host(mine[0].mname), _host(mine[0].rname)) if mine else None
    attribute = _LISTS[record_type]
    return sorted({_host(getattr(data, attribute)) for data in mine})[:LONGEST_LIST]


def _host(name: str) -> str:
    return name.lower().removesuffix(".")


def _row(name: str, values: dict[str, Any], ending: tuple[Any, ...]) -> tuple[Any, ...]:
    mname, rname = values.get("SOA") or (None, None)
    return (name, *ending, *(values.get(kind) for kind in ("A", "AAAA", "NS", "MX")), mname, rname)
