"""For the operator: `churn doctor` checks what a day needs; `churn bench` runs the benchmarks of the checkout."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from itertools import takewhile
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

import churn
from churn.cli.terminal import OUTPUT, Data, Json, print_json, settings_for
from churn.errors import UsageError

BENCHMARKS = Path(churn.__file__).resolve().parents[1] / "tests" / "bench"


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("doctor", help="Check settings, feeds, resolver, disk and keys: each line ok, or what to do about it.")(
        doctor
    )
    app.command(
        "bench",
        help="Run the benchmarks; each prints one JSON object. What follows the name of one is its options: "
        "`churn bench speed --sizes 300k`; they are told by `python tests/bench/bench_speed.py --help`.",
        context_settings={"ignore_unknown_options": True},
    )(bench)


def doctor(data: Data = None, as_json: Json = False) -> None:
    """Check what a day needs. Exit code 2 where something must be put right."""
    from churn.doctor import examine

    findings = examine(settings_for(data))
    if as_json:
        print_json({"findings": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            mark = "[green]ok[/green]  " if finding.ok else "[red]mend[/red]"
            OUTPUT.print(f"{mark}  {finding.subject:10} {escape(finding.text)}", highlight=False, soft_wrap=True)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(2)


def bench(
    names: Annotated[list[str] | None, typer.Argument(help="which (default: all), then options of one")] = None,
    as_json: Json = False,
) -> None:
    """Run benchmarks of the checkout."""
    given = names or []
    names = list(takewhile(lambda word: not word.startswith("-"), given))
    options = given[len(names) :]
    scripts = {path.stem.removeprefix("bench_"): path for path in sorted(BENCHMARKS.glob("bench_*.py"))}
    if not scripts:
        raise UsageError("The benchmarks come with the source, not with the package: run this in a checkout.")
    if unknown := sorted(set(names or ()) - scripts.keys()):
        raise UsageError(f"No benchmark is called {', '.join(unknown)}; there are {', '.join(scripts)}.")
    results: dict[str, object] = {}
    for name in names or scripts:
        # our own scripts, by name
        command = [sys.executable, str(scripts[name]), *options]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
        results[name] = json.loads(done.stdout) if done.returncode == 0 else {"error": f"see {scripts[name]}"}
        if not as_json:
            OUTPUT.print_json(json.dumps({name: results[name]}))
    if as_json:
        print_json(results)
    if any(isinstance(result, dict) and "error" in result for result in results.values()):
        raise typer.Exit(1)
