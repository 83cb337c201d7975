"""The files of the reports as they are, and nothing else: a path that leads out of `reports/` finds nothing."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from starlette.responses import FileResponse, Response

from churn.settings import Settings

_DAY = r"\d{4}-\d{2}-\d{2}"
_KINDS = {
    ".html": "text/html; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
}
_FILE = re.compile(rf"(?:index\.html|{_DAY}/(?:index\.html|report\.(?:json|md)|clusters/[A-Za-z0-9_-]{{1,100}}\.csv))")
_POLICY = re.compile(rb'http-equiv="Content-Security-Policy" content="([^"<>\r\n]{1,4000})"')
HEAD_BYTES = 4096
"""Where a report's own policy stands."""


def days(settings: Settings) -> list[str]:
    """The days that have a report, newest first, as they are spelt in paths."""
    found = (path.parent.name for path in _folder(settings).glob("????-??-??/index.html"))
    return sorted((name for name in found if _is_day(name)), reverse=True)


def _is_day(name: str) -> bool:
    try:
        return dt.date.fromisoformat(name).isoformat() == name
    except ValueError:
        return False


def report_file(settings: Settings, path: str) -> Path | None:
    """The file at a path below `reports/`; None where it is none of a report's, or lies elsewhere."""
    if not _FILE.fullmatch(path):
        return None
    folder = _folder(settings).resolve()
    file = (folder / path).resolve()
    return file if file.is_relative_to(folder) and file.is_file() else None


def answer(file: Path) -> Response:
    """The file, with the report's own content security policy; sandboxed, so that it is of no origin."""
    headers = {"Content-Security-Policy": _policy(file), "X-Frame-Options": "SAMEORIGIN"}
    if file.suffix == ".csv":
        headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return FileResponse(file, media_type=_KINDS[file.suffix], headers=headers)


def _policy(file: Path) -> str:
    with file.open("rb") as opened:
        own = _POLICY.search(opened.read(HEAD_BYTES)) if file.suffix == ".html" else None
    # a page without a policy of its own runs nothing
    policy = own.group(1).decode("ascii", "replace").replace("&#39;", "'") if own else "default-src 'none'"
    return f"{policy}; frame-ancestors 'self'; sandbox allow-scripts allow-downloads"


def _folder(settings: Settings) -> Path:
    return settings.data / "reports"
