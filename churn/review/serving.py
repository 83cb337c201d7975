"""The server: on 127.0.0.1 only, until interrupted."""

from __future__ import annotations

import socket
from collections.abc import Callable

import uvicorn

from churn.errors import UsageError
from churn.review.gate import Keys
from churn.review.routes import application
from churn.settings import Settings
from churn.store.database import published

HOST = "127.0.0.1"


def serve(settings: Settings, by: str, port: int, tell: Callable[[str], None]) -> None:
    """Serve until interrupted; `tell` is told the address to open, with its token, once it can be opened.

    `port` 0 takes a free one. Raises UsageError where nothing is published, nobody decides, or the port is taken.
    """
    if not by.strip():
        raise UsageError("A verdict needs a name: --by WHO.")
    published(settings).close()
    keys = Keys()
    with _listening(port) as listener:
        address = f"{HOST}:{listener.getsockname()[1]}"
        server = uvicorn.Server(
            uvicorn.Config(
                application(settings, address, by, keys),
                access_log=False,  # addresses have the token
                log_level="warning",
                server_header=False,
                proxy_headers=False,
                ws="none",
                limit_concurrency=64,
                timeout_keep_alive=5,
                timeout_graceful_shutdown=3,
            )
        )
        tell(f"http://{address}/{keys.place}/?token={keys.token}")
        server.run(sockets=[listener])


def _listening(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(64)
    except OSError as error:
        listener.close()
        raise UsageError(f"Can't listen on {HOST}:{port}: {error.strerror}; give another one with --port.") from None
    return listener
