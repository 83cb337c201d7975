"""Every notebook runs from top to bottom on a published database, shows at least one picture, and writes nothing."""

from pathlib import Path

import jupytext
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.py"))


def test_there_is_a_notebook():
    assert NOTEBOOKS


@pytest.mark.lab
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path, small_run, monkeypatch):
    monkeypatch.setenv("CHURN_DATA", str(small_run.settings.data))
    published = small_run.settings.data / "warehouse" / "churn.duckdb"
    before = published.stat()
    notebook = jupytext.read(path)
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(path.parent)}}).execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    pictures = [output for output in outputs if "image/svg+xml" in output.get("data", {})]
    assert pictures
    assert published.stat().st_mtime_ns == before.st_mtime_ns
