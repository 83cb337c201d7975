"""What runs in the lab's own processes, so that the pipeline's figures stay the pipeline's.

Started by `serve` as `python -m churn.lab.child ROLE OPTIONS`: listening sockets are inherited (their numbers are
in the options, JSON), the line `ready` says that the servers answer, and the end of standard input ends the
process: it never outlives the one that started it, however that one ends.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from churn.lab import nsd
from churn.lab.dns_faults import FaultyAnswers
from churn.lab.dns_server import Counted, counted, serve_tcp, serve_udp
from churn.lab.dns_wire import Answers
from churn.lab.faults import Faults
from churn.lab.hosts import Listeners
from churn.lab.lookup_web import LookupConnection, Lookups
from churn.lab.web import Site
from churn.lab.whois_server import Servers, WhoisConnection, addresses
from churn.lab.world import World, load

Options = dict[str, Any]


def _ready(at_end: Callable[[], None] | None = None) -> None:
    """Say so; then wait for the end of standard input in a thread, and end at once."""

    def wait() -> None:
        while os.read(0, 1_024):
            pass
        if at_end:
            at_end()
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()


def endpoints(options: Options) -> None:
    """RDAP, feeds, WHOIS and the world's hosts, in one event loop; NSD beside them where it was chosen."""
    world = load(Path(options["world"]))
    at_end = _start_nsd(world, options) if options["nsd"] else None
    asyncio.run(_listen(world, options, at_end))


def _start_nsd(world: World, options: Options) -> Callable[[], None]:
    port = int(options["dns_port"])
    server = nsd.start(nsd.write_zones(world, addresses(world), Path(options["world"]) / "zones", port), port)
    return lambda: nsd.stop(server)


async def _listen(world: World, options: Options, at_end: Callable[[], None] | None) -> None:
    loop = asyncio.get_running_loop()
    site, servers, faults = Site(world, options["base"]), Servers(world), Faults.from_json(options["faults"])
    listeners, asked = Listeners(world, Path(options["record"])), Counter[str]()
    lookups = Lookups(faults, (lambda: None) if options["nsd"] else partial(counted, int(options["dns_port"])))
    makers: dict[str, Callable[[], asyncio.Protocol]] = {
        "http": lambda: LookupConnection(site, faults, asked, lookups),
        "whois": lambda: WhoisConnection(servers, lookups.endpoints, lookups.faults["whois"]),
        "tls": listeners.tls,
        "website": listeners.website,
    }
    for service, make in makers.items():
        for number in options["sockets"][service]:
            await loop.create_server(make, sock=socket.socket(fileno=number), backlog=1_024)
    _ready(at_end)
    await asyncio.Event().wait()


def dns(options: Options) -> None:
    """The built-in resolver."""
    world = load(Path(options["world"]))
    right, faults = Answers(world, addresses(world)), Faults.from_json(options["faults"]).of("dns")
    answers = Counted(FaultyAnswers(right, faults) if faults else right)
    udp, tcp = (socket.socket(fileno=number) for number in options["sockets"]["dns"])
    threading.Thread(target=serve_tcp, args=(tcp, answers), daemon=True).start()
    _ready()
    serve_udp(udp, answers)


ROLES = {"endpoints": endpoints, "dns": dns}

if __name__ == "__main__":
    ROLES[sys.argv[1]](json.loads(sys.argv[2]))
