"""A day of 70,000 real names, from bytes to report without look-ups (`churn run --skip enrich`): one JSON object.

Needs the corpora (CHURN_CORPORA, or ../shared/corpora beside the checkout). `ratio_to_python_sets` compares the whole
with merely reading the list into a set of labels in Python, measured in the same run: machines differ.
"""

import datetime as dt
import gzip
import json
import os
import resource
import tempfile
import time
from pathlib import Path

from churn.flow import STAGES, run_day
from churn.settings import Settings

DAY = dt.date(2025, 5, 22)
FEED = """
[feeds.whoisds]
kind = "registered"
format = "names"
path = "{folder}/{{day}}.txt.gz"
maximum_rows = 70000
"""


def main() -> None:
    """Run the day in a fresh folder and print the seconds of each stage."""
    corpora = Path(os.environ.get("CHURN_CORPORA") or Path(__file__).parents[3] / "shared" / "corpora")
    folder = (corpora / "nrd" / "whoisds").resolve()
    started = time.monotonic()
    names = gzip.decompress((folder / f"{DAY}.txt.gz").read_bytes()).decode().split()
    labels = {name.partition(".")[0] for name in names}
    plain = time.monotonic() - started
    with tempfile.TemporaryDirectory() as data:
        (Path(data) / "feeds.toml").write_text(FEED.format(folder=folder))
        started = time.monotonic()
        results = list(run_day(Settings(data=Path(data)), DAY, [name for name in STAGES if name != "enrich"]))
        seconds = time.monotonic() - started
        written = (Path(data) / "reports" / DAY.isoformat() / "index.html").stat().st_size
    figures = {
        "names": len(names),
        "labels": len(labels),
        "seconds": round(seconds, 2),
        "seconds_per_stage": {result.stage: result.seconds for result in results},
        "report_bytes": written,
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "ratio_to_python_sets": round(seconds / plain, 1),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
