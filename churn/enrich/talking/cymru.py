"""Talking DNS for texts (TXT): the questions that Team Cymru's zones answer. Bytes and outcomes only.

What belongs here: a bounded window of questions, and stopping where nobody answers. What doesn't: which questions, and
what an answer means (`meaning.cymru`).
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import pycares

from churn.enrich.talking.dns_pump import FAULTS, Pump
from churn.enrich.talking.http_client import Fetched
from churn.outcomes import Outcome

WINDOW = 40
"""Questions under way at once: with answers in 50 ms, 800 a second, of which the resolver's cache answers some."""
MOST_FAILURES = 50
"""So many questions in a row without an answer end the asking: a dead zone must not cost a time-out each."""
MOST_TEXTS = 20
LONGEST_TEXT = 1_000
_TXT = 16
_NONE = frozenset({pycares.errno.ARES_ENODATA, pycares.errno.ARES_ENOTFOUND})
_FAILURES = frozenset({Outcome.SERVER_FAILURE, Outcome.REFUSED, Outcome.TIMEOUT, Outcome.UNREACHABLE})

Told = Callable[[str, Fetched], None]
"""Gets a question and how it ended; the body has a line a text."""


@dataclass(frozen=True, slots=True)
class TextClient:
    """Asks resolvers (address or address:port; none: the system's) for texts."""

    resolvers: tuple[str, ...]
    timeout_seconds: float

    def ask(self, questions: deque[str], told: Told) -> None:
        """Ask for the texts of names, first come first asked; `told` may add more questions.

        Questions that are left were not asked, since MOST_FAILURES in a row had no answer.
        """
        turn = count()
        under_way = failures = 0
        with Pump(self.resolvers, self.timeout_seconds) as pump:

            def begin() -> None:
                nonlocal under_way
                name, started = questions.popleft(), time.perf_counter()
                under_way += 1

                def received(result: Any, error: int | None) -> None:
                    nonlocal under_way, failures
                    under_way -= 1
                    fetched = _fetched(result, error, (time.perf_counter() - started) * 1000)
                    failures = failures + 1 if fetched.outcome in _FAILURES else 0
                    told(name, fetched)

                pump.ask(name, _TXT, received, next(turn) % max(1, len(self.resolvers)))

            while under_way or (questions and failures < MOST_FAILURES):
                while questions and under_way < WINDOW and failures < MOST_FAILURES:
                    begin()
                pump.deliver()


def _fetched(result: Any, error: int | None, elapsed_ms: float) -> Fetched:
    if error is not None:
        code = str(pycares.errno.errorcode.get(error, error))
        outcome = Outcome.NOT_FOUND if error in _NONE else FAULTS.get(error, (Outcome.MALFORMED, None))[0]
        return Fetched(outcome, detail=None if outcome is Outcome.NOT_FOUND else code, elapsed_ms=elapsed_ms)
    texts = [bytes(record.data.data)[:LONGEST_TEXT] for record in result.answer if record.type == _TXT][:MOST_TEXTS]
    body = b"\n".join(text.replace(b"\n", b" ") for text in texts)
    return Fetched(Outcome.OK if texts else Outcome.NOT_FOUND, body, elapsed_ms=elapsed_ms)
