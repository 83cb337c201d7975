"""How fast two days of a zone are compared: makes its own zones in a temporary folder, prints one JSON object.

    python tests/bench/bench_zone.py [--names 10000000] [--sizes 1250000 2500000 5000000] [--memory-limit 1GB]

Zones of so many delegations as CZDS serves them (gzip; two or three NS records each, some DS, NSEC3 and glue), 0.2 %
new and 0.2 % gone the next day. Ours, `comm` over sorted names and Python sets run one after another, each in
processes of its own, and must give the same answer. Ours is run at the smaller sizes too: what 160 million would take
follows from a line through all of them. The compiled loop is warm; compiling takes some ten seconds, once a machine.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import numpy as np

COM = 160_000_000
ZONE = """
COPY (
    WITH syllable AS (
        SELECT list(c || v || d ORDER BY c, v, d) AS syllables FROM (SELECT unnest(['b', 'd', 'k', 'm']) AS c),
            (SELECT unnest(['a', 'e', 'i', 'o']) AS v), (SELECT unnest(['l', 'n', 'r', 's']) AS d)
    ), owner AS (
        SELECT concat(
            syllables[1 + (i >> 24) % 64], syllables[1 + (i >> 18) % 64], syllables[1 + (i >> 12) % 64],
            syllables[1 + (i >> 6) % 64], syllables[1 + i % 64], ['', '-online', '24', 'shop'][(1 + hash(i) % 4)::INT],
            '.bench.'
        ) AS owner, hash(i + 1) AS h
        FROM range({names}) AS t(i), syllable
        WHERE i % 1000 NOT IN {absent}
    )
    SELECT 'bench.\t900\tin\tsoa\ta.nic.bench. b.nic.bench. 7 1800 900 604800 86400' AS line
    UNION ALL
    SELECT concat(
        owner, '\t172800\tin\tns\tns1.host', h % 9000, '.net.\n',
        owner, '\t172800\tin\tns\tns2.host', h % 9000, '.net.',
        CASE WHEN h % 2 = 0 THEN concat('\n', owner, '\t172800\tin\tns\tns3.host', h % 9000, '.net.') END,
        CASE WHEN h % 25 = 0 THEN concat(
            '\n', owner, '\t86400\tin\tds\t', h % 65536, ' 13 2 ', upper(sha256(owner)),
            '\n', md5(owner), '.bench.\t86400\tin\tnsec3\t1 1 0 - ', md5(owner), ' NS DS RRSIG'
        ) END,
        CASE WHEN h % 50 = 0 THEN concat('\nns1.', owner, '\t172800\tin\ta\t192.0.2.', h % 256) END
    ) FROM owner
) TO '{path}' (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '|')
"""
COMM = r"""
export LC_ALL=C
names() {
    gzip -dc "$1" | awk -F '\t' '$4 == "ns" && $1 != "bench." && $1 != last { print $1; last = $1 }' |
        sort -u -S 256M -T "$2"
}
names "$1" "$3" > "$1.names" &
names "$2" "$3" > "$2.names" &
wait
comm -3 "$1.names" "$2.names"
"""


def make(folder: Path, names: int) -> tuple[Path, Path]:
    """The zones of two days."""
    paths = folder / f"{names}-older.txt", folder / f"{names}-newer.txt"
    for path, absent in zip(paths, ("(2, 3)", "(0, 1)"), strict=True):
        with duckdb.connect(config={"threads": 2, "memory_limit": "1GB"}) as con:
            con.execute(ZONE.format(names=names, absent=absent, path=path))
    for packing in [subprocess.Popen(["gzip", "-1", str(path)]) for path in paths]:
        packing.wait()
    older, newer = (path.with_suffix(".txt.gz") for path in paths)
    return older, newer


def digest(rows: list[tuple[str, str]]) -> str:
    """One text for an answer: rows (fqdn, kind)."""
    return hashlib.sha256("\n".join(f"{kind} {fqdn}" for fqdn, kind in sorted(rows)).encode()).hexdigest()


def ours(older: Path, newer: Path, memory_limit: str) -> list[tuple[str, str]]:
    """What the stage does; a file that has been read already is not read again."""
    from churn.collect.formats.master_file import write_delegations
    from churn.collect.formats.zone_changes import zone_changes
    from churn.settings import Settings
    from churn.store.database import scratch

    paths = [path.with_suffix(".parquet") for path in (older, newer)]
    with ThreadPoolExecutor(2) as pool:
        list(
            pool.map(lambda pair: pair[1].exists() or write_delegations(*pair), zip((older, newer), paths, strict=True))
        )
    with scratch(Settings(data=older.parent, threads=2, memory_limit=memory_limit)) as con:
        return zone_changes(con, *paths).fetchall()


def sets(older: Path, newer: Path, _: str) -> list[tuple[str, str]]:
    """The straightforward way."""

    def names(path: Path) -> set[bytes]:
        with gzip.open(path) as file:
            fields = (line.split(b"\t", 4) for line in file)
            return {owner for owner, _, _, kind, _ in fields if kind == b"ns" and owner != b"bench."}

    before, after = names(older), names(newer)
    rows = [(name, "registered") for name in after - before] + [(name, "dropped") for name in before - after]
    return [(name.decode().removesuffix("."), kind) for name, kind in rows]


def comm(older: Path, newer: Path, _: str) -> list[tuple[str, str]]:
    """The shell's way: both zones' names sorted side by side."""
    command = ["bash", "-c", COMM, "comm", str(older), str(newer), str(older.parent)]
    lines = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    return [(line.strip().removesuffix("."), "registered" if line[0] == "\t" else "dropped") for line in lines]


def one(way: str, older: Path, newer: Path, memory_limit: str) -> None:
    """Run one way in this process and print what it took."""
    started = time.perf_counter()
    rows = {"ours": ours, "sets": sets, "comm": comm}[way](older, newer, memory_limit)
    seconds = time.perf_counter() - started
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    measured = {
        "seconds": round(seconds, 2),
        "processor_seconds": round(sum(part.ru_utime + part.ru_stime for part in usage), 2),
        "peak_memory_mb": max(part.ru_maxrss for part in usage) // 1024,
        "rows": len(rows),
    }
    print(json.dumps(measured | {"answer": digest(rows)}))


def run(way: str, zones: tuple[Path, Path], memory_limit: str) -> dict[str, object]:
    """Run one way in a process of its own."""
    command = [sys.executable, __file__, "--memory-limit", memory_limit, "--way", way, *map(str, zones)]
    return dict(json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout))


def growth(measured: dict[int, dict[str, object]]) -> dict[str, object]:
    """Lines through seconds by size, and what they say of 160 million names."""
    expected = {}
    for figure in ("seconds", "processor_seconds"):
        slope, start = np.polyfit(list(measured), [float(str(result[figure])) for result in measured.values()], 1)
        expected[f"{figure}_per_million"] = round(slope * 1e6, 2)
        expected[f"{figure}_expected_at_160_million"] = round(start + slope * COM)
    return {"sizes": {str(size): result for size, result in measured.items()}, **expected}


def main() -> None:
    """Make the zones, run all ways."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=int, default=10_000_000)
    parser.add_argument("--sizes", type=int, nargs="*", default=[1_250_000, 2_500_000, 5_000_000])
    parser.add_argument("--memory-limit", default="1GB", help="what DuckDB may use")
    parser.add_argument("--way", help=argparse.SUPPRESS)
    parser.add_argument("zones", type=Path, nargs="*", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.way:
        one(arguments.way, *arguments.zones, arguments.memory_limit)
        return
    measured: dict[int, dict[str, object]] = {}
    with tempfile.TemporaryDirectory() as folder:
        run("ours", make(Path(folder), 1000), arguments.memory_limit)  # compiles the loop, if need be
        for size in [*arguments.sizes, arguments.names]:
            started = time.perf_counter()
            zones = make(Path(folder), size)
            made = round(time.perf_counter() - started, 1)
            measured[size] = run("ours", zones, arguments.memory_limit)
            if size != arguments.names:
                for path in Path(folder).glob(f"{size}-*"):
                    path.unlink()
        zones[1].with_suffix(".parquet").unlink()
        ways = {
            "ours": measured[arguments.names],
            "ours_with_yesterday_kept": run("ours", zones, arguments.memory_limit),
            "comm": run("comm", zones, arguments.memory_limit),
            "sets": run("sets", zones, arguments.memory_limit),
        }
        packed = zones[1].stat().st_size
    assert len({way["answer"] for way in ways.values()}) == 1, ways
    assert ways["ours"]["rows"] == 2 * 2 * arguments.names // 1000
    ratios = {f"{way}_to_ours": round(ways[way]["seconds"] / ways["ours"]["seconds"], 1) for way in ("comm", "sets")}
    result = {"names": arguments.names, "packed_bytes": packed, "seconds_to_make": made, **ways, **ratios}
    print(json.dumps(result | {"growth": growth(measured)}))


if __name__ == "__main__":
    main()
