"""Ask: the questions that a report raises, answered from the published copy.

    explain       the why-linked ledger of one domain
    pivot         domains that share a value, with its count in the window
    cluster       one cluster: members, lineage, bursts
    verdict       what an analyst decides, written to the ledger

Answers are plain records; how they look is the caller's.
"""

from churn.ask.answers import FIELDS, Explanation, Pivot, Portrait, cluster, explain, pivot
from churn.ask.verdict import Decision, Verdict, give_verdict, verdicts

__all__ = [
    "FIELDS",
    "Decision",
    "Explanation",
    "Pivot",
    "Portrait",
    "Verdict",
    "cluster",
    "explain",
    "give_verdict",
    "pivot",
    "verdicts",
]
