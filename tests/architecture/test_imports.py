"""The order of the layers, as declared (import-linter) and as it is when the program runs."""

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
STAGES = ("collect", "enrich", "link", "burst", "packets", "report")


def loaded_by(statement: str) -> set[str]:
    """Top names (and the second, for ours) of the modules that a fresh interpreter has after a statement."""
    script = f"import json, sys\n{statement}\njson.dump(sorted(sys.modules), sys.stdout)"
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)
    names = json.loads(done.stdout)
    return {".".join(name.split(".")[: 2 if name.startswith("churn.") else 1]) for name in names}


def test_the_contracts_of_the_layers_are_kept():
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-logo"], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("statement", ["import churn.cli", "import churn.flow", "import churn.orchestrate"])
def test_a_caller_loads_no_airflow(statement):
    assert "airflow" not in loaded_by(statement)


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_loads_no_other_stage_nor_what_is_above_it(stage):
    loaded = loaded_by(f"import churn.{stage}")
    others = {f"churn.{name}" for name in (*STAGES, "lab", "ask", "flow", "cli", "orchestrate") if name != stage}
    assert loaded & {"airflow", *others} == set()


def test_help_is_there_at_once():
    """CPU seconds, not wall time: a busy machine must not fail this."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    script = "import sys; sys.argv = ['churn', '--help']; from churn.cli import main; sys.exit(main())"
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert "demo" in done.stdout
    assert after.ru_utime - before.ru_utime < 1.5
