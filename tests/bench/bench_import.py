"""How fast and how lean `churn import` is: makes its own rows in a temporary folder, prints one JSON object.

    python tests/bench/bench_import.py [--rows 10000000] [--format parquet|csv|ndjson] [--table sighting|registration]

Seconds are wall time of the import alone; memory is the peak of the importing process, which does nothing else.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

_TABLES = {
    "sighting": """
        SELECT 'www.name' || i || '.' || ['com', 'net', 'co.uk', 'shop', 'org', 'top'][1 + i % 6] AS fqdn,
            'registered' AS kind, 'bench' AS feed, TIMESTAMPTZ '2026-03-01' + INTERVAL (i % 604800) SECOND AS seen_at
        FROM range({rows}) AS t(i)
    """,
    "registration": """
        SELECT 'name' || i || '.' || ['com', 'net', 'co.uk', 'shop', 'org', 'top'][1 + i % 6] AS domain,
            TIMESTAMPTZ '2026-03-01' + INTERVAL (i % 86400) SECOND AS observed_at, 'Registrar ' || i % 500 AS registrar,
            i % 500 AS registrar_iana_id, TIMESTAMPTZ '2026-02-20' + INTERVAL (i % 604800) SECOND AS created_at,
            ['clientTransferProhibited', 'addPeriod'] AS status,
            ['ns1.host' || i % 9000 || '.net', 'ns2.host' || i % 9000 || '.net'] AS nameservers,
            md5((i % 800000)::VARCHAR) AS registrant_email_hash, 'US' AS registrant_country, i % 3 = 0 AS redacted
        FROM range({rows}) AS t(i)
    """,
}
_LISTS = "REPLACE (array_to_string(status, '|') AS status, array_to_string(nameservers, '|') AS nameservers)"


def _make(folder: Path, arguments: argparse.Namespace) -> Path:
    path = folder / f"rows.{arguments.format}"
    kind = {"parquet": "FORMAT parquet", "csv": "FORMAT csv, HEADER", "ndjson": "FORMAT json"}[arguments.format]
    columns = f"* {_LISTS}" if arguments.format == "csv" and arguments.table == "registration" else "*"
    with duckdb.connect(config={"threads": 2, "memory_limit": "1GB", "temp_directory": str(folder)}) as con:
        rows = _TABLES[arguments.table].format(rows=arguments.rows)
        con.execute("SET TimeZone = 'UTC'")
        con.execute(f"COPY (SELECT {columns} FROM ({rows})) TO '{path}' ({kind})")
    return path


def _import(path: Path, arguments: argparse.Namespace) -> None:
    from churn.collect import import_files
    from churn.settings import Settings

    settings = Settings(data=path.parent / "data", threads=2, memory_limit=arguments.memory_limit)
    result = import_files(settings, arguments.table, [path])
    usage = resource.getrusage(resource.RUSAGE_SELF)
    measured = {"bytes": path.stat().st_size, "rows_per_second": round(result.rows_out / result.seconds)}
    used = {"processor_seconds": round(usage.ru_utime + usage.ru_stime, 1), "peak_memory_mb": usage.ru_maxrss // 1024}
    sys.stdout.write(json.dumps(result.as_json() | measured | used) + "\n")


def main() -> None:
    """Make the rows, import them in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--format", choices=("parquet", "csv", "ndjson"), default="parquet")
    parser.add_argument("--table", choices=tuple(_TABLES), default="sighting")
    parser.add_argument("--memory-limit", default="4GB", help="what DuckDB may use")
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.file:
        _import(arguments.file, arguments)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = _make(Path(folder), arguments)
        subprocess.run([sys.executable, __file__, *sys.argv[1:], "--file", str(path)], check=True)


if __name__ == "__main__":
    main()
