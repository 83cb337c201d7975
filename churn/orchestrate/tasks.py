"""What the tasks of the DAG files call: one function a task, each a stage (or a share of one) on the day of the run.

Settings are loaded when the task runs. TransientError is an ordinary failure, which Airflow tries again with back-off;
TerminalError, and so GateError, fails the task at once. The stages are imported by the task, not by the DAG file.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from airflow.sdk import Connection, CronDataIntervalTimetable, Param, get_current_context
from airflow.sdk.exceptions import AirflowFailException, AirflowNotFoundException
from airflow.sdk.log import mask_secret

from churn.errors import ChurnError, TerminalError, UsageError
from churn.orchestrate.environment import FAILURE
from churn.results import Progress, StageResult
from churn.settings import Settings, load_settings

if TYPE_CHECKING:
    from churn.collect.credentials import Credential

SHARDS = 4
START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
POLICY: dict[str, Any] = {
    "owner": "domain-churn",
    "retries": 4,
    "retry_delay": dt.timedelta(minutes=1),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": dt.timedelta(minutes=30),
}
_log = logging.getLogger("churn.tasks")

Found = object
"""What a task returns: `StageResult.as_json()`. Not annotated as a mapping: Airflow would store each key apart."""


def schedule(cron: str) -> CronDataIntervalTimetable | None:
    """A schedule, UTC, whose logical date is the day (or hour) that has ended; None where the environment says so."""
    return CronDataIntervalTimetable(cron, timezone="UTC") if os.environ.get("CHURN_SCHEDULED", "1") == "1" else None


def day_parameter() -> dict[str, Param]:
    """The optional parameter `day`, for a run by hand."""
    about = "Day to run (UTC). Empty: the day of the run's logical date."
    return {"day": Param(None, type=["null", "string"], format="date", description=about)}


def day_of(context: Mapping[str, Any]) -> dt.date:
    """Day of a run: its parameter `day`, else the day (UTC) of its logical date, else of when it was triggered."""
    if given := _day_given(context):
        return given
    instant: dt.datetime = context.get("logical_date") or context["dag_run"].run_after
    return dt.date.fromordinal(instant.astimezone(dt.UTC).toordinal())  # Airflow's own are pendulum's


def today_of(context: Mapping[str, Any]) -> dt.date:
    """Day on which a run was meant to run (UTC): its parameter `day`, else that at the end of its interval."""
    run_after: dt.datetime = context["dag_run"].run_after
    return _day_given(context) or dt.date.fromordinal(run_after.astimezone(dt.UTC).toordinal())


def _day_given(context: Mapping[str, Any]) -> dt.date | None:
    given = context["params"].get("day")
    return dt.date.fromisoformat(given) if given else None


def feed_names() -> list[str]:
    """Names of the declared feeds: one mapped task each."""
    from churn import collect

    with _in_airflows_terms():
        return list(collect.feed_names(load_settings()))


def hourly_feed_names() -> list[str]:
    """Names of the declared feeds that are collected hourly; none where no file declares any."""
    from churn import collect

    with _in_airflows_terms():
        settings = load_settings()
        return list(collect.feed_names(settings, "hourly")) if settings.feeds_file.exists() else []


def collect_feed(feed: str) -> Found:
    """Land one feed's bytes of the day and make sightings of them."""
    return _run(lambda settings, day, progress: _collect(settings, day, feed, progress))


def refresh_feed(feed: str) -> Found:
    """Land what one feed has by now and make sightings of it; a gate does not close before the day has ended."""
    return _run(lambda settings, day, progress: _collect(settings, day, feed, progress), today_of)


def place_arrivals() -> Found:
    """Place what has arrived by now in the clusters that stand; where no window stands it says so and fails nothing."""
    from churn.link import arrivals

    def place(settings: Settings, day: dt.date, progress: Progress) -> StageResult:
        try:
            return arrivals.run(settings, day, progress)
        except UsageError as nothing:
            return StageResult("arrivals", day, found={"not_placed": str(nothing)})

    return _run(place, today_of)


