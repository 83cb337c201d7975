"""Every notebook runs from top to bottom on a published database, shows a picture, no live name, and writes nothing."""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import jupytext
import pytest
from jupyter_client.manager import KernelManager, start_new_kernel
from nbclient import NotebookClient
from nbformat import NotebookNode

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.py"))
NAME = re.compile(r"(?:[a-z0-9-]+\.)+[a-z0-9-]{2,}", re.IGNORECASE)


def test_the_notebooks_are_those_that_the_page_lists():
    page = (Path(__file__).parents[2] / "docs" / "notebooks.md").read_text(encoding="utf-8")
    assert [path.name for path in NOTEBOOKS] == re.findall(r"\]\(\.\./notebooks/(\S+?\.py)\)", page)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_paired_and_marked(path):
    notebook = jupytext.read(path)
    first = notebook.cells[0].source
    assert notebook.metadata.jupytext["formats"] == "ipynb,py:percent"
    assert "jupytext --sync" in first
    assert "TLP:AMBER+STRICT" in first
    again = jupytext.reads(jupytext.writes(notebook, "ipynb"), "ipynb")
    assert [(cell.cell_type, cell.source) for cell in again.cells] == [(c.cell_type, c.source) for c in notebook.cells]


@pytest.fixture(scope="module")
def kernel(small_run) -> Iterator[KernelManager]:
    """One kernel for all, which is emptied between them: to start one costs more than most notebooks do."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CHURN_DATA", str(small_run.settings.data))
        manager, client = start_new_kernel(cwd=str(NOTEBOOKS[0].parent))
        client.stop_channels()
        yield manager
        manager.shutdown_kernel(now=True)


def run_notebook(path: Path, kernel: KernelManager) -> NotebookNode:
    """The notebook with its outputs, from an empty namespace."""
    notebook = jupytext.read(path)
    empty = jupytext.reads("# %%\n%reset -f\n", "py:percent").cells
    notebook.cells = [*empty, *notebook.cells]
    client = NotebookClient(notebook, timeout=120, km=kernel)
    client.execute()
    client.kc.stop_channels()
    return notebook


def known_names(data: Path) -> set[str]:
    """Every name of the database that people might see."""
    with duckdb.connect(str(data / "warehouse" / "churn.duckdb"), read_only=True) as con:
        rows = con.sql(
            """
            SELECT DISTINCT domain FROM sighting
            UNION
            SELECT DISTINCT unnest(ns) FROM hosting
            UNION
            SELECT DISTINCT value FROM link WHERE field IN ('address', 'soa_mailbox')
            """
        ).fetchall()
    return {name for (name,) in rows if name}


@pytest.mark.lab
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path, small_run, kernel):
    data = small_run.settings.data
    published = data / "warehouse" / "churn.duckdb"
    before, files = published.stat(), sorted(path.parent.iterdir())
    notebook = run_notebook(path, kernel)
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    pictures = [output for output in outputs if "image/svg+xml" in output.get("data", {})]
    assert pictures
    shown = {name for output in outputs for name in NAME.findall(str(output.get("data", output.get("text", ""))))}
    assert not shown & known_names(data)
    assert (published.stat().st_mtime_ns, sorted(path.parent.iterdir())) == (before.st_mtime_ns, files)
