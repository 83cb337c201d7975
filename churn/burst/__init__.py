"""Burst: which clusters did more today than chance and their past explain, with one false-discovery rate a day.

    counts        the tests: negative binomial tails, Benjamini-Hochberg
    story         one sentence a burst
    stage         reads clusters and sightings, writes `burst` and `burst_member`

Clusters are tested, never the attributes that they share: a busy name server is no burst.
"""

from churn.burst.stage import run

__all__ = ["run"]
