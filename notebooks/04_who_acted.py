# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 04 Who acted, and how fast
#
# What became of reported domains, by what the registries say (EPP status, RFC 8056): `clientHold` means that the registrar
# acted, `serverHold` that the registry did. Then what became of those that *our* packets told of, from the ledger.
#
# We see a state when we look, not when it began: a time from report to action is the time until it was first *seen*, an
# upper bound; what was never seen acted upon is still counted as active at its last look (right-censored).
#
# *How to run it.* This file is a notebook in jupytext's percent format: cells begin with `# %%`. Open it in Jupyter with
# "Open With → Notebook", or pair it once with `jupytext --sync FILE.py`: from then on the `.ipynb` beside it has the
# outputs (and stays out of git, since outputs name domains) and this script has the text, and saving either brings the
# other up to date. `docs/notebooks.md` says more. The database is opened **read-only**: nothing here blocks the pipeline,
# and the pipeline never blocks a notebook. `CHURN_DATA` names the data folder; without it, `data/` of the checkout is read.
#
# *What it shows is TLP:AMBER+STRICT.* A cluster is a hypothesis: *related* is not *guilty*. Names and values are defanged;
# keep them so in what you show, and never open one.

# %%
import os
from pathlib import Path

import altair as alt
import duckdb
import pandas as pd

alt.renderers.enable("svg")  # the default would load a script from outside
alt.data_transformers.disable_max_rows()
data = Path(os.environ.get("CHURN_DATA", "../data" if Path("../data").is_dir() else "data"))
db = duckdb.connect(str(data / "warehouse" / "churn.duckdb"), read_only=True)
db.execute("SET TimeZone = 'UTC'")
# outside text for people: control and bidirectional characters replaced; `shown` takes the life out of names too
db.execute(r"CREATE TEMP MACRO plain(text) AS left(regexp_replace(text, '[\p{C}\p{Zl}\p{Zp}]', chr(65533), 'g'), 120)")
db.execute("CREATE TEMP MACRO shown(text) AS replace(replace(plain(text), '.', '[.]'), '@', '[@]')")
((last_day,),) = db.sql("SELECT max(day) FROM cluster_day").fetchall()
print("The last linked day is", last_day)

# %% [markdown]
# ## What EPP says of every reported domain
# The newest record of each. *Inactive* is no delegation, and registrar, registry and registrant can all bring it about, so
# nobody is credited with it. *Not obtained* is not *active*.

# %%
db.execute(
    """
    CREATE TEMP TABLE seen AS
    SELECT
        domain,
        observed_at,
        registrar_iana_id,
        registrar,
        CASE
            WHEN list_contains(epp, 'serverhold') THEN 'registry (serverHold)'
            WHEN list_contains(epp, 'clienthold') THEN 'registrar (clientHold)'
            WHEN list_has_any(epp, ['pendingdelete', 'redemptionperiod']) THEN 'deleted'
            WHEN list_contains(epp, 'inactive') THEN 'not delegated'
            WHEN len(epp) > 0 THEN 'nobody: active'
            ELSE 'status not obtained'
        END AS state
    FROM (SELECT *, list_transform(status, lambda name: lower(replace(name, ' ', ''))) AS epp FROM registration)
    """
)
db.execute(
    """
    CREATE TEMP TABLE reported AS
    SELECT domain, min(seen_at) AS reported_at, max(seen_at) AS last_reported_at FROM sighting WHERE kind = 'reported' GROUP BY domain
    """
)
states = db.sql(
    """
    WITH newest AS (SELECT domain, arg_max(state, (observed_at, state)) AS state FROM seen GROUP BY domain)
    SELECT coalesce(state, 'never obtained') AS state, count(*) AS domains
    FROM reported
    LEFT JOIN newest USING (domain)
    GROUP BY ALL
    ORDER BY domains DESC, state
    """
).df()
alt.Chart(states).mark_bar().encode(
    x=alt.X("domains:Q", title="reported domains"), y=alt.Y("state:N", sort="-x", title="who acted")
).properties(width=420)

# %% [markdown]
# ## By registrar
# Reported domains for which a record was obtained. A registrar of few domains says little: the interval is Wilson's, at
# 95 %.

