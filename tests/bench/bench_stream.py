"""Bursts on two public streams where nothing but names is known, beside name-only peers. One JSON object.

    python tests/bench/bench_stream.py [--days 3] [--only stream|list] [--method seen+7 ...]

The stream of new names (April to June 2025) is judged from its fifteenth day on; with `--days 3` (the default) every
third day of it, with 1 each. Thresholds were chosen on April and May; June is held out. The reported list (first
quarter of 2026) is judged whole and by halves. Intervals are 95 %, by a bootstrap over days. Definitions are in
`stream/judge.py`, the peers in `stream/peers.py`. The corpora are read where they are (CHURN_CORPORA, or
../shared/corpora beside the checkout); the product's lakes are written to a temporary folder.

Methods on the stream: `seen+1` reported a day later with the campaign as label; `seen+7` a week later; `no label` a day
later without a label. On the list: `batches` without labels.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pandas as pd
from stream import corpus, judge, method, peers

from churn.burst import habit_batches, habits
from churn.names import NotANameError, parse

METHODS = {"seen+1": (1, True), "seen+7": (7, True), "no label": (1, False)}
WARM_UP = 14
HELD_OUT = "2025-06-01"
SHOWN = ("recall", "recall_new", "recall_debut", "recall_firm", "recall_domains", "bursts_a_day", "lift")


def judged(found: pd.DataFrame, truth: judge.Truth, periods: dict[str, list[str]], started: float) -> dict[str, Any]:
    """Figures of each period, and seconds a day."""
    days = sorted({day for period in periods.values() for day in period})
    seconds = round((time.perf_counter() - started) / len(days), 2)
    figures = {name: judge.summary(judge.tally(found, truth, period)) for name, period in periods.items()}
    return {"seconds_a_day": seconds, **figures}


def new_names(every: int, wanted: list[str], folder: Path) -> dict[str, Any]:
    """The product's methods and the peers on the stream of new names."""
    names, labels = corpus.arrivals(corpus.folder()), corpus.labels(corpus.folder())
    days = sorted(names["day"].unique())[WARM_UP::every]
    periods = {
        "April and May": [day for day in days if day < HELD_OUT],
        "June": [day for day in days if day >= HELD_OUT],
    }
    truth = judge.Truth(labels, names.groupby("day").size().to_dict(), 10, corpus.LOOSE)
    out = {}
    for name in wanted:
        delay, told = METHODS[name]
        method.write(folder / name, names, "registered", "new")
        method.write(folder / name, method.later(labels, delay, told=told), "reported", "vendors")
        started = time.perf_counter()
        out[f"habits, {name}"] = judged(method.bursts(folder / name, habits.questions, days), truth, periods, started)
    for name, peer in peers.STREAM.items():
        started = time.perf_counter()
        out[name] = judged(peer(names, days), truth, periods, started)
    return out


def listed(folder: Path) -> dict[str, Any]:
    """The product's batches and the peers on the reported list, by registrable name."""
    rows = corpus.reported_list(corpus.folder())
    rows["domain"] = [_registrable(name) for name in rows["domain"]]
    rows = rows.dropna(subset=["domain"]).drop_duplicates(["day", "domain", "campaign", "added_at"])
    days = sorted(rows["day"].unique())
    periods = {"quarter": days, "first half": days[: len(days) // 2], "second half": days[len(days) // 2 :]}
    labels = rows[["day", "domain", "campaign"]].drop_duplicates()
    truth = judge.Truth(labels, rows.groupby("day")["domain"].nunique().to_dict(), 50, corpus.LOOSE)
    method.write(folder / "list", rows.assign(seen_at=rows["added_at"]), "reported", "list")
    started = time.perf_counter()
    out = {"batches": judged(method.bursts(folder / "list", habit_batches.questions, days), truth, periods, started)}
    for name, peer in peers.LISTED.items():
        started = time.perf_counter()
        out[name] = judged(peer(rows, days), truth, periods, started)
    return out


def _registrable(name: str) -> str | None:
    try:
        return parse(name).domain
    except NotANameError:
        return None


def show(title: str, table: dict[str, Any]) -> None:
    """The table for people."""
    print(f"\n{title}\n{'':18}{'':16}{'found':>9}" + "".join(f"{name:>15}" for name in SHOWN), file=sys.stderr)
    for name, figures in table.items():
        for period, held in figures.items():
            if isinstance(held, dict):
                cells = "".join(f"{_cell(held[each]):>15}" for each in SHOWN)
                print(f"{name:18.18}{period:>16}{held['found']:>5}/{held['truths']:<4}{cells}", file=sys.stderr)


def _cell(held: dict[str, float | None]) -> str:
    return "-" if held["value"] is None else f"{held['value']:.3g}"


def main() -> None:
    """Run what is wanted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=3, help="every so many days of the stream")
    parser.add_argument("--only", choices=("stream", "list"))
    parser.add_argument("--method", nargs="*", choices=tuple(METHODS), default=list(METHODS))
    arguments = parser.parse_args()
    out: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="churn-bench-") as folder:
        if arguments.only != "list":
            out["new names"] = new_names(arguments.days, arguments.method, Path(folder))
        if arguments.only != "stream":
            out["reported list"] = listed(Path(folder))
    for title, table in out.items():
        show(title, table)
    print(json.dumps(out))


if __name__ == "__main__":
    main()
