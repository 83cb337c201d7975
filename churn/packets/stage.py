"""The stage: packets on the reported domains of a day's bursts, one a registrar and network; who was told what.

1. Read the day. 2. Write the contact table. 3. For each recipient write folder and zip, then its rows of the ledger
(items first: a packet that is in the ledger is complete). 4. Remove what no longer holds; name what can't be routed.

What was told on earlier days decides what is new or a repeat; the day's own packets do not, so a rerun writes the same.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from churn.errors import UsageError
from churn.packets.assessing import told_by_kind
from churn.packets.contacts import read_corrections
from churn.packets.cover import cover
from churn.packets.document import counts, document, packet_id, previous_packet_id
from churn.packets.dossier import Desk, Dossier
from churn.packets.folder import clear, write_packet
from churn.packets.gather import TABLES, Gathered, gather
from churn.packets.message import message
from churn.packets.reports import xarf_reports
from churn.packets.tables import (
    compromised_csv,
    domains_csv,
    no_contact_csv,
    siblings_csv,
    unplaced_csv,
    unrouted_csv,
)
from churn.results import Progress, StageResult, silent
from churn.settings import Settings
from churn.store import ledger
from churn.store.database import lake_database, lake_of
from churn.store.files import write_bytes

WRITER = "packets"
NO_CONTACT = "no-contact.csv"


def run(settings: Settings, day: dt.date, progress: Progress = silent) -> StageResult:
    """Write the packets of a day; nothing is sent. Rows in are members of bursting clusters, rows out domains told.

    Raises UsageError where the file of contact corrections is wrong, or the key that signs can't be used.
    """
    progress(0, 0, "reading the bursts")
    corrections = read_corrections(settings.data / "reference" / "contact_corrections.toml", day)
    with lake_database(settings, until=day, only=TABLES) as con:
        gathered = gather(con, settings, day, corrections)
    lake_of(settings).write_rows("contact", day, WRITER, _contact_rows(gathered.desks, day))
    now = settings.now(day)
    day_folder = settings.data / "packets" / day.isoformat()
    for number, dossier in enumerate(gathered.dossiers):
        progress(number, len(gathered.dossiers), f"packet for {dossier.recipient}")
        _write(settings, dossier, day, _written_at(dossier, day, now))
    withdrawn = clear(day_folder, {dossier.recipient for dossier in gathered.dossiers})
    write_bytes(day_folder / "unrouted.csv", unrouted_csv(gathered.unrouted))
    write_bytes(day_folder / "unrouted-networks.csv", unplaced_csv(gathered.unplaced))
    write_bytes(day_folder / NO_CONTACT, no_contact_csv(gathered.desks))
    progress(len(gathered.dossiers), len(gathered.dossiers), "packets written")
    return StageResult(
        "packets",
        day,
        rows_in=gathered.members,
        rows_out=len({entry.domain for dossier in gathered.dossiers for entry in dossier.alleged}),
        rejects=len(gathered.unrouted),
        found=_found(gathered) | {"withdrawn": withdrawn},
    )


def _found(gathered: Gathered) -> dict[str, Any]:
    """Packets of both kinds; what is told as what, by kind: a domain has one registrar and perhaps several networks."""
    registrars = [dossier for dossier in gathered.dossiers if dossier.scope == "registrar"]
    networks = [dossier for dossier in gathered.dossiers if dossier.scope == "network"]
    return {
        "packets": len(gathered.dossiers),
        **_total(registrars),
        "no_sponsor": len(gathered.unrouted),
        "no_contact": sum(1 for dossier in gathered.dossiers if not dossier.contact.found),
        "settled": gathered.tally.get(("registrar", "settled"), 0),
        "told_lately": gathered.tally.get(("registrar", "told"), 0),
        "network_packets": len(networks),
        **{f"network_{name}": number for name, number in _total(networks).items()},
        "no_network": len(gathered.unplaced),
        "network_settled": gathered.tally.get(("network", "settled"), 0),
        "network_told_lately": gathered.tally.get(("network", "told"), 0),
    }


def without_contact(settings: Settings, day: dt.date) -> list[dict[str, str]]:
    """The rows of the day's `no-contact.csv`: desks with reported domains, but neither address nor form; as for people.

    Raises UsageError where the day's packets were not written.
    """
    path = settings.data / "packets" / day.isoformat() / NO_CONTACT
    if not path.is_file():
        raise UsageError(f"There is no {path}: run `churn packets --day {day}` first.")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def packet_files(
    settings: Settings, dossier: Dossier, day: dt.date, written_at: dt.datetime, earlier: bytes | None = None
) -> dict[str, bytes]:
    """The files of one packet by their name in its folder: a pure function of what was gathered.

    But for a signature, which is that of the `earlier` message where it still holds.
    """
    files = {
        "domains.csv": domains_csv(dossier),
        **({"compromised.csv": compromised_csv(dossier)} if told_by_kind(dossier)[1] else {}),
        "siblings-not-alleged.csv": siblings_csv(dossier),
        "cover.md": cover(dossier, settings, day),
        **dict(xarf_reports(dossier, settings, day)),
    }
    packet = document(dossier, settings, day, written_at, files)
    files["packet.json"] = (json.dumps(packet, indent=1, sort_keys=True) + "\n").encode()
    files["message.eml"] = message(dossier, settings, day, written_at, files, earlier)
    return files


def _write(settings: Settings, dossier: Dossier, day: dt.date, written_at: dt.datetime) -> None:
    identity, recipient, number = packet_id(dossier, day), dossier.recipient, counts(dossier)
    folder = settings.data / "packets" / day.isoformat() / recipient
    former = folder / "message.eml"
    earlier = former.read_bytes() if settings.packet_signing_key and former.is_file() else None
    write_packet(folder, packet_files(settings, dossier, day, written_at, earlier))
    items = (
        {
            "day": day,
            "packet_id": identity,
            "domain": entry.domain,
            "state": entry.state,
            "cluster_id": entry.item["cluster_id"],
            "first_told_day": day if entry.state == "new" else entry.item["first_told_day"],
        }
        for entry in (*dossier.alleged, *dossier.resolved, *dossier.siblings)
    )
    ledger.append(settings, "packet_item", day, identity, items)
    packet: dict[str, Any] = {
        "day": day,
        "packet_id": identity,
        "scope": dossier.scope,
        "key": dossier.key,
        "recipient": dossier.name,
        "written_at": written_at,
        "path": f"{day}/{recipient}",
        "new_items": number["new"],
        "repeat_items": number["repeat"],
        "resolved_items": number["resolved"],
        "previous_packet_id": previous_packet_id(dossier, day),
    }
    ledger.append(settings, "packet", day, identity, [packet])


def _written_at(dossier: Dossier, day: dt.date, now: dt.datetime) -> dt.datetime:
    """When this very packet was written first; now, where it is new."""
    identity = packet_id(dossier, day)
    return next((row["written_at"] for row in dossier.earlier if row["packet_id"] == identity), now)


def _contact_rows(desks: Iterable[Desk], day: dt.date) -> list[dict[str, object]]:
    return [
        {
            "day": day,
            "scope": desk.scope,
            "key": desk.key,
            "email": list(desk.contact.email),
            "phone": list(desk.contact.phone),
            "url": desk.contact.url,
            "source": desk.contact.source,
            "observed_at": desk.contact.observed_at,
            "confidence": desk.contact.confidence,
        }
        for desk in desks
    ]


def _total(dossiers: Iterable[Dossier]) -> Counter[str]:
    """How many domains all packets together tell as what."""
    total = Counter(dict.fromkeys(("new", "repeat", "compromised", "resolved", "siblings_not_alleged"), 0))
    for dossier in dossiers:
        total.update(counts(dossier))
    return total
