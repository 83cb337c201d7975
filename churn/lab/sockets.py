"""The lab's listening sockets, all on the loopback, bound before any server starts.

What belongs here: ports, asked for or free. What doesn't: who answers there. Binding in the process that starts the
servers means that an occupied port is said in one sentence, and that settings can be written before anything runs.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterable
from dataclasses import dataclass

from churn.errors import TransientError, UsageError

LOOPBACK = "127.0.0.1"
TRIES = 20
RECEIVE_BUFFER = 1 << 22
SO_RCVBUFFORCE = 33  # of Linux; Python has no name for it


@dataclass(frozen=True, slots=True)
class Ports:
    """Port numbers; 0 asks for a free one."""

    http: int = 0
    whois: int = 0
    dns: int = 0
    tls: int = 0
    website: int = 0


def tcp(service: str, port: int) -> socket.socket:
    """A listening TCP socket."""
    return _bound(service, socket.SOCK_STREAM, LOOPBACK, port)


def dns_pair(port: int) -> list[socket.socket]:
    """A UDP and a TCP socket on the same port."""
    for _ in range(TRIES):
        udp = _bound("dns", socket.SOCK_DGRAM, LOOPBACK, port)
        _widen(udp)
        with contextlib.suppress(OSError):
            return [udp, _bind(socket.SOCK_STREAM, LOOPBACK, udp.getsockname()[1])]
        udp.close()
        if port:
            break
    raise _occupied("dns", port)


def _widen(udp: socket.socket) -> None:
    """Room for the queries of busy clients while the server waits for its turn: a lost one is a look-up lost."""
    udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    with contextlib.suppress(OSError):  # beyond the system's limit, where we may
        udp.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER)


def same_port(service: str, addresses: Iterable[str], port: int) -> list[socket.socket]:
    """Listening TCP sockets on many loopback addresses, all on one port."""
    wanted = list(addresses)
    for _ in range(TRIES):
        made = [_bound(service, socket.SOCK_STREAM, wanted[0], port)]
        try:
            for address in wanted[1:]:
                made.append(_bind(socket.SOCK_STREAM, address, made[0].getsockname()[1]))
        except OSError:
            for item in made:
                item.close()
            if port:
                break
        else:
            return made
    raise _occupied(service, port)


def _bind(kind: socket.SocketKind, address: str, port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET, kind)
    try:
        if kind == socket.SOCK_STREAM:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((address, port))
        if kind == socket.SOCK_STREAM:
            made.listen(1_024)
    except OSError:
        made.close()
        raise
    return made


def _bound(service: str, kind: socket.SocketKind, address: str, port: int) -> socket.socket:
    try:
        return _bind(kind, address, port)
    except OSError as error:
        raise _occupied(service, port) from error


def _occupied(service: str, port: int) -> UsageError | TransientError:
    if port:
        return UsageError(f"The lab's {service} port {port} can't be used; free it, or choose another one.")
    return TransientError(f"No free port on the loopback for the lab's {service} server; try again.")
