"""How fast forms are made of names, by the seconds of one core: one JSON object; the table for people on stderr.

    python tests/bench/bench_forms.py [--names 1000000] [--seeds 200000]

`names_per_second` is told of each form by itself and of all of them; `load_seconds` is what the first name waits for:
compiled loops and the dictionary. `variants` are searched for seeds among the names. The names are real ones where the
corpora are (CHURN_CORPORA, or ../shared/corpora beside the checkout), the lab's else. `words` tells how well labels of
which the words are known are taken apart, and in how many random ones no word is seen.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rich.console import Console
from rich.table import Table

from churn.lab import words as lab_words
from churn.labels.edits import near
from churn.labels.skeletons import skeletons
from churn.labels.texts import octets_of
from churn.link.forms import forms
from churn.link.segment_dictionary import dictionary
from churn.link.segmenting import segments

STYLES = {"two_words": 3, "word_and_invented": 3, "words_counter": 2, "persons": 2, "randoms": 2, "digits": 1}
"""What lab-made names are like, where there are no real ones."""


def _names(count: int) -> tuple[pa.Array, str]:
    """Distinct names, and whose they are."""
    folder = Path(os.environ.get("CHURN_CORPORA") or Path(__file__).parents[3] / "shared" / "corpora") / "nrd/whoisds"
    found: dict[str, None] = {}
    for path in sorted(folder.glob("*.txt.gz")):
        if len(found) < count:
            found |= dict.fromkeys(gzip.decompress(path.read_bytes()).decode().split())
    if len(found) >= count:
        return pa.array(list(found)[:count]), "real"
    labels = lab_words.mixed(np.random.default_rng(1), STYLES, count)
    return lab_words.join(labels.cast(pa.string()), ".example"), "lab"


def _rate(names: int, work: Callable[[], object]) -> int:
    started = time.process_time()
    work()
    return round(names / (time.process_time() - started))


def _words(count: int = 20_000) -> dict[str, float]:
    """Shares of labels of known words, and of random letters, that are taken apart as they were put together."""
    rng = np.random.default_rng(1)
    one, two, three = (lab_words.pick(rng, lab_words.WORDS, count) for _ in range(3))
    random = pa.array(rng.integers(97, 123, (count, 11)).astype(np.uint8).view("S11").ravel().astype(str))
    cases = {"two_words": (lab_words.join(one, two), "ww."), "three_words": (lab_words.join(one, two, three), "www.")}
    cases["random"] = (random, "r11.")
    found = {
        name: forms(lab_words.join(labels.cast(pa.string()), "."))["template"].to_pylist().count(expected) / count
        for name, (labels, expected) in cases.items()
    }
    return {name: round(share, 3) for name, share in found.items()}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=int, default=1_000_000)
    parser.add_argument("--seeds", type=int, default=200_000)
    arguments = parser.parse_args()
    names, origin = _names(arguments.names)
    started = time.process_time()
    forms(names[:1000])
    near(names[:10], names[:10])
    load = time.process_time() - started
    made = forms(names)
    labels = made["label"].combine_chunks()
    plain = pc.if_else(pc.starts_with(labels, "xn--"), "", pc.fill_null(labels, ""))
    chance = np.random.default_rng(1)
    seeds = labels.take(pa.array(chance.choice(len(labels), min(arguments.seeds, len(labels)), replace=False)))
    rates = {
        "all": _rate(len(names), lambda: forms(names)),
        "segments": _rate(len(names), lambda: segments(octets_of(plain), dictionary())),
        "skeleton": _rate(len(names), lambda: skeletons(labels)),
    }
    started = time.process_time()
    pairs = near(seeds, labels).num_rows
    figures = {
        "names": len(names),
        "origin": origin,
        "load_seconds": round(load, 2),
        "names_per_second": rates,
        "variants": {"seeds": len(seeds), "pairs": pairs, "seconds": round(time.process_time() - started, 2)},
        "distinct": {form: len(pc.unique(made[form])) for form in ("template", "shape", "stem", "skeleton")},
        "words": _words(),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    table = Table("form", "names a second")
    for form, rate in rates.items():
        table.add_row(form, f"{rate:,}")
    Console(stderr=True).print(table)
    json.dump(figures, sys.stdout)
    print()


if __name__ == "__main__":
    main()
