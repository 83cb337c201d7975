"""The deed of an export, and its audit row.

1. Whom it is for, and whether they may get it, is checked before anything is read.
2. The clusters are read from the published copy.
3. Every file is made in memory: STIX bundles and a TAXII folder, a MISP feed, CSV lists, and `export.json` about them.
4. With recipients, each gets one archive, encrypted to the key that is theirs; nothing is written in the clear.
5. The audit row is written to the ledger. Where that fails, nothing leaves.
6. The files are written to the folder that was named.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from churn.errors import UsageError
from churn.markings import Tlp, printable
from churn.results import Progress, silent
from churn.settings import Settings
from churn.share.member_list import member_list
from churn.share.out_folder import before, replace_folder, write_beside
from churn.share.reading import read_clusters
from churn.share.recipients import DEFAULT_TLP, Recipient, check_marking, chosen_recipients
from churn.share.records import NOT_ALLEGED, Cluster
from churn.share.sealing import archive, sealed
from churn.store import ledger

FORMATS = ("stix", "misp", "csv")
NOTICE = f"Only reported domains are alleged. Every other member of a cluster is {NOT_ALLEGED}. Names are exact."
_SAFE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True, slots=True)
class Order:
    """What to export. `clusters` empty: those with a reported member, but none judged benign. `at` is UTC."""

    day: dt.date
    out: Path
    by: str
    at: dt.datetime
    formats: Sequence[str] = FORMATS
    clusters: Sequence[str] = ()
    recipients: Sequence[str] = ()
    tlp: Tlp = DEFAULT_TLP
    note: str = ""


@dataclass(frozen=True, slots=True)
class Export:
    """What was exported. `files` are those written, by their path below `folder`, with their SHA-256."""

    export_id: str
    day: dt.date
    folder: Path
    tlp: Tlp
    recipients: tuple[str, ...]
    clusters: tuple[str, ...]
    reported: int
    related: int
    left_out: int
    files: Mapping[str, str]


def export(settings: Settings, order: Order, progress: Progress = silent) -> Export:
    """Export clusters of a day and record it. The same order on the same published copy gives the same plain files.

    Raises UsageError where the order does not hold (no such day, cluster, format or recipient; a marking above a
    recipient's; nothing to export; a folder that is not an export's).
    """
    recipients = _checked(settings, order)
    progress(0, 4, "reading the published copy")
    clusters = read_clusters(settings, order.day, order.clusters)
    if not clusters:
        raise UsageError(
            f"On {order.day} no cluster has a reported member; name one with --cluster to share it anyway."
        )
    progress(1, 4, "making the files")
    plain = _files(clusters, settings, order)
    progress(2, 4, "encrypting" if recipients else "recording")
    files = _sealed(plain, recipients, order) if recipients else plain
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    done = Export(
        export_id=_export_id(order, digests),
        day=order.day,
        folder=order.out.absolute(),
        tlp=order.tlp,
        recipients=tuple(recipient.name for recipient in recipients),
        clusters=tuple(cluster.cluster_id for cluster in clusters),
        reported=sum(len(cluster.reported) for cluster in clusters),
        related=sum(len(cluster.related) for cluster in clusters),
        left_out=sum(cluster.left_out for cluster in clusters),
        files=digests,
    )
    _record(settings, order, done)
    progress(3, 4, "writing")
    (write_beside if recipients else replace_folder)(order.out, files)
    progress(4, 4, "exported")
    return done


def _checked(settings: Settings, order: Order) -> list[Recipient]:
    if unknown := sorted(set(order.formats) - set(FORMATS)):
        raise UsageError(f"No format is called {', '.join(map(printable, unknown))}; there are {', '.join(FORMATS)}.")
    if not order.formats:
        raise UsageError(f"Name a format: {', '.join(FORMATS)}.")
    if not order.by.strip():
        raise UsageError("An export needs a name: --by WHO.")
    check_marking(order.tlp, order.note)
    recipients = chosen_recipients(settings, order.recipients, order.tlp)
    if not recipients:
        before(order.out)  # refuses a folder of other things, before the ledger says that it was written
    return recipients


def _files(clusters: Sequence[Cluster], settings: Settings, order: Order) -> dict[str, bytes]:
    made: dict[str, bytes] = {}
    for name in dict.fromkeys(order.formats):
        made |= dict(_MAKERS[name](clusters, settings, order))
    return made | {"export.json": _contents(made, clusters, order)}


def _stix(clusters: Sequence[Cluster], settings: Settings, order: Order) -> Iterator[tuple[str, bytes]]:
    from churn.share.stix_bundle import stix_bundles  # noqa: PLC0415 - each platform's library takes a third of a second
    from churn.share.taxii_folder import taxii_files  # noqa: PLC0415 - as above

    bundles = []
    for cluster in clusters:
        for file in stix_bundles(cluster, settings, order.tlp):
            bundles.append(file)
            name = f"stix/{_stem(cluster.cluster_id)}/{file.standing}-{file.part:03d}.json"
            yield name, (json.dumps(file.bundle) + "\n").encode("ascii")
    for name, content in taxii_files(bundles, order.day).items():
        yield f"taxii/{name}", content


def _misp(clusters: Sequence[Cluster], settings: Settings, order: Order) -> Iterator[tuple[str, bytes]]:
    from churn.share.misp_event import feed_files, misp_events  # noqa: PLC0415 - as above

    events = (event for cluster in clusters for event in misp_events(cluster, settings, order.tlp))
    for name, content in feed_files(events).items():
        yield f"misp/{name}", content


def _csv(clusters: Sequence[Cluster], settings: Settings, order: Order) -> Iterator[tuple[str, bytes]]:  # noqa: ARG001 - one shape
    for cluster in clusters:
        for standing, members in (("reported", cluster.reported), ("related-not-alleged", cluster.related)):
            if members:
                yield f"csv/{_stem(cluster.cluster_id)}-{standing}.csv", member_list(cluster, members, order.tlp)


_MAKERS = {"stix": _stix, "misp": _misp, "csv": _csv}


def _stem(cluster_id: str) -> str:
    """A file name of a cluster: its id where that is a plain one."""
    if _SAFE.fullmatch(cluster_id):
        return cluster_id
    return f"cluster-{hashlib.sha256(cluster_id.encode(errors='surrogatepass')).hexdigest()[:24]}"


def _contents(made: Mapping[str, bytes], clusters: Sequence[Cluster], order: Order) -> bytes:
    """export.json: what the files are of, and their digests. It says nothing of who exported when: the ledger does."""
    content: dict[str, Any] = {
        "day": order.day.isoformat(),
        "tlp": order.tlp.value,
        "notice": NOTICE,
        "formats": list(dict.fromkeys(order.formats)),
        "clusters": [
            {
                "cluster_id": cluster.cluster_id,
                "name": printable(cluster.name),
                "verdict": cluster.verdict,
                "reported": len(cluster.reported),
                "related_not_alleged": len(cluster.related),
            }
            for cluster in clusters
        ],
        "files": {name: hashlib.sha256(body).hexdigest() for name, body in sorted(made.items())},
    }
    return (json.dumps(content, indent=1) + "\n").encode("ascii")


def _sealed(plain: Mapping[str, bytes], recipients: Sequence[Recipient], order: Order) -> dict[str, bytes]:
    content = archive(plain)
    stem = f"domain-churn-{order.day}"
    return {f"{stem}-to-{recipient.name}.zip.age": sealed(content, recipient) for recipient in recipients}


def _export_id(order: Order, digests: Mapping[str, str]) -> str:
    basis = json.dumps([order.at.isoformat(), order.by, str(order.out), sorted(digests.items())])
    return f"x-{order.day:%Y%m%d}-{hashlib.sha256(basis.encode()).hexdigest()[:12]}"


def _record(settings: Settings, order: Order, done: Export) -> None:
    row: dict[str, object] = {
        "export_id": done.export_id,
        "exported_at": order.at,
        "exported_by": order.by,
        "exported_day": order.day,
        "recipients": list(done.recipients),
        "formats": list(dict.fromkeys(order.formats)),
        "clusters": list(done.clusters),
        "tlp": order.tlp.value,
        "folder": str(done.folder),
        "files": list(done.files),
        "files_sha256": list(done.files.values()),
        "note": order.note or None,
        "day": order.at.date(),
    }
    ledger.append(settings, "export", order.at.date(), f"export-{done.export_id}", [row])
