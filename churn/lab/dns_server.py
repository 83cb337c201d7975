"""The lab's built-in DNS server: one socket for UDP in a tight loop, one for TCP (RFC 7766) in a thread beside it.

What belongs here: sockets, counting queries. What doesn't: what is answered (`dns_wire`, `dns_faults`).
"""

from __future__ import annotations

import socket
import struct
import threading
from typing import Protocol

COUNT_QUERY = b"\x4c\x42\0\0\0\1\0\0\0\0\0\0\7queries\3lab\0\0\x10\0\3"
"""The question how many questions there were: TXT of `queries.lab` in the class CHAOS, as `version.bind` is asked."""


class Resolver(Protocol):
    """What has answers."""

    def answer(self, query: bytes, *, tcp: bool = False) -> bytes | None:
        """The answer to a query; None where it gets none."""


class Counted:
    """A resolver that counts its queries, and tells their number to who asks COUNT_QUERY."""

    def __init__(self, resolver: Resolver) -> None:
        self._answer = resolver.answer
        self._by_udp = self._by_tcp = 0
        self._lock = threading.Lock()

    def answer(self, query: bytes, *, tcp: bool = False) -> bytes | None:
        """The answer to a query; None where it gets none."""
        if query == COUNT_QUERY:
            text = b"%d" % (self._by_udp + self._by_tcp)
            record = b"\xc0\x0c" + struct.pack("!HHIHB", 16, 3, 0, len(text) + 1, len(text)) + text
            return query[:2] + b"\x84\0\0\1\0\1\0\0\0\0" + query[12:] + record
        if tcp:  # by many threads
            with self._lock:
                self._by_tcp += 1
        else:  # by one
            self._by_udp += 1
        return self._answer(query, tcp=tcp)


def counted(port: int) -> int | None:
    """How many queries a server of this module at that port of the loopback had; None where none answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(1.0)
        try:
            asking.connect(("127.0.0.1", port))
            asking.send(COUNT_QUERY)
            answer = asking.recv(512)
        except OSError:
            return None
    text = answer.removeprefix(COUNT_QUERY[:2])[len(COUNT_QUERY) + 11 :]
    return int(text) if text.isdigit() else None


def serve_udp(listener: socket.socket, answers: Resolver) -> None:
    """Answer until the process ends. What is no query gets no answer."""
    receive, send, answer = listener.recvfrom, listener.sendto, answers.answer
    while True:
        query, client = receive(4_096)
        made = answer(query)
        if made is not None:
            try:
                send(made, client)
            except OSError:  # the client is gone
                continue


def serve_tcp(listener: socket.socket, answers: Resolver) -> None:
    """Answer until the process ends, a thread a connection."""
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=_converse, args=(connection, answers), daemon=True).start()


def _converse(connection: socket.socket, answers: Resolver) -> None:
    with connection, connection.makefile("rb") as stream:
        connection.settimeout(10)
        try:
            while len(head := stream.read(2)) == 2:
                made = answers.answer(stream.read(int.from_bytes(head)), tcp=True)
                if made is None:
                    return
                connection.sendall(struct.pack("!H", len(made)) + made)
        except OSError:
            return
