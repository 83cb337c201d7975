"""The score of a membership: the probability that a domain is of the operator who owns most of its cluster.

What belongs here: the coefficients of the logistic model, and what they were fitted on. What doesn't: how the features
come out of the ledger (`sql/cluster_member.sql`); the probability that a domain is of the operator of the reported ones
(siblings, which the stage of bursts makes).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Model:
    """Log-odds of a membership: `constant`, and each feature times its coefficient.

    Yes or no: `attached` (else core), `names_only` (no link but names and the day on which they came), `holds` (stays
    without its strongest link). Shares, of the best link of each: `own`, of all that have the value, how many are in
    the cluster; `spread`, of the cluster, how many have the value, as a part of `wide` (1 from there on).
    """

    constant: float
    attached: float
    names_only: float
    holds: float
    own: float
    spread: float
    wide: float = 0.3


MEMBERSHIP = Model(constant=1.45, attached=-2.87, names_only=-2.53, holds=1.33, own=1.76, spread=1.28)
"""Fitted on 23 November 2026 on the lab's world `day`, seeds 2 to 4, with and without registrants, and on generated
lakes of 150,000 domains, seeds 2 to 4, each linked in its middle and on its last day at tau 12 and rho 0.1: 162,000
memberships, each weighed by 1 / sqrt(size of its cluster); signs held to what a feature means, ridge 1. On the world of
seed 1 and a lake of 300,000, which the fit did not see, what it says is off by 0.001 and 0.002 (expected calibration
error); `1 - exp(-nats / 8)`, which the score was before, was off by 0.26 and 0.15, since of the members with few nats
hardly any are wrong. Nats, the number of families and that of values were no help beside these features. With looser
thresholds it says some 0.03 too much. `churn bench scores` tells whether this holds for the present linking, and fits
anew."""
