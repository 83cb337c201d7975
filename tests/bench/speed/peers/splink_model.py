"""Splink 5 on the same evidence: pairs that share a rare value, scored by a trained Fellegi-Sunter model, clustered.

As its documentation says: the prior from deterministic rules, u by random sampling, m by three rounds of expectation
maximisation with different blocking, exact matches with term frequencies, clusters at a threshold of probability.
Values of more than RARE domains make no pairs: with hubs the pairs would not end. What it can't do at this price: find
a campaign by two values that are each common, which is what joint rarity is for.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from speed.peers.evidence import evidence

RARE = 100
THRESHOLD = 0.95
BLOCKED = ("email", "servers", "addresses", "mailbox", "key", "minute")
COMPARED = (*BLOCKED, "template", "stem")


def clusters(lake: Path) -> pa.Table:
    """Clusters at THRESHOLD of at least three domains."""
    with evidence(lake) as con:
        con.execute(_wide())
        linker = Linker(DuckDBAPI(con).register("wide"), _settings(), log_level=None)
        _train(linker)
        pairs = linker.inference.predict(threshold_match_probability=THRESHOLD)
        found = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, THRESHOLD)
        con.register("found", found.as_duckdbpyrelation())
        return con.sql(
            "SELECT domain, cluster_id AS cluster FROM found QUALIFY count(*) OVER (PARTITION BY cluster_id) >= 3"
        ).to_arrow_table()


def _wide() -> str:
    """The evidence with a second column of each blocked field that holds rare values only."""
    rare = ", ".join(
        f"CASE WHEN count(*) OVER (PARTITION BY {field}) BETWEEN 2 AND {RARE} THEN {field} END AS rare_{field}"
        for field in BLOCKED
    )
    return (
        f"CREATE TABLE wide AS SELECT *, {rare} "
        "FROM (SELECT * EXCLUDE (address), nullif(array_to_string(address, ' '), '') AS addresses FROM evidence)"
    )


def _settings() -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="domain",
        comparisons=[cl.ExactMatch(field).configure(term_frequency_adjustments=True) for field in COMPARED],
        blocking_rules_to_generate_predictions=[block_on(f"rare_{field}") for field in BLOCKED],
        retain_matching_columns=False,
    )


def _train(linker: Linker) -> None:
    certain = [block_on("rare_email", "rare_minute"), block_on("rare_servers", "rare_minute"), block_on("rare_key")]
    linker.training.estimate_probability_two_random_records_match(certain, recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e7, seed=1)
    for rule in (block_on("rare_minute"), block_on("rare_servers"), block_on("rare_email")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule, estimate_without_term_frequencies=True)
