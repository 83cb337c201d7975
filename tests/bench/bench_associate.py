"""How well and how fast `churn associate` answers on a portfolio with known truth: prints one JSON object.

    python tests/bench/bench_associate.py [--rows 5000000] [--seed 1] [--reported 200] [--only-asked]

The portfolio is a world of the lab (`day`) with so many domains, all registrars taken for one; accounts, orders and
years of past are made as `associate/book.py` says. Reported are so many domains of operators and as many innocents
(compromised customers) of those that the world's list has; and once a single one. `--only-asked` leaves only the four
columns that a registrar is asked for: domain, account, creation, order. Seconds and memory are those of a process that
does nothing else, with two threads. With `--fit SEED...` coefficients are fitted on the world as it stands instead.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from associate.book import make_book
from associate.figures import fitted, judged, off_by, pairs_of

from churn.associate import Reported, ReportedList, check, reported_of
from churn.associate.check import features
from churn.lab.world import WORLDS, build_world
from churn.settings import Settings

MEMORY = "2500MB"
ASKED = "domain, account_hash, created_at, order_id"


def chosen(truth: pa.Table, reported: int, seed: int) -> list[str]:
    """So many reported domains of operators, as many of others, and of customers of resellers, as far as there are."""
    listed = truth.to_pandas().query("reported")
    innocent = listed["campaign"] < 0
    parts = [listed[~innocent], listed[innocent & ~listed["at_reseller"]], listed[innocent & listed["at_reseller"]]]
    return sorted(name for part in parts for name in part.sample(min(reported, len(part)), random_state=seed)["domain"])


def convert(path: Path, arguments: argparse.Namespace) -> Path:
    """The portfolio with the columns and in the format that are asked for."""
    if arguments.format == "parquet" and not arguments.only_asked:
        return path
    columns = (
        "* REPLACE (array_to_string(name_servers, '|') AS name_servers, array_to_string(addresses, '|') AS addresses)"
    )
    columns = ASKED if arguments.only_asked else columns
    target = path.with_name(f"asked.{arguments.format}")
    kind = {"parquet": "FORMAT parquet", "csv": "FORMAT csv, HEADER"}[arguments.format]
    with duckdb.connect(config={"threads": 2, "memory_limit": MEMORY, "temp_directory": str(path.parent)}) as con:
        con.execute("SET TimeZone = 'UTC'")
        con.execute(f"COPY (SELECT {columns} FROM '{path}') TO '{target}' ({kind})")
    return target


def answer(portfolio: Path, listed: Path, truth: Path) -> None:
    """One check in a process of its own."""
    started = time.monotonic()
    found = check(Settings(threads=2, memory_limit=MEMORY), portfolio, reported_of((), listed))
    seconds = round(time.monotonic() - started, 1)
    used = resource.getrusage(resource.RUSAGE_SELF)
    measured = {
        "domains": found.portfolio.domains,
        "reported": len(found.reported),
        "seconds": seconds,
        "processor_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_mb": used.ru_maxrss // 1024,
    }
    figures = judged(found, pq.read_table(truth))
    sys.stdout.write(json.dumps(measured | figures) + "\n")


def measure(arguments: argparse.Namespace) -> dict[str, object]:
    """Make a portfolio, ask for many reported domains and for one."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        world = build_world(WORLDS["day"].at(arguments.rows // WORLDS["day"].days), arguments.seed)
        book = make_book(world, arguments.seed, folder / "book.parquet")
        pq.write_table(book.truth, folder / "truth.parquet")
        portfolio = convert(book.path, arguments)
        operators = book.truth.to_pandas().query("reported and campaign >= 0")["domain"]
        results: dict[str, object] = {"bytes": portfolio.stat().st_size}
        del world
        for title, names in {
            "many": chosen(book.truth, arguments.reported, arguments.seed),
            "one": [operators.sample(1, random_state=arguments.seed).item()],
        }.items():
            (folder / "reported.txt").write_text("\n".join(names))
            command = [sys.executable, __file__, "--answer", str(portfolio), str(folder / "reported.txt")]
            done = subprocess.run([*command, str(folder / "truth.parquet")], stdout=subprocess.PIPE, check=True)
            results[title] = json.loads(done.stdout)
        return results


def fit(seeds: list[int]) -> dict[str, object]:
    """Coefficients on the worlds of these seeds, and how far off those in use are there."""
    parts = []
    with tempfile.TemporaryDirectory() as name:
        for seed in seeds:
            book = make_book(build_world("day", seed), seed, Path(name) / f"{seed}.parquet")
            asked = Path(name) / f"{seed}-asked.parquet"
            duckdb.sql(f"COPY (SELECT {ASKED} FROM '{book.path}') TO '{asked}'")
            for portfolio in (book.path, asked):
                for reported in (300, 30):
                    names = tuple(map(Reported, chosen(book.truth, reported, seed)))
                    found = features(Settings(threads=2, memory_limit=MEMORY), portfolio, ReportedList(names, 0))
                    pairs = pairs_of(found, book.truth, seed)
                    pairs["portfolio"] = f"{portfolio.stem}-{reported}"
                    pairs["group"] = pairs["portfolio"] + pairs["holder"].astype(str)
                    parts.append(pairs)
    pairs = pd.concat(parts)
    model = fitted(pairs)
    return {"pairs": len(pairs), "fitted": asdict(model), "off_by": off_by(pairs, model)}


def main() -> None:
    """Make, ask, judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reported", type=int, default=200)
    parser.add_argument("--format", choices=("parquet", "csv"), default="parquet")
    parser.add_argument("--only-asked", action="store_true", help="only the four columns that are asked for")
    parser.add_argument("--fit", type=int, nargs="+", metavar="SEED")
    parser.add_argument("--answer", nargs=3, type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.answer:
        answer(*arguments.answer)
    else:
        results = fit(arguments.fit) if arguments.fit else measure(arguments)
        sys.stdout.write(json.dumps(results) + "\n")


if __name__ == "__main__":
    main()
