"""MISP events of a cluster, and the feed that a MISP instance pulls.

One event a cluster, whose UUID lasts; beyond 10,000 attributes it goes on in events that extend the first. Members
stand in the order in which they joined, so a cluster that grows changes its last event. Every object says by its
comment, and every domain by its tag, whether it is reported, or related and not alleged.

A feed is a folder with `manifest.json`, `hashes.csv` and one file an event (MISP core format, "feed").
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from typing import Any

from pymisp import MISPEvent, MISPObject, MISPOrganisation

from churn.markings import Tlp, printable
from churn.settings import Settings
from churn.share.identities import lasting_uuid
from churn.share.misp_objects import attributes_of, member_objects
from churn.share.records import NOT_ALLEGED, Cluster

MOST_ATTRIBUTES = 10_000
"""Attributes of one event."""

_COLOURS = {
    Tlp.CLEAR: "#FFFFFF",
    Tlp.GREEN: "#33FF00",
    Tlp.AMBER: "#FFC000",
    Tlp.AMBER_STRICT: "#FFC000",
    Tlp.RED: "#FF2B2B",
}
"""Colours of the labels (TLP 2.0, table 4)."""
_ONGOING, _COMPLETE = 1, 2
_THREAT_UNDEFINED = 4


def misp_events(cluster: Cluster, settings: Settings, tlp: Tlp) -> Iterator[MISPEvent]:
    """The event of a cluster and those that extend it. The same cluster and marking give the same events."""
    timestamp = int(dt.datetime.combine(cluster.day, dt.time(), dt.UTC).timestamp())
    first = lasting_uuid("misp-event", cluster.cluster_id)
    part, event = 1, _event(cluster, settings, tlp, 1)
    held = 0
    for member in cluster.members:
        objects = member_objects(cluster, member, event.uuid, timestamp)
        count = attributes_of(objects)
        if held + count > MOST_ATTRIBUTES:
            yield event
            part, held = part + 1, 0
            event = _event(cluster, settings, tlp, part)
            event.extends_uuid = first
            objects = member_objects(cluster, member, event.uuid, timestamp)
        held += count
        _extend(event, objects)
    yield event


def _extend(event: MISPEvent, objects: Iterable[MISPObject]) -> None:
    for made in objects:
        event.add_object(made)


def _event(cluster: Cluster, settings: Settings, tlp: Tlp, part: int) -> MISPEvent:
    event = MISPEvent()
    event.uuid = lasting_uuid("misp-event", cluster.cluster_id, *([str(part)] if part > 1 else []))
    told = (
        f"{cluster.name}: cluster {cluster.cluster_id}, {len(cluster.reported):,} domains reported,"
        f" {len(cluster.related):,} {NOT_ALLEGED}{f', part {part}' if part > 1 else ''}"
    )
    event.info = printable(told, 500)
    event.date = cluster.first_day
    event.timestamp = dt.datetime.combine(cluster.day, dt.time(), dt.UTC)
    event.publish_timestamp = event.timestamp
    event.published = True
    event.analysis = _COMPLETE if cluster.verdict == "confirmed" else _ONGOING
    event.threat_level_id = _THREAT_UNDEFINED
    event.extends_uuid = ""
    event.Orgc = _organisation(settings)
    event.add_tag({"name": tlp.value.lower(), "colour": _COLOURS[tlp]})
    event.add_tag(f'domain-churn:verdict="{cluster.verdict or "none"}"')
    return event


def _organisation(settings: Settings) -> MISPOrganisation:
    made = MISPOrganisation()
    name = printable(settings.reporter_org)
    made.from_dict(name=name, uuid=lasting_uuid("organisation", name))
    return made


def feed_files(events: Iterable[MISPEvent]) -> dict[str, bytes]:
    """The files of a feed by name."""
    manifest: dict[str, Any] = {}
    hashes: list[str] = []
    files: dict[str, bytes] = {}
    for event in events:
        content = event.to_feed(with_meta=True)
        manifest |= content["Event"].pop("_manifest")
        hashes += [f"{digest},{event.uuid}\n" for digest in dict.fromkeys(content["Event"].pop("_hashes"))]
        files[f"{event.uuid}.json"] = _json(content)
    return files | {"manifest.json": _json(manifest), "hashes.csv": "".join(hashes).encode()}


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True).encode("ascii") + b"\n"
