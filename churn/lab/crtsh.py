"""The lab's crt.sh: certificates of a domain as a JSON list, and a certificate as PEM.

What belongs here: what its two questions are answered with. What doesn't: HTTP (`web`), the log (`ct_log`). It watches
every log, also those that the lab does not serve: every certificate of the world is in it, twice: the pre-certificate
and, a minute later, what was issued (`deduplicate` is not heeded). Fields are those of crt.sh's answers.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from churn.lab.certificates import Authority
from churn.lab.world import World

ADDRESS = "127.0.1.251"
"""Where it is, on the loopback."""
FIRST_ID = 20_000_000_000
"""Beyond what fits in 32 bits, as those of crt.sh are."""
ISSUER_ID = 990_001
PAGE = "<!DOCTYPE html>\n<html><head><title>crt.sh | lab</title></head>\n<body>Add output=json.</body></html>\n"


class CrtSh:
    """Everything that was issued for the world's domains."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._authority = Authority(world.seed)
        self._listed = lru_cache(maxsize=1_024)(self._list)

    def search(self, identity: str) -> list[dict[str, Any]]:
        """The certificates for a name, or for what is below it (`%.example.test`), the newest first."""
        return self._listed(identity.lower().removeprefix("%.").removeprefix("www."))

    def pem(self, number: str) -> bytes | None:
        """The certificate of that id; None where there is none."""
        if not (number.isascii() and number.isdigit() and len(number) < 20):
            return None
        row, final = divmod(int(number) - FIRST_ID, 2)
        if not 0 <= row < len(self._world.domains) or self._world.row(row)["cert"] < 0:
            return None
        return self._certificate(row, precertificate=not final).public_bytes(serialization.Encoding.PEM)

    def _certificate(self, number: int, *, precertificate: bool) -> x509.Certificate:
        row = self._world.row(number)
        created = dt.datetime.fromtimestamp(row["created"], dt.UTC)
        return self._authority.certificate(row["domain"], row["cert"], created, precertificate=precertificate)

    def _list(self, domain: str) -> list[dict[str, Any]]:
        number = self._world.find(domain)
        if number is None or self._world.row(number)["cert"] < 0:
            return []
        certificate = self._certificate(number, precertificate=False)
        start = certificate.not_valid_before_utc
        listed = []
        for final, logged in ((1, start + dt.timedelta(seconds=65)), (0, start + dt.timedelta(seconds=5))):
            listed.append(
                {
                    "issuer_ca_id": ISSUER_ID,
                    "issuer_name": "O=The Lab, CN=Lab R1",
                    "common_name": domain,
                    "name_value": f"{domain}\nwww.{domain}",
                    "id": FIRST_ID + 2 * number + final,
                    "entry_timestamp": f"{logged:%Y-%m-%dT%H:%M:%S}.{number % 1_000:03d}",
                    "not_before": f"{start:%Y-%m-%dT%H:%M:%S}",
                    "not_after": f"{certificate.not_valid_after_utc:%Y-%m-%dT%H:%M:%S}",
                    "serial_number": f"{certificate.serial_number:032x}",
                    "result_count": 2,
                }
            )
        return listed
