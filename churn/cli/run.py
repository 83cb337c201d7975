"""`churn run` and the single stages: the same functions as the DAGs', without Airflow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from churn.cli.terminal import Data, Day, Json, day_of, print_json, print_results, progress_bar, settings_for
from churn.errors import UsageError
from churn.results import StageResult

STAGE_HELP = {
    "collect": "Fetch the day's feeds into landing and read them into sightings.",
    "enrich": "Look up DNS, registration and certificate metadata of the day's names; every try is a row.",
    "link": "Link the window's domains by selective shared traits; clusters, members and the ledger of why.",
    "burst": "Test the day's clusters for bursts, with one false-discovery rate.",
    "recheck": "Ask registries and the DNS anew about what the day's packets may tell of.",
    "packets": "Write one packet a registrar and hoster, for a person to review and send. Nothing is sent.",
    "publish": "Bring the published database up to date with lake and ledger.",
    "report": "Write the analysts' report of the day.",
}


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("run", help="Run every stage of a day, or of several days, in their order.")(run)
    for name, text in STAGE_HELP.items():
        app.command(name, help=text)(link if name == "link" else _stage_command(name))


def run(
    day: Day,
    to: Annotated[str | None, typer.Option("--to", help="Last day, to run several in their order.")] = None,
    skip: Annotated[str | None, typer.Option(help="Stages to leave out, joined by commas.")] = None,
    only: Annotated[str | None, typer.Option(help="Stages to run, joined by commas.")] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Run the stages of the days from --day to --to."""
    from churn.flow import chosen_stages, run_day

    settings = settings_for(data)
    stages = chosen_stages(skip=skip, only=only)
    results: list[StageResult] = []
    with progress_bar(quiet=as_json) as progress:
        for one in _days(day, to):
            results.extend(run_day(settings, one, stages, progress))
    if as_json:
        print_json({"data": str(settings.data), "results": [result.as_json() for result in results]})
        return
    print_results(results)
    if "report" in stages:
        typer.echo(f"Report: {settings.data / 'reports' / (to or day) / 'index.html'}")


def link(
    day: Day,
    arrivals: Annotated[
        bool,
        typer.Option(
            "--arrivals",
            help="Only place the arrivals of a day under way in the clusters that stand: seconds, at any hour.",
        ),
    ] = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Link a day's window, or only place its arrivals."""
    if arrivals:
        _place_arrivals(day, data, as_json)
    else:
        _stage_command("link")(day, data, as_json)


def _place_arrivals(day: str, data: Path | None, as_json: bool) -> None:
    from churn.flow import timed
    from churn.link import arrivals

    with progress_bar(quiet=as_json) as progress:
        result = timed(arrivals.run, settings_for(data), day_of(day), progress)
    _tell([result], result, as_json)


def _days(first: str, last: str | None) -> list[dt.date]:
    start = day_of(first)
    end = day_of(last) if last else start
    if end < start:
        raise UsageError(f"--to {end} lies before --day {start}.")
    return [start + dt.timedelta(days=number) for number in range((end - start).days + 1)]


def _stage_command(name: str) -> Callable[..., None]:
    def command(day: Day, data: Path | None = None, as_json: bool = False) -> None:
        from churn.flow import run_day

        # what a stage derives shows in the database at once; `run` does this once, after the last of them
        stages = (name, "publish") if name in {"link", "burst", "packets", "report"} else (name,)
        settings = settings_for(data)
        with progress_bar(quiet=as_json) as progress:
            results = list(run_day(settings, day_of(day), stages, progress))
        _tell(results, next(result for result in results if result.stage == name), as_json)

    command.__annotations__ = {"day": Day, "data": Data, "as_json": Json, "return": None}
    return command


def _tell(results: list[StageResult], asked: StageResult, as_json: bool) -> None:
    """All results for people; as JSON the one that was asked for."""
    if as_json:
        print_json(asked.as_json())
    else:
        print_results(results)
