"""Fuzzing by mutation: from realistic samples to hostile bytes, and the loop that hunts with them.

`FUZZ_SECONDS` is how long each target is hunted in; without it, a few inputs, always the same. The seed is another one
each time, unless `FUZZ_SEED` gives it: a gate must not refuse a change for what another one left, found by luck.
A find is written to a file; `FUZZ_INPUT=<that file>` makes the target read only this.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import resource
import signal
import tempfile
import time
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

SLOW_SECONDS = 5.0
"""What one input may take, on a machine with other work to do."""
GROWTH_MB = 400
QUICK = 15
LARGEST = 1 << 20
TOKENS = [
    b"\0", b"\xff", b"\xed\xa0\x80", b"\xc0\xaf", b"\xef\xbb\xbf", b"\r", b"\n", b"\r\n", b'"', b"'", b"\\", b",",
    b"{", b"}",
    b"[", b"]",
    b":", b";", b"#", b"//", b"..", b".", b"(", b")", b"$ORIGIN ", b"$TTL 1w\n", b"$INCLUDE /etc/passwd\n", b"\\000",
    b"99999999999999999999", b"-1", b"1e999", b"NaN", b"null", b"true", b"9" * 5_000, b"a" * 5_000, b"a." * 200,
    b"[" * 3_000, b'{"a":' * 1_500, b"[" * 900 + b"]" * 900,
    b"\\ud800", "\u202e".encode(), b"\x1b[2J", b"xn--", b"xn--\xff",
    "\u00fc\u3002".encode(), b"=cmd|' /C calc'!A0", b"<script>",
    b"1970-01-01T00:00:00Z", b"9999-99-99", b"294247-01-10",
    b"\x1f\x8b\x08", b"PK\x03\x04", b"http://[::1", b"http://a@b:99999/", b"%00",
]  # fmt: skip
VALUES: list[object] = [
    None, True, -1, 10**30, 1e308, float("nan"), "", "\ud800", "\u202e", "a" * 5_000, "9" * 5_000, [], {}, [[]],
    {"": {}}, [None] * 50,
    "9999999999999", "not a name", "a.example", {"Event": {}}, {"type": "indicator"}, ["indicator"],
]  # fmt: skip


class SlowError(Exception):
    """An input takes too long."""


def mutated(chance: random.Random, samples: Sequence[bytes]) -> bytes:
    """One of the samples after a few changes; sometimes none, sometimes packed as gzip."""
    content = bytearray(chance.choice(samples))
    if content.startswith((b"{", b"[")) and chance.random() < 0.6:
        content = bytearray(_other_json(chance, bytes(content)))
    for _ in range(chance.choice((0, 1, 1, 2, 3, 6))):
        content = chance.choice(_CHANGES)(chance, content, samples)[:LARGEST]
    if chance.random() < 0.05:
        packed = gzip.compress(bytes(content), 1)
        return packed[: chance.randrange(len(packed) + 1)] if chance.random() < 0.5 else packed
    return bytes(content)


def _place(chance: random.Random, content: bytearray) -> tuple[int, int]:
    start = chance.randrange(len(content) + 1)
    return start, min(len(content), start + chance.choice((0, 1, 2, 8, 64, 512)))


def _flip(chance: random.Random, content: bytearray, _: Sequence[bytes]) -> bytearray:
    for _time in range(chance.randint(1, 8)):
        if content:
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    return content


def _cut(chance: random.Random, content: bytearray, _: Sequence[bytes]) -> bytearray:
    return content[: chance.randrange(len(content) + 1)]


def _drop(chance: random.Random, content: bytearray, _: Sequence[bytes]) -> bytearray:
    start, stop = _place(chance, content)
    return content[:start] + content[stop:]


def _token(chance: random.Random, content: bytearray, _: Sequence[bytes]) -> bytearray:
    start, stop = _place(chance, content)
    return content[:start] + chance.choice(TOKENS) + content[chance.choice((start, stop)) :]


def _repeat(chance: random.Random, content: bytearray, _: Sequence[bytes]) -> bytearray:
    start, stop = _place(chance, content)
    return content[:stop] + content[start:stop] * chance.choice((1, 3, 200)) + content[stop:]


def _splice(chance: random.Random, content: bytearray, samples: Sequence[bytes]) -> bytearray:
    other = chance.choice(samples)
    return content[: chance.randrange(len(content) + 1)] + other[chance.randrange(len(other) + 1) :]


def _number(chance: random.Random, content: bytearray, _: Sequence[bytes]) -> bytearray:
    """A length or a count of a binary format, as large or as small as it can be."""
    start = chance.randrange(len(content) + 1)
    width = chance.choice((1, 2, 3, 4, 8))
    content[start : start + width] = chance.choice((b"\xff" * width, bytes(width), b"\x7f" + b"\xff" * (width - 1)))
    return content


_CHANGES = (_flip, _cut, _drop, _token, _token, _repeat, _splice, _number)


def _other_json(chance: random.Random, content: bytes) -> bytes:
    """JSON with one of its values replaced by another, or by one of another type."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return content
    spots: list[tuple[dict[str, object] | list[object], str | int]] = []
    waiting = [value]
    while waiting:
        within = waiting.pop()
        keys = list(within) if isinstance(within, dict) else range(len(within)) if isinstance(within, list) else []
        spots += [(within, key) for key in keys]
        waiting += [within[key] for key in keys]
    if spots:
        within, key = chance.choice(spots)
        other, its = chance.choice(spots)
        if chance.random() < 0.2:
            del within[key]
        else:
            within[key] = chance.choice([*VALUES, json.loads(json.dumps(other[its]))])
    return json.dumps(value, ensure_ascii=chance.random() < 0.7).encode("utf-8", "surrogatepass")


