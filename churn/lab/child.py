"""What runs in the lab's own processes, so that the pipeline's figures stay the pipeline's.

Started by `serve` as `python -m churn.lab.child ROLE OPTIONS`: listening sockets are inherited (their numbers are
in the options, JSON), the line `ready` says that the world is loaded, and the end of standard input ends the
process: it never outlives the one that started it, however that one ends.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
import threading
from pathlib import Path
from typing import Any

from churn.lab.dns_server import serve_tcp, serve_udp
from churn.lab.dns_wire import Answers
from churn.lab.hosts import Listeners
from churn.lab.web import HttpConnection, Site
from churn.lab.whois_server import Servers, WhoisConnection, addresses
from churn.lab.world import load

Options = dict[str, Any]


def _ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


def _end_with_parent() -> None:
    """Wait for the end of standard input in a thread, then end at once."""

    def wait() -> None:
        while os.read(0, 1_024):
            pass
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


def endpoints(options: Options) -> None:
    """RDAP, feeds, WHOIS and the world's hosts, in one event loop."""
    asyncio.run(_endpoints(options))


async def _endpoints(options: Options) -> None:
    world = load(Path(options["world"]))
    loop = asyncio.get_running_loop()
    site, servers = Site(world, options["base"]), Servers(world)
    listeners = Listeners(world, Path(options["record"]))
    makers = {
        "http": lambda: HttpConnection(site),
        "whois": lambda: WhoisConnection(servers),
        "tls": listeners.tls,
        "website": listeners.website,
    }
    for service, make in makers.items():
        for number in options["sockets"][service]:
            await loop.create_server(make, sock=socket.socket(fileno=number), backlog=1_024)
    _ready()
    await asyncio.Event().wait()


def dns(options: Options) -> None:
    """The built-in resolver."""
    world = load(Path(options["world"]))
    answers = Answers(world, addresses(world))
    udp, tcp = (socket.socket(fileno=number) for number in options["sockets"]["dns"])
    threading.Thread(target=serve_tcp, args=(tcp, answers), daemon=True).start()
    _ready()
    serve_udp(udp, answers)


ROLES = {"endpoints": endpoints, "dns": dns}

if __name__ == "__main__":
    _end_with_parent()
    ROLES[sys.argv[1]](json.loads(sys.argv[2]))
