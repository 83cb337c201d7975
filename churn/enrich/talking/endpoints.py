"""What is known of each endpoint's patience, shared by all processes and kept over days: one small file an endpoint.

What belongs here: how often an endpoint may be asked, as it was learned, and the locks by which processes share it.
What doesn't: waiting (`politeness`), connecting.

A file is read and written under its lock (flock), which the kernel frees when a process dies. On several machines the
data folder has to be a file system that has locks (NFS 4 has them); where it is none, Airflow's pools with one slot
keep an endpoint's look-ups in one task.
"""

from __future__ import annotations

import fcntl
import json
import math
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from urllib.parse import quote, unquote

MINUTE, DAY = 60.0, 86_400.0
AT_ONCE_SECONDS = 0.05
"""Turns are taken from the file for so long, so that a fast endpoint does not cost a lock a look-up."""
STEP = 5.0
"""Seconds of one count: what was asked in the last minute is kept in twelve of them."""
HEADROOM = 0.8
LOWEST_RATE = 1 / 60
RAISED_AFTER_SECONDS, RAISED_BY = 600.0, 1.1
FORGOTTEN_AFTER_SECONDS = 7 * DAY
FAILURES_BEFORE_A_PAUSE = 5
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 30.0, 3600.0
BAN_SECONDS = 900.0
_LONGEST_FILE = 4096


@dataclass(slots=True)
class Pace:
    """How often one endpoint may be asked. Instants are seconds since the epoch, rates look-ups a second."""

    cap: float | None = None
    """Greatest rate that it bears, as far as it told; None: it never complained."""
    ceiling: float | None = None
    """What the cap may rise to again."""
    next_at: float = 0.0
    paused_until: float = 0.0
    failures: int = 0
    """In a row."""
    asked: list[list[int]] = field(default_factory=list)
    """How often in each step of the last minute: pairs of the step's number since the epoch and a count."""
    complained_at: float = 0.0
    raised_at: float = 0.0
    banned: bool = False
    """It has shut us out once; what was learned from that is never forgotten."""

    def take(self, now: float, rate: float, patience: float) -> tuple[float, int, float] | None:
        """Take turns: the first one's instant, how many, and the time between; None where the wait is too long.

        Nothing is taken in that case.
        """
        self._recover(now)
        allowed = min(rate, self.cap or math.inf)
        first = max(now, self.next_at, self.paused_until)
        if first - now > patience:
            return None
        number = max(1, int(allowed * AT_ONCE_SECONDS))
        self.next_at = first + number / allowed
        self._count(first, number)
        return first, number, 1 / allowed

    def complained(self, now: float, rate: float, seconds: float | None, pause_seconds: float) -> None:
        """It says that it is asked too often, and how long to wait, where it says so. Learn a rate from that.

        Answers to what was under way when the first complaint came are the same complaint.
        """
        wait = pause_seconds if seconds is None else min(max(seconds, 1.0), DAY)
        if now >= self.paused_until:
            allowed = min(rate, self.cap or math.inf)
            # Who complains as soon as we begin was asked too much in a second; later, too much in a minute.
            sudden = len(self._recent(now)) <= 1 and now - self.complained_at > RAISED_AFTER_SECONDS
            slower = allowed / 2 if sudden else min(allowed / 2, HEADROOM * (self.in_a_minute(now) - 1) / MINUTE)
            self.cap = max(LOWEST_RATE, slower)
            self.ceiling = max(self.cap, HEADROOM * allowed) if sudden else self.cap
            self.complained_at = now
        self.paused_until = max(self.paused_until, now + wait)

    def failed(self, now: float) -> None:
        """It did not answer. After some failures in a row it is left alone, twice as long each time."""
        self.failures += 1
        beyond = self.failures - FAILURES_BEFORE_A_PAUSE
        if beyond >= 0:
            pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** min(beyond, 10))
            self.paused_until = max(self.paused_until, now + pause)

    def refused(self, now: float, rate: float) -> None:
        """It answers that it won't tell. Some of that in a row, or right after a complaint, is a ban."""
        self.failures += 1
        if self.failures < FAILURES_BEFORE_A_PAUSE and (now - self.complained_at > 10 * MINUTE or self.failures < 2):
            return
        if now >= self.paused_until:
            allowed = min(rate, self.cap or math.inf)
            self.cap = max(LOWEST_RATE, min(allowed / 2, self.in_a_minute(now) / 2 / MINUTE))
            self.ceiling = self.cap
            self.banned, self.complained_at = True, now
        self.paused_until = max(self.paused_until, now + BAN_SECONDS)

    def answered(self) -> None:
        """It answers."""
        self.failures = 0

    def in_a_minute(self, now: float) -> int:
        """How often it was asked in the last minute."""
        return sum(count for _, count in self._recent(now))

    def _recent(self, now: float) -> list[list[int]]:
        return [pair for pair in self.asked if pair[0] * STEP > now - MINUTE]

    def _count(self, at: float, number: int) -> None:
        step, self.asked = int(at // STEP), self._recent(at)
        if not self.asked or self.asked[-1][0] != step:
            self.asked.append([step, 0])
        self.asked[-1][1] += number

    def _recover(self, now: float) -> None:
        """A rate that was learned rises slowly, and is forgotten after a week without a complaint."""
        if self.cap is None or self.banned:
            return
        if now - self.complained_at > FORGOTTEN_AFTER_SECONDS:
            self.cap = self.ceiling = None
        elif now - max(self.complained_at, self.raised_at) > RAISED_AFTER_SECONDS:
            self.cap, self.raised_at = min(self.cap * RAISED_BY, self.ceiling or math.inf), now


class Endpoints:
    """The files of all endpoints below a folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._stems: dict[str, str] = {}

    @contextmanager
    def changing(self, endpoint: str) -> Iterator[Pace]:
        """What is known of an endpoint, for nobody else to change meanwhile; what it is after the block is kept."""
        descriptor = os.open(f"{self._stem(endpoint)}.json", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            pace = read_pace(os.read(descriptor, _LONGEST_FILE))
            yield pace
            written = os.pwrite(descriptor, json.dumps(asdict(pace)).encode(), 0)
            os.ftruncate(descriptor, written)
        finally:
            os.close(descriptor)

    def known(self) -> dict[str, Pace]:
        """All endpoints that were ever asked."""
        paths = sorted(self._folder.glob("*.json"))
        return {unquote(path.stem): read_pace(path.read_bytes()[:_LONGEST_FILE]) for path in paths}

    def place(self, endpoint: str, most: int, ours: Collection[int] = ()) -> tuple[int, int] | None:
        """One of the places that an endpoint has: its number, and a descriptor by which it is given back (`os.close`).

        None where all are taken, by others or by us: those in `ours` are not looked at.
        """
        stem = self._stem(endpoint)
        for number in range(most):
            if number in ours:
                continue
            descriptor = os.open(f"{stem}.{number}", os.O_RDWR | os.O_CREAT, 0o644)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                os.close(descriptor)
            else:
                return number, descriptor
        return None

    def _stem(self, endpoint: str) -> str:
        stem = self._stems.get(endpoint)
        if stem is None:
            stem = self._stems[endpoint] = str(self._folder / quote(endpoint, safe="")[:200])
        return stem


def read_pace(content: bytes) -> Pace:
    """What a file says; nothing known where it is empty, or was cut by a crash of the machine."""
    try:
        values = json.loads(content)
        return Pace(**{item.name: values[item.name] for item in fields(Pace)})
    except (ValueError, KeyError, TypeError):
        return Pace()
