"""`churn lab` serves the loopback Internet; `churn demo` runs the real DAGs over its days, from nothing to a report."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from churn.cli.terminal import ERRORS, OUTPUT, Data, Json, print_json, settings_for

World = Annotated[str, typer.Option(help="Size of the world: small (seconds) or day (70,000 registrations a day).")]
Seed = Annotated[int, typer.Option(min=0, help="Another seed is another world.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("demo", help="One command from nothing to a report: the lab, the real DAGs over its days.")(demo)
    app.command("lab", help="Serve the lab, an Internet on the loopback, until interrupted.")(lab)


def lab(
    world: World = "small",
    seed: Seed = 1,
    write: Annotated[
        Path | None, typer.Option("--write", metavar="DIR", help="Only write the truth there, serve nothing.")
    ] = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Serve a world, or only write its truth."""
    from churn.lab import serving, write_world

    if write is not None:
        truth = write_world(world, seed, write)
        print_json({"truth": str(truth)}) if as_json else OUTPUT.print(f"Truth: {truth}", soft_wrap=True)
        return
    folder = settings_for(data).data / "lab" / f"{world}-{seed}"
    with serving(world, seed, folder) as servers:
        record = {
            "settings": str(servers.settings_file),
            "truth": str(servers.truth),
            "days": [day.isoformat() for day in servers.days],
            "ports": asdict(servers.ports),
            **servers.summary,
        }
        if as_json:
            print_json(record)
        else:
            OUTPUT.print(f"The world {world} (seed {seed}) is served on 127.0.0.1. In another terminal:")
            OUTPUT.print(f"  export CHURN_SETTINGS={servers.settings_file}", soft_wrap=True, highlight=False)
            OUTPUT.print(f"  churn run --day {servers.days[0]} --to {servers.days[-1]}", highlight=False)
            OUTPUT.print("Ctrl-C stops it.")
        _until_interrupted()


def _until_interrupted() -> None:
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        ERRORS.print("The lab has stopped.")


def demo(world: World = "day", seed: Seed = 1, data: Data = None, as_json: Json = False) -> None:
    """Run the real DAGs over the days of a world and say what was found."""
    from churn.cli.demo import run_demo

    run_demo(settings_for(data).data, world, seed, as_json=as_json)
