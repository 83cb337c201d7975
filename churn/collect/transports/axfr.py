"""Zone transfers (RFC 5936), signed with a key that both sides hold (TSIG, RFC 8945) where the feed has a credential.

The feed's `url` is axfr://host or axfr://host:port, `zones` are the zones to have from it, the credential is the key's
name (login) and its secret in Base64; `auth` may say its algorithm: "tsig hmac-sha512" (else hmac-sha256). A zone is
asked for its serial number first and transferred where that has changed. What comes lands as a master file of one
record a line, from the zone's SOA record to the same once more, and only after the last signature was found right.
What doesn't belong here: what a visit of many zones makes of a failure (`zones`).
"""

from __future__ import annotations

import base64
import binascii
import socket
import struct
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.tsig

from churn.collect.transports.http import public_address
from churn.collect.transports.zones import Zone, visit_zones
from churn.collect.visit import Visit
from churn.errors import ChurnError, TerminalError, TransientError, UsageError
from churn.store.files import replacing
from churn.store.landing import Manifest, without_credentials

TIMEOUT_SECONDS = 30.0
PATIENCE_SECONDS = 600.0
_FLOOR_BYTES_A_SECOND = 1_000_000
UNSIGNED_IN_A_ROW = 99
"""Messages that may come unsigned between two that are (RFC 8945, 5.3.1)."""
DEFAULT_ALGORITHM = "hmac-sha256"
_PORT = 53
_LONGEST_ANSWER_BYTES = 1 << 16
_KEY = "check the key's name, its secret and its algorithm"
_FAILURES: tuple[tuple[tuple[type[Exception], ...], type[TerminalError | TransientError], str], ...] = (
    ((dns.tsig.PeerBadTime, dns.tsig.BadTime), TerminalError, "has another time; set the clock of one of you right"),
    ((dns.tsig.PeerError,), TerminalError, f"does not take the key; {_KEY}"),
    ((dns.tsig.BadSignature, dns.tsig.BadKey, dns.tsig.BadAlgorithm), TerminalError, f"signs otherwise; {_KEY}"),
    ((dns.message.UnknownTSIGKey,), TerminalError, "signs what was asked without a key; set the feed's credential"),
    ((OSError, EOFError), TransientError, "can't be reached or broke off; try again later"),
    (
        (dns.exception.DNSException, struct.error, ValueError, KeyError, IndexError, NotImplementedError),
        TerminalError,
        "answers what is no zone; check the feed's URL",
    ),
)
"""What goes wrong on the way, what that is to us, and how it is said; the first that fits."""


def visit_axfr(visit: Visit) -> None:
    """Land the feed's zones, and a report. Raises as `visit_zones`; UsageError where the feed is incomplete."""
    server = _server(visit)
    names = [name.strip(".").lower() for name in visit.feed.zones]
    if not names:
        raise UsageError(f'The feed {visit.feed.name} names no zones; set zones = ["se", ...] for it.')
    base = without_credentials(str(visit.feed.url)).rstrip("/")
    zones = [Zone(name, f"{base}/{name}") for name in names]
    visit_zones(visit, zones, lambda zone, earlier: _have(visit, server, zone, earlier), {})


@dataclass(frozen=True, slots=True)
class _Server:
    """Whom to ask: the name in messages, the address that was judged, the port, the key."""

    host: str
    address: str
    port: int
    key: dns.tsig.Key | None

    def query(self, zone: dns.name.Name, kind: dns.rdatatype.RdataType) -> dns.message.Message:
        """A question about the zone, which will be signed where there is a key."""
        query = dns.message.make_query(zone, kind)
        query.flags &= ~dns.flags.RD
        if self.key:
            query.use_tsig(self.key, algorithm=self.key.algorithm)
        return query

    def ask(
        self, zone: dns.name.Name, kind: dns.rdatatype.RdataType, deadline: float
    ) -> Generator[dns.message.Message]:
        """The messages of an answer, signatures checked as far as there are any, for as long as they are read."""
        query = self.query(zone, kind)
        wire = query.to_wire()
        with socket.create_connection((self.address, self.port), TIMEOUT_SECONDS) as connection:
            connection.sendall(struct.pack("!H", len(wire)) + wire)
            context, unsigned = None, 0
            for number, answer in enumerate(_framed(connection, deadline)):
                message = dns.message.from_wire(
                    answer, keyring=self.key, request_mac=query.mac, xfr=True, tsig_ctx=context, multi=True
                )
                context = message.tsig_ctx
                if message.rcode() != dns.rcode.NOERROR:
                    raise _RefusedError(message.rcode())
                if not query.is_response(message, xfr_continuation=number > 0):
                    raise ValueError("an answer to another question")
                unsigned = 0 if message.had_tsig else unsigned + 1
                if self.key and unsigned > UNSIGNED_IN_A_ROW:
                    raise dns.tsig.BadSignature
                yield message


def _framed(connection: socket.socket, deadline: float) -> Iterator[bytes]:
    """Messages as TCP frames them (RFC 1035, 4.2.2), each within TIMEOUT_SECONDS."""
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


class _RefusedError(Exception):
    """An answer that says no; `args[0]` is its code."""


