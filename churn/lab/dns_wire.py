"""DNS answers of a world as bytes (RFC 1035, EDNS by RFC 6891, negative answers by RFC 2308).

What belongs here: a query's bytes in, an answer's bytes out. What doesn't: sockets (`dns_server`).

The question is echoed and every owner name is a pointer to it, so an answer is a header, the question and one ready
fragment per set of records, shared by all domains that have the set: `@` in a host name becomes such a pointer too.
The fragment of a set is made when it is first asked for. The server answers as a resolver would (RA is set).
"""

from __future__ import annotations

import ipaddress
import struct

import numpy as np
import pyarrow.compute as pc

from churn.lab import cymru
from churn.lab.pools import V6_NET
from churn.lab.rows import NXDOMAIN, SERVFAIL
from churn.lab.world import World

NS, SOA, A, AAAA, MX, TXT, OPT, IXFR, AXFR = 2, 6, 1, 28, 15, 16, 41, 251, 252
FORMERR, NOTIMP, REFUSED = 1, 4, 5
OWNER = b"\xc0\x0c"  # pointer to the question's name
TTL, NEGATIVE_TTL = 3_600, 300
LARGEST_UDP = 1_232
_OPT_RECORD = struct.pack("!BHHIH", 0, OPT, LARGEST_UDP, 0, 0)
_BAD_VERSION = struct.pack("!BHHIH", 0, OPT, LARGEST_UDP, 1 << 24, 0)  # extended code 16 with a header code of 0

Fragment = tuple[int, bytes]
"""Number of records and their bytes."""
NOTHING: Fragment = (0, b"")


def wire_name(host: str, apex: bytes = OWNER) -> bytes:
    """A host name as labels; `@` at its end becomes a pointer to where the domain's own name stands."""
    relative = host == "@" or host.endswith(".@")
    labels = host.split(".")[: -1 if relative else None]
    return b"".join(bytes([len(label)]) + label.encode() for label in labels) + (apex if relative else b"\0")


def _record(kind: int, data: bytes, owner: bytes = OWNER, ttl: int = TTL) -> bytes:
    return owner + struct.pack("!HHIH", kind, 1, ttl, len(data)) + data


def _soa(primary: str, mailbox: str, owner: bytes, ttl: int) -> bytes:
    numbers = struct.pack("!5I", 2026030100, 7_200, 900, 1_209_600, NEGATIVE_TTL)
    return _record(SOA, wire_name(primary, owner) + wire_name(mailbox, owner) + numbers, owner, ttl)


