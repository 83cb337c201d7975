"""Lands every declared feed of a day: one mapped task a feed.

**When.** Daily at 05:00 UTC for the day that has ended. By hand for any day: trigger it with that day as logical
date, or with the parameter `day`. A second run replaces what the first one landed.

**When a feed fails.** The others land all the same; `churn_daily` stops at its freshness gate until this one has too.
Failures of the moment (a time-out, a full disk) are tried again with back-off; the rest needs a person.
"""

from airflow.sdk import dag, task

from churn.orchestrate import tasks


@dag(
    schedule=tasks.schedule("0 5 * * *"),
    start_date=tasks.START,
    catchup=False,
    max_active_runs=1,
    default_args=tasks.POLICY,
    params=tasks.day_parameter(),
    tags=["daily", "collect"],
    doc_md=__doc__,
)
def collect() -> None:
    """Feeds to sightings."""
    feeds = task()(tasks.feed_names)()
    land = task(map_index_template="{{ task.op_kwargs['feed'] }}", doc_md=tasks.collect_feed.__doc__)
    land(tasks.collect_feed).expand(feed=feeds)


collect()
