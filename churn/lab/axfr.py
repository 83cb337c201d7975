"""A registry of the lab that gives its zones by transfer, to those who have its key: NSD, which Debian ships.

What belongs here: its configuration, starting it and showing it the next day's zones. What doesn't: records (`zones`).
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dns.exception
import dns.message
import dns.query

from churn.lab import nsd
from churn.lab.sockets import LOOPBACK, dns_pair
from churn.lab.world import World
from churn.lab.zones import serial, zone_file

KEY_NAME, ALGORITHM = "churn-lab", "hmac-sha256"
SECRET = base64.b64encode(hashlib.sha256(b"the lab's key, which is no secret").digest()).decode()
PATIENCE_SECONDS = 10.0
CONFIGURATION = f"""\
key:
  name: "{KEY_NAME}"
  algorithm: {ALGORITHM}
  secret: "{SECRET}"
"""
ZONE = """\
zone:
  name: "{tld}"
  zonefile: "{tld}.zone"
  provide-xfr: {address} {key}
"""


@dataclass(frozen=True, slots=True)
class Registry:
    """A server of some TLDs' zones at `port`, which gives them to the loopback, signed where `key` names a key."""

    world: World
    tlds: tuple[str, ...]
    folder: Path
    port: int
    server: subprocess.Popen[bytes]

    def show(self, day: dt.date) -> None:
        """Serve the zones of a day. Raises RuntimeError where the server does not take them up."""
        _write(self.world, self.tlds, self.folder, day)
        self.server.send_signal(signal.SIGHUP)
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            if all(_serial(tld, self.port) == serial(day) for tld in self.tlds):
                return
            time.sleep(0.05)
        raise RuntimeError("nsd does not take up the new zones")


@contextmanager
def registry(
    world: World, tlds: tuple[str, ...], folder: Path, day: dt.date, *, signed: bool = True
) -> Iterator[Registry]:
    """Serve the zones of a day until the block ends; without `signed` to everybody on the loopback.

    Raises RuntimeError where NSD is not installed or does not start.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pair = dns_pair(0)
    port = pair[0].getsockname()[1]
    for item in pair:  # NSD binds its port itself
        item.close()
    _write(world, tlds, folder, day)
    key = KEY_NAME if signed else "NOKEY"
    zones = "".join(ZONE.format(tld=tld, address=LOOPBACK, key=key) for tld in tlds)
    configuration = folder / "nsd.conf"
    configuration.write_text(nsd.CONFIGURATION.format(port=port, folder=folder) + CONFIGURATION + zones)
    server = nsd.start(configuration, port)
    try:
        yield Registry(world, tlds, folder, port, server)
    finally:
        nsd.stop(server)


def _serial(tld: str, port: int) -> int | None:
    """The serial number that is served now."""
    try:
        answer = dns.query.udp(dns.message.make_query(tld, "SOA"), LOOPBACK, timeout=1.0, port=port)
        return int(answer.answer[0][0].serial)
    except (OSError, dns.exception.DNSException, IndexError):
        return None


def _write(world: World, tlds: tuple[str, ...], folder: Path, day: dt.date) -> None:
    """Zone files without their last record, which is the first once more."""
    for tld in tlds:
        records = zone_file(world, tld, day).splitlines(keepends=True)
        new = folder / f"{tld}.new"
        new.write_text("".join(records[:-1]), encoding="ascii")
        new.replace(folder / f"{tld}.zone")
