"""How long an analyst waits for `explain`, `pivot` and `cluster`: one JSON object; a table goes to stderr.

    churn bench answers                          300,000 generated domains
    churn bench answers --sizes 3m --data DIR    keeps lake and warehouse in DIR/3000000-1, and uses them the next time
    churn bench answers --folders DIR...         data folders with a lake; they get a warehouse, unless it is there

Each lake is generated (`speed/generate.py`), its last day linked, and published once: seconds and bytes of that, and
the seconds of a second publishing that finds nothing changed, and of one that finds the last day changed. Every
question opens the database anew, as a command does; `command` is the whole process with the start of Python.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from bench_speed import size_of
from speed.generate import LAST_DAY, generate

from churn import ask, link
from churn.settings import Settings
from churn.store.database import lake_of, published, published_path, writable
from churn.store.warehouse import publish

COMMAND = "from churn.cli import main; main()"
MEMBERS = "SELECT domain FROM cluster_member WHERE day = $day ORDER BY hash(domain) LIMIT $limit"
ANYBODY = "SELECT domain FROM domain_day WHERE registered ORDER BY domain_key LIMIT $limit"
CLUSTERS = "SELECT cluster_id FROM cluster_day WHERE day = $day ORDER BY {} LIMIT $limit"
VALUES = (
    "SELECT arg_max(value, domains), arg_min(value, (abs(domains - 20), value)) FROM shared_value WHERE field = $field"
)
HUB = "SELECT a[1] AS address FROM hosting WHERE len(a) > 0 GROUP BY ALL ORDER BY count(*) DESC, address LIMIT 1"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="300k")
    parser.add_argument("--data", type=Path, help="folder that keeps the lakes and warehouses")
    parser.add_argument("--folders", type=Path, nargs="*", default=[], help="data folders with a lake")
    parser.add_argument("--questions", type=int, default=20, help="domains that are asked about, and clusters")
    parser.add_argument("--publish", action=argparse.BooleanOptionalAction, default=True, help="measure publishing too")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        runs = [_at(folder.resolve(), args.questions, ours=False, publishing=args.publish) for folder in args.folders]
        for size in () if args.folders else sorted(size_of(text) for text in args.sizes.split(",")):
            folder = (args.data or Path(temporary)) / f"{size}-1"
            generate(folder, size, 1)
            runs.append(_at(folder, args.questions, ours=True, publishing=args.publish))
    print(json.dumps({"runs": runs}))


def _at(folder: Path, questions: int, *, ours: bool, publishing: bool) -> dict[str, Any]:
    """All figures of one data folder; `ours`: its lake may be written to; `publishing`: measure that too."""
    settings = Settings(data=folder)
    if ours and not lake_of(settings).files("cluster_day", LAST_DAY, LAST_DAY):
        link.run(settings, LAST_DAY)
    run = _publishing(settings) if publishing else {}
    with published(settings) as con:
        run = {"domains": con.sql("SELECT count(DISTINCT domain_key) FROM domain_day").fetchall()[0][0]} | run
    for name, answers in _questions(settings, questions):
        run[name] = _timed(answers)
    run["command"] = _commands(folder, settings)
    _tell(run)
    return run


def _publishing(settings: Settings) -> dict[str, float]:
    """Seconds of the first publishing (null where there is a copy already), of others after it, and bytes."""
    first = None if published_path(settings).is_file() else _seconds(lambda: publish(settings))
    again = _seconds(lambda: publish(settings))
    with writable(settings, published_path(settings)) as con:
        con.execute("UPDATE published_partition SET fingerprint = '' WHERE day = ?", [LAST_DAY])
    day = _seconds(lambda: publish(settings))
    files = [path for table in (settings.data / "lake").iterdir() for path in table.glob("day=*/*.parquet")]
    return {
        "publish_first_seconds": first,
        "publish_unchanged_seconds": again,
        "publish_last_day_seconds": day,
        "lake_bytes": sum(path.stat().st_size for path in files),
        "warehouse_bytes": published_path(settings).stat().st_size,
    }


def _questions(settings: Settings, limit: int) -> Iterable[tuple[str, list[Callable[[], object]]]]:
    """Names of the kinds of question, and of each the questions themselves."""
    with published(settings) as con:
        asked = {"day": LAST_DAY, "limit": limit}
        members = [name for (name,) in con.execute(MEMBERS, asked).fetchall()]
        anybody = [name for (name,) in con.execute(ANYBODY, {"limit": limit}).fetchall()]
        large = con.execute(CLUSTERS.format("size DESC, cluster_id"), {"day": LAST_DAY, "limit": 3}).fetchall()
        others = con.execute(CLUSTERS.format("hash(cluster_id)"), asked).fetchall()
        values = {field: con.execute(VALUES, {"field": field}).fetchall()[0] for field in ask.FIELDS}
        ((hub,),) = con.execute(HUB).fetchall()
    yield "explain_member", [lambda name=name: ask.explain(settings, name) for name in members]
    yield "explain_anybody", [lambda name=name: ask.explain(settings, name) for name in anybody]
    yield "explain_unknown", [lambda: ask.explain(settings, "never-seen.example")]
    yield "cluster_largest", [lambda one=one: ask.cluster(settings, one) for (one,) in large]
    yield "cluster", [lambda one=one: ask.cluster(settings, one) for (one,) in others]
    for field, found in values.items():
        texts = sorted({value for value in found if value is not None})
        yield f"pivot_{field}", [lambda q=f"{field}={text}": ask.pivot(settings, q) for text in texts]
    yield "pivot_hub", [lambda: ask.pivot(settings, f"address={hub}")]


def _timed(answers: list[Callable[[], object]]) -> dict[str, float]:
    """How many were asked, their seconds, and the median of processor seconds, which a busy machine moves less."""
    processor, seconds = time.process_time, []
    used = [0.0]
    for answer in answers:
        before = processor()
        seconds.append(_seconds(answer))
        used.append(round(processor() - before, 3))
    if not seconds:
        return {"asked": 0}
    told = {"median": statistics.median(seconds), "worst": max(seconds), "median_cpu": statistics.median(used[1:])}
    return {"asked": len(seconds)} | {name: round(value, 3) for name, value in told.items()}


def _commands(folder: Path, settings: Settings) -> dict[str, float]:
    """Seconds of whole processes."""
    with published(settings) as con:
        ((name,),) = con.execute(MEMBERS, {"day": LAST_DAY, "limit": 1}).fetchall()
        ((one,),) = con.execute(CLUSTERS.format("size DESC, cluster_id"), {"day": LAST_DAY, "limit": 1}).fetchall()
        ((hub,),) = con.execute(HUB).fetchall()
    asked = {"explain": name, "cluster": one, "pivot": f"address={hub}", "--help": ""}
    return {
        command: _seconds(lambda c=command, q=question: _command(folder, c, q)) for command, question in asked.items()
    }


def _command(folder: Path, command: str, question: str) -> None:
    call = [sys.executable, "-c", COMMAND, command]
    call += [question, "--data", str(folder), "--json"] if question else []
    subprocess.run(call, check=True, stdout=subprocess.DEVNULL)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return round(time.perf_counter() - start, 3)


def _tell(run: dict[str, Any]) -> None:
    print(f"{run['domains']:,} domains", file=sys.stderr)
    for name, figure in run.items():
        told = ", ".join(f"{k} {v}" for k, v in figure.items()) if isinstance(figure, dict) else figure
        print(f"  {name:<26} {told}", file=sys.stderr)


if __name__ == "__main__":
    main()
