"""The lab's feeds: a list of newly registered names and a list of reported domains for every day.

What belongs here: the bytes of a day's list. What doesn't: HTTP (`web`). A list of new names is sorted, as served ones
are; the list of reported domains runs in the order of reporting and gives addresses on a site, of which only the host
matters.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import hashlib
import io

from churn.lab.rows import DAY_SECONDS, EPOCH
from churn.lab.scale import FIRST_DAY
from churn.lab.world import World

LABELS = ("list-a", "list-a", "list-b")
FORMS = ("https://{}/", "http://{}/", "https://www.{}/start", "https://{}/a?id=1", "https://m.{}/")


def registered_list(world: World, day: dt.date) -> bytes:
    """The names registered on that day, one a line, gzip (the same bytes every time)."""
    names = world.listed("day", day)["domain"].to_pylist()
    return gzip.compress("".join(f"{name}\n" for name in names).encode(), compresslevel=5, mtime=0)


def reported_list(world: World, day: dt.date) -> bytes:
    """The domains reported on that day: CSV with id, url, reported_at, class, series."""
    entries = []
    start = EPOCH + (day - FIRST_DAY).days * DAY_SECONDS
    for row in world.listed("reported", day).select(["domain", "series", "created"]).to_pylist():
        draw = int.from_bytes(hashlib.sha256(f"{world.seed} {row['domain']}".encode()).digest()[:6])
        earliest = max(start, row["created"] + 60)  # nothing is reported before it exists
        moment = earliest + draw % max(1, start + DAY_SECONDS - earliest)
        at = dt.datetime.fromtimestamp(min(moment, start + DAY_SECONDS - 1), dt.UTC)
        series = f"s-{row['series'] * 7_919 % 1_000_003:06d}" if row["series"] >= 0 else ""
        entries.append((at, FORMS[draw % len(FORMS)].format(row["domain"]), LABELS[draw % len(LABELS)], series))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["id", "url", "reported_at", "class", "series"])
    for number, (at, url, label, series) in enumerate(sorted(entries), 1):
        writer.writerow([f"R{day:%y%m%d}-{number:05d}", url, at.strftime("%Y-%m-%dT%H:%M:%SZ"), label, series])
    return text.getvalue().encode()
