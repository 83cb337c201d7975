r"""DNS messages (RFC 1035, 4) as lines of a master file, at the speed that a zone of millions of records needs.

A general library takes 25 times as long. Owners, NS, SOA, addresses and DS are written as usual; the other records of
DNSSEC, of which nobody here reads the inside, in the form of RFC 3597, 5 (`\# 4 0a000001`); what is rare by the
library. What doesn't belong here: signatures and transfers (`axfr`).
"""

from __future__ import annotations

import re
import socket
import struct
from functools import lru_cache
from typing import NamedTuple

import dns.rdata
import dns.rdataclass
import dns.rdatatype

_HEADER = struct.Struct("!HHHHHH")
_RECORD = struct.Struct("!HHIH")
_TIMES = struct.Struct("!IIIII")
_DIGEST = struct.Struct("!HBB")
_POINTER = 0xC0
_LONGEST_LABEL = 63
_MOST_LABELS = 127
_LONGEST_NAME = 1_024
"""Characters of a name of 255 octets, each of which may be written as four."""
_LONGEST_TTL = (1 << 31) - 1
_NS, _SOA, _DS, _TSIG = 2, 6, 43, 250
_FAMILIES = {1: socket.AF_INET, 28: socket.AF_INET6}
"""Of A and AAAA."""
_OPAQUE = frozenset((46, 47, 48, 50, 51, 59, 60))
"""RRSIG, NSEC, DNSKEY, NSEC3, NSEC3PARAM, CDS, CDNSKEY: none holds a compressed name (RFC 4034, 6.2)."""
_PLAIN = re.compile(r"[\w-]+", re.ASCII).fullmatch
_ESCAPED = {code: f"\\{code:03}" for code in range(256) if not 0x21 <= code <= 0x7E} | {
    ord(sign): f"\\{sign}" for sign in '.\\"();@$'
}


class Signature(NamedTuple):
    """Where a message's TSIG record begins, and its data; its owner as text."""

    owner: str
    start: int
    at: int
    size: int


class Message(NamedTuple):
    """A message: number, flags, the records of its answer as lines, which of these are SOA records, its signature."""

    number: int
    flags: int
    lines: list[str]
    soas: list[int]
    signature: Signature | None


def read_message(wire: bytes) -> Message:
    """Read a message. Raises ValueError, IndexError, struct.error or DNSException where it is none."""
    number, flags, questions, answers, *others = _HEADER.unpack_from(wire)
    names: dict[int, str] = {}
    at = _HEADER.size
    for _ in range(questions):
        at = _name(wire, at, names)[1] + 4
    lines, soas = list[str](), list[int]()
    for place in range(answers):
        owner, at = _name(wire, at, names)
        kind, kind_class, ttl, size = _RECORD.unpack_from(wire, at)
        at += _RECORD.size
        data = _data(wire, kind, at, size, names)
        if kind == _SOA:
            soas.append(place)
        lines.append(f"{owner} {ttl if ttl <= _LONGEST_TTL else 0} {_words(kind_class, kind)} {data}\n")
        at += size
    signature = None
    for _ in range(sum(others)):
        if signature:
            raise ValueError("a record behind the signature")
        start = at
        owner, at = _name(wire, at, names)
        kind, _, _, size = _RECORD.unpack_from(wire, at)
        at += _RECORD.size
        signature = Signature(owner, start, at, size) if kind == _TSIG else None
        at += size
    if at != len(wire):
        raise ValueError("more or fewer bytes than the message's records have")
    return Message(number, flags, lines, soas, signature)


def serial_of(line: str) -> int:
    """The serial number in the line of a SOA record."""
    return int(line.split()[6])


@lru_cache(256)
def _words(kind_class: int, kind: int) -> str:
    named = dns.rdataclass.RdataClass.make(kind_class), dns.rdatatype.RdataType.make(kind)
    return f"{dns.rdataclass.to_text(named[0])} {dns.rdatatype.to_text(named[1])}"


def _data(wire: bytes, kind: int, at: int, size: int, names: dict[int, str]) -> str:
    """A record's data as text."""
    end = at + size
    if end > len(wire):
        raise ValueError("a record that ends behind its message")
    if kind == _NS:
        text, end_of_name = _name(wire, at, names)
        if end_of_name != end:
            raise ValueError("bytes behind a name")
        return text
    if kind in _OPAQUE:
        return f"\\# {size} {wire[at:end].hex()}"
    if kind == _DS:
        tag, algorithm, digest_kind = _DIGEST.unpack_from(wire[at:end])
        return f"{tag} {algorithm} {digest_kind} {wire[at + _DIGEST.size : end].hex()}"
    return _rare_data(wire, kind, at, size, names)


def _rare_data(wire: bytes, kind: int, at: int, size: int, names: dict[int, str]) -> str:
    """Likewise, for what a zone has few of."""
    end = at + size
    if kind in _FAMILIES:
        return socket.inet_ntop(_FAMILIES[kind], wire[at:end])
    if kind == _SOA:
        primary, at = _name(wire, at, names)
        mailbox, at = _name(wire, at, names)
        return " ".join((primary, mailbox, *map(str, _TIMES.unpack(wire[at:end]))))
    return dns.rdata.from_wire(dns.rdataclass.IN, dns.rdatatype.RdataType.make(kind), wire, at, size).to_text()


def _name(wire: bytes, at: int, names: dict[int, str]) -> tuple[str, int]:
    """The name at a place, as text with a final dot, and where it ends; `names` holds those met before, by place."""
    labels = list[tuple[int, bytes]]()
    end, before, tail = 0, at, ""
    while size := wire[at]:
        if size >= _POINTER:
            end = end or at + 2
            at = (size - _POINTER) << 8 | wire[at + 1]
            if at >= before:
                raise ValueError("a name that points forward")
            before = at
            if known := names.get(at):
                tail = known
                break
        elif size > _LONGEST_LABEL or len(labels) == _MOST_LABELS:
            raise ValueError("a label or a name that is too long")
        else:
            labels.append((at, wire[at + 1 : at + 1 + size]))
            at += 1 + size
    else:
        end = end or at + 1
    for place, label in reversed(labels):
        text = label.decode("latin-1")
        tail = f"{text if _PLAIN(text) else text.translate(_ESCAPED)}.{tail}"
        names[place] = tail
    if len(tail) > _LONGEST_NAME:
        raise ValueError("a name that is too long")
    return tail or ".", end
