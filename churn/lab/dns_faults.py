"""How the faults of DNS look on the wire, by the built-in server.

What belongs here: one behaviour a fault, and which query shows it. What doesn't: right answers (`dns_wire`), names of
faults (`lookup_faults`). A fault of a domain shows for it and for every name below it.
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Callable, Iterable

from churn.lab.dns_wire import AAAA, FORMERR, MX, NS, OWNER, REFUSED, SOA, TTL, TXT, A, Answers, wire_name
from churn.lab.lookup_faults import LookupFault, Shown
from churn.lab.rows import NXDOMAIN, SERVFAIL

CNAME = 5
MANY, LARGEST = 4_000, 65_000
ELSEWHERE = wire_name("elsewhere.example")
PRIVATE = ("10.0.0.1", "127.0.0.1", "169.254.169.254", "192.168.1.1", "0.0.0.1", "255.255.255.255", "100.64.0.1")
PRIVATE_V6 = ("::1", "fe80::1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "::")
HOSTILE = (b"<script>alert(1)</script>", b"=cmd|' /C calc'!A0", b"\x1b]0;owned\x07", b"nul\0nul", b"a.b", b"\xff\xfe")
Made = Callable[[bytes, int, bytes], bytes | None]
"""A fault's answer from a query, the type that it asks for and the right answer; None: no answer."""


class FaultyAnswers:
    """Right answers, and what is said instead of some of them."""

    def __init__(self, answers: Answers, faults: Iterable[LookupFault]) -> None:
        self._answers = answers
        self._faults = Shown("dns", faults)

    def answer(self, query: bytes, *, tcp: bool = False) -> bytes | None:
        """The answer to a query; None where there is none."""
        right = self._answers.answer(query, tcp=tcp)
        end = query.find(0, 12) + 1
        domain = self._domain(query[12:end].lower())
        if right is None or not domain or len(query) < end + 4:
            return right
        kind = int.from_bytes(query[end : end + 2])
        fault = self._faults.next("dns", domain, f"{kind} by {'TCP' if tcp else 'UDP'}")
        if not fault:
            return right
        made = None if tcp and fault == "truncated" else _BEHAVIOURS[fault](query[: end + 4], kind, right)
        if made is not None and len(made) > 512 and not tcp:
            return _headed(query[: end + 4], 0, 0, truncated=True)
        return made

    def _domain(self, name: bytes) -> str:
        """The domain of the world that a name in wire form is or stands below; empty where it is none."""
        while len(name) > 1:
            if self._answers.knows(name):
                return _text(name)
            name = name[name[0] + 1 :]
        return ""


def _text(name: bytes) -> str:
    labels = []
    while len(name) > 1:
        labels.append(name[1 : name[0] + 1].decode("latin-1"))
        name = name[name[0] + 1 :]
    return ".".join(labels)


def _headed(query: bytes, code: int, count: int, *, truncated: bool = False) -> bytes:
    """Header and question of an answer with that many records."""
    return query[:2] + struct.pack("!BBHHHH", 0x86 if truncated else 0x84, 0x80 | code, 1, count, 0, 0) + query[12:]


def _record(kind: int, data: bytes, owner: bytes = OWNER) -> bytes:
    return owner + struct.pack("!HHIH", kind, 1, TTL, len(data)) + data


def _records(query: bytes, records: list[bytes]) -> bytes:
    return _headed(query, 0, len(records)) + b"".join(records)


def _data(kind: int, number: int) -> bytes:
    """Data of a record of that type: the number makes it one of many."""
    host = wire_name(f"ns{number}.elsewhere.example")
    if kind == A:
        return (int(ipaddress.IPv4Address("198.51.100.0")) + number).to_bytes(4)
    if kind == AAAA:
        return (int(ipaddress.IPv6Address("2001:db8:ffff::")) + number).to_bytes(16)
    if kind == MX:
        return struct.pack("!H", number % 65_536) + host
    if kind == SOA:
        return host + host + struct.pack("!5I", number, 7_200, 900, 1_209_600, 300)
    return b"\x07unusual" if kind == TXT else host


def _code(code: int) -> Made:
    return lambda query, _, __: _headed(query, code, 0)


def _other(query: bytes, kind: int, _: bytes) -> bytes:
    return _records(query, [_record(kind, _data(kind, 1), ELSEWHERE)])


def _other_question(query: bytes, kind: int, _: bytes) -> bytes:
    return _other(query[:12] + ELSEWHERE + query[-4:], kind, b"")


def _wrong_id(_: bytes, __: int, right: bytes) -> bytes:
    return (int.from_bytes(right[:2]) ^ 0x5555).to_bytes(2) + right[2:]


def _garbage(query: bytes, _: int, __: bytes) -> bytes:
    return _headed(query, 0, 9) + b"\xc0\xff" * 40


def _cname_loop(query: bytes, _: int, __: bytes) -> bytes:
    there = _record(CNAME, ELSEWHERE)
    return _records(query, [there, _record(CNAME, OWNER, ELSEWHERE)])


def _private(query: bytes, kind: int, right: bytes) -> bytes:
    addresses = {A: PRIVATE, AAAA: PRIVATE_V6}.get(kind)
    if addresses is None:
        return right
    return _records(query, [_record(kind, ipaddress.ip_address(each).packed) for each in addresses])


def _oversized(query: bytes, kind: int, _: bytes) -> bytes:
    records: list[bytes] = []
    size = len(query)
    while len(records) < MANY and size < LARGEST:
        records.append(_record(kind, _data(kind, len(records))))
        size += len(records[-1])
    return _records(query, records)


def _hostile(query: bytes, kind: int, right: bytes) -> bytes:
    if kind == TXT:
        return _records(query, [_record(TXT, bytes([len(text)]) + text) for text in HOSTILE])
    if kind not in {NS, MX, SOA}:
        return right
    hosts = [bytes([len(label)]) + label + ELSEWHERE for label in HOSTILE]
    if kind == SOA:
        return _records(query, [_record(SOA, hosts[0] + hosts[1] + struct.pack("!5I", 1, 2, 3, 4, 5))])
    return _records(query, [_record(kind, (b"\0\x0a" if kind == MX else b"") + host) for host in hosts])


_BEHAVIOURS: dict[str, Made] = {
    "servfail": _code(SERVFAIL),
    "refused": _code(REFUSED),
    "nxdomain": _code(NXDOMAIN),
    "formerr": _code(FORMERR),
    "silent": lambda *_: None,
    "truncated": lambda query, _, __: _headed(query, 0, 0, truncated=True),
    "other": _other,
    "other-question": _other_question,
    "wrong-id": _wrong_id,
    "garbage": _garbage,
    "cname-loop": _cname_loop,
    "private": _private,
    "oversized": _oversized,
    "hostile": _hostile,
}
"""How each fault of DNS_FAULTS shows."""