# %%
registrars = db.sql(
    """
    WITH newest AS (
        SELECT domain, arg_max(registrar_iana_id, observed_at) AS registrar_iana_id, arg_max(registrar, observed_at) AS registrar,
            arg_max(state, (observed_at, state)) AS state
        FROM seen
        GROUP BY domain
    )
    SELECT
        coalesce(plain(any_value(registrar)), 'not given') AS registrar,
        registrar_iana_id,
        count(*) AS domains,
        count(*) FILTER (state = 'registrar (clientHold)') AS held,
        count(*) FILTER (state = 'registry (serverHold)') AS held_by_registry,
        count(*) FILTER (state = 'nobody: active') AS active
    FROM reported
    INNER JOIN newest USING (domain)
    GROUP BY registrar_iana_id
    ORDER BY domains DESC, registrar_iana_id
    LIMIT 15
    """
).df()
share, n, z = registrars.held / registrars.domains, registrars.domains, 1.96
centre, half = (
    (share + z**2 / (2 * n)) / (1 + z**2 / n),
    z / (1 + z**2 / n) * (share * (1 - share) / n + z**2 / (4 * n**2)) ** 0.5,
)
registrars = registrars.assign(share=share, low=centre - half, high=centre + half)
base = alt.Chart(registrars).encode(
    y=alt.Y("registrar:N", sort=alt.EncodingSortField("domains", order="descending"), title=None)
)
(
    base.mark_rule().encode(
        x=alt.X("low:Q", title="of its reported domains, on hold by the registrar", axis=alt.Axis(format="%")),
        x2="high:Q",
    )
    + base.mark_point(filled=True, size=50).encode(
        x="share:Q", tooltip=["registrar", "domains", "held", "held_by_registry", "active"]
    )
).properties(width=420)

# %%
registrars.round(3)

# %% [markdown]
# ## How fast
# The share of reported domains that had not been seen acted upon, by days since their first report (Kaplan and Meier,
# 1958). Domains that were on hold in a record older than their report count as acted upon at once.

# %%
times = db.sql(
    """
    WITH acted AS (
        SELECT
            domain,
            min(observed_at) FILTER (state IN ('registry (serverHold)', 'registrar (clientHold)', 'deleted')) AS acted_at,
            max(observed_at) AS looked_at
        FROM seen
        GROUP BY domain
    )
    SELECT
        greatest(0, epoch(coalesce(acted_at, looked_at) - reported_at) / 86400) AS days,
        acted_at IS NOT NULL AS acted
    FROM reported
    INNER JOIN acted USING (domain)
    WHERE acted_at IS NOT NULL OR looked_at >= reported_at
    ORDER BY days, acted DESC
    """
).df()


def survival(rows: pd.DataFrame) -> pd.DataFrame:
    """The Kaplan-Meier estimate: share not yet acted upon after so many days."""
    steps = rows.groupby("days").acted.agg(["sum", "size"]).reset_index()
    at_risk = steps["size"][::-1].cumsum()[::-1]
    curve = pd.DataFrame({"days": steps.days, "active": (1 - steps["sum"] / at_risk).cumprod(), "at_risk": at_risk})
    return pd.concat([pd.DataFrame({"days": [0.0], "active": [1.0], "at_risk": [len(rows)]}), curve], ignore_index=True)


curve = survival(times)
print(f"{len(times):,} reported domains with a record since; {times.acted.sum():,} were seen acted upon")
alt.Chart(curve).mark_line(interpolate="step-after").encode(
    x=alt.X("days:Q", title="days since the first report"),
    y=alt.Y("active:Q", title="not seen acted upon", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])),
).properties(width=420, height=180)

# %% [markdown]
# ## What our packets brought about
# Each domain that a packet alleged, by what the last review found (`churn outcomes --day D`, or the report's day). No row
# means that no review was recorded yet.

# %%
told = db.sql(
    """
    WITH told AS (
        SELECT packet_item.domain, packet.recipient, min(packet.written_at) AS told_at
        FROM packet_item
        INNER JOIN packet USING (packet_id)
        WHERE packet_item.state IN ('new', 'repeat')
        GROUP BY packet_item.domain, packet.recipient
    ),
    newest AS (
        SELECT
            domain,
            arg_max(state, (observed_at, state)) AS state,
            arg_max(coalesce(actor, 'not known'), (observed_at, state)) AS actor,
            min(observed_at) FILTER (actor IN ('registrar', 'registry', 'hoster', 'deleted')) AS acted_at
        FROM outcome
        GROUP BY domain
    )
    SELECT
        plain(recipient) AS recipient,
        coalesce(state, 'not reviewed yet') AS state,
        coalesce(actor, 'not reviewed yet') AS actor,
        count(*) AS domains,
        round(median(epoch(acted_at - told_at) / 3600), 1) AS median_hours
    FROM told
    LEFT JOIN newest USING (domain)
    GROUP BY ALL
    ORDER BY domains DESC, recipient, state
    """
).df()
alt.Chart(told).mark_bar().encode(
    x=alt.X("domains:Q", title="domains told of"),
    y=alt.Y("recipient:N", sort="-x", title=None),
    color=alt.Color("actor:N", title="who acted"),
    tooltip=["recipient", "state", "actor", "domains", "median_hours"],
).properties(width=420)

# %%
told.head(30)

# %% [markdown]
# ## What else changed of the domains that were told
# From one observation to the next, with the protocol that saw it: moves to another host after a packet are seen here.

# %%
db.sql(
    """
    SELECT field, source, count(*) AS changes, count(DISTINCT domain) AS domains, shown(any_value(before)) AS for_example_before, shown(any_value(after)) AS after
    FROM change
    SEMI JOIN packet_item USING (domain)
    GROUP BY field, source
    ORDER BY changes DESC, field
    """
).df()
