"""The report for machines: report.json with exact names, and a CSV file a cluster for spreadsheets.

JSON is plain ASCII; numbers that JSON lacks (infinity) are null. CSV is RFC 4180 with a header; its names are exact,
its other cells printable and neutralised, since people open it in spreadsheets.
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
from churn.report.cluster_records import Cluster
from churn.report.records import Day, Headline
from churn.report.stories import cluster_story, day_in_three_sentences

SCHEMA_VERSION = 1
NOTICE = "Related is not guilty: clusters are hypotheses. Only reported domains are alleged. Names are exact."
COLUMNS = (
    "domain", "reported", "standing", "reported_day", "reported_by", "labels", "role", "score", "new",
    "holds_without_strongest", "registrar", "registrar_iana_id", "created_at", "registered_day", "first_seen",
    "addresses", "name_servers", "networks", "cluster_id", "tlp",
)  # fmt: skip


def report_json(day: Day, tlp: Tlp) -> bytes:
    """All that the report says, with every member of its clusters."""
    content: dict[str, Any] = {"schema_version": SCHEMA_VERSION, "tlp": tlp, "notice": NOTICE, "day": day.day}
    content |= {"sentences": day_in_three_sentences(day)}
    content |= {key: value for key, value in asdict(day).items() if key != "day"}
    for cluster, record in zip(day.clusters, content["clusters"], strict=True):
        record["story"] = cluster_story(cluster, day.traits.get(cluster.cluster_id, []))
        record["unreported"] = cluster.unreported
    return (json.dumps(_plain(content), indent=1, allow_nan=False) + "\n").encode("ascii")


def headline_of(content: bytes) -> Headline | None:
    """The headline of a report.json; None where it can't be read as one of this version."""
    try:
        return Headline(**json.loads(content)["headline"])
    except (ValueError, KeyError, TypeError):
        return None


def members_csv(cluster: Cluster, tlp: Tlp) -> bytes:
    """The members of a cluster."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for member in cluster.members:
        record = asdict(member) | {
            "standing": "reported" if member.reported else "related, not alleged",
            "cluster_id": cluster.cluster_id,
            "tlp": tlp.value,
        }
        writer.writerow([_cell(record[column]) for column in COLUMNS])
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return _cell("|".join(str(item) for item in value))
    if isinstance(value, dt.date):
        return value.isoformat()
    return spreadsheet_safe(printable(str(value), 2000))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.isoformat() if isinstance(value, dt.date) else value
