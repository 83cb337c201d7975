"""The order of the layers, as declared (import-linter) and as it is when the program runs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
STAGES = ("collect", "enrich", "link", "burst", "packets", "outcome", "report")


CALLERS = ("cli", "flow", "orchestrate")
LOADS = """
import json, os, sys
import cryptography.x509, duckdb, httpx, pandas, pyarrow, pydantic_settings, scipy.stats  # what many load anyway, once

for name in sys.argv[1:]:
    if os.fork() == 0:
        __import__(f"churn.{name}")
        print(json.dumps([name, sorted(sys.modules)]), flush=True)
        os._exit(0)
    if os.wait()[1]:
        sys.exit(f"churn.{name} can't be imported")
"""


@pytest.fixture(scope="module")
def loaded():
    """By package: the modules that a fresh process has after importing it; the first two names of ours."""
    command = [sys.executable, "-c", LOADS, *CALLERS, *STAGES]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    return {
        package: {".".join(name.split(".")[: 2 if name.startswith("churn.") else 1]) for name in names}
        for package, names in map(json.loads, done.stdout.splitlines())
    }


def test_the_contracts_of_the_layers_are_kept():
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-logo"], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("caller", CALLERS)
def test_a_caller_loads_no_airflow(caller, loaded):
    assert "airflow" not in loaded[caller]


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_loads_no_other_stage_nor_what_is_above_it(stage, loaded):
    others = {f"churn.{name}" for name in (*STAGES, *CALLERS, "lab", "ask") if name != stage}
    assert f"churn.{stage}" in loaded[stage]
    assert loaded[stage] & {"airflow", *others} == set()


def test_the_command_line_loads_no_stage_before_it_is_asked_for(loaded):
    """`churn --help` is there at once: what computes is imported by the command that needs it."""
    computing = {f"churn.{name}" for name in (*STAGES, "ask", "associate", "lab", "review", "share")}
    assert loaded["cli"] & {"numba", *computing} == set()
