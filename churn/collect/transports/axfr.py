"""Zone transfers (RFC 5936), signed with a key that both sides hold (TSIG, RFC 8945) where the feed has a credential.

The feed's `url` is axfr://host or axfr://host:port, `zones` are the zones to have from it, the credential is the key's
name (login) and its secret in Base64; `auth` may say its algorithm: "tsig hmac-sha512" (else hmac-sha256). A zone is
asked for its serial number first and transferred where that has changed. What comes lands as a master file of one
record a line, from the zone's SOA record to the same once more, and only after the last signature was found right.
What doesn't belong here: what a visit of many zones makes of a failure (`zones`), and messages (`dns_answers`).
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
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.tsig

from churn.collect.transports.dns_answers import TIMEOUT_SECONDS, AnswerCodeError, NameServer
from churn.collect.transports.dns_records import Message, serial_of
from churn.collect.transports.http import public_address
from churn.collect.transports.zones import Zone, visit_zones
from churn.collect.visit import Visit
from churn.errors import ChurnError, TerminalError, TransientError, UsageError
from churn.store.files import replacing
from churn.store.landing import Manifest, without_credentials

PATIENCE_SECONDS = 600.0
DEFAULT_ALGORITHM = "hmac-sha256"
_FLOOR_BYTES_A_SECOND = 1_000_000
_PORT = 53
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


def _server(visit: Visit) -> NameServer:
    parts = urlsplit(str(visit.feed.url))
    host, port = str(parts.hostname), parts.port or _PORT
    try:
        address = public_address(host, port, allow_private=visit.feed.allow_private)
    except socket.gaierror as error:
        raise TransientError(f"{host} has no address ({error}); try again later, or correct the feed.") from None
    return NameServer(host, address, port, _key(visit))


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
    algorithm = dns.name.from_text((visit.feed.auth or "").removeprefix("tsig").strip() or DEFAULT_ALGORITHM)
    if algorithm not in dns.tsig.mac_sizes:
        raise UsageError(f'The feed {visit.feed.name} has auth = "{visit.feed.auth}"; try "tsig {DEFAULT_ALGORITHM}".')
    return dns.tsig.Key(name, secret, algorithm)


def _have(visit: Visit, server: NameServer, zone: Zone, earlier: Manifest | None) -> None:
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


@contextmanager
def _as_errors(server: NameServer, zone: Zone) -> Iterator[None]:
    """What goes wrong inside, as errors that a person reads."""
    try:
        yield
    except ChurnError:
        raise
    except AnswerCodeError as refused:
        code = dns.rcode.to_text(dns.rcode.Rcode.make(refused.code))
        if refused.code == dns.rcode.SERVFAIL:
            raise TransientError(f"{server.host} fails to answer for {zone.name} ({code}); try again later.") from None
        raise TerminalError(
            f"{server.host} refuses the zone {zone.name} ({code}); check the feed's zones and key, and ask the registry"
            " whether it lets this address have it."
        ) from None
    except Exception as error:
        for kinds, made, words in _FAILURES:
            if isinstance(error, kinds):
                what = f"{server.host}, asked for the zone {zone.name}, {words}"
                raise made(f"{what} ({type(error).__name__}).") from None
        raise


def _serial(server: NameServer, origin: dns.name.Name) -> int:
    """The zone's serial number now."""
    with closing(server.ask(origin, dns.rdatatype.SOA, time.monotonic() + TIMEOUT_SECONDS)) as answers:
        message = next(answers)
    return serial_of(message.lines[message.soas[0]])


@dataclass(slots=True)
class _Transfer:
    """One transfer. `serial` is known when all records came."""

    server: NameServer
    zone: Zone
    origin: dns.name.Name
    limit: int
    serial: int = -1
    _soa: str = ""

    def records(self) -> Generator[str]:
        """The zone as lines of text, some at once. What came must not be used unless all of it came.

        Raises TransientError and TerminalError.
        """
        size = 0
        deadline = time.monotonic() + PATIENCE_SECONDS + self.limit / _FLOOR_BYTES_A_SECOND
        with (
            _as_errors(self.server, self.zone),
            closing(self.server.ask(self.origin, dns.rdatatype.AXFR, deadline)) as answers,
        ):
            for message in answers:
                ended = self._is_last(message)
                text = "".join(message.lines)
                size += len(text)
                if size > self.limit:
                    most = f"has over {self.limit:,} bytes; if so many are meant, set maximum_bytes."
                    raise TerminalError(f"{self.zone.url} {most}")
                yield text
                if ended:
                    return

    def _is_last(self, message: Message) -> bool:
        """Whether the zone ends with this message: with the SOA record that it began with, and signed."""
        soas = list(message.soas)
        if not self._soa:
            if soas[:1] != [0]:
                raise ValueError("a transfer begins with the zone's SOA record")
            self._soa = message.lines[soas.pop(0)]
        if not soas:
            return False
        if soas[0] != len(message.lines) - 1:
            raise ValueError("records after the end of the zone")
        if self.server.key and not message.signature:
            raise dns.tsig.BadSignature
        if message.lines[-1] != self._soa:
            raise TransientError(f"{self.zone.url} changed while it was transferred; try again later.")
        self.serial = serial_of(self._soa)
        return True
