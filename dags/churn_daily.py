"""One day, from its sightings to the analysts' report and the packets.

    check_freshness -> resolve (4 shards) -> register -> network -> certify -> handshake
        -> link -> burst -> recheck -> packets -> publish -> report

**When.** Daily at 06:00 UTC for the day that has ended, an hour after `collect`. By hand for any day: trigger it with
that day as logical date, or with the parameter `day`. Every task replaces what it wrote for the day, so any of them
can be cleared and run again, and a run that was killed is simply run again.

**When it stops.** `check_freshness` fails at once if a feed of the day is missing, stale or shrunken: land it with
`collect`, then clear the task. Failures of the moment are tried again with back-off; the rest needs a person.

**Pools.** `dns`, `registration` and `certificates` hold the look-ups to what others allow; `warehouse` has one slot,
since linking, testing and publishing may each take all of the memory.
"""

from airflow.sdk import chain, dag, task

from churn.orchestrate import tasks


@dag(
    schedule=tasks.schedule("0 6 * * *"),
    start_date=tasks.START,
    catchup=False,
    max_active_runs=1,
    default_args=tasks.POLICY,
    params=tasks.day_parameter(),
    tags=["daily", "report"],
    doc_md=__doc__,
)
def churn_daily() -> None:
    """Sightings to report and packets."""
    freshness = task()(tasks.check_freshness)()
    shards = task()(tasks.shards)()
    resolve = task(pool="dns", doc_md=tasks.resolve.__doc__)(tasks.resolve).expand(shard=shards)
    register = task(pool="registration")(tasks.register)()
    network = task(pool="registration")(tasks.network)()
    certify = task(pool="certificates")(tasks.certify)()
    handshake = task(pool="certificates")(tasks.handshake)()
    stage = task(pool="warehouse")(tasks.stage)
    clusters = [stage.override(task_id=name)(name) for name in ("link", "burst")]
    recheck = task(pool="registration")(tasks.recheck)()
    rest = [stage.override(task_id=name)(name) for name in ("packets", "publish", "report")]

    chain(freshness, shards, resolve, register, network, certify, handshake, *clusters, recheck, *rest)


churn_daily()
