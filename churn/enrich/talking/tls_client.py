"""Talking TLS: a handshake that reads a host's certificate and hangs up. No application data is ever sent.

Off unless the operator opts in. Nothing is verified: what the host presents is the observation.
"""

from __future__ import annotations

import asyncio
import ssl
import time

from churn.enrich.talking.addresses import is_special
from churn.enrich.talking.http_client import Fetched
from churn.outcomes import Outcome


def handshake_context() -> ssl.SSLContext:
    """A context that takes any certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def read_certificate(
    context: ssl.SSLContext, domain: str, address: tuple[str, int], timeout_seconds: float, *, allow_private: bool
) -> Fetched:
    """The certificate (DER) that a host presents for a name. Never raises for what the host does."""
    if not allow_private and is_special(address[0]):
        return Fetched(Outcome.SKIPPED_POLICY, detail="private or special address")
    started = time.perf_counter()
    outcome, body, detail = await _bounded(context, domain, address, timeout_seconds)
    return Fetched(outcome, body, detail, (time.perf_counter() - started) * 1000)


async def _bounded(
    context: ssl.SSLContext, domain: str, address: tuple[str, int], seconds: float
) -> tuple[Outcome, bytes, str | None]:
    try:
        async with asyncio.timeout(seconds):
            _, writer = await asyncio.open_connection(*address, ssl=context, server_hostname=domain)
            try:
                der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
            finally:
                writer.transport.abort()
    except TimeoutError:
        return Outcome.TIMEOUT, b"", None
    except ssl.SSLError as error:
        alert = (error.reason or "").startswith(("TLSV1", "SSLV3_ALERT"))  # the host said no, in a TLS alert
        return (Outcome.REFUSED if alert else Outcome.MALFORMED), b"", (error.reason or "")[:100] or None
    except ValueError as error:  # a name that can't stand in SNI
        return Outcome.MALFORMED, b"", type(error).__name__
    except OSError as error:
        return Outcome.UNREACHABLE, b"", type(error).__name__
    return (Outcome.OK, der, None) if der else (Outcome.NOT_FOUND, b"", "no certificate presented")
