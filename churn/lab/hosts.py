"""The world's hosts: one TLS listener and one website port, both of which only listen, and record what they hear.

What belongs here: the listeners. What doesn't: certificates, the record's form. The TLS listener completes a handshake
with the certificate of the host that the client names (SNI), then waits until the client goes. The website's port
answers nothing at all.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import ssl
import tempfile
from collections.abc import Callable
from functools import lru_cache
from itertools import count
from pathlib import Path

from churn.lab.certificates import Authority
from churn.lab.record import Receipt, Recorder
from churn.lab.world import World


class Certificates:
    """TLS contexts by host name. A domain without TLS has none."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._authority = Authority(world.seed)
        self.context_of = lru_cache(maxsize=512)(self._context_of)

    def choice(self, noted: Callable[[str | None], None]) -> ssl.SSLContext:
        """The context that a handshake begins with: the certificate is chosen by SNI, which is noted."""

        def choose(tls: ssl.SSLObject, host: str | None, _: ssl.SSLContext) -> int | None:
            noted(host)
            context = self.context_of(host) if host else None
            if context is None:
                return ssl.AlertDescription.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
            tls.context = context
            return None

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.sni_callback = choose
        return context

    def _context_of(self, host: str) -> ssl.SSLContext | None:
        domain = ".".join(host.lower().split(".")[-2:])
        number = self._world.find(domain)
        if number is None or (row := self._world.row(number))["cert"] < 0:
            return None
        created = dt.datetime.fromtimestamp(row["created"], dt.UTC)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.NamedTemporaryFile() as file:  # the library loads certificates from files only
            file.write(self._authority.certificate_pem(domain, row["cert"], created))
            file.flush()
            context.load_cert_chain(file.name)
        return context


class TlsHost(asyncio.Protocol):
    """One connection to the TLS listener. TLS runs in memory, so that every byte passes the record."""

    def __init__(self, certificates: Certificates, recorder: Recorder, number: int) -> None:
        self._recorder, self._number = recorder, number
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._sni: str | None = None
        self._tls = certificates.choice(self._note).wrap_bio(self._in, self._out, server_side=True)
        self._shaken = False

    def _note(self, host: str | None) -> None:
        self._sni = host

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Go on with the handshake, or listen; record either way."""
        self._in.write(data)
        said, over = b"", False
        try:
            if not self._shaken:
                self._tls.do_handshake()
                self._shaken = True
            while chunk := self._tls.read(65_536):
                said += chunk
            over = True  # the client closed the TLS session
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError:
            over = True
        self._recorder.write(Receipt(self._number, "tls", self._sni, data, said))
        if self._out.pending:
            self._transport.write(self._out.read())
        if over:
            self._transport.close()


class WebsitePort(asyncio.Protocol):
    """One connection to the website's port."""

    def __init__(self, recorder: Recorder, number: int) -> None:
        self._recorder, self._number = recorder, number

    def data_received(self, data: bytes) -> None:
        """Record, and say nothing."""
        self._recorder.write(Receipt(self._number, "website", None, data, data))


class Listeners:
    """Makes the protocols of new connections, and numbers them."""

    def __init__(self, world: World, record: Path) -> None:
        self._certificates, self._recorder = Certificates(world), Recorder(record)
        self._numbers = count(1)

    def tls(self) -> TlsHost:
        """For a connection to the TLS listener."""
        return TlsHost(self._certificates, self._recorder, next(self._numbers))

    def website(self) -> WebsitePort:
        """For a connection to the website's port."""
        return WebsitePort(self._recorder, next(self._numbers))
