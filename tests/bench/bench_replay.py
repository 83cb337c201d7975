"""The benign replay: what is flagged where nobody runs a campaign, and whether p-values are what they say.

    churn bench replay                            the world `calm`, 30 days of 300,000 registrations
    churn bench replay --per-day 70000 --days 14  smaller
    churn bench replay --stream --days 35         the real name stream, its labelled names left in; nobody is reported
    churn bench replay --plot FILE                expected against seen as a picture (.svg or .png)

The lake is made in a temporary folder, or in --data DIR, where a day that was replayed before is not replayed again.
One JSON object: bursts by kind (a week, a day), and by kind of question how many p-values were below each level.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import tempfile
import time
from pathlib import Path

import altair as alt
import numpy as np
import pandas as pd
import pyarrow as pa
from stream import corpus

from churn import burst, link
from churn.burst.counts import upper_tail
from churn.burst.stage import TABLES, answers
from churn.lab.facts import write_facts
from churn.lab.scale import WORLDS
from churn.lab.world import build_world
from churn.results import silent
from churn.settings import Settings, load_settings
from churn.store.database import lake_database, lake_of

LEVELS = tuple(10.0**-k for k in range(7))
LOOK_UPS = 2500 / 70_000
"""Registrations looked up, as a share of the day's names: the default budget over the cap of a public feed."""
WARM_DAYS = 7
"""Days at the start that are replayed and not counted: keys are asked about after a week."""


def calm_lake(settings: Settings, per_day: int, days: int, seed: int) -> list[dt.date]:
    """Facts of the world `calm` in the lake; its first days."""
    scale = WORLDS["calm"].at(per_day)
    wanted = list(scale.day_list[:days])
    missing = [day for day in wanted if not lake_of(settings).files("sighting", day, day)]
    if missing:
        budget = round(LOOK_UPS * per_day)
        write_facts(build_world(scale, seed), lake_of(settings), registrations_per_day=budget, days=missing)
    return wanted


def stream_lake(settings: Settings, days: int) -> list[dt.date]:
    """The first days of the name stream in the lake, as sightings of one capped feed; nothing else is known of them."""
    lake, wanted = lake_of(settings), []
    for text, names in corpus.arrivals(corpus.folder()).groupby("day"):
        day = dt.date.fromisoformat(str(text))
        if len(wanted) == days:
            break
        wanted.append(day)
        domains = pa.array(names["domain"], pa.string())
        at = pa.repeat(pa.scalar(settings.now(day), pa.timestamp("us", tz="UTC")), len(domains))
        rows = {"domain": domains, "fqdn": domains, "seen_at": at}
        fixed = {"kind": "registered", "feed": "stream", "day": day}
        rows |= {name: pa.repeat(pa.scalar(value), len(domains)) for name, value in fixed.items()}
        lake.write_arrow("sighting", day, "feed-stream", pa.table(rows))
    return wanted


def replay(settings: Settings, day: dt.date) -> tuple[pd.DataFrame, float]:
    """Link and test one day: its questions with `above`, the probability of more than observed; seconds of tests."""
    if not lake_of(settings).files("cluster_day", day, day):
        link.run(settings, day)
    with lake_database(settings, since=settings.window_start(day), until=day, only=TABLES) as con:
        rows = answers(con, settings, day, silent)
    start = time.perf_counter()
    burst.run(settings, day)
    seconds = time.perf_counter() - start
    observed, mean, size = (rows[name].to_numpy(np.float64) for name in ("observed", "expected", "dispersion"))
    rows["above"] = np.minimum(upper_tail(observed + 1, mean, size), rows["p_value"])
    rows["is_burst"] = (rows["q_value"] < settings.burst_q) & (observed >= settings.burst_least)
    return rows.assign(day=day), seconds


def calibration(rows: pd.DataFrame, seed: int) -> pd.DataFrame:
    """By kind of question and level: how many p-values there should be below it, and how many there are.

    `seen` counts the p-values of the tests (too large at best, since counts are whole numbers), `randomised` those that
    are uniform where the model is right: P(more) + U P(as many). Questions without rows are taken to be at level 1.
    """
    rng = np.random.default_rng(seed)
    uniform = rows["above"] + rng.random(len(rows)) * (rows["p_value"] - rows["above"])
    made = []
    for (kind, source), group in rows.groupby(["kind", "source"]):
        asked = group.groupby("day")["questions"].first().sum()
        for level in LEVELS:
            seen, randomised = int((group["p_value"] <= level).sum()), int((uniform[group.index] <= level).sum())
            if level == 1:
                seen = randomised = int(asked)
            made.append((kind, source, level, level * float(asked), seen, randomised))
    return pd.DataFrame(made, columns=["kind", "source", "level", "expected", "seen", "randomised"])


def plot(table: pd.DataFrame, target: Path) -> None:
    """Expected against seen, one line a kind of question; the diagonal is a test that does what it says."""
    kept = table.assign(question=table["kind"] + ", " + table["source"])[table["expected"] > 0.01]
    axis = alt.Scale(type="symlog", constant=1)
    lines = (
        alt.Chart(kept)
        .mark_line(point=True)
        .encode(
            x=alt.X("expected", scale=axis, title="p-values expected below the level"),
            y=alt.Y("randomised", scale=axis, title="p-values seen below it"),
            color=alt.Color("question", title=None),
        )
    )
    ends = pd.DataFrame({"x": [0.0, float(kept["expected"].max())]})
    diagonal = alt.Chart(ends).mark_line(color="grey", strokeDash=[4, 4]).encode(x="x", y="x")
    (diagonal + lines).properties(width=420, height=420).save(str(target))


def figures(rows: pd.DataFrame, days: list[dt.date], table: pd.DataFrame, seconds: list[float]) -> dict[str, object]:
    """What is printed."""
    counted = max(1, len(days) - WARM_DAYS)
    bursts = rows[rows["is_burst"]].groupby(["kind", "source"]).size()
    return {
        "days_counted": counted,
        "false_listing_bursts_a_week": round(7 * float(bursts.get("listing", pd.Series([0])).sum()) / counted, 3),
        "bursts_a_day": {f"{kind}, {source}": round(count / counted, 3) for (kind, source), count in bursts.items()},
        "questions_a_day": round(len(rows) / counted),
        "seconds_of_tests_a_day": round(float(np.median(seconds)), 2),
        "calibration": table.to_dict("records"),
    }


def main() -> None:
    """Replay and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--per-day", type=int, default=300_000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stream", action="store_true")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--plot", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(data=args.data or folder, clock="day")
        if args.stream:
            days = stream_lake(settings, args.days)
        else:
            days = calm_lake(settings, args.per_day, args.days, args.seed)
        kept, seconds = [], []
        for number, day in enumerate(days):
            rows, spent = replay(settings, day)
            flagged = rows[rows["is_burst"]].groupby(["kind", "source"]).size().to_dict()
            print(day, f"{len(rows)} questions, {spent:.1f} s", flagged, file=sys.stderr, flush=True)
            if number >= WARM_DAYS:
                kept.append(rows)
                seconds.append(spent)
    every = pd.concat(kept, ignore_index=True)
    table = calibration(every, args.seed)
    print(table.to_string(index=False), file=sys.stderr)
    if args.plot:
        plot(table, args.plot)
    print(json.dumps(figures(every, days, table, seconds)))


if __name__ == "__main__":
    main()
