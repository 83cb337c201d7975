"""Visits the feeds that change by the hour, for the day that is under way, and places what came in clusters that stand.

**When.** Hourly, ten minutes past, for the current day (UTC). By hand for any day: trigger it with the parameter `day`.
Where no feed is declared as hourly there is nothing to visit. `collect` still judges each day when it has ended.

**Arrivals.** `place_arrivals` says which of the day's names so far belong to clusters that stand (table `arrival`), in
seconds and without linking all anew; `churn_daily` does that when the day has ended.

**When a feed fails.** What landed in the hours before stays; the next hour tries again. A list that looks thin in the
middle of a day fails nothing: its gate stands in `feed_day` and is judged when the day has ended.
"""

from airflow.sdk import dag, task

from churn.orchestrate import tasks


@dag(
    schedule=tasks.schedule("10 * * * *"),
    start_date=tasks.START,
    catchup=False,
    max_active_runs=1,
    default_args=tasks.POLICY | {"retries": 2},
    params=tasks.day_parameter(),
    tags=["hourly", "collect"],
    doc_md=__doc__,
)
def collect_hourly() -> None:
    """Hourly feeds to sightings."""
    feeds = task()(tasks.hourly_feed_names)()
    land = task(map_index_template="{{ task.op_kwargs['feed'] }}", doc_md=tasks.refresh_feed.__doc__)
    landed = land(tasks.refresh_feed).expand(feed=feeds)
    place = task(pool="warehouse", trigger_rule="all_done", doc_md=tasks.place_arrivals.__doc__)
    landed >> place(tasks.place_arrivals)()


collect_hourly()
