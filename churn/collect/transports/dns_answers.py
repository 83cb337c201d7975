"""Asking one name server over TCP (RFC 7766), signed or not (RFC 8945): its address, its port, the key, its answers.

What doesn't belong here: what is asked and what the answers are good for (`axfr`), and their records (`dns_records`).
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.tsig

from churn.collect.transports.dns_records import Message, read_message

TIMEOUT_SECONDS = 30.0
UNSIGNED_IN_A_ROW = 99
"""Messages that may come unsigned between two that are signed (RFC 8945, 5.3.1)."""
_LONGEST_ANSWER_BYTES = 1 << 16
_RCODE = 0xF


class AnswerCodeError(Exception):
    """An answer that says no; `code` is its response code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class NameServer:
    """Whom to ask: the name in messages, the address that was judged, the port, the key."""

    host: str
    address: str
    port: int
    key: dns.tsig.Key | None

    def ask(self, zone: dns.name.Name, kind: dns.rdatatype.RdataType, deadline: float) -> Generator[Message]:
        """The messages of an answer, each checked when it is read, for as long as they are.

        With a key the first message is signed; that the last is too is for the caller to see, who knows which it is.
        Raises AnswerCodeError, OSError, EOFError where it breaks off, and DNSException, ValueError, IndexError or
        struct.error for what is no DNS or not signed as it should be.
        """
        query = dns.message.make_query(zone, kind)
        query.flags &= ~dns.flags.RD
        if self.key:
            query.use_tsig(self.key, algorithm=self.key.algorithm)
        wire = query.to_wire()
        checks = _Checks(query, self.key)
        with socket.create_connection((self.address, self.port), TIMEOUT_SECONDS) as connection:
            connection.sendall(struct.pack("!H", len(wire)) + wire)
            for answer in _framed(connection, deadline):
                yield checks.checked(answer)


class _Checks:
    """Checks an answer's messages in their order: that they answer the query, and their signatures (RFC 8945, 5.3)."""

    def __init__(self, query: dns.message.Message, key: dns.tsig.Key | None) -> None:
        self._query, self._key = query, key
        self._is_first = True
        self._unsigned = 0
        self._context: dns.tsig.HMACTSig | dns.tsig.GSSTSig | None = None
        self._ahead = 0.0

    def checked(self, wire: bytes) -> Message:
        """The message, when nothing is wrong with it."""
        if self._is_first:
            self._check_first(wire)
            message = read_message(wire)
            self._is_first = False
        else:
            message = read_message(wire)
            self._check_further(wire, message)
        self._unsigned = 0 if message.signature else self._unsigned + 1
        if self._key and self._unsigned > UNSIGNED_IN_A_ROW:
            raise dns.tsig.BadSignature
        return message

    def _check_first(self, wire: bytes) -> None:
        """By the library, which also looks at the clock; later messages are judged by the time passed since."""
        message = dns.message.from_wire(wire, keyring=self._key, request_mac=self._query.mac, xfr=True, multi=True)
        if message.rcode() != dns.rcode.NOERROR:
            raise AnswerCodeError(message.rcode())
        if not self._query.is_response(message):
            raise ValueError("an answer to another question")
        if self._key and not message.had_tsig:
            raise dns.tsig.BadSignature
        if message.tsig:
            self._ahead = message.tsig[0].time_signed - time.monotonic()
        self._context = message.tsig_ctx

    def _check_further(self, wire: bytes, message: Message) -> None:
        if message.flags & _RCODE:
            raise AnswerCodeError(message.flags & _RCODE)
        if message.number != self._query.id or not message.flags & dns.flags.QR:
            raise ValueError("an answer to another question")
        if message.signature and not self._key:
            raise dns.message.UnknownTSIGKey
        if message.signature and self._key:
            owner, start, at, size = message.signature
            data = dns.rdata.from_wire(dns.rdataclass.ANY, dns.rdatatype.TSIG, wire, at, size)
            now = int(time.monotonic() + self._ahead)
            name = dns.name.from_text(owner)
            self._context = dns.tsig.validate(  # type: ignore[no-untyped-call]  # the library has no types here
                wire, self._key, name, data, now, b"", start, self._context, multi=True
            )
        elif self._context:
            self._context.update(wire)  # type: ignore[no-untyped-call]  # as above


def _framed(connection: socket.socket, deadline: float) -> Iterator[bytes]:
    """Messages as TCP frames them (RFC 1035, 4.2.2), each within TIMEOUT_SECONDS, all before the deadline."""
    waiting = bytearray()
    while True:
        until = min(deadline, time.monotonic() + TIMEOUT_SECONDS)
        while len(waiting) < 2 or len(waiting) < 2 + int.from_bytes(waiting[:2]):
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            connection.settimeout(left)
            came = connection.recv(_LONGEST_ANSWER_BYTES)
            if not came:
                raise EOFError
            waiting += came
        end = 2 + int.from_bytes(waiting[:2])
        message = bytes(waiting[2:end])
        del waiting[:end]
        yield message
