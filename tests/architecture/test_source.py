"""Rules of the code that no linter knows: read from the source, not from what it does."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
SOURCES = sorted([*(PROJECT / "churn").rglob("*.py"), *(PROJECT / "dags").glob("*.py")])

LONG_FILES = {
    "churn/collect/formats/master_records.py": "one compiled loop: numba's cache misses changes in other files",
}
"""Files beyond the guide of 300 lines, with the reason."""

SQL_IN_PYTHON = {
    "churn/link/engine.py": "a step's SELECT, out of its file, becomes a table; macros that engines spell apart",
    "churn/store/database.py": "views of the lake, made from the schema; the macro that engines and keys are built on",
    "churn/store/warehouse.py": "DDL and partitions of the published copy, made from the schema",
}
"""Files that may hold SQL; everywhere else it lives in .sql files."""

READS_THE_CLOCK = {
    "churn/settings.py": "Settings.now, the one clock of the stages",
    "churn/ask/verdict.py": "a person's deed is stamped with the person's clock",
    "churn/cli/sharing.py": "an export is a person's deed, stamped with the person's clock",
    "churn/collect/importing.py": "an import without --day is today's",
    "churn/enrich/bootstrap.py": "the age of a kept file, against its time of change",
    "churn/doctor.py": "which endpoints are left alone now",
    "churn/enrich/talking/http_client.py": "a Retry-After that is a date is told by the wall clock",
    "churn/enrich/talking/politeness.py": "turns and pauses, which processes share",
    "churn/lab/rdap_faults.py": "a Retry-After that is a date is told by the wall clock",
}
"""Files that may ask what time it is; everywhere else the day and the instant are given."""

SQL = re.compile(r"\b(SELECT|INSERT INTO|DELETE FROM|UPDATE \w+ SET|CREATE (OR REPLACE )?(TEMP )?(TABLE|VIEW|MACRO))\b")
GRAB_BAGS = {"utils", "util", "helpers", "helper", "common", "constants", "misc", "shared", "tools", "lib"}


def relative(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def texts(module: ast.Module) -> Iterator[ast.Constant]:
    """String literals that are no docstrings (nor stand alone as a statement)."""
    alone = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node


def calls(module: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    """Calls by the last name of what is called."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield node, node.func.attr
            elif isinstance(node.func, ast.Name):
                yield node, node.func.id


def test_there_is_source_to_read():
    assert len(SOURCES) > 30


def test_a_module_is_named_for_what_it_holds():
    assert [relative(path) for path in SOURCES if path.stem in GRAB_BAGS] == []


def test_sql_lives_in_sql_files():
    found = [
        f"{relative(path)}:{text.lineno} {text.value.strip()[:60]!r}"
        for path in SOURCES
        if relative(path) not in SQL_IN_PYTHON
        for text in texts(tree(path))
        if SQL.search(text.value)
    ]
    assert found == []


def test_no_statement_is_put_together_from_pieces():
    """An f-string in `execute` or `sql` is how a name from outside becomes a statement."""
    found = [
        f"{relative(path)}:{call.lineno}"
        for path in SOURCES
        if relative(path) not in SQL_IN_PYTHON
        for call, name in calls(tree(path))
        if name in {"execute", "executemany", "sql", "query"} and call.args and isinstance(call.args[0], ast.JoinedStr)
    ]
    assert found == []


def test_only_the_store_opens_a_database():
    found = [
        relative(path)
        for path in SOURCES
        for call, name in calls(tree(path))
        if name == "connect" and ast.unparse(call.func).startswith("duckdb.")
    ]
    assert set(found) == {"churn/store/database.py"}


def test_the_clock_is_read_at_the_edge_only():
    found = [
        f"{relative(path)}:{call.lineno} {ast.unparse(call.func)}"
        for path in SOURCES
        if relative(path) not in READS_THE_CLOCK
        for call, _ in calls(tree(path))
        if re.search(
            r"(^|\.)(datetime\.(now|utcnow|today)|date\.today|time\.time|time\.time_ns)$", ast.unparse(call.func)
        )
    ]
    assert found == []


def test_functions_are_short():
    """Forty lines is the guide; sixty is where this fails."""
    found = [
        f"{relative(path)}:{node.lineno} {node.name} has {node.end_lineno - node.lineno + 1} lines"
        for path in SOURCES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno + 1 > 60
    ]
    assert found == []


def test_files_are_short():
    lengths = {relative(path): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {name: lines for name, lines in lengths.items() if lines > 300 and name not in LONG_FILES} == {}
    assert {name for name in LONG_FILES if lengths.get(name, 0) <= 300} == set(), "no longer long: take it off the list"


def test_no_module_keeps_state():
    """No `global`, and no empty container at the top of a module that waits to be filled."""
    found = []
    for path in SOURCES:
        module = tree(path)
        found += [f"{relative(path)}:{node.lineno} global" for node in ast.walk(module) if isinstance(node, ast.Global)]
        for node in module.body:
            value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
            if isinstance(value, ast.List | ast.Dict | ast.Set | ast.Call) and ast.unparse(value) in {
                "[]", "{}", "set()", "list()", "dict()",
            }:  # fmt: skip
                found.append(f"{relative(path)}:{node.lineno} {ast.unparse(node)}")
    assert found == []


def test_only_orchestrate_and_the_dags_name_airflow():
    found = {
        relative(path)
        for path in SOURCES
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "airflow")
        or (isinstance(node, ast.Import) and any(alias.name.split(".")[0] == "airflow" for alias in node.names))
    }
    assert {name for name in found if not name.startswith(("churn/orchestrate/", "dags/"))} == set()


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git work tree")
    return done.stdout.splitlines()


def test_the_lock_that_is_kept_has_hashes_and_no_registry():
    assert "uv.lock" not in tracked(), "it would carry the addresses of a registry"
    lock = (PROJECT / "requirements.lock").read_text()
    assert not re.search(r"https?://|--index-url|--find-links", lock)
    pinned = re.findall(r"^[a-z0-9][\w.-]*(?:\[[\w,-]+\])?==", lock, re.MULTILINE)
    assert len(pinned) > 100
    assert lock.count("--hash=sha256:") >= len(pinned)


def test_nothing_generated_is_tracked():
    generated = (
        ".venv/",
        ".airflow/",
        "data/lake/",
        "data/landing/",
        "data/warehouse/",
        "data/reports/",
        "data/packets/",
    )
    assert [name for name in tracked() if name.startswith(generated) or name.endswith((".pyc", ".duckdb"))] == []
