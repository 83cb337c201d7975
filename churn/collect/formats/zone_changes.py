"""What changed in a zone from one day to the next: the names that are new, and those that are gone.

Works on what `master_file.write_delegations` writes; zone files are not read here.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from churn.store.queries import relation


def zone_changes(con: duckdb.DuckDBPyConnection, older: Path, newer: Path) -> duckdb.DuckDBPyRelation:
    """Rows (fqdn, kind), not yet computed and in no order: 'registered' is only in `newer`, 'dropped' only in `older`.

    Exact, whatever the order of the files. Spills to the connection's temporary folder where memory is short.
    """
    return relation(con, "churn.collect", "zone_changes", older=str(older), newer=str(newer))