@contextmanager
def _as_errors(server: _Server, zone: Zone) -> Iterator[None]:
    """What goes wrong inside, as errors that a person reads."""
    try:
        yield
    except _RefusedError as refused:
        code = dns.rcode.to_text(refused.args[0])
        if refused.args[0] == dns.rcode.SERVFAIL:
            raise TransientError(f"{server.host} fails to answer for {zone.name} ({code}); try again later.") from None
        raise TerminalError(
            f"{server.host} refuses the zone {zone.name} ({code}); check the feed's zones and key, and ask the registry"
            " whether it lets this address have it."
        ) from None
    except Exception as error:
        for kinds, made, words in _FAILURES:
            if isinstance(error, kinds) and not isinstance(error, ChurnError):
                raise made(
                    f"{server.host}, asked for the zone {zone.name}, {words} ({type(error).__name__})."
                ) from None
        raise


def _require_signature(server: _Server, message: dns.message.Message) -> None:
    """The first and the last message of an answer to a signed question are signed (RFC 8945, 5.3.1)."""
    if server.key and not message.had_tsig:
        raise dns.tsig.BadSignature


def _server(visit: Visit) -> _Server:
    parts = urlsplit(str(visit.feed.url))
    host, port = str(parts.hostname), parts.port or _PORT
    try:
        address = public_address(host, port, allow_private=visit.feed.allow_private)
    except socket.gaierror as error:
        raise TransientError(f"{host} has no address ({error}); try again later, or correct the feed.") from None
    return _Server(host, address, port, _key(visit))


def _key(visit: Visit) -> dns.tsig.Key | None:
    if visit.credential is None:
        return None
    wrong = f"The credential {visit.feed.credential} is no TSIG key: it is a key's name and its secret in Base64."
    try:
        secret = base64.b64decode(visit.credential.secret.get_secret_value(), validate=True)
        name = dns.name.from_text(visit.credential.login or "")
    except (binascii.Error, ValueError, dns.exception.DNSException):
        raise UsageError(wrong) from None
    if not secret or name == dns.name.root:
        raise UsageError(wrong)
    algorithm = (visit.feed.auth or "").removeprefix("tsig").strip() or DEFAULT_ALGORITHM
    return dns.tsig.Key(name, secret, algorithm)


def _have(visit: Visit, server: _Server, zone: Zone, earlier: Manifest | None) -> None:
    """Land a zone: what landed earlier where its serial number is the same, else what a transfer brings."""
    with _as_errors(server, zone):
        origin = dns.name.from_text(zone.name)
        serial = _serial(server, origin)
    if earlier and earlier.cursor == str(serial):
        visit.land_unchanged(earlier, status=None, closes=False)
        return
    path = visit.settings.data / "tmp" / "axfr" / visit.feed.name / "zone.txt"
    transfer = _Transfer(server, zone, origin, visit.feed.maximum_bytes)
    try:
        with (
            replacing(path) as temporary,
            temporary.open("w", encoding="ascii") as file,
            closing(transfer.records()) as texts,
        ):
            file.writelines(texts)
        visit.land(zone.url, path, cursor=str(transfer.serial), closes=False)
    finally:
        path.unlink(missing_ok=True)


def _serial(server: _Server, origin: dns.name.Name) -> int:
    """The zone's serial number now."""
    with closing(server.ask(origin, dns.rdatatype.SOA, time.monotonic() + TIMEOUT_SECONDS)) as answers:
        message = next(answers)
    _require_signature(server, message)
    return int(message.find_rrset(message.answer, origin, dns.rdataclass.IN, dns.rdatatype.SOA)[0].serial)


@dataclass(slots=True)
class _Transfer:
    """One transfer. `serial` is known when all records came."""

    server: _Server
    zone: Zone
    origin: dns.name.Name
    limit: int
    serial: int = -1
    _soa: dns.rrset.RRset | None = None

    def records(self) -> Generator[str]:
        """The zone as text, some lines at once. What came must not be used unless all of it came.

        Raises TransientError and TerminalError.
        """
        size = 0
        with _as_errors(self.server, self.zone):
            deadline = time.monotonic() + PATIENCE_SECONDS + self.limit / _FLOOR_BYTES_A_SECOND
            with closing(self.server.ask(self.origin, dns.rdatatype.AXFR, deadline)) as answers:
                for message in answers:
                    ended = self._is_last(message)
                    text = "".join(f"{rrset.to_text()}\n" for rrset in message.answer)
                    size += len(text)
                    if size > self.limit:
                        raise TerminalError(
                            f"{self.zone.url} has over {self.limit:,} bytes; if so many are meant, set maximum_bytes."
                        )
                    yield text
                    if ended:
                        return

    def _is_last(self, message: dns.message.Message) -> bool:
        """Whether the zone ends with this message: with the SOA record that it began with."""
        first = self._soa is None
        if first:
            _require_signature(self.server, message)
            self._soa = message.answer[0]
            if self._soa.rdtype != dns.rdatatype.SOA or self._soa.name != self.origin:
                raise ValueError("a transfer begins with the zone's SOA record")
        soas = [
            place
            for place, rrset in enumerate(message.answer)
            if rrset.rdtype == dns.rdatatype.SOA and rrset.name == self.origin
        ]
        if not soas[first:]:
            return False
        _require_signature(self.server, message)
        last = message.answer[soas[first]]
        if last != self._soa:
            raise TransientError(f"{self.zone.url} changed while it was transferred; try again later.")
        if soas[first] != len(message.answer) - 1:
            raise ValueError("records after the end of the zone")
        self.serial = int(last[0].serial)
        return True
