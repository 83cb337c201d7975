"""The stage: read the day from the published copy, write its folder, renew the index of days.

reports/<day>/index.html, report.json, report.md, clusters/<cluster id>.csv and <cluster id>-siblings.csv
reports/<day>/scoreboard.html and, where the setting clear_figures says so, scoreboard-clear.html
reports/index.html
"""

from __future__ import annotations

import datetime as dt
import re
import time
from pathlib import Path

from churn.report.machine import headline_of, members_csv, report_json, siblings_csv
from churn.report.page import TLP, index_html, mail_markdown, page_html, scoreboard_html
from churn.report.reading import read_day
from churn.report.records import Day, Headline
from churn.report.scoreboard import board_of
from churn.report.view import file_stem
from churn.results import Progress, StageResult, silent
from churn.settings import Settings
from churn.store.database import published
from churn.store.files import write_bytes

_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-([0-2]\d|3[01])")


def run(settings: Settings, day: dt.date, progress: Progress = silent) -> StageResult:
    """Write the report of a day from the published copy; a second run writes the same bytes.

    Raises UsageError where nothing is published yet, TransientError or TerminalError where it can't be written.
    """
    start = time.monotonic()
    progress(0, 3, "reading the published copy")
    with published(settings) as con:
        content = read_day(con, settings, day)
        boards = {"scoreboard.html": board_of(con, day)}
        if settings.clear_figures:
            boards["scoreboard-clear.html"] = board_of(con, day, names=False)
    progress(1, 3, "writing the report")
    page = _write_day(settings, content)
    for name, board in boards.items():
        write_bytes(page.parent / name, scoreboard_html(board).encode())
    progress(2, 3, "renewing the index of days")
    write_bytes(_reports(settings) / "index.html", index_html(_headlines(settings)).encode())
    progress(3, 3, "report written")
    head = content.headline
    return StageResult(
        stage="report",
        day=day,
        rows_in=sum(len(cluster.members) for cluster in content.clusters) + len(content.bursts),
        rows_out=len(content.clusters),
        seconds=time.monotonic() - start,
        found={
            "report": str(page),
            "registered": head.registered,
            "reported": head.reported,
            "bursts": head.bursts,
            "bursts_with_reported": head.bursts_with_reported,
            "largest_burst": head.largest_burst,
            "new_siblings": head.new_siblings,
            "unexplained_members": head.unexplained_members,
        },
    )


def _reports(settings: Settings) -> Path:
    return settings.data / "reports"


def _write_day(settings: Settings, content: Day) -> Path:
    folder = _reports(settings) / content.day.isoformat()
    files = {f"{file_stem(cluster.cluster_id)}.csv": members_csv(cluster, TLP) for cluster in content.clusters}
    files |= {
        f"{file_stem(cluster.cluster_id)}-siblings.csv": siblings_csv(cluster, TLP)
        for cluster in content.clusters
        if cluster.siblings
    }
    for name, text in files.items():
        write_bytes(folder / "clusters" / name, text)
    for stale in (folder / "clusters").glob("*.csv"):  # of an earlier run of the day, whose clusters were others
        if stale.name not in files:
            stale.unlink()
    write_bytes(folder / "report.json", report_json(content, TLP))
    write_bytes(folder / "report.md", mail_markdown(content, settings).encode())
    write_bytes(folder / "index.html", page_html(content, settings).encode())
    return folder / "index.html"


def _headlines(settings: Settings) -> list[tuple[dt.date, Headline | None]]:
    """Every day that has a report, newest first, with the figures that its report.json names."""
    found = [(path.parent.name, path) for path in _reports(settings).glob("????-??-??/report.json")]
    days = [(dt.date.fromisoformat(name), path) for name, path in found if _DAY.fullmatch(name)]
    return [(day, headline_of(path.read_bytes())) for day, path in sorted(days, reverse=True)]
