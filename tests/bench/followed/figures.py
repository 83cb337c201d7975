"""Figures of a replay against the truth: duplicates, actors, times, come-backs."""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa

from churn.lab.deeds import HOWS, NAMES
from churn.settings import Settings
from churn.store.database import lake_database
from followed.replay import Season

TWICE = """
WITH told AS (
    SELECT scope, key, domain, packet.day, packet.written_at
    FROM packet INNER JOIN packet_item USING (packet_id) WHERE state IN ('new', 'repeat')
),
pair AS (
    SELECT first.*, next.written_at AS again_at
    FROM told AS first
    INNER JOIN told AS next USING (scope, key, domain)
    WHERE next.written_at > first.written_at AND date_diff('day', first.day, next.day) < $repeat_days
)
SELECT count(*) FILTER (NOT EXISTS (
    FROM outcome
    WHERE outcome.domain = pair.domain AND outcome.state <> 'active'
        AND outcome.observed_at BETWEEN pair.written_at AND pair.again_at
)) AS without_a_change, count(*) AS all_of_them
FROM pair
"""
SAME_PACKET_DAY = """
SELECT count(*) FROM (
    SELECT scope, key, domain, packet.day
    FROM packet INNER JOIN packet_item USING (packet_id) WHERE state IN ('new', 'repeat')
    GROUP BY ALL HAVING count(*) > 1
)
"""
JUDGED = """
SELECT
    telling.scope,
    coalesce(telling.actor, 'unknown') AS actor,
    how,
    -- what was done before the telling, and left it active, was told to whoever had it then, if seen
    CASE
        WHEN how = 'nothing' OR acted_at > checked_at THEN 'nobody'
        WHEN acted_at <= told_at AND coalesce(acted_after_at >= acted_at, true) THEN 'nobody'
        ELSE true_actor
    END AS truth,
    acted_at,
    acted_after_at,
    acted_by_at,
    acted_by_at - acted_after_at AS width,
    acted_at BETWEEN acted_after_at AND acted_by_at AS is_within
FROM telling INNER JOIN deed USING (domain)
WHERE checks > 0
"""
ATTRIBUTED = """
SELECT count(*) AS checked, avg((actor = truth)::INT) AS right,
    count(*) FILTER (truth <> 'nobody') AS acted,
    avg((actor = truth)::INT) FILTER (truth <> 'nobody') AS right_of_acted,
    avg(is_within::INT) FILTER (acted_by_at IS NOT NULL) AS within_interval,
    median(epoch(width) / 86400) FILTER (acted_by_at IS NOT NULL) AS median_interval_days,
    max(epoch(width) / 86400) FILTER (acted_by_at IS NOT NULL) AS longest_interval_days
FROM judged
"""
CONFUSED = "SELECT truth, how, actor, count(*) AS n FROM judged WHERE truth <> actor GROUP BY ALL ORDER BY ALL"
HOPS = """
SELECT returned.relation, count(*) AS returned, avg((comeback.domain IS NOT NULL)::INT) AS linked
FROM returned
INNER JOIN (SELECT domain, min(told_at) AS told_at FROM telling GROUP BY domain) AS told USING (domain)
INNER JOIN (SELECT domain AS came_back_as, min(day) AS seen_day FROM sighting GROUP BY domain) AS seen
    USING (came_back_as)
LEFT JOIN comeback USING (domain, came_back_as)
WHERE seen.seen_day > CAST(told.told_at AS DATE)
GROUP BY returned.relation ORDER BY returned.relation
"""
OWNERS = """
SELECT relation, tied IS NOT NULL AS is_tied, count(*) AS pairs, avg((told.owner = came.owner)::INT) AS same_owner
FROM comeback
INNER JOIN whose AS told ON told.domain = comeback.domain
INNER JOIN whose AS came ON came.domain = comeback.came_back_as
WHERE relation <> 'itself'
GROUP BY ALL ORDER BY ALL
"""
BOARD = """
SELECT scope, told, checked, acted, active, acted_itself,
    by_registrar, by_registry, by_hoster, by_registrant, by_deleted, by_unknown,
    round(median_days, 2) AS median_days, round(median_days_low, 2) AS low, round(median_days_high, 2) AS high,
    back_elsewhere, back_itself
FROM scoreboard WHERE key = 'all' AND day = (SELECT max(day) FROM scoreboard) ORDER BY scope
"""


def figures(this: Season, settings: Settings) -> dict[str, Any]:
    """All figures, as plain JSON values."""
    with lake_database(settings) as con:
        _show_truth(con, this)
        con.execute(f"CREATE TEMP TABLE judged AS {JUDGED}")
        twice, told_again = con.execute(TWICE, {"repeat_days": settings.repeat_days}).fetchall()[0]
        return {
            "told": con.sql("SELECT count(*) FROM telling").fetchall()[0][0],
            "told_again_within_repeat_days": told_again,
            "told_twice_without_a_change": twice,
            "told_twice_on_a_day": con.sql(SAME_PACKET_DAY).fetchall()[0][0],
            "attribution": _records(con, ATTRIBUTED)[0],
            "confused": _records(con, CONFUSED),
            "came_back": _records(con, HOPS),
            "pairs": _records(con, OWNERS),
            "scoreboard": _records(con, BOARD),
        }


def _show_truth(con: duckdb.DuckDBPyConnection, this: Season) -> None:
    done = this.done
    names = pa.array([NAMES[number] for number in done["how"].to_pylist()], pa.string())
    actors = pa.array([HOWS[NAMES[number]][1] for number in done["how"].to_pylist()], pa.string())
    con.from_arrow(
        pa.table({"domain": done["domain"], "how": names, "true_actor": actors, "acted": done["acted"]})
    ).create("deeds")
    con.execute("CREATE TEMP VIEW deed AS SELECT *, to_timestamp(acted) AS acted_at FROM deeds")
    con.from_arrow(this.returned).create("returned")
    con.from_arrow(this.world.domains.select(["domain", "owner"])).create("whose")


def _records(con: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    table = con.sql(query).to_arrow_table()
    return [{k: round(v, 4) if isinstance(v, float) else v for k, v in row.items()} for row in table.to_pylist()]
