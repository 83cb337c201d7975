"""Name-only peers, re-implemented small and as their makers describe them. Each is a function of a stream's names.

Each takes `names` (`day`, `domain`, and for a reported list `added_at`) and `days`, and gives bursts: `day`,
`burst_id`, `domain`. Only what a day and its past show is used.

    whoisxml    WhoisXML API's three groupings of a day's names: same beginning under one TLD, same label under several
                TLDs, neighbours by trigrams; three and more
    templates   how a label is built (runs of letters and digits by length) and its TLD, against the template's own past
    same_tld    names of one day under one TLD, ten and more
    same_label  names of one day with one label, ten and more
    interisle   Interisle's rule as far as it applies (there are no registrars here): ten and more reported names, each
                at most ten minutes after the one before
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from scipy.stats import false_discovery_control, nbinom

PREFIX = 6  # letters of "the same beginning"
ALIKE = 0.6  # Jaccard similarity of trigram neighbours
COMMON = 100  # a trigram in more of a day's names than this is no reason to compare them


def parts(names: pd.DataFrame) -> pd.DataFrame:
    """`names` with `label` (the first) and `suffix` (the rest)."""
    pieces = names["domain"].str.partition(".")
    return names.assign(label=pieces[0], suffix=pieces[2])


def whoisxml(names: pd.DataFrame, days: Sequence[str]) -> pd.DataFrame:
    """The three groupings together."""
    of_days = parts(names[names["day"].isin(days)])
    begins = of_days[of_days["label"].str.len() >= PREFIX]
    prefix = _grouped(begins, "p " + begins["label"].str[:PREFIX] + " " + begins["suffix"], 3)
    label = _grouped(of_days, "l " + of_days["label"], 3)
    near = pd.concat([_neighbours(part) for _, part in of_days.groupby("day")])
    return pd.concat([prefix, label, near])


def _neighbours(names: pd.DataFrame) -> pd.DataFrame:
    """Components of the pairs that share enough of their rarer trigrams."""
    rows, columns = [], []
    for row, label in enumerate(names["label"]):
        grams = {label[at : at + 3] for at in range(len(label) - 2)}
        rows += [row] * len(grams)
        columns += sorted(grams)
    codes, _ = pd.factorize(np.asarray(columns, dtype=object))
    grid = csr_matrix((np.ones(len(rows), dtype=np.int32), (rows, codes)), shape=(len(names), codes.max() + 1))
    sizes = np.asarray(grid.sum(axis=1)).ravel()
    common = np.asarray(grid.sum(axis=0)).ravel()
    rare = grid[:, common <= COMMON]
    shared = (rare @ rare.T).tocoo()
    alike = shared.data >= ALIKE * (sizes[shared.row] + sizes[shared.col] - shared.data)
    ends = (shared.row[alike], shared.col[alike])
    graph = csr_matrix((np.ones(int(alike.sum())), ends), shape=(len(names), len(names)))
    _, component = connected_components(graph, directed=False)
    return _grouped(names, pd.Series(component, index=names.index).map("n {}".format), 3)


def templates(names: pd.DataFrame, days: Sequence[str], q: float = 0.01, least: int = 10) -> pd.DataFrame:
    """Templates that are more than their own 28 days before, one false-discovery rate a day."""
    built = parts(names)
    runs = built["label"].str.replace(r"[a-z]+", lambda run: f"w{len(run.group())}", regex=True)
    runs = runs.str.replace(r"(?<!w)(?<!\d)\d+", "9", regex=True)
    built["key"] = runs + "." + built["suffix"]
    return _against_past(built, days, q, least)


def _against_past(built: pd.DataFrame, days: Sequence[str], q: float, least: int) -> pd.DataFrame:
    counts = built.groupby(["key", "day"]).size().unstack(fill_value=0).sort_index(axis=1)
    everywhere = list(counts.columns)
    found = []
    for day in days:
        at = everywhere.index(day)
        past = counts.iloc[:, max(0, at - 28) : at].to_numpy(dtype=float)
        today = counts[day].to_numpy(dtype=float)
        asked = today > 0
        mean = (past.sum(axis=1) + 0.5) / (past.shape[1] + 1)
        spread = np.maximum(past.var(axis=1) if past.shape[1] > 1 else mean, mean * 1.1)
        size = np.clip(mean**2 / (spread - mean), 0.2, 1000)
        p = nbinom.sf(today[asked] - 1, size[asked], (size / (size + mean))[asked])
        burst = (false_discovery_control(p) < q) & (today[asked] >= least)
        found.append((day, counts.index[asked][burst]))
    rows = [built[(built["day"] == day) & built["key"].isin(keys)] for day, keys in found]
    return pd.concat(rows).rename(columns={"key": "burst_id"})[["day", "burst_id", "domain"]]


def same_tld(names: pd.DataFrame, days: Sequence[str]) -> pd.DataFrame:
    """One group a day and TLD."""
    of_days = names[names["day"].isin(days)]
    return _grouped(of_days, of_days["domain"].str.rpartition(".")[2], 10)


def same_label(names: pd.DataFrame, days: Sequence[str]) -> pd.DataFrame:
    """One group a day and label."""
    of_days = parts(names[names["day"].isin(days)])
    return _grouped(of_days, of_days["label"], 10)


def interisle(names: pd.DataFrame, days: Sequence[str]) -> pd.DataFrame:
    """Sessions of the list: ten and more additions with gaps of at most ten minutes."""
    of_days = names[names["day"].isin(days)].sort_values(["added_at", "domain"])
    at = pd.to_datetime(of_days["added_at"])
    session = ((at.diff() > pd.Timedelta(minutes=10)) | (of_days["day"] != of_days["day"].shift())).cumsum()
    return _grouped(of_days, session.map("s {}".format), 10)


def _grouped(names: pd.DataFrame, key: pd.Series, least: int) -> pd.DataFrame:
    rows = names[["day", "domain"]].assign(burst_id=key)
    sizes = rows.groupby(["day", "burst_id"])["domain"].transform("size")
    return rows.loc[sizes >= least, ["day", "burst_id", "domain"]]


STREAM = {"whoisxml": whoisxml, "templates": templates, "same_tld": same_tld, "same_label": same_label}
LISTED = {**STREAM, "interisle": interisle}