def hunt(name: str, samples: Sequence[bytes], target: Callable[[bytes], object]) -> int:
    """Give mutated samples to a target, which must take them; returns how many. Fails with a file's path."""
    if given := os.environ.get("FUZZ_INPUT"):
        target(Path(given).read_bytes())
        return 1
    seconds = float(os.environ.get("FUZZ_SECONDS", "0"))
    seed = int(os.environ.get("FUZZ_SEED") or (random.SystemRandom().randrange(1 << 32) if seconds else 0))
    chance, end, tried = random.Random(f"{name} {seed}"), time.monotonic() + seconds, 0
    for sample in samples:
        target(sample)  # as it is: whatever is made or loaded at first is not the fault of an input
    while time.monotonic() < end if seconds else tried < QUICK:
        _tried(name, mutated(chance, samples), target)
        tried += 1
    return tried


def _tried(name: str, content: bytes, target: Callable[[bytes], object]) -> None:
    before, started = _peak_mb(), time.monotonic()
    try:
        _in_time(target, content)
        _within_limits(_peak_mb() - before, time.monotonic() - started)
    except Exception as error:
        path = Path(tempfile.gettempdir()) / "churn-fuzz" / f"{name}-{sha256(content).hexdigest()[:12]}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(_smaller(target, content, type(error)))
        raise AssertionError(f"{name}: {type(error).__name__}: {error}; again: FUZZ_INPUT={path}") from error


def _within_limits(growth_mb: int, seconds: float) -> None:
    if growth_mb > GROWTH_MB:
        raise MemoryError(f"{growth_mb} MB more memory")
    if seconds > SLOW_SECONDS:
        raise SlowError(f"{seconds:.1f} s")


def _in_time(target: Callable[[bytes], object], content: bytes) -> None:
    """Run it, and stop it where Python can be stopped: a loop in C is told of when it ends."""

    def stop(*_: object) -> None:
        raise SlowError(f"more than {2 * SLOW_SECONDS:.0f} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 2 * SLOW_SECONDS)
    try:
        target(content)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _smaller(target: Callable[[bytes], object], content: bytes, kind: type[Exception]) -> bytes:
    """A smaller input that fails in the same way: pieces are left out for as long as two seconds."""
    end, piece = time.monotonic() + 2, max(1, len(content) // 2)
    while piece and kind not in {SlowError, MemoryError}:
        at = 0
        while at < len(content):
            if time.monotonic() > end:
                return content
            shorter = content[:at] + content[at + piece :]
            try:
                target(shorter)
            except Exception as error:  # noqa: BLE001 - whatever it raises, only the same kind counts
                content, at = (shorter, at) if type(error) is kind else (content, at + piece)
            else:
                at += piece
        piece //= 2
    return content
