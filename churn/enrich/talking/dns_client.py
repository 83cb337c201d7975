"""Talking DNS: many names at once, each asked for a few record types. Bytes and outcomes only; no table, no plan.

Runs in worker processes, so `observe` takes and returns plain values. The window is kept below what a resolver's
socket buffer holds, since every question that overflows it costs a time-out.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pycares

from churn.enrich.talking.dns_pump import FAULTS, Pump
from churn.markings import printable
from churn.outcomes import Outcome

WINDOW, CAUTIOUS_WINDOW = 120, 16
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
        ("txt", TEXTS),
        ("resolver", TEXT),
    ]
)
"""Columns of what `observe` returns. A list that is null was not asked for or not obtained; an empty one is absent."""

SYSTEM_RESOLVER = "system"
LONGEST_TEXT = 500
OUTCOME = OBSERVATION.names.index("outcome")
_OTHERS_FAULT = frozenset({Outcome.MALFORMED.value, Outcome.UNREACHABLE.value})
_LISTS = {"A": "addr", "AAAA": "addr", "NS": "nsdname", "MX": "exchange"}
_TYPE_NUMBERS = {"A": 1, "NS": 2, "SOA": 6, "MX": 15, "TXT": 16, "AAAA": 28}
_ANOTHER_RESOLVER_MAY_KNOW = frozenset({Outcome.TIMEOUT, Outcome.UNREACHABLE, Outcome.REFUSED, Outcome.SERVER_FAILURE})
_NO_DATA, _NO_NAME = pycares.errno.ARES_ENODATA, pycares.errno.ARES_ENOTFOUND


Row = tuple[Any, ...]
"""Values in the order of OBSERVATION."""


def observe(names: Sequence[str], question: Question, note: Callable[[Row], None]) -> None:
    """Ask for every name, and `note` one row a name as soon as it is complete, in no particular order.

    All answers of a name come from one resolver at one time. Names are spread over the resolvers; where one fails, the
    name is asked anew at the next. A name whose answer can't be read, or whose connection broke, is asked once more
    when all others are done: c-ares gives up on all questions of a connection on which it can't read one answer.
    """
    again: list[str] = []

    def sift(row: Row) -> None:
        if row[OUTCOME] in _OTHERS_FAULT:
            again.append(row[0])
        else:
            note(row)

    _ask_all(names, question, sift, WINDOW)
    _ask_all(again, question, note, CAUTIOUS_WINDOW)


def _ask_all(names: Sequence[str], question: Question, take: Callable[[Row], None], window: int) -> None:
    waiting, left = iter(names), len(names)
    with Pump(question.resolvers, question.timeout_seconds) as pump:

        def begin() -> None:
            name = next(waiting, None)
            if name is not None:
                _Inquiry(name, question, pump, finish).ask()

        def finish(row: Row) -> None:
            nonlocal left
            left -= 1
            take(row)
            begin()

        for _ in range(window):
            begin()
        while left:
            pump.deliver()


def observations(rows: Sequence[Row]) -> pa.Table:
    """Rows as a table with the columns of OBSERVATION."""
    columns = zip(*rows, strict=True) if rows else ((),) * len(OBSERVATION)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, OBSERVATION, strict=True)], schema=OBSERVATION)


class _Inquiry:
    """One name, asked for one type after the other."""

    __slots__ = (
        "detail",
        "finish",
        "left",
        "name",
        "outcome",
        "pump",
        "question",
        "rcode",
        "resolver",
        "resolvers",
        "started",
        "values",
    )

    def __init__(self, name: str, question: Question, pump: Pump, finish: Callable[[Row], None]) -> None:
        self.name, self.question, self.pump, self.finish = name, question, pump, finish
        number = max(1, len(question.resolvers))
        first = zlib.crc32(name.encode()) % number
        self.resolvers = [(first + place) % number for place in range(number)]
        self.begin()

    def begin(self) -> None:
        self.resolver = self.resolvers.pop(0)
        self.left = list(reversed(self.question.types))
        self.values: dict[str, Any] = {}
        self.outcome = Outcome.OK
        self.rcode: str | None = "NOERROR"
        self.detail: str | None = None
        self.started = time.perf_counter()

    def ask(self) -> None:
        self.pump.ask(self.name, _TYPE_NUMBERS[self.left[-1]], self.received, self.resolver)

    def received(self, result: Any, error: int | None) -> None:
        record_type = self.left.pop()
        if error is None:
            self.values[record_type] = _values(result.answer, record_type)
        elif error == _NO_NAME and record_type == self.question.types[0]:  # the name has no records of any type
            self.outcome, self.rcode, self.values = (
                Outcome.NOT_FOUND,
                "NXDOMAIN",
                {kind: [] for kind in (*_LISTS, "TXT")},
            )
            self.left.clear()
        elif error in {_NO_DATA, _NO_NAME}:
            self.values[record_type] = []
        else:
            self._fault(record_type, error)
        if self.left:
            self.ask()
        elif self.resolvers and self.outcome in _ANOTHER_RESOLVER_MAY_KNOW:
            self.begin()
            self.ask()
        else:
            self.finish(self._row())

    def _fault(self, record_type: str, error: int) -> None:
        fault, rcode = FAULTS.get(error, (Outcome.MALFORMED, None))
        if self.outcome is Outcome.OK:
            self.outcome, self.rcode = fault, rcode
            self.detail = f"{record_type}: {pycares.errno.errorcode.get(error, error)}"
        if fault is Outcome.TIMEOUT:  # the other types would wait as long
            self.left.clear()

    def _row(self) -> Row:
        elapsed_ms = (time.perf_counter() - self.started) * 1000
        mname, rname = self.values.get("SOA") or (None, None)
        lists = (self.values.get(kind) for kind in ("A", "AAAA", "NS", "MX"))
        resolvers = self.question.resolvers
        resolver = resolvers[self.resolver] if resolvers else SYSTEM_RESOLVER
        about = (self.name, self.outcome.value, self.detail, elapsed_ms, self.rcode)
        return (*about, *lists, mname, rname, self.values.get("TXT"), resolver)


def _values(records: Sequence[Any], record_type: str) -> list[str] | tuple[str, str] | None:
    number = _TYPE_NUMBERS[record_type]
    mine = [record.data for record in records if record.type == number]  # a CNAME may stand before them
    if record_type == "SOA":
        return (_host(mine[0].mname), _host(mine[0].rname)) if mine else None
    if record_type == "TXT":
        return sorted({printable(data.data.decode("utf-8", "replace"), LONGEST_TEXT) for data in mine})[:LONGEST_LIST]
    attribute = _LISTS[record_type]
    return sorted({_host(getattr(data, attribute)) for data in mine})[:LONGEST_LIST]


def _host(name: str) -> str:
    return name.lower().removesuffix(".")
