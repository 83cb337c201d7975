"""How fast names are made of a day's list, on two cores: one JSON object.

    python tests/bench/bench_names.py [--names 70000 300000 1000000 5000000] [--sample 100000]

`list_names_per_second` goes from the bytes of a list (gzip) to its registrable names, `names_per_second` is the naming
alone. Each list has a process of its own, whose memory is told; what that does once, loading the tables of IDNA, is
done before. Two libraries do the same to a sample, in Python and on one core: `ratios` compares with them. The lists
are real ones where the corpora are (CHURN_CORPORA, or ../shared/corpora beside the checkout), made up else.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import publicsuffixlist
import tldextract

from churn.collect.entries import Landed
from churn.collect.feeds import Feed
from churn.collect.formats.name_list import read_names
from churn.collect.visit import Visit
from churn.names import suffix_list_file, suffix_rules
from churn.settings import Settings
from churn.store.database import scratch
from churn.store.landing import Origin, land
from churn.store.naming import load_names, spell_foreign
from churn.store.queries import run

DAY = dt.date(2026, 3, 1)
LARGEST = 1 << 31
COUNT = "SELECT count(name_domain) FROM named('entry')"


def _names() -> Iterator[str]:
    """Distinct names, real ones first."""
    folder = Path(os.environ.get("CHURN_CORPORA") or Path(__file__).parents[3] / "shared" / "corpora") / "nrd/whoisds"
    seen = set[str]()
    for path in sorted(folder.glob("*.txt.gz")):
        for name in gzip.decompress(path.read_bytes()).decode().split():
            if name not in seen:
                seen.add(name)
                yield name
    chance, suffixes = random.Random(1), sorted(suffix_rules())
    while True:
        name = f"{chance.randbytes(6).hex()}.{chance.choice(suffixes)}"
        yield f"www.{name}" if chance.random() < 0.3 else name


def _measure(path: Path) -> None:
    """Name a list; print seconds and peak memory (of a process that does nothing else)."""
    settings = Settings(data=path.parent / "data", threads=2, memory_limit="4GB")
    feed = Feed(name="bench", kind="registered", format="names", path="list", maximum_bytes=LARGEST)
    manifest = land(settings, feed.name, DAY, path, Origin("list", settings.now(DAY)))
    with scratch(settings) as con:
        load_names(con)
        con.execute("CREATE TEMP TABLE one AS SELECT 'b\u00fccher.example' AS name_text")
        spell_foreign(con, "one")  # loads the tables of IDNA, once a process
        con.execute(COUNT.replace("entry", "one"))
        run(con, "churn.collect", "entry")
        started = time.monotonic()
        read_names(Landed(con, Visit(settings, feed, DAY), manifest))
        read = time.monotonic()
        spell_foreign(con, "entry")
        ((named,),) = con.execute(COUNT).fetchall()
        done = time.monotonic()
    # of this program alone: getrusage would count what the one that started it had
    status = Path("/proc/self/status").read_text().splitlines()
    peak = int(next(line.split()[1] for line in status if line.startswith("VmHWM"))) // 1024
    print(json.dumps({"named": named, "read": read - started, "name": done - read, "peak_mb": peak}))


def _of_list(count: int, names: list[str], folder: Path) -> dict[str, int]:
    path = folder / f"{count}.txt.gz"
    path.write_bytes(gzip.compress("\n".join(names).encode(), 1))
    done = subprocess.run([sys.executable, __file__, "--file", str(path)], stdout=subprocess.PIPE, check=True)
    told = json.loads(done.stdout)
    return {
        "names": count,
        "named": told["named"],
        "list_names_per_second": round(count / (told["read"] + told["name"])),
        "names_per_second": round(count / told["name"]),
        "peak_mb": told["peak_mb"],
    }


def _rate(names: list[str], registrable: Callable[[str], object]) -> int:
    registrable("example.com")
    started = time.monotonic()
    for name in names:
        registrable(name)
    return round(len(names) / (time.monotonic() - started))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=int, nargs="+", default=[70_000, 300_000, 1_000_000, 5_000_000])
    parser.add_argument("--sample", type=int, default=100_000)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.file:
        _measure(arguments.file)
        return
    names = list(islice(_names(), max(arguments.names)))
    with tempfile.TemporaryDirectory() as folder:
        lists = [_of_list(count, names[:count], Path(folder)) for count in arguments.names]
    sample = random.Random(1).sample(names, min(arguments.sample, len(names)))
    url = suffix_list_file().as_uri()
    extract = tldextract.TLDExtract(suffix_list_urls=(url,), cache_dir=None, include_psl_private_domains=True)
    others = {
        "tldextract": _rate(sample, lambda name: extract(name).top_domain_under_public_suffix),
        "publicsuffixlist": _rate(sample, publicsuffixlist.PublicSuffixList().privatesuffix),
    }
    ours = lists[-1]["names_per_second"]
    ratios = {name: round(ours / rate, 1) for name, rate in others.items()}
    print(json.dumps({"lists": lists, "others_names_per_second": others, "ratios": ratios}))


if __name__ == "__main__":
    main()
