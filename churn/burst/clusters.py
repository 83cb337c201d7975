"""Questions about clusters: how many of its domains were listed, registered, gained today.

What belongs here: the three counts and what each is compared with. What doesn't: the statistics (`baselines`).

- **listing** is compared with what a list of that length would hit if it were drawn from all names alike, and with the
  cluster's own days before; not with other clusters', since those that are listed together are campaigns.
- **registration** of a cluster that stood before is compared with its own past and that of clusters of about its size.
- **registration** of a cluster that is new today is compared with the first days of other clusters: a cluster is found
  because its members came together, so against no registrations at all each would be a burst.
- **growth** counts members that were in no cluster before, of clusters that stood before: two that merge gain nobody.

The population's past leaves out clusters that were a listing burst: they are what is looked for.
"""

from __future__ import annotations

import datetime as dt

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from churn.burst.baselines import Bands, Prior, bands, exposures, moments, shrunk
from churn.burst.counts import Reals
from churn.settings import Settings
from churn.store.queries import relation, run

PRIORS = {
    "listing": Prior(mean=0.2),
    "registration": Prior(mean=2.0, ratio=2.0),
    "growth": Prior(mean=2.0, ratio=2.0),
    "first registration": Prior(mean=20.0, ratio=20.0),
}
"""Counts a cluster and day, before there is a past. A listing's predictions are counts by chance, the others' are 1."""
LEAST_DISPERSION = 1.0
"""Counts of clusters are never taken for evener than geometric ones; listings by chance are as uneven as these."""


def questions(con: duckdb.DuckDBPyConnection, settings: Settings, day: dt.date) -> None:
    """Ask about today's clusters of `burst_least` and more domains: rows of `question` and `question_member`."""
    run(con, "churn.burst", "cluster_event", day=day)
    cells = relation(con, "churn.burst", "cluster_cell", day=day).df()
    cells["is_today"] = cells["day"] == pd.Timestamp(day)
    cells["source"] = np.where(
        (cells["kind"] == "registration") & cells["is_first"], "first registration", cells["kind"]
    )
    for source, prior in PRIORS.items():
        own = cells[cells["source"] == source].reset_index(drop=True)
        if not own["is_today"].any():
            continue
        own["expected"], own["dispersion"] = _expectations(own, prior)
        asked = own[own["is_today"] & (own["size"] >= settings.burst_least)]
        con.register("asked", pa.Table.from_pandas(_rows(asked), preserve_index=False))
        run(con, "churn.burst", "ask")
    run(con, "churn.burst", "cluster_question_member", day=day, least=settings.burst_least)


def _rows(asked: pd.DataFrame) -> pd.DataFrame:
    kept = asked[["kind", "cluster_id", "observed", "expected", "dispersion"]]
    return kept.assign(source="cluster", question_id=kept["kind"] + "-" + kept["cluster_id"].str.removeprefix("c-"))


def _expectations(cells: pd.DataFrame, prior: Prior) -> tuple[Reals, Reals]:
    """Mean and size of the counts of all cells; only those of today are of interest."""
    is_past = ~cells["is_today"].to_numpy()
    is_listing = cells["kind"].iloc[0] == "listing"
    predicted = cells["by_chance"].to_numpy(np.float64) if is_listing else _exposure(cells)
    counted = cells["observed"].to_numpy(np.float64)
    before = cells["before"].to_numpy(np.float64)
    band = np.log2(np.maximum(before, 1)).astype(np.int64)
    count = int(band.max()) + 1
    common = is_past & ~cells["is_known"].to_numpy()
    population = moments(predicted[common], counted[common], band[common], count)
    figures = bands(population, np.arange(count), count, prior)
    if is_listing:
        figures = Bands(np.ones(count), np.full(count, LEAST_DISPERSION))
    key = pd.factorize(cells["cluster_id"])[0].astype(np.int64)
    own = moments(predicted[is_past], counted[is_past], key[is_past], int(key.max()) + 1).of(key)
    mean, size = shrunk(predicted, own, band, figures)
    if is_listing:
        return np.maximum(mean, predicted), np.full(len(mean), 1 / LEAST_DISPERSION)
    return mean, np.minimum(size, 1 / LEAST_DISPERSION)


def _exposure(cells: pd.DataFrame) -> Reals:
    """Exposure of each cell's day, by the names of that day and its weekday."""
    days = cells.groupby("day", sort=True).agg(
        names=("names", "first"), is_today=("is_today", "first"), counted=("observed", "mean")
    )
    names = days["names"].to_numpy(np.float64)
    weekday = pd.DatetimeIndex(days.index).day_of_week.to_numpy().astype(np.int64)
    values = exposures(names, days["counted"].to_numpy(np.float64), weekday, ~days["is_today"].to_numpy())
    return np.asarray(cells["day"].map(dict(zip(days.index, values, strict=True))).to_numpy(np.float64))
