"""The lab's built-in DNS server: one socket for UDP in a tight loop, one for TCP (RFC 7766) in a thread beside it.

What belongs here: sockets. What doesn't: what is answered (`dns_wire`).
"""

from __future__ import annotations

import socket
import struct
import threading

from churn.lab.dns_wire import Answers


def serve_udp(listener: socket.socket, answers: Answers) -> None:
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


def serve_tcp(listener: socket.socket, answers: Answers) -> None:
    """Answer until the process ends, a thread a connection."""
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=_converse, args=(connection, answers), daemon=True).start()


def _converse(connection: socket.socket, answers: Answers) -> None:
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
