"""Outcomes: what became of the domains that packets told of, as far as look-ups say.

    look-ups since the telling -> how each domain stands, who acted -> `outcome` (ledger)
    -> who came back under which name (`comeback`) -> how fast each recipient acts (`scoreboard`)

review      a row of the ledger for each check that brought an answer
survival    the time to action, with what is not over yet (Kaplan-Meier)
scoring     the scoreboard of each registrar and hoster, and what came back

Nothing is looked up here (`churn.enrich` asks anew, on a schedule) and nothing judges content. What `churn.outcomes`
names, the outcome of a look-up, is another thing: a list of values.
"""

from churn.outcome.review import review
from churn.outcome.stage import run

__all__ = ["review", "run"]