class Answers:
    """Everything that the lab's resolver knows. `hosts` are further names with one IPv4 address each."""

    def __init__(self, world: World, hosts: dict[str, str]) -> None:
        self._pools = world.pools
        table = world.domains.filter(pc.not_equal(world.domains["rcode"], NXDOMAIN))
        self._rows = dict(zip(_wire_names(table["domain"].to_pylist()), range(len(table)), strict=True))
        self._failing = set(np.flatnonzero(table["rcode"].to_numpy() == SERVFAIL).tolist())
        self._columns = {name: table[name].to_pylist() for name in ("a", "aaaa", "ns", "mx", "soa")}
        self._hosts = {wire_name(host): _record(A, ipaddress.IPv4Address(a).packed) for host, a in hosts.items()}
        self._tlds = {wire_name(tld) for tld in world.actors.tld_names}
        self._texts, self._text_zone = cymru.Texts(world), wire_name(cymru.ZONE)
        self._made: dict[tuple[int, int, int], Fragment] = {}

    def knows(self, name: bytes) -> bool:
        """Whether that name in wire form, lower-case, is a delegated domain of the world."""
        return name in self._rows

    def answer(self, query: bytes, *, tcp: bool = False) -> bytes | None:
        """The answer to a query; None where the bytes are no query at all."""
        if len(query) < 12 or query[2] & 0x80:
            return None
        end = query.find(0, 12) + 1
        row = self._rows.get(query[12:end].lower())
        # the usual case: one question of class IN, opcode 0, nothing else but perhaps an OPT record of version 0
        if row is None or query[2] & 0x78 or query[4:11] != b"\0\1\0\0\0\0\0" or query[end + 2 : end + 4] != b"\0\1":
            return self._unusual(query, tcp=tcp)
        extra, limit = b"", 512
        if query[11]:
            if query[11] != 1 or query[end + 4 : end + 7] != b"\0\0\x29" or query[end + 10] != 0:
                return self._unusual(query, tcp=tcp)
            extra, limit = _OPT_RECORD, min(LARGEST_UDP, (query[end + 7] << 8) + query[end + 8])
        kind = (query[end] << 8) + query[end + 1]
        if row in self._failing or kind in {IXFR, AXFR}:
            code = SERVFAIL if row in self._failing else REFUSED
            return _message(query, end + 4, code, NOTHING, NOTHING, extra)
        found = self._fragment(row, kind)
        authority = NOTHING if found[0] else (1, self._apex_soa(row, OWNER, NEGATIVE_TTL))
        made = _message(query, end + 4, 0, found, authority, extra)
        if len(made) > max(512, limit) and not tcp:
            return _message(query, end + 4, 0, NOTHING, NOTHING, extra, truncated=True)
        return made

    def _fragment(self, row: int, kind: int) -> Fragment:
        columns = self._columns
        if kind == A:
            key = (A, columns["a"][row], 0)
        elif kind == NS:
            key = (NS, columns["ns"][row], 0)
        elif kind == AAAA:
            key = (AAAA, columns["aaaa"][row], 0)
        elif kind == MX:
            key = (MX, columns["mx"][row], 0)
        elif kind == SOA:
            key = (SOA, columns["ns"][row], columns["soa"][row])
        else:
            return NOTHING
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = self._make(row, key)
        return found

    def _make(self, row: int, key: tuple[int, int, int]) -> Fragment:
        kind, number, _ = key
        pools = self._pools
        if kind == SOA:
            return 1, self._apex_soa(row, OWNER, TTL)
        if kind == NS:
            records = [_record(NS, wire_name(host)) for host in pools.ns.values[number]]
        elif kind == MX:
            hosts = enumerate(pools.mx.values[number], 1)
            records = [_record(MX, struct.pack("!H", 10 * place) + wire_name(host)) for place, host in hosts]
        elif number < 0:
            records = []
        elif kind == A:
            records = [_record(A, ipaddress.IPv4Address(text).packed) for text in pools.address_texts(number)]
        else:
            records = [_record(AAAA, (V6_NET + number).to_bytes(16))]
        return len(records), b"".join(records)

    def _apex_soa(self, row: int, owner: bytes, ttl: int) -> bytes:
        """The SOA record of a domain; `owner` points to where the domain's name stands in the message."""
        primary = self._pools.ns.values[self._columns["ns"][row]][0]
        mailbox = self._pools.soa.values[self._columns["soa"][row]]
        return _soa(primary, mailbox, owner, ttl)

    def _unusual(self, query: bytes, *, tcp: bool) -> bytes:
        """Everything but a question for a record of a domain of the world."""
        if query[2] & 0x78:
            return _message(query, 12, NOTIMP)
        if query[4:6] != b"\0\1":
            return _message(query, 12, FORMERR)
        labels = _labels(query)
        end = labels[-1] + 1 if labels else 0
        if not labels or len(query) < end + 4:
            return _message(query, 12, FORMERR)
        extra = b""
        if int.from_bytes(query[10:12]) and query[end + 4 : end + 7] == b"\0\0\x29" and len(query) >= end + 15:
            extra = _BAD_VERSION if query[end + 10] else _OPT_RECORD
        if query[end + 2 : end + 4] != b"\0\1" or extra == _BAD_VERSION:
            code = 0 if extra == _BAD_VERSION else REFUSED
            return _message(query, end + 4, code, NOTHING, NOTHING, extra)
        if query[12:end].lower().endswith(self._text_zone):
            return self._text(query, labels, extra)
        return self._elsewhere(query, labels, extra, tcp=tcp)

    def _elsewhere(self, query: bytes, labels: list[int], extra: bytes, *, tcp: bool) -> bytes:
        end = labels[-1] + 1
        name, kind = query[12:end].lower(), int.from_bytes(query[end : end + 2])
        if name in self._rows:  # here because of the query's odd further sections only: ask without them
            plain = query[:6] + b"\0" * 6 + query[12 : end + 4]
            made = self.answer(plain, tcp=tcp)
            assert made is not None
            return made
        if name in self._hosts:
            return _message(query, end + 4, 0, (1, self._hosts[name]) if kind == A else NOTHING, NOTHING, extra)
        for place in labels[1:-1]:  # the closest enclosing zone says that there is no such name
            enclosing = query[place:end].lower()
            owner = struct.pack("!H", 0xC000 + place)
            if enclosing in self._rows:
                soa = self._apex_soa(self._rows[enclosing], owner, NEGATIVE_TTL)
                return _message(query, end + 4, NXDOMAIN, NOTHING, (1, soa), extra)
            if enclosing in self._tlds:
                return _message(query, end + 4, NXDOMAIN, NOTHING, (1, self._tld_soa(enclosing, owner)), extra)
        if name in self._tlds:
            apex = (1, self._tld_soa(name, OWNER))
            found, authority = (apex, NOTHING) if kind == SOA else (NOTHING, apex)
            return _message(query, end + 4, 0, found, authority, extra)
        return _message(query, end + 4, NXDOMAIN, NOTHING, NOTHING, extra)

    def _text(self, query: bytes, labels: list[int], extra: bytes) -> bytes:
        """What the zone of networks says."""
        end = labels[-1] + 1
        kind = int.from_bytes(query[end : end + 2])
        text = self._texts.find(_dotted(query, labels))
        apex = end - len(self._text_zone)
        soa = 1, _soa(cymru.PRIMARY, cymru.MAILBOX, struct.pack("!H", 0xC000 + apex), NEGATIVE_TTL)
        if text is None:
            return _message(query, end + 4, NXDOMAIN, NOTHING, soa, extra)
        if apex == 12 and kind in {NS, SOA}:
            made = soa if kind == SOA else (1, _record(NS, wire_name(cymru.PRIMARY)))
            return _message(query, end + 4, 0, made, NOTHING, extra)
        if kind != TXT or not text:
            return _message(query, end + 4, 0, NOTHING, soa, extra)
        return _message(query, end + 4, 0, (1, _record(TXT, bytes([len(text)]) + text.encode())), NOTHING, extra)

    @staticmethod
    def _tld_soa(tld: bytes, owner: bytes) -> bytes:
        text = tld[1:-1].decode()
        return _soa(f"a.nic.{text}", f"hostmaster.nic.{text}", owner, NEGATIVE_TTL)


