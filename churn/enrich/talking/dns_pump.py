"""Many DNS questions at once, a c-ares channel a resolver, in one thread: no futures, no hand-over between threads.

aiodns gives c-ares a thread of its own, and the two threads wait for each other's locks: 50 to 90 microseconds of
processor time a question against 27 to 48 here, on an idle and on a busy machine. The day's DNS is what a person
waits for. Single questions (a server's address) go through aiodns: see `addresses`.
"""

from __future__ import annotations

import selectors
from collections import deque
from collections.abc import Callable
from typing import Any, Self

import pycares

from churn.outcomes import Outcome

Receiver = Callable[[Any, int | None], None]
"""Gets the answer, or None and c-ares's error number."""

LONGEST_WAIT_SECONDS = 1.0
FAULTS = {
    pycares.errno.ARES_ESERVFAIL: (Outcome.SERVER_FAILURE, "SERVFAIL"),
    pycares.errno.ARES_ENOTIMP: (Outcome.SERVER_FAILURE, "NOTIMP"),
    pycares.errno.ARES_EREFUSED: (Outcome.REFUSED, "REFUSED"),
    pycares.errno.ARES_EFORMERR: (Outcome.MALFORMED, "FORMERR"),
    pycares.errno.ARES_EBADRESP: (Outcome.MALFORMED, None),
    pycares.errno.ARES_ETIMEOUT: (Outcome.TIMEOUT, None),
    pycares.errno.ARES_ECONNREFUSED: (Outcome.UNREACHABLE, None),
}
"""What c-ares's error numbers say of a look-up, and the response code where there was one. Others: malformed."""


class Pump:
    """Asks and delivers: `ask` never blocks nor calls back; `deliver` waits for answers and calls their receivers."""

    def __init__(self, resolvers: tuple[str, ...], timeout_seconds: float) -> None:
        self._selector = selectors.DefaultSelector()
        self._watched: set[int] = set()
        self._answers: deque[tuple[Receiver, Any, int | None]] = deque()
        self._open = True
        # Each channel has one resolver, so that a name's answers come from one; three tries, each waiting twice as
        # long, end within the deadline.
        self._channels: list[pycares.Channel] = []
        for resolver in resolvers or (None,):
            place = len(self._channels)
            self._channels.append(
                pycares.Channel(
                    servers=[resolver] if resolver else None,
                    timeout=timeout_seconds / 7,
                    tries=3,
                    sock_state_cb=lambda *state, place=place: self._watch(place, *state),
                )
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open = False
        for channel in self._channels:
            channel.close()
        self._selector.close()

    def ask(self, name: str, record_type: int, receiver: Receiver, resolver: int = 0) -> None:
        """Ask one of the resolvers, by its place, a question. A receiver may ask the next."""
        answers = self._answers

        def received(result: Any, error: int | None) -> None:
            answers.append((receiver, result, error))

        before = len(answers)
        try:
            self._channels[resolver].query(name, record_type, callback=received)
        except (pycares.AresError, ValueError) as error:
            if len(answers) == before:  # c-ares may have told the callback as well
                number = error.args[0] if error.args and isinstance(error.args[0], int) else pycares.errno.ARES_EBADNAME
                received(None, number)

    def deliver(self) -> None:
        """Wait for answers, a second at most, and hand out those that came."""
        if not self._answers:
            self._wait()
        for _ in range(len(self._answers)):
            receiver, result, error = self._answers.popleft()
            receiver(result, error)

    def _wait(self) -> None:
        waits: list[float] = [
            channel.timeout(LONGEST_WAIT_SECONDS)  # type: ignore[no-untyped-call]  # pycares has no types
            for channel in self._channels
        ]
        events = self._selector.select(min(waits))
        nothing = pycares.ARES_SOCKET_BAD
        for key, event in events:
            reading = key.fd if event & selectors.EVENT_READ else nothing
            self._channels[key.data].process_fd(reading, key.fd if event & selectors.EVENT_WRITE else nothing)
        if not events:
            for channel in self._channels:
                channel.process_fd(nothing, nothing)  # lets c-ares see what has timed out

    def _watch(self, place: int, descriptor: int, readable: bool, writable: bool) -> None:
        if not self._open:
            return
        events = (selectors.EVENT_READ if readable else 0) | (selectors.EVENT_WRITE if writable else 0)
        if descriptor not in self._watched:
            if events:
                self._watched.add(descriptor)
                self._selector.register(descriptor, events, place)
        elif events:
            self._selector.modify(descriptor, events, place)
        else:
            self._watched.discard(descriptor)
            self._selector.unregister(descriptor)
