"""Burst: what did more today than chance and its past explain, with one false-discovery rate a day.

    stage         asks every source, tests, writes `burst` and `burst_member`
    clusters      questions about clusters: listed, registered, gained
    keys          questions about naming templates and batches of a registrar, TLD and minute
    baselines     what a count would be by its past: exposure, mean, dispersion
    counts        the tests: negative binomial tails, Benjamini-Hochberg
    siblings      who, unreported, is most probably of those who were reported; variants, names that are nearly theirs
    verdicts      what the verdicts that stand say of clusters and bursts, and what came of the watched
    story         one sentence a burst

Clusters are tested, never the hubs that they share: a busy name server is no burst.
"""

from churn.burst.stage import run

__all__ = ["run"]
