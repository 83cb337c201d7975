"""What became of what was told: asks anew, records who acted and how fast, what came back, and the scoreboard.

    recheck_told -> review -> publish

**When.** Daily at 09:00 UTC for the day that has ended, when `churn_daily` has linked it. By hand for any day: trigger
it with that day as logical date, or with the parameter `day`. A domain is asked about 1, 2, 3, 5, 8, 13, 21, 34 and 55
days after it was told (setting `recheck_days`); a check that was missed, or brought no answer, is made up for.

**When it fails.** Nothing is lost: look-ups that have an answer stand, and the next run goes on with the rest. The
review adds rows to the ledger only where something was answered since, so every task can be cleared and run again.

**Pools.** `registration` keeps the pace that registries allow; `warehouse` has one slot.
"""

from airflow.sdk import chain, dag, task

from churn.orchestrate import tasks


@dag(
    schedule=tasks.schedule("0 9 * * *"),
    start_date=tasks.START,
    catchup=False,
    max_active_runs=1,
    default_args=tasks.POLICY,
    params=tasks.day_parameter(),
    tags=["daily", "outcomes"],
    doc_md=__doc__,
)
def outcomes() -> None:
    """Tellings to outcomes."""
    asked = task(pool="registration")(tasks.recheck_told)()
    review = task(pool="warehouse")(tasks.review_outcomes)()
    publish = task(task_id="publish", pool="warehouse")(tasks.stage)("publish")
    chain(asked, review, publish)


outcomes()
