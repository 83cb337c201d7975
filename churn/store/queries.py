"""Loader of the .sql files: one statement a file, in the folder `sql` of the package that owns it, parameters bound."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import duckdb

_PARAMETER = re.compile(r"\$([a-z_]+)")
_COMMENT = re.compile(r"--[^\n]*")


@cache
def query(package: str, name: str) -> str:
    """Text of `<package>/sql/<name>.sql`."""
    return (files(package) / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def run(con: duckdb.DuckDBPyConnection, package: str, name: str, **parameters: Any) -> duckdb.DuckDBPyConnection:
    """Execute a query file; of the parameters given, those that it names are bound."""
    text = query(package, name)
    return con.execute(text, bound(text, parameters))


def relation(con: duckdb.DuckDBPyConnection, package: str, name: str, **parameters: Any) -> duckdb.DuckDBPyRelation:
    """The rows of a SELECT file, not yet computed: to be written, or fetched as Arrow without a copy."""
    text = query(package, name)
    return con.sql(text, params=bound(text, parameters))


def bound(text: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Of the parameters those that a query names."""
    wanted = sorted(set(_PARAMETER.findall(_COMMENT.sub("", text))))
    return {key: parameters[key] for key in wanted}