def _wire_names(domains: list[str]) -> list[bytes]:
    made = []
    for domain in domains:
        label, _, tld = domain.partition(".")
        made.append(b"%c%b%c%b\0" % (len(label), label.encode(), len(tld), tld.encode()))
    return made


def _dotted(query: bytes, labels: list[int]) -> str:
    """The question's name as text, lower-case."""
    parts = (query[place + 1 : place + 1 + query[place]] for place in labels[:-1])
    return b".".join(parts).lower().decode("latin-1")


def _labels(query: bytes) -> list[int]:
    """Where the labels of the question's name begin, the root's empty one last; empty where it is no name."""
    places, place = [], 12
    while place < len(query) and place - 12 <= 254:
        places.append(place)
        length = query[place]
        if length == 0:
            return places
        if length > 63:
            return []
        place += length + 1
    return []


def _message(  # noqa: PLR0913 - the sections of a message, in their order
    query: bytes,
    question_end: int,
    code: int,
    answer: Fragment = NOTHING,
    authority: Fragment = NOTHING,
    extra: bytes = b"",
    *,
    truncated: bool = False,
) -> bytes:
    """Header, question, sections. A question that ends at 12 is none."""
    first = 0x84 | (query[2] & 0x79) | (2 if truncated else 0)  # QR, AA; opcode and RD as asked
    asked = 1 if question_end > 12 else 0
    head = struct.pack("!BBHHHH", first, 0x80 | code, asked, answer[0], authority[0], 1 if extra else 0)
    return query[:2] + head + query[12:question_end] + answer[1] + authority[1] + extra
