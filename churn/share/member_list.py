"""CSV lists of a cluster's members, for whoever has no platform: one file of the reported, one of the related.

RFC 4180 with a header. Names, addresses and digests are exact; other texts are printable, and no cell is a formula.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable

from churn.markings import Tlp, printable, spreadsheet_safe
from churn.share.records import Cluster, Hosting, Member, Registration

COLUMNS = (
    "domain", "standing", "cluster_id", "role", "score", "joined_day", "reported_day", "reported_by", "labels",
    "first_seen",
    "registrar", "registrar_iana_id", "created_at", "status", "addresses", "name_servers", "mail_exchangers",
    "networks", "certificates_sha256", "tlp",
)  # fmt: skip

Cell = str | int | float | dt.date | None | Iterable[str]


def member_list(cluster: Cluster, members: Iterable[Member], tlp: Tlp) -> bytes:
    """The members as CSV; several values in a cell are joined by `|`."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for member in members:
        cells = _cells(cluster, member) | {"tlp": tlp.value}
        writer.writerow([_text(cells.get(column)) for column in COLUMNS])
    return text.getvalue().encode()


def _cells(cluster: Cluster, member: Member) -> dict[str, Cell]:
    return {
        "domain": member.domain,
        "standing": member.standing,
        "cluster_id": cluster.cluster_id,
        "role": member.role,
        "score": member.score,
        "joined_day": member.joined_day,
        "reported_day": member.reported_day,
        "reported_by": member.reported_by,
        "labels": member.labels,
        "first_seen": member.first_seen,
        "certificates_sha256": [seen.sha256 for seen in member.certificates if seen.sha256],
        **(_registration(member.registration) if member.registration else {}),
        **(_hosting(member.hosting, cluster) if member.hosting else {}),
    }


def _registration(record: Registration) -> dict[str, Cell]:
    return {
        "registrar": record.registrar,
        "registrar_iana_id": record.registrar_iana_id,
        "created_at": record.created_at,
        "status": record.status,
    }


def _hosting(answer: Hosting, cluster: Cluster) -> dict[str, Cell]:
    networks = {network.number for text in answer.addresses if (network := cluster.networks.get(text))}
    return {
        "addresses": answer.addresses,
        "name_servers": answer.ns,
        "mail_exchangers": answer.mx,
        "networks": [f"AS{number}" for number in sorted(networks)],
    }


def _text(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return spreadsheet_safe(printable(value, 2000))
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    return _text("|".join(value))
