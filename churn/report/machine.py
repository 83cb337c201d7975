"""The report for machines: report.json with exact names, and CSV files of each cluster for spreadsheets.

JSON is plain ASCII, described by `report.schema.json`; numbers that JSON lacks (infinity) are null. CSV is RFC 4180
with a header; its names are exact, its other cells printable and neutralised, since people open it in spreadsheets.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math
from dataclasses import asdict
from typing import Any

from churn.markings import Tlp, printable, spreadsheet_safe
from churn.report.cluster_records import Cluster, Member
from churn.report.records import Day, Headline
from churn.report.stories import cluster_story, day_in_three_sentences

SCHEMA_VERSION = 2
NOTICE = "Related is not guilty: clusters are hypotheses. Only reported domains are alleged. Names are exact."
COLUMNS = (
    "domain", "reported", "standing", "reported_day", "reported_by", "labels", "role", "score", "sibling_probability",
    "new", "newly_reported", "holds_without_strongest", "links", "registrar", "registrar_iana_id", "created_at",
    "registered_day", "first_seen", "dns_at", "certificate_at", "reported_at", "addresses", "name_servers", "networks",
    "cluster_id", "tlp",
)  # fmt: skip
SIBLING_COLUMNS = (
    "domain", "standing", "probability", "basis", "member", "first_seen", "registrar", "registrar_iana_id",
    "cluster_id", "tlp",
)  # fmt: skip


def report_json(day: Day, tlp: Tlp) -> bytes:
    """All that the report says, with every member of its clusters."""
    content: dict[str, Any] = {"schema_version": SCHEMA_VERSION, "tlp": tlp, "notice": NOTICE, "day": day.day}
    content |= {"sentences": day_in_three_sentences(day)}
    content |= {key: value for key, value in asdict(day).items() if key != "day"}
    for cluster, record in zip(day.clusters, content["clusters"], strict=True):
        record["story"] = cluster_story(cluster, day.traits.get(cluster.cluster_id, []))
        record["unreported"] = cluster.unreported
    return (json.dumps(_plain(content), separators=(",", ":"), allow_nan=False) + "\n").encode("ascii")


def headline_of(content: bytes) -> Headline | None:
    """The headline of a report.json; None where it can't be read as one of this version."""
    try:
        return Headline(**json.loads(content)["headline"])
    except (ValueError, KeyError, TypeError):
        return None


def members_csv(cluster: Cluster, tlp: Tlp) -> bytes:
    """The members of a cluster, each with the shared values that hold it."""
    words = {link.place: f"{link.field}={link.value}" for link in cluster.links}
    records = [asdict(member) | {"links": _links(member, words)} for member in cluster.members]
    return _csv(COLUMNS, records, cluster, tlp)


def siblings_csv(cluster: Cluster, tlp: Tlp) -> bytes:
    """Whom nobody has reported and who may be the same operator's, likeliest first."""
    return _csv(SIBLING_COLUMNS, [asdict(sibling) for sibling in cluster.siblings], cluster, tlp)


def _csv(columns: tuple[str, ...], records: list[dict[str, Any]], cluster: Cluster, tlp: Tlp) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    same = {"cluster_id": cluster.cluster_id, "tlp": tlp.value}
    for record in records:
        reported = record.get("reported", False)
        told = record | same | {"standing": "reported" if reported else "related, not alleged"}
        writer.writerow([_cell(told[column]) for column in columns])
    return text.getvalue().encode()


def _links(member: Member, words: dict[int, str]) -> list[str]:
    """The values that hold a member, `field=value`; those that the report doesn't tell are counted."""
    told = [words[place] for place in member.held_by if place in words]
    more = len(member.held_by) - len(told)
    return [*told, f"and {more} more"] if more else told


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return _cell("|".join(str(item) for item in value))
    if isinstance(value, dt.date):
        return value.isoformat()
    return spreadsheet_safe(printable(str(value), 4000))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.isoformat() if isinstance(value, dt.date) else value