def _collect(settings: Settings, day: dt.date, feed: str, progress: Progress) -> StageResult:
    from churn import collect

    return collect.collect_feed(settings, day, feed, progress, _credential)


def _credential(name: str) -> Credential | None:
    """What an Airflow connection holds (the password, and the login where there is one), else the environment.

    Airflow masks either in what tasks log; nothing here logs one.
    """
    from pydantic import SecretStr

    from churn.collect.credentials import Credential, connection, from_environment

    try:
        found = Connection.get(connection(name))
    except AirflowNotFoundException:
        given = from_environment(name)
        if given:
            mask_secret(given.secret.get_secret_value())
        return given
    if not found.password:
        raise UsageError(f"The Airflow connection {connection(name)} has no password: put the key or token there.")
    return Credential(SecretStr(found.password), found.login or None)


def check_freshness() -> Found:
    """Stop the day where a required feed has not landed as it should."""
    from churn import collect

    def check(settings: Settings, day: dt.date, _: Progress) -> StageResult:
        collect.check_gates(settings, day)
        return StageResult("freshness", day)

    return _run(check)


def shards() -> list[int]:
    """The shards of a day's names: one mapped task each."""
    return list(range(SHARDS))


def resolve(shard: int) -> Found:
    """Resolve the names of one shard of the day."""
    from churn import enrich

    return _run(lambda settings, day, progress: enrich.resolve(settings, day, shard, SHARDS, progress))


def register() -> Found:
    """Look up registrations within the day's budget."""
    from churn import enrich

    return _run(enrich.register)


def network() -> Found:
    """Find whose the addresses of the day are, and where the abuse desks of those networks are."""
    from churn import enrich

    return _run(enrich.network)


def certify() -> Found:
    """Take certificates from the tiles that landed, and search for those of the names that are worth it."""
    from churn import enrich

    return _run(enrich.certify)


def handshake() -> Found:
    """Read certificates by TLS handshakes, where the setting allows it."""
    from churn import enrich

    return _run(enrich.handshake)


def recheck() -> Found:
    """Ask registries and the DNS anew about what the day's packets may tell of."""
    from churn import enrich

    return _run(enrich.recheck)


def recheck_told() -> Found:
    """Ask registries and the DNS anew about what was told before and is due for a check."""
    from churn import enrich

    return _run(enrich.recheck_told)


def review_outcomes() -> Found:
    """Record how what was told stands and who acted; what came back on the day; the scoreboard."""
    from churn import outcome

    return _run(outcome.run)


def stage(name: str) -> Found:
    """Run a stage of `churn.flow` by its name."""
    from churn import flow

    return _run(flow.stage_of(name))


def _run(
    call: Callable[[Settings, dt.date, Progress], StageResult],
    when: Callable[[Mapping[str, Any]], dt.date] = day_of,
) -> Found:
    from churn.flow import timed

    day = when(get_current_context())
    with _in_airflows_terms():
        result = timed(call, load_settings(), day, _Logged())
    _log.info("%s %s: %s", result.stage, day, result.as_json())
    return result.as_json()


@contextmanager
def _in_airflows_terms() -> Iterator[None]:
    """Leave a failure's one sentence beside the task, and fail in the way that the error's type asks for."""
    try:
        yield
    except Exception as error:
        kind, message = type(error).__name__, str(error)
        if not isinstance(error, ChurnError):
            message = f"{kind}: {message} (a fault of the program)"
        told = {"error": kind, "message": message, "trace": traceback.format_exc()}
        get_current_context()["ti"].xcom_push(FAILURE, told)
        if isinstance(error, TerminalError):
            raise AirflowFailException(f"{kind}: {message}") from None
        raise


class _Logged:
    """Progress as log lines, one in ten seconds."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, done: int, total: int, what: str) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + 10
            _log.info("%s: %d of %s", what, done, total or "?")
