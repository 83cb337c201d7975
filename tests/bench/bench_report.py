"""How fast the report of a heavy day is written and opened: one JSON object.

    python tests/bench/bench_report.py [--bursts 20] [--members 500] [--data DIR --day D] [--runs 5]

The day is made up: so many clusters with a burst each, of so many members, published as a real day's are; with `--data`
it is the day D of a run that is there (`make demo`), whose reports are written into a folder of their own. Writing is
that of `churn report`, from the published copy to the last file. Opening is real Chromium (`chromium`, or the program
that CHROMIUM names): the page in a new tab, cold, to the load event (`load_ms`), to the first paint of content
(`paint_ms`), and until the page has answered once and painted again (`ready_ms`); the median of the runs.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS))

from chromium import launched  # noqa: E402 - after the path of the tests' own modules
from playwright.sync_api import Page  # noqa: E402 - likewise
from report_data import TODAY, build  # noqa: E402 - likewise

from churn.report import run  # noqa: E402 - likewise
from churn.settings import Settings  # noqa: E402 - likewise

READY = "new Promise(done => requestAnimationFrame(() => setTimeout(done)))"
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--bursts", type=int, default=20)
    parser.add_argument("--members", type=int, default=500)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--day", type=dt.date.fromisoformat)
    parser.add_argument("--runs", type=int, default=5)
    return parser.parse_args()


def _world(options: argparse.Namespace, folder: Path) -> tuple[Settings, dt.date]:
    if options.data is None:
        return build(folder, case=options.members, more_bursts=options.bursts), TODAY
    settings = Settings(data=folder)
    (folder / "warehouse").symlink_to((options.data / "warehouse").resolve())
    return settings, options.day


def _opened(path: Path, runs: int) -> dict[str, float]:
    """Median milliseconds to load, to paint, and until the page answers; and how many elements it has."""
    times: dict[str, list[float]] = {"load_ms": [], "paint_ms": [], "ready_ms": [], "elements": []}
    for _ in range(runs):
        with launched() as browser:
            for name, value in _times(browser.new_page(), path).items():
                times[name].append(value)
    return {name: round(statistics.median(values)) for name, values in times.items()}


def _times(page: Page, path: Path) -> dict[str, float]:
    start = time.perf_counter()
    page.goto(path.as_uri())
    loaded = time.perf_counter()
    page.evaluate(READY)
    ready = time.perf_counter()
    return {
        "load_ms": 1000 * (loaded - start),
        "paint_ms": page.wait_for_function(PAINT).json_value(),
        "ready_ms": 1000 * (ready - start),
        "elements": page.evaluate("document.getElementsByTagName('*').length"),
    }


def main() -> None:
    """Measure, and print."""
    options = _options()
    with tempfile.TemporaryDirectory() as name:
        settings, day = _world(options, Path(name))
        run(settings, day)  # compiles, and fills the caches of files
        start = time.perf_counter()
        result = run(settings, day)
        written = time.perf_counter() - start
        page = settings.data / "reports" / day.isoformat() / "index.html"
        content = json.loads(page.with_name("report.json").read_bytes())
        told = {
            "day": day.isoformat(),
            "bursts": result.found["bursts"],
            "members": sum(len(cluster["members"]) for cluster in content["clusters"]),
            "write_seconds": round(written, 2),
            "page_bytes": page.stat().st_size,
            "json_bytes": page.with_name("report.json").stat().st_size,
        }
        print(json.dumps(told | _opened(page, options.runs)))


if __name__ == "__main__":
    main()
