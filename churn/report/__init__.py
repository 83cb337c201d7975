"""The daily report: what stood out, why we say so, and what nobody has reported yet, read from the published copy.

    sql/ -> reading (a `Day` of records) -> words, charts -> page (HTML), mail (Markdown), machine (JSON, CSV)

`run` writes `reports/<day>/` and renews `reports/index.html`. What doesn't belong here: any judgement about linking
or bursts (their stages made it), any write outside `reports/`, anything that reads a table later than the day.
"""

from churn.report.stage import run

__all__ = ["run"]
