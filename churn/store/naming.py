"""Domain names by the million: `churn.names.parse` for a whole column, in SQL.

`load_names` puts the rules of the public suffix list and the macros into a connection; after `spell_foreign` of a table
whose column `name_text` is outside text, `FROM named('the_table')` gives its rows with name_fqdn and name_domain, or
name_reason. Python spells only the texts that are not ASCII, each once. What a name is, is said in `churn.names`; a
property test holds the two together.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from churn.names import NotANameError, normalise, suffix_rules
from churn.store.queries import run

_BATCH = 100_000


def load_names(con: duckdb.DuckDBPyConnection) -> None:
    """Make in a connection what `named` needs: the rules, the macros, an empty table of foreign names."""
    con.register("rules", _rules())
    run(con, "churn.store", "suffix_rule")
    con.unregister("rules")
    for statement in ("foreign_name", "name_host", "name_fault", "named"):
        run(con, "churn.store", statement)


def spell_foreign(con: duckdb.DuckDBPyConnection, source: str) -> int:
    """Spell the texts of `source`.name_text that are not ASCII, so that `named` knows them; returns how many."""
    texts = run(con, "churn.store", "foreign_texts", source=source).fetchall()
    for start in range(0, len(texts), _BATCH):
        con.register("spelled", pa.Table.from_pylist([_spelled(text) for (text,) in texts[start : start + _BATCH]]))
        run(con, "churn.store", "foreign_name_add")
        con.unregister("spelled")
    return len(texts)


def _spelled(text: str) -> dict[str, str | None]:
    try:
        return {"name_text": text, "fqdn": normalise(text), "reason": None}
    except NotANameError as error:
        return {"name_text": text, "fqdn": None, "reason": str(error)}


def _rules() -> pa.Table:
    rules = suffix_rules()
    return pa.table(
        {
            "suffix": list(rules),
            "reach": pa.array([rule.reach for rule in rules.values()], pa.int32()),
            "reach_below": pa.array([rule.reach_below for rule in rules.values()], pa.int32()),
        }
    )
